"""再生: whether open cases can go on with the program that runs; an open page is told of the progress."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TOLD = """
create function replay_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox_changed', new.municipality || ' replay-' || new.id);
  return null;
end $$;
create trigger replay_changed after update on replay for each row execute function replay_changed();
create function replay_case_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('inbox_changed', new.municipality || ' replay-' || new.replay_id);
  return null;
end $$;
create trigger replay_case_changed after update on replay_case for each row execute function replay_case_changed();
"""


def upgrade() -> None:
    _replay()
    _replay_case()
    op.execute(TOLD)
    for table in ("replay", "replay_case"):
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant select, insert, update, delete on {table} to madoguchi_app")


def _replay() -> None:
    op.create_table(
        "replay",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.Text()),
        sa.Column("receipt_number", sa.Text()),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["account_id"], ["officer.account_id"], name=op.f("fk_replay_account_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
        comment="再生: of one case, of the open cases of a procedure, or of all open ones (both null), "
        "on the program that ran then.",
    )
    op.create_index(op.f("ix_replay_municipality_asked_at"), "replay", ["municipality", "asked_at"])


def _replay_case() -> None:
    op.create_table(
        "replay_case",
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        _city(),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("event", sa.Integer()),
        sa.Column("recorded_kind", sa.Text()),
        sa.Column("recorded_name", sa.Text()),
        sa.Column("came_kind", sa.Text()),
        sa.Column("came_name", sa.Text()),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "outcome in ('deterministic', 'would_break', 'unknown')", name=op.f("ck_replay_case_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["replay.id"], name=op.f("fk_replay_case_replay_id_replay"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_replay_case_receipt_number_case_file")
        ),
        sa.PrimaryKeyConstraint("replay_id", "receipt_number", name=op.f("pk_replay_case")),
        comment="再生の一件: deterministic, or at which event the program would go another way; "
        "detail: the SDK's sentence, without personal data.",
    )
    op.create_index("ix_replay_case_waiting", "replay_case", ["replay_id"], postgresql_where=sa.text("outcome is null"))


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)
