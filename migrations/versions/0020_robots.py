"""自動入力: entries that robots type into old systems: planned, pressed, read back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    city = sa.text("current_setting('app.municipality')")
    op.create_table(
        "robot_entry",
        sa.Column("municipality", sa.Text(), server_default=city, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("pressed_at", sa.DateTime(timezone=True)),
        sa.Column("number", sa.Text()),
        sa.Column("shown", postgresql.JSONB()),
        sa.Column("entered_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text()),
        sa.Column("said", sa.Text()),
        sa.Column("picture", sa.Text()),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(number is null) = (entered_at is null)", name=op.f("ck_robot_entry_entered")),
        sa.CheckConstraint("(failure is null) = (failed_at is null)", name=op.f("ck_robot_entry_failed")),
        sa.PrimaryKeyConstraint("municipality", "system", "reference", name=op.f("pk_robot_entry")),
        comment="自動入力: planned before a system is opened, marked before the press; its reference stands on the entry.",
    )
    op.create_index(
        op.f("ix_robot_entry_municipality_planned_at"), "robot_entry", ["municipality", "planned_at"],
        postgresql_where=sa.text("entered_at is null"),
    )  # fmt: skip
    op.execute("alter table robot_entry enable row level security")
    own = "municipality = nullif(current_setting('app.municipality', true), '')"
    op.execute(f"create policy city on robot_entry to madoguchi_app using ({own}) with check ({own})")
    op.execute("grant select, insert on robot_entry to madoguchi_app")
    kept = "attempt, begun_at, pressed_at, number, shown, entered_at, failure, said, picture, failed_at"
    op.execute(f"grant update ({kept}) on robot_entry to madoguchi_app")
