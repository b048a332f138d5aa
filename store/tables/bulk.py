"""一括処理: what an officer asks for many cases at once, and what became of each."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case

REPAIRS = "('go_back', 'pass_over', 'answer', 'hold', 'resume', 'terminate', 'rerun', 'adopt_version')"

bulk = Table(
    "bulk", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("officer.account_id"), nullable=False),
    Column("kind", Text, nullable=False), Column("said", JSONB, nullable=False, server_default=text("'{}'")),
    Column("state", Text, nullable=False, server_default=text("'planned'")),
    now("planned_at"), at("asked_at"), at("finished_at"),
    Column("approved_by", Uuid, ForeignKey("officer.account_id")), at("approved_at"),
    CheckConstraint(
        f"kind in ('approve', 'assign', 'send_back', 'message', 'export', {REPAIRS[1:]}", name="kind",
    ),
    CheckConstraint(
        "state in ('proposed', 'withdrawn', 'planned', 'running', 'paused', 'stopped', 'finished')", name="state",
    ),
    CheckConstraint("approved_by <> account_id", name="two_people"),
    CheckConstraint(
        f"kind not in {REPAIRS} or state in ('proposed', 'withdrawn') or approved_by is not null", name="approved",
    ),
    Index(None, "municipality", "planned_at", postgresql_where=text(f"kind in {REPAIRS}")),
    Index(None, "account_id", "planned_at"),
    Index("ix_bulk_running", "municipality", postgresql_where=text("state in ('running', 'paused', 'stopped')")),
    comment="一括処理: asked by one officer and carried out as they would have done it; "
    "said: reason, marks, to whom, text. 修復: asked by one administrator, signed by another.",
)  # fmt: skip

bulk_item = Table(
    "bulk_item", metadata,
    Column("bulk_id", Uuid, ForeignKey("bulk.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True), city(), of_case(),
    Column("id", Uuid, nullable=False, server_default=func.gen_random_uuid()),
    Column("task_id", Uuid, ForeignKey("task.id")), Column("version", Integer),
    Column("outcome", Text), Column("reason", Text), at("done_at"),
    CheckConstraint("outcome in ('done', 'refused', 'sent')", name="outcome"), Index(None, "receipt_number"),
    CheckConstraint("(task_id is null) = (version is null)", name="seen"),
    Index("ix_bulk_item_sent", "bulk_id", postgresql_where=text("outcome = 'sent'")),
    comment="一括処理の一件: the task as it was seen; id is also the id of its command or message, "
    "so that it happens once.",
)  # fmt: skip
