"""受信箱の道具: cases found by name, views saved under a name, leases that end in sight, an inbox told of changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

INBOX_CHANGED = """
create function inbox_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox_changed', new.municipality || ' ' || new.department || ' ' || new.function);
  return null;
end $$;
create trigger inbox_changed after insert or update on task for each row execute function inbox_changed();
"""
"""Whose inbox changed, and nothing of it: said at commit, once for each department and function (PostgreSQL, NOTIFY)."""


def upgrade() -> None:
    op.create_table(
        "case_name",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        _city(),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_case_name_receipt_number_case_file")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "key", name=op.f("pk_case_name")),
        comment="氏名の索引: a case by each folded name of its applicant, "
        "read from its beginning (procedures/names.py).",
    )
    op.create_index(
        op.f("ix_case_name_municipality_department_key"), "case_name", ["municipality", "department", "key"]
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["officer.account_id"], name=op.f("fk_saved_view_account_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_view_account_id_name")),
        comment="保存した表示: filters of the inbox under a name, of one officer.",
    )
    op.create_index(
        "ix_task_lease",
        "task",
        ["municipality", "lease_until"],
        postgresql_where=sa.text("closed_at is null and assignee is not null"),
    )
    op.create_index(
        "ix_task_received",
        "task",
        ["municipality", "function", "received_at", "id"],
        postgresql_where=sa.text("closed_at is null"),
    )
    op.execute(INBOX_CHANGED)
    for table, rights in {"case_name": "select, insert, delete", "saved_view": "select, insert, delete"}.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)
