"""処理の跡: what the steps of a case leave behind."""

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
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case

signature_check = Table(
    "signature_check", metadata,
    of_case(primary_key=True), Column("revision", Integer, primary_key=True), city(),
    Column("outcome", Text, nullable=False), Column("reason", Text), Column("facts", JSONB, nullable=False),
    Column("evidence", JSONB, nullable=False), now("checked_at"),
    comment="署名検証: facts of the signer and all evidence (certificate, OCSP answer or CRL), base64.",
)  # fmt: skip

register_extract = Table(
    "register_extract", metadata,
    of_case(primary_key=True), Column("epoch", Integer, primary_key=True), city(),
    Column("person_id", Text), Column("subject_id", Text), Column("record", JSONB, nullable=False),
    Column("differences", ARRAY(Text), nullable=False), now("read_at"),
    comment="住民記録の写し: what the register said, the source of every document's content.",
)  # fmt: skip

task = Table(
    "task", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(),
    Column("step", Text, nullable=False), Column("epoch", Integer, nullable=False),
    Column("round", Integer, nullable=False, server_default=text("1")),
    Column("seat", Integer, nullable=False, server_default=text("1")),
    Column("deputy", Boolean, nullable=False, server_default=text("false")), at("looked_over_at"),
    Column("kind", Text, nullable=False), Column("function", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("assignee", Uuid, ForeignKey("officer.account_id")), at("lease_until"),
    at("held_until"), Column("held_reason", Text),
    Column("findings", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    now("opened_at"), Column("due_at", DateTime(timezone=True), nullable=False), at("deemed_at"),
    Column("escalated", Boolean, nullable=False, server_default=text("false")),
    at("closed_at"), Column("outcome", Text), Column("decided_by", Uuid, ForeignKey("officer.account_id")),
    Column("reason", Text), Column("result", JSONB),
    Column("department", Text, nullable=False), Column("procedure", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("tail", Text, Computed('"right"(receipt_number, 5)', persisted=True), nullable=False),
    Column("doubtful", Boolean, Computed("cardinality(findings) > 0", persisted=True), nullable=False),
    UniqueConstraint("receipt_number", "step", "epoch", "round", "seat", "function"),
    Index(
        "ix_task_deputised", "municipality", "function",
        postgresql_where=text("outcome = 'deputised' and looked_over_at is null"),
    ),
    Index(
        "ix_task_open", "municipality", "function", "due_at", "id", postgresql_where=text("closed_at is null"),
        postgresql_include=[
            "department", "procedure", "received_at", "assignee", "lease_until", "escalated", "doubtful", "held_until",
            "deemed_at",
        ],
    ),
    Index(
        "ix_task_received", "municipality", "function", "received_at", "id",
        postgresql_where=text("closed_at is null"),
    ),
    Index(
        "ix_task_deemed", "municipality", "function", "deemed_at",
        postgresql_where=text("closed_at is null and deemed_at is not null"),
    ),
    Index(
        "ix_task_held", "municipality", "assignee", "due_at", "id",
        postgresql_where=text("closed_at is null and assignee is not null"),
    ),
    Index(
        "ix_task_lease", "municipality", "lease_until",
        postgresql_where=text("closed_at is null and assignee is not null"),
    ),
    Index(None, "municipality", "tail"),
    comment="受信箱: what waits for an officer; opened and closed by activities, claimed by one conditional UPDATE.",
)  # fmt: skip

payment = Table(
    "payment", metadata,
    of_case(primary_key=True), Column("step", Text, primary_key=True), Column("epoch", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    city(),
    Column("amount", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'planned'")),
    Column("session_id", Text, unique=True), Column("url", Text),
    Column("payment_intent", Text), Column("brand", Text), Column("last4", Text),
    now("opened_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    at("paid_at"), at("returned_at"),
    Column("refunded", Integer, nullable=False, server_default=text("0")),
    Column("method", Text, nullable=False, server_default=text("'card'")),
    Column("refund_due", Integer, nullable=False, server_default=text("0")),
    Column("received_by", Uuid, ForeignKey("officer.account_id")),
    CheckConstraint(
        "amount > 0 and refunded >= 0 and refund_due >= 0 and refunded + refund_due <= amount", name="amounts"
    ),
    CheckConstraint("status in ('planned', 'open', 'paid', 'expired', 'refunded', 'disputed')", name="status"),
    CheckConstraint(
        "case when method = 'card'"
        " then status in ('planned', 'expired') or (session_id is not null and url is not null)"
        " or (status <> 'open' and num_nonnulls(session_id, url, payment_intent, brand, last4) = 0)"
        " else num_nonnulls(session_id, url, payment_intent, brand, last4) = 0 end", name="page",
    ),
    CheckConstraint("method in ('card', 'in_person', 'cash', 'money_order')", name="method"),
    CheckConstraint("(method in ('cash', 'money_order')) = (received_by is not null)", name="received_by"),
    Index("ix_payment_open", "opened_at", postgresql_where=text("status = 'open'")),
    Index("ix_payment_refund_due", "municipality", "receipt_number", postgresql_where=text("refund_due > 0")),
    Index(None, "payment_intent"),
    comment="支払: planned before the gateway is asked; integer yen; of the card never more than brand and last four.",
)  # fmt: skip

payment_event = Table(
    "payment_event", metadata,
    Column("id", Text, primary_key=True), city(), Column("kind", Text, nullable=False), now("received_at"),
    comment="決済通知: webhook events already taken in; a second delivery changes nothing.",
)  # fmt: skip

document = Table(
    "document", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(),
    Column("document", Text, nullable=False), Column("step", Text, nullable=False),
    Column("epoch", Integer, nullable=False), Column("title", JSONB, nullable=False),
    Column("object_key", Text, nullable=False), Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False), Column("verification_code", Text, nullable=False, unique=True),
    Column("sealed", Boolean, nullable=False), now("issued_at"), at("delivered_at"), at("revoked_at"),
    Column("revoked_reason", Text),
    UniqueConstraint("receipt_number", "step", "epoch"), Index(None, "sha256"),
    comment="交付書面: a sealed PDF in the object store.",
)  # fmt: skip

notice = Table(
    "notice", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True), city(), of_case(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False), now("created_at"),
    Index(None, "account_id", "created_at"), Index(None, "receipt_number"),
    comment="お知らせ: told to the resident in the portal.",
)  # fmt: skip
