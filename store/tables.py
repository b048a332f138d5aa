"""表: every table. Each row carries its municipality; row-level security keeps cities apart (migrations/)."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _city() -> Column[str]:
    return Column("municipality", Text, nullable=False, server_default=func.current_setting("app.municipality"))


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _at(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


def _case(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "receipt_number", Text, ForeignKey("case_file.receipt_number"), nullable=False, primary_key=primary_key
    )


# --- people -----------------------------------------------------------------------------------------------------

account = Table(
    "account", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _now("created_at"), _at("closed_at"),
    comment="利用者: a person as this counter knows them; holds no attributes.",
)  # fmt: skip

credential = Table(
    "credential", metadata,
    Column("id", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()),
    Column("kind", Text, primary_key=True),
    Column("issuer_key_id", LargeBinary, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("municipality", Text, primary_key=True, server_default=func.current_setting("app.municipality")),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False), _now("registered_at"),
    Column("distribution_point", Text, nullable=False, server_default=text("''")), _at("expires_at"),
    _at("suspended_at"), Column("suspension", Text), Column("suspension_note", Text),
    CheckConstraint("kind in ('jpki_card', 'jpki_smartphone', 'oidc')", name="kind"),
    CheckConstraint("(suspended_at is null) = (suspension is null)", name="suspended"),
    CheckConstraint("suspension in ('revoked', 'administrator', 'renewed', 'removed')", name="suspension"),
    Index(None, "account_id"), Index(None, "issuer_key_id", "distribution_point"),
    comment="資格: a certificate (or a city identity provider's subject) that identifies an account; the serial alone is not unique (jpki-card §7).",  # noqa: E501
)  # fmt: skip

officer = Table(
    "officer", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True),
    _city(),
    Column("name", Text, nullable=False),
    comment="職員: an account that works for the city.",
)  # fmt: skip

officer_duty = Table(
    "officer_duty", metadata,
    Column("account_id", Uuid, ForeignKey("officer.account_id"), primary_key=True),
    Column("department", Text, primary_key=True), Column("function", Text, primary_key=True),
    _city(),
    comment="事務分掌: what an officer does in which department; department * is the whole city (全庁).",
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    _now("created_at"), _now("last_seen_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    Index(None, "account_id"), Index(None, "credential_id"),
    comment="セッション: server-side; the browser holds a random token whose hash stands here.",
)  # fmt: skip

signing_request = Table(
    "signing_request", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(),
    Column("purpose", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("browser_hash", LargeBinary),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("draft_id", Uuid, ForeignKey("draft.id", ondelete="CASCADE")),
    _now("created_at"), Column("expires_at", DateTime(timezone=True), nullable=False), _at("answered_at"),
    Column("credential", JSONB), Column("attributes", JSONB),
    Column("cms", LargeBinary), Column("handback_hash", LargeBinary, unique=True),
    CheckConstraint("purpose in ('login', 'register', 'sign', 'read')", name="purpose"),
    comment="署名要求: what a card is asked to sign or to read, once, within minutes; credential: whose certificate answered.",  # noqa: E501
)  # fmt: skip

identity_request = Table(
    "identity_request", metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    _city(),
    Column("browser_hash", LargeBinary, nullable=False), Column("nonce", Text, nullable=False),
    Column("code_verifier", Text, nullable=False), Column("next", Text, nullable=False),
    _now("created_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    comment="職員ログインの求め: an OpenID Connect request on its way to the city's identity provider, once.",
)  # fmt: skip

credential_event = Table(
    "credential_event", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    _city(), Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    _now("at"), Column("actor", Text, nullable=False), Column("action", Text, nullable=False), Column("reason", Text),
    CheckConstraint("action in ('registered', 'linked', 'suspended', 'resumed', 'removed')", name="action"),
    Index(None, "credential_id"),
    comment="資格の経緯: append-only; who registered, suspended or resumed a certificate, and why.",
)  # fmt: skip

status_run = Table(
    "status_run", metadata,
    Column("id", Text, primary_key=True),
    _city(), _now("started_at"), _at("finished_at"),
    Column("registrations", Integer, nullable=False, server_default=text("0")),
    Index(None, "municipality", "started_at"),
    comment="日次失効確認: one run over all registered certificates; its id is the workflow's.",
)  # fmt: skip

status_list = Table(
    "status_list", metadata,
    Column("run_id", Text, ForeignKey("status_run.id"), primary_key=True),
    Column("issuer_key_id", LargeBinary, primary_key=True), Column("distribution_point", Text, primary_key=True),
    _city(),
    Column("registrations", Integer, nullable=False), Column("outcome", Text, nullable=False),
    Column("reason", Text), Column("detail", Text),
    Column("suspended", Integer, nullable=False, server_default=text("0")), _at("checked_at"),
    CheckConstraint("outcome in ('waiting', 'checked', 'unknown')", name="outcome"),
    comment="失効リストの確認: one CRL of a run; unknown is never good, it is asked again.",
)  # fmt: skip

# --- what residents send ------------------------------------------------------------------------------------------

draft = Table(
    "draft", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("procedure", Text, nullable=False), Column("version", Integer, nullable=False),
    Column("corrects", Text, ForeignKey("case_file.receipt_number")),
    Column("answers", JSONB, nullable=False), Column("language", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("prefilled", JSONB, nullable=False, server_default=text("'{}'")),
    _now("updated_at"), Column("receipt_number", Text),
    Index(None, "account_id"),
    comment="下書き: answers not yet filed; receipt_number once they are (a double click finds its case); revision tells two devices apart.",  # noqa: E501
)  # fmt: skip

attachment = Table(
    "attachment", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(),
    Column("draft_id", Uuid, ForeignKey("draft.id"), nullable=False),
    Column("field", Text, nullable=False), Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False), Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False), Column("object_key", Text, nullable=False), _now("uploaded_at"),
    Index(None, "draft_id"),
    comment="添付ファイル: the bytes are in the object store.",
)  # fmt: skip

case_file = Table(
    "case_file", metadata,
    Column("receipt_number", Text, primary_key=True),
    _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("procedure", Text, nullable=False), Column("version", Integer, nullable=False),
    Column("department", Text, nullable=False), Column("language", Text, nullable=False),
    Column("status", Text, nullable=False), Column("step", Text),
    Column("reason", Text), Column("epoch", Integer, nullable=False, server_default=text("1")),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    _at("suspended_at"), _at("closed_at"),
    Index(None, "account_id", "received_at"), Index(None, "municipality", "received_at"),
    comment="案件: one case = one workflow; status is the read model its activities keep.",
)  # fmt: skip

submission = Table(
    "submission", metadata,
    _case(primary_key=True), Column("revision", Integer, primary_key=True),
    _city(),
    Column("content", LargeBinary, nullable=False), Column("answers", JSONB, nullable=False),
    Column("cms", LargeBinary), Column("draft_id", Uuid, nullable=False), _now("received_at"),
    comment="申請: canonical bytes (RFC 8785), the signature over them, and the answers as read from them.",
)  # fmt: skip

correction = Table(
    "correction", metadata,
    _case(primary_key=True), Column("epoch", Integer, primary_key=True),
    _city(),
    Column("marks", JSONB, nullable=False), _now("asked_at"), _at("answered_at"),
    comment="補正: which answers the reviewer sent back and why ({field: reason}).",
)  # fmt: skip

case_key = Table(
    "case_key", metadata,
    Column("receipt_number", Text, primary_key=True), _city(),
    Column("key_id", Uuid, nullable=False), Column("wrapped", LargeBinary, nullable=False),
    comment="案件鍵: the AES-256 key of one case's history, wrapped by the master key. Deleting it shreds the history.",
)  # fmt: skip

# --- what must happen once ----------------------------------------------------------------------------------------

command = Table(
    "command", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _case(),
    Column("kind", Text, nullable=False), Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    _now("created_at"), _at("acknowledged_at"), Column("attempts", Integer, nullable=False, server_default=text("0")),
    _now("next_attempt_at"), Column("error", Text),
    CheckConstraint("status in ('pending', 'acknowledged', 'refused')", name="status"),
    Index("ix_command_pending", "next_attempt_at", postgresql_where=text("status = 'pending'")),
    Index(None, "receipt_number"),
    comment="指令: written before the workflow is told; its id is the update id.",
)  # fmt: skip

effect = Table(
    "effect", metadata,
    _case(primary_key=True), Column("step", Text, primary_key=True), Column("epoch", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    _city(), Column("result", JSONB, nullable=False), _now("created_at"),
    comment="効果: the stored result of a write to the outside, keyed by business step, never by activity or run id.",
)  # fmt: skip

audit = Table(
    "audit", metadata,
    _case(primary_key=True), Column("seq", Integer, primary_key=True),
    _city(),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False), Column("action", Text, nullable=False),
    Column("step", Text), Column("facts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("prev_hash", LargeBinary, nullable=False), Column("hash", LargeBinary, nullable=False),
    comment="監査記録: append-only, hash-chained per case by a trigger; also the case's timeline. No personal data.",
)  # fmt: skip

audit_head = Table(
    "audit_head", metadata,
    _case(primary_key=True), _city(),
    Column("length", Integer, nullable=False), Column("hash", LargeBinary, nullable=False),
    comment="監査の末尾: the newest link of each chain; only the trigger writes it, the application cannot.",
)  # fmt: skip

# --- what steps leave behind --------------------------------------------------------------------------------------

signature_check = Table(
    "signature_check", metadata,
    _case(primary_key=True), Column("revision", Integer, primary_key=True), _city(),
    Column("outcome", Text, nullable=False), Column("reason", Text), Column("facts", JSONB, nullable=False),
    Column("evidence", JSONB, nullable=False), _now("checked_at"),
    comment="署名検証: facts of the signer and all evidence (certificate, OCSP answer or CRL), base64.",
)  # fmt: skip

register_extract = Table(
    "register_extract", metadata,
    _case(primary_key=True), Column("epoch", Integer, primary_key=True), _city(),
    Column("person_id", Text), Column("subject_id", Text), Column("record", JSONB, nullable=False),
    Column("differences", ARRAY(Text), nullable=False), _now("read_at"),
    comment="住民記録の写し: what the register said, the source of every document's content.",
)  # fmt: skip

task = Table(
    "task", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _case(),
    Column("step", Text, nullable=False), Column("epoch", Integer, nullable=False),
    Column("kind", Text, nullable=False), Column("function", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("assignee", Uuid, ForeignKey("officer.account_id")), _at("lease_until"),
    Column("findings", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _now("opened_at"), Column("due_at", DateTime(timezone=True), nullable=False),
    Column("escalated", Boolean, nullable=False, server_default=text("false")),
    _at("closed_at"), Column("outcome", Text), Column("decided_by", Uuid, ForeignKey("officer.account_id")),
    Column("reason", Text), Column("result", JSONB),
    Column("department", Text, nullable=False), Column("procedure", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("tail", Text, Computed('"right"(receipt_number, 5)', persisted=True), nullable=False),
    Column("doubtful", Boolean, Computed("cardinality(findings) > 0", persisted=True), nullable=False),
    UniqueConstraint("receipt_number", "step", "epoch"),
    Index(
        "ix_task_open", "municipality", "function", "due_at", "id", postgresql_where=text("closed_at is null"),
        postgresql_include=[
            "department", "procedure", "received_at", "assignee", "lease_until", "escalated", "doubtful",
        ],
    ),
    Index(
        "ix_task_held", "municipality", "assignee", "due_at", "id",
        postgresql_where=text("closed_at is null and assignee is not null"),
    ),
    Index(None, "municipality", "tail"),
    comment="受信箱: what waits for an officer; opened and closed by activities, claimed by one conditional UPDATE.",
)  # fmt: skip

payment = Table(
    "payment", metadata,
    _case(primary_key=True), Column("step", Text, primary_key=True), Column("epoch", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    _city(),
    Column("amount", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'planned'")),
    Column("session_id", Text, unique=True), Column("url", Text),
    Column("payment_intent", Text), Column("brand", Text), Column("last4", Text),
    _now("opened_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    _at("paid_at"), _at("returned_at"),
    Column("refunded", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("amount > 0 and refunded between 0 and amount", name="amounts"),
    CheckConstraint("status in ('planned', 'open', 'paid', 'expired', 'refunded', 'disputed')", name="status"),
    CheckConstraint("status in ('planned', 'expired') or (session_id is not null and url is not null)", name="page"),
    Index("ix_payment_open", "opened_at", postgresql_where=text("status = 'open'")),
    Index(None, "payment_intent"),
    comment="支払: planned before the gateway is asked; integer yen; of the card never more than brand and last four.",
)  # fmt: skip

payment_event = Table(
    "payment_event", metadata,
    Column("id", Text, primary_key=True), _city(), Column("kind", Text, nullable=False), _now("received_at"),
    comment="決済通知: webhook events already taken in; a second delivery changes nothing.",
)  # fmt: skip

document = Table(
    "document", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _case(),
    Column("document", Text, nullable=False), Column("step", Text, nullable=False),
    Column("epoch", Integer, nullable=False), Column("title", JSONB, nullable=False),
    Column("object_key", Text, nullable=False), Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False), Column("verification_code", Text, nullable=False, unique=True),
    Column("sealed", Boolean, nullable=False), _now("issued_at"), _at("delivered_at"), _at("revoked_at"),
    Column("revoked_reason", Text),
    UniqueConstraint("receipt_number", "step", "epoch"), Index(None, "sha256"),
    comment="交付書面: a sealed PDF in the object store.",
)  # fmt: skip

notice = Table(
    "notice", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True), _city(), _case(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False), _now("created_at"),
    Index(None, "account_id", "created_at"),
    comment="お知らせ: told to the resident in the portal.",
)  # fmt: skip

# --- talking with residents ----------------------------------------------------------------------------------------

message = Table(
    "message", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _case(),
    Column("author", Text, nullable=False), Column("author_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("body", Text, nullable=False), _now("sent_at"), _at("read_at"),
    CheckConstraint("author in ('resident', 'officer')", name="author"),
    Index(None, "receipt_number", "sent_at"),
    comment="メッセージ: between a resident and the officers of a case; read_at when the other side first opened it.",
)  # fmt: skip

message_attachment = Table(
    "message_attachment", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(),
    Column("message_id", Uuid, ForeignKey("message.id"), nullable=False),
    Column("name", Text, nullable=False), Column("media_type", Text, nullable=False),
    Column("bytes", Integer, nullable=False), Column("sha256", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Index(None, "message_id"),
    comment="メッセージの添付ファイル: the bytes are in the object store.",
)  # fmt: skip

contact = Table(
    "contact", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True), _city(),
    Column("email", Text), _at("verified_at"),
    Column("pending_email", Text), Column("code_salt", LargeBinary), _at("code_expires_at"),
    Column("code_attempts", Integer, nullable=False, server_default=text("0")),
    Column("language", Text, nullable=False, server_default=text("'ja'")),
    Column("muted", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _at("bounced_at"), Column("bounce", Text), _now("updated_at"),
    comment="連絡先: where a resident wants notices; muted: topics not wanted (* is all); bounce: why mail came back; code_salt: what the code is made of, with the master key.",  # noqa: E501
)  # fmt: skip

push_subscription = Table(
    "push_subscription", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("endpoint", Text, nullable=False), Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("language", Text, nullable=False), _now("created_at"),
    UniqueConstraint("municipality", "endpoint"), Index(None, "account_id"),
    comment="プッシュ通知の登録: a browser that agreed to be told (RFC 8030, RFC 8291).",
)  # fmt: skip

notice_delivery = Table(
    "notice_delivery", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("notice_id", BigInteger, ForeignKey("notice.id")),
    Column("subscription_id", Uuid, ForeignKey("push_subscription.id", ondelete="SET NULL")),
    Column("channel", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")), _now("next_attempt_at"),
    _now("created_at"), _at("sent_at"), Column("error", Text),
    CheckConstraint("channel in ('mail', 'push')", name="channel"),
    CheckConstraint("status in ('waiting', 'sent', 'failed', 'bounced', 'cancelled')", name="status"),
    Index("ix_notice_delivery_waiting", "next_attempt_at", postgresql_where=text("status = 'waiting'")),
    Index(None, "account_id", "created_at"),
    comment="お知らせの配送: one mail or push message, sent once; written in the transaction of what it tells.",
)  # fmt: skip

data_export = Table(
    "data_export", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), _city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    _now("requested_at"), _at("finished_at"), _at("expires_at"),
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
    _city(),
    Column("fingerprint", LargeBinary, nullable=False), _now("created_at"),
    Column("status", Integer), Column("headers", JSONB), Column("body", LargeBinary),
    Index(None, "created_at"),
    comment="冪等キー: a write of the JSON API and its answer, given again when the same request is sent again.",
)  # fmt: skip

# --- points ledger ------------------------------------------------------------------------------------------------

points_transaction = Table(
    "points_transaction", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    _city(), _case(),
    Column("programme", Text, nullable=False), Column("person_id", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("reverses", Uuid, ForeignKey("points_transaction.id"), unique=True),
    Column("sequence", Integer, nullable=False), _now("booked_at"),
    CheckConstraint("kind in ('award', 'reversal')", name="kind"),
    CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reverses"),
    UniqueConstraint("municipality", "programme", "person_id", "kind", "sequence"), Index(None, "receipt_number"),
    comment="ポイント取引: one award or its reversal; sequence counts a person's earlier reversals in the programme.",
)  # fmt: skip

points_posting = Table(
    "points_posting", metadata,
    Column("transaction_id", Uuid, ForeignKey("points_transaction.id"), primary_key=True),
    Column("ledger_account", Text, primary_key=True),
    _city(), Column("account_id", Uuid, ForeignKey("account.id")), Column("points", Integer, nullable=False),
    Index(None, "account_id"),
    comment="仕訳: postings of a transaction sum to zero (deferred trigger).",
)  # fmt: skip
