"""申請: what residents send."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import arrival, at, city, metadata, now, of_case

draft = Table(
    "draft", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("procedure", Text, nullable=False), Column("version", Integer, nullable=False),
    Column("corrects", Text, ForeignKey("case_file.receipt_number")),
    Column("answers", JSONB, nullable=False), Column("language", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("prefilled", JSONB, nullable=False, server_default=text("'{}'")),
    now("updated_at"), Column("receipt_number", Text),
    arrival(), Column("received_on", Date),
    CheckConstraint("arrival in ('online', 'counter', 'post')", name="arrival"),
    CheckConstraint("(arrival = 'online' or corrects is not null) = (received_on is null)", name="received_on"),
    Index(None, "account_id"), Index(None, "receipt_number"), Index(None, "corrects"),
    comment="下書き: answers not yet filed; receipt_number once they are (a double click finds its case); revision tells two devices apart.",  # noqa: E501
)  # fmt: skip

attachment = Table(
    "attachment", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(),
    Column("draft_id", Uuid, ForeignKey("draft.id"), nullable=False),
    Column("field", Text, nullable=False), Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False), Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False), Column("object_key", Text, nullable=False), now("uploaded_at"),
    Index(None, "draft_id"),
    comment="添付ファイル: the bytes are in the object store.",
)  # fmt: skip

case_file = Table(
    "case_file", metadata,
    Column("receipt_number", Text, primary_key=True),
    city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("procedure", Text, nullable=False), Column("version", Integer, nullable=False),
    Column("department", Text, nullable=False), Column("language", Text, nullable=False),
    Column("status", Text, nullable=False), Column("step", Text),
    Column("reason", Text), Column("epoch", Integer, nullable=False, server_default=text("1")),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    at("suspended_at"), at("closed_at"), at("purged_at"), arrival(),
    Column("suspended_days", Integer, nullable=False, server_default=text("0")),
    at("deemed_at"), Column("deemed_outcome", Text),
    CheckConstraint(
        "deemed_outcome is null or (deemed_outcome in ('accept', 'reject') and deemed_at is not null)", name="deemed",
    ),
    CheckConstraint("arrival in ('online', 'counter', 'post')", name="arrival"),
    Index(None, "account_id", "received_at"), Index(None, "municipality", "received_at"),
    Index(
        "ix_case_file_paper", "municipality", "procedure",
        postgresql_where=text("arrival <> 'online' and closed_at is null"),
    ),
    Index(
        "ix_case_file_kept", "municipality", "closed_at", "receipt_number",
        postgresql_where=text("closed_at is not null and purged_at is null"),
    ),
    comment="案件: one case = one workflow; status is the read model its activities keep. purged_at: nothing personal is left.",  # noqa: E501
)  # fmt: skip

submission = Table(
    "submission", metadata,
    of_case(primary_key=True), Column("revision", Integer, primary_key=True),
    city(),
    Column("content", LargeBinary, nullable=False), Column("answers", JSONB, nullable=False),
    Column("cms", LargeBinary), Column("draft_id", Uuid, nullable=False), now("received_at"),
    Column("follows", Integer),
    comment="申請: canonical bytes (RFC 8785), the signature over them, and the answers as read from them; follows: an officer put answers right, the signature is that revision's.",  # noqa: E501
)  # fmt: skip

correction = Table(
    "correction", metadata,
    of_case(primary_key=True), Column("epoch", Integer, primary_key=True),
    city(),
    Column("marks", JSONB, nullable=False), now("asked_at"), at("answered_at"),
    comment="補正: which answers the reviewer sent back and why ({field: reason}).",
)  # fmt: skip

case_key = Table(
    "case_key", metadata,
    Column("receipt_number", Text, primary_key=True), city(),
    Column("key_id", Uuid, nullable=False), Column("wrapped", LargeBinary, nullable=False),
    Column("master_key", Text, nullable=False, server_default=text("'first'")),
    Index(None, "municipality", "key_id"), Index(None, "municipality", "master_key", "receipt_number"),
    comment="案件鍵: the AES-256 key of one case's history, wrapped by the master key named. Deleting it shreds the history.",  # noqa: E501
)  # fmt: skip
