"""名指しされた頁と、紙の閲覧記録: who said whose a page is, and which paper somebody looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _sheet_page()
    _access()


def _sheet_page() -> None:
    op.add_column("sheet_page", sa.Column("named_by", sa.Uuid()))
    op.add_column("sheet_page", sa.Column("named_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(op.f("fk_sheet_page_named_by"), "sheet_page", "officer", ["named_by"], ["account_id"])
    op.create_check_constraint(op.f("ck_sheet_page_named"), "sheet_page", "num_nonnulls(named_by, named_at) in (0, 2)")
    op.create_table_comment(
        "sheet_page",
        "帳票の頁: position: in the batch; number: in its file; reference: of what the robot types (robot_entry); "
        "seconds: of human work; version: counts up with every change by a person. named_by: who said whose it is, "
        "where no machine could tell.",
    )


def _access() -> None:
    op.add_column("access", sa.Column("sheet_batch_id", sa.Uuid()))
    op.add_column("access", sa.Column("sheet_page_id", sa.Uuid()))
    op.create_check_constraint(
        op.f("ck_access_sheet"), "access", "(kind = 'sheet') or num_nonnulls(sheet_batch_id, sheet_page_id) = 0"
    )
    op.create_table_comment(
        "access",
        "閲覧記録: append-only; which officer saw what kind of personal data of which case, or of which paper; never "
        "the data. The line outlives the paper it names.",
    )
