"""受信箱: a task knows its department, procedure and day of receipt, and indexes answer all an inbox asks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

OPEN = "closed_at is null"
SHOWN_BESIDE = ("department", "procedure", "received_at", "assignee", "lease_until", "escalated", "doubtful")
"""In the index too, so that an inbox filters and counts without reading the tasks themselves."""


def upgrade() -> None:
    op.add_column("task", sa.Column("department", sa.Text()))
    op.add_column("task", sa.Column("procedure", sa.Text()))
    op.add_column("task", sa.Column("received_at", sa.DateTime(timezone=True)))
    op.execute(
        "update task set department = c.department, procedure = c.procedure, received_at = c.received_at "
        "from case_file c where c.receipt_number = task.receipt_number"
    )
    for name in ("department", "procedure", "received_at"):
        op.alter_column("task", name, nullable=False)
    # Stored, because behind row-level security an index over an expression is no index: its function may leak.
    tail = sa.Computed('"right"(receipt_number, 5)', persisted=True)
    op.add_column("task", sa.Column("tail", sa.Text(), tail, nullable=False))
    doubtful = sa.Computed("cardinality(findings) > 0", persisted=True)
    op.add_column("task", sa.Column("doubtful", sa.Boolean(), doubtful, nullable=False))
    _indexes()


def _indexes() -> None:
    op.drop_index("ix_task_open", "task")
    op.create_index(
        "ix_task_open",
        "task",
        ["municipality", "function", "due_at", "id"],
        postgresql_where=sa.text(OPEN),
        postgresql_include=list(SHOWN_BESIDE),
    )
    op.create_index(
        "ix_task_held",
        "task",
        ["municipality", "assignee", "due_at", "id"],
        postgresql_where=sa.text(f"{OPEN} and assignee is not null"),
    )
    op.create_index(op.f("ix_task_municipality_tail"), "task", ["municipality", "tail"])
