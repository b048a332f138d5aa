"""一括処理: one order for many cases, with what became of each; an open page is told of its progress."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

TOLD = """
create function bulk_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox_changed', new.municipality || ' bulk-' || new.id);
  return null;
end $$;
create trigger bulk_changed after update on bulk for each row execute function bulk_changed();
create function bulk_item_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox_changed', new.municipality || ' bulk-' || new.bulk_id);
  return null;
end $$;
create trigger bulk_item_changed after update on bulk_item for each row execute function bulk_item_changed();
"""


def upgrade() -> None:
    _bulk()
    _bulk_item()
    op.execute(TOLD)
    for table in ("bulk", "bulk_item"):
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant select, insert, update, delete on {table} to madoguchi_app")


def _bulk() -> None:
    op.create_table(
        "bulk",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "kind in ('approve', 'assign', 'send_back', 'message', 'export')", name=op.f("ck_bulk_kind")
        ),
        sa.CheckConstraint(
            "state in ('planned', 'running', 'paused', 'stopped', 'finished')", name=op.f("ck_bulk_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["officer.account_id"], name=op.f("fk_bulk_account_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
        comment="一括処理: asked by one officer and carried out as they would have done it; "
        "said: reason, marks, to whom, text.",
    )
    op.create_index(op.f("ix_bulk_account_id_planned_at"), "bulk", ["account_id", "planned_at"])
    op.create_index(
        "ix_bulk_running", "bulk", ["municipality"],
        postgresql_where=sa.text("state in ('running', 'paused', 'stopped')"),
    )  # fmt: skip


def _bulk_item() -> None:
    op.create_table(
        "bulk_item",
        sa.Column("bulk_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _city(),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("outcome in ('done', 'refused', 'sent')", name=op.f("ck_bulk_item_outcome")),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name=op.f("fk_bulk_item_bulk_id_bulk"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_bulk_item_receipt_number_case_file")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_bulk_item_task_id_task")),
        sa.PrimaryKeyConstraint("bulk_id", "position", name=op.f("pk_bulk_item")),
        comment="一括処理の一件: the task as it was seen; id is also the id of its command or message, "
        "so that it happens once.",
    )
    op.create_index(
        "ix_bulk_item_sent", "bulk_item", ["bulk_id"], postgresql_where=sa.text("outcome = 'sent'")
    )  # fmt: skip


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)
