"""決裁: several seats at a level, deputies beside them, and levels that decide anew after a return."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SEAT = ("receipt_number", "step", "epoch", "round", "seat", "function")


def upgrade() -> None:
    op.add_column("task", sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("task", sa.Column("seat", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("task", sa.Column("deputy", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("task", sa.Column("looked_over_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_task_receipt_number_step_epoch", "task")
    op.create_unique_constraint(f"uq_task_{'_'.join(SEAT)}", "task", list(SEAT))
    op.create_index(
        "ix_task_deputised",
        "task",
        ["municipality", "function"],
        postgresql_where=sa.text("outcome = 'deputised' and looked_over_at is null"),
    )
    op.add_column("effect", sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.drop_constraint("pk_effect", "effect")
    op.create_primary_key("pk_effect", "effect", ["receipt_number", "step", "epoch", "kind", "round"])
