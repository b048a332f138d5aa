"""連絡: talking with residents, and what they asked for."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case

message = Table(
    "message", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(),
    Column("author", Text, nullable=False), Column("author_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("body", Text, nullable=False), now("sent_at"), at("read_at"),
    CheckConstraint("author in ('resident', 'officer')", name="author"),
    Index(None, "receipt_number", "sent_at"),
    comment="メッセージ: between a resident and the officers of a case; read_at when the other side first opened it.",
)  # fmt: skip

message_attachment = Table(
    "message_attachment", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(),
    Column("message_id", Uuid, ForeignKey("message.id"), nullable=False),
    Column("name", Text, nullable=False), Column("media_type", Text, nullable=False),
    Column("bytes", Integer, nullable=False), Column("sha256", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Index(None, "message_id"),
    comment="メッセージの添付ファイル: the bytes are in the object store.",
)  # fmt: skip

contact = Table(
    "contact", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True), city(),
    Column("email", Text), at("verified_at"),
    Column("pending_email", Text), Column("code_salt", LargeBinary), at("code_expires_at"),
    Column("code_attempts", Integer, nullable=False, server_default=text("0")),
    Column("language", Text, nullable=False, server_default=text("'ja'")),
    Column("muted", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    at("bounced_at"), Column("bounce", Text), now("updated_at"),
    comment="連絡先: where a resident wants notices; muted: topics not wanted (* is all); bounce: why mail came back; code_salt: what the code is made of, with the master key.",  # noqa: E501
)  # fmt: skip

push_subscription = Table(
    "push_subscription", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("endpoint", Text, nullable=False), Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("language", Text, nullable=False), now("created_at"),
    UniqueConstraint("municipality", "endpoint"), Index(None, "account_id"),
    comment="プッシュ通知の登録: a browser that agreed to be told (RFC 8030, RFC 8291).",
)  # fmt: skip

notice_delivery = Table(
    "notice_delivery", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("notice_id", BigInteger, ForeignKey("notice.id")),
    Column("subscription_id", Uuid, ForeignKey("push_subscription.id", ondelete="SET NULL")),
    Column("channel", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")), now("next_attempt_at"),
    now("created_at"), at("sent_at"), Column("error", Text), Column("officer_day", Date),
    CheckConstraint("channel in ('mail', 'push')", name="channel"),
    CheckConstraint("status in ('waiting', 'sent', 'failed', 'bounced', 'cancelled')", name="status"),
    Index("ix_notice_delivery_waiting", "next_attempt_at", postgresql_where=text("status = 'waiting'")),
    Index(None, "account_id", "created_at"),
    Index("ix_notice_delivery_notice_id", "notice_id", postgresql_where=text("notice_id is not null")),
    Index(
        "uq_notice_delivery_officer_day", "account_id", "kind", "officer_day", unique=True,
        postgresql_where=text("officer_day is not null"),
    ),
    comment="お知らせの配送: one mail or push message, sent once; written in the transaction of what it tells. officer_day: to an officer, at most one of a kind on a day.",  # noqa: E501
)  # fmt: skip

data_export = Table(
    "data_export", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    now("requested_at"), at("finished_at"), at("expires_at"),
    Column("language", Text, nullable=False),
    Column("json_key", Text, nullable=False), Column("json_bytes", Integer),
    Column("pdf_key", Text, nullable=False), Column("pdf_bytes", Integer),
    CheckConstraint("status in ('waiting', 'ready', 'failed')", name="status"),
    Index(None, "account_id", "requested_at"),
    Index("uq_data_export_waiting", "account_id", unique=True, postgresql_where=text("status = 'waiting'")),
    comment="個人データの書き出し: what the counter holds of a person, as JSON and PDF, for some days.",
)  # fmt: skip

idempotency_key = Table(
    "idempotency_key", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True), Column("key", Text, primary_key=True),
    city(),
    Column("fingerprint", LargeBinary, nullable=False), now("created_at"),
    Column("status", Integer), Column("headers", JSONB), Column("body", LargeBinary),
    Index(None, "created_at"),
    comment="冪等キー: a write of the JSON API and its answer, given again when the same request is sent again.",
)  # fmt: skip
