"""修復: orders of administrators for cases, which a second one has to sign before anything happens."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

KINDS = "('approve', 'assign', 'send_back', 'message', 'export'"
REPAIRS = "('go_back', 'pass_over', 'answer', 'hold', 'resume', 'terminate', 'rerun')"
STATES = "'planned', 'running', 'paused', 'stopped', 'finished'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_bulk_kind"), "bulk")
    op.create_check_constraint(op.f("ck_bulk_kind"), "bulk", f"kind in {KINDS}, {REPAIRS[1:]}")
    op.drop_constraint(op.f("ck_bulk_state"), "bulk")
    op.create_check_constraint(op.f("ck_bulk_state"), "bulk", f"state in ('proposed', 'withdrawn', {STATES})")
    op.add_column("bulk", sa.Column("approved_by", sa.Uuid()))
    op.add_column("bulk", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(op.f("fk_bulk_approved_by_officer"), "bulk", "officer", ["approved_by"], ["account_id"])
    op.create_check_constraint(op.f("ck_bulk_two_people"), "bulk", "approved_by <> account_id")
    op.create_check_constraint(
        op.f("ck_bulk_approved"), "bulk",
        f"kind not in {REPAIRS} or state in ('proposed', 'withdrawn') or approved_by is not null",
    )  # fmt: skip
    op.create_index(
        op.f("ix_bulk_municipality_planned_at"), "bulk", ["municipality", "planned_at"],
        postgresql_where=sa.text(f"kind in {REPAIRS}"),
    )  # fmt: skip
    op.alter_column("bulk_item", "task_id", nullable=True)
    op.alter_column("bulk_item", "version", nullable=True)
    op.create_check_constraint(op.f("ck_bulk_item_seen"), "bulk_item", "(task_id is null) = (version is null)")
    op.create_table_comment(
        "bulk",
        "一括処理: asked by one officer and carried out as they would have done it; said: reason, marks, to whom, text. "
        "修復: asked by one administrator, signed by another.",
        existing_comment=None,
    )
