"""監査の錨: what was timestamped of the audit log, day by day; the log cannot be emptied either."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

KEPT = """
create trigger audit_is_never_emptied before truncate on audit
  for each statement execute function audit_is_append_only();

create function audit_anchor_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'audit_anchor' then
    if old.token is null and
       row(new.municipality, new.number, new.run_id, new.day, new.cases, new.root, new.statement, new.gathered_at) =
       row(old.municipality, old.number, old.run_id, old.day, old.cases, old.root, old.statement, old.gathered_at) then
      return new;
    end if;
  end if;
  raise exception 'An anchor of the audit log stays: % is refused.', tg_op;
end $$;
create trigger audit_anchor_stays before update or delete on audit_anchor
  for each row execute function audit_anchor_stays();
create trigger audit_anchor_is_never_emptied before truncate on audit_anchor
  for each statement execute function audit_anchor_stays();
create trigger audit_anchor_leaf_stays before update or delete on audit_anchor_leaf
  for each row execute function audit_anchor_stays();
create trigger audit_anchor_leaf_is_never_emptied before truncate on audit_anchor_leaf
  for each statement execute function audit_anchor_stays();
"""


def upgrade() -> None:
    _anchor()
    _leaf()
    op.execute(KEPT)
    for table in ("audit_anchor", "audit_anchor_leaf"):
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant select, insert on {table} to madoguchi_app")
    stamped = "token, stamped_at, evidence, attempts, tried_at, error"
    op.execute(f"grant update ({stamped}) on audit_anchor to madoguchi_app")


def _anchor() -> None:
    op.create_table(
        "audit_anchor",
        _city(),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("token", sa.LargeBinary()),
        sa.Column("stamped_at", sa.DateTime(timezone=True)),
        sa.Column("evidence", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint("(token is null) = (stamped_at is null)", name=op.f("ck_audit_anchor_stamped")),
        sa.UniqueConstraint("municipality", "run_id", "day", name=op.f("uq_audit_anchor_municipality_run_id_day")),
        sa.PrimaryKeyConstraint("municipality", "number", name=op.f("pk_audit_anchor")),
        comment="監査の錨: what was timestamped (RFC 3161), once a day; a token that is there stays.",
    )


def _leaf() -> None:
    op.create_table(
        "audit_anchor_leaf",
        _city(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "number", "position", name=op.f("pk_audit_anchor_leaf")),
        comment="錨の葉: the end of each chain that had grown since the anchor before; it only grows.",
    )
    op.create_index(
        op.f("ix_audit_anchor_leaf_receipt_number_length"), "audit_anchor_leaf", ["receipt_number", "length"]
    )


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)
