"""紙の読取り: what a machine read on the scan of a paper that is being entered, until it is filed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

PURGE = """
do $$ begin
  execute replace(
    pg_get_functiondef('purge_case(text, timestamptz, text)'::regprocedure),
    '  delete from attachment where draft_id',
    E'  delete from paper_reading where draft_id = any(drafts);\\n  delete from attachment where draft_id');
end $$
"""
"""`purge_case` as it stands, and one table more; who may call it stays."""


def upgrade() -> None:
    op.create_table(
        "paper_reading",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column("sheet", sa.Text()),
        sa.Column("sheet_version", sa.Integer()),
        sa.Column("cells", postgresql.JSONB()),
        sa.Column("picture", sa.LargeBinary()),
        sa.Column("stated", postgresql.JSONB()),
        sa.CheckConstraint("state in ('waiting', 'read', 'unread', 'settled')", name=op.f("ck_paper_reading_state")),
        sa.CheckConstraint("(state = 'unread') = (fault is not null)", name=op.f("ck_paper_reading_fault")),
        sa.CheckConstraint(
            "num_nonnulls(sheet, sheet_version, cells, picture)"
            " = case when state in ('read', 'settled') then 4 else 0 end",
            name=op.f("ck_paper_reading_read"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.account_id"], name=op.f("fk_paper_reading_asked_by")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_paper_reading_draft_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_paper_reading")),
        comment="紙の読取り: of the scan of a paper that is being entered; goes when it is filed. cells: as read; "
        "picture: the page laid straight (WebP); stated: as an officer confirmed it.",
    )
    op.execute("alter table paper_reading enable row level security")
    own = "municipality = nullif(current_setting('app.municipality', true), '')"
    op.execute(f"create policy city on paper_reading to madoguchi_app using ({own}) with check ({own})")
    op.execute("grant select, insert, update, delete on paper_reading to madoguchi_app")
    op.execute(PURGE)
