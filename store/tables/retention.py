"""保存期間: which cases must stay beyond their time, what the nightly runs purged, and files still to be removed."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case

legal_hold = Table(
    "legal_hold", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(), of_case(),
    Column("reason", Text, nullable=False),
    Column("placed_by", Uuid, ForeignKey("officer.account_id"), nullable=False), now("placed_at"),
    Column("lifted_by", Uuid, ForeignKey("officer.account_id")), at("lifted_at"), Column("lifted_reason", Text),
    CheckConstraint("num_nonnulls(lifted_by, lifted_at, lifted_reason) in (0, 3)", name="lifted"),
    Index("uq_legal_hold_placed", "receipt_number", unique=True, postgresql_where=text("lifted_at is null")),
    Index(None, "municipality", "placed_at"), Index(None, "receipt_number"),
    comment="保存の継続: a case that is not purged although its retention is over, and why (a lawsuit, an audit).",
)  # fmt: skip

retention_run = Table(
    "retention_run", metadata,
    Column("id", Text, primary_key=True), city(), now("started_at"), at("finished_at"),
    *(Column(each, Integer, nullable=False, server_default=text("0")) for each in ("due", "held", "purged", "failed")),
    Column("failures", JSONB, nullable=False, server_default=text("'[]'")),
    Index(None, "municipality", "started_at"),
    comment="廃棄の一巡: one night's run; its id is the workflow's. failures: the first of them, numbers and causes.",
)  # fmt: skip

purged_object = Table(
    "purged_object", metadata,
    Column("object_key", Text, primary_key=True), city(), of_case(), now("purged_at"),
    Index(None, "municipality", "receipt_number"),
    comment="廃棄待ちのファイル: written in the transaction that purged the case; gone once the object is.",
)  # fmt: skip
