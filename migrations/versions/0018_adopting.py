"""新しい版へ移す: one more kind of order an administrator may give for open cases."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KINDS = "('approve', 'assign', 'send_back', 'message', 'export'"
REPAIRS = "('go_back', 'pass_over', 'answer', 'hold', 'resume', 'terminate', 'rerun', 'adopt_version')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_bulk_kind"), "bulk")
    op.create_check_constraint(op.f("ck_bulk_kind"), "bulk", f"kind in {KINDS}, {REPAIRS[1:]}")
    op.drop_constraint(op.f("ck_bulk_approved"), "bulk")
    op.create_check_constraint(
        op.f("ck_bulk_approved"), "bulk",
        f"kind not in {REPAIRS} or state in ('proposed', 'withdrawn') or approved_by is not null",
    )  # fmt: skip
    op.drop_index(op.f("ix_bulk_municipality_planned_at"), "bulk")
    op.create_index(
        op.f("ix_bulk_municipality_planned_at"), "bulk", ["municipality", "planned_at"],
        postgresql_where=sa.text(f"kind in {REPAIRS}"),
    )  # fmt: skip
