"""職員: who stands in for whom, who looked at what, and who was appointed by whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

RIGHTS = {
    "substitution": "select, insert, update (revoked_at, revoked_by)",
    "access": "select, insert",
    "appointment": "select, insert",
}
APPEND_ONLY = ("access", "appointment")


def upgrade() -> None:
    _substitution()
    _access()
    _appointment()
    for table, rights in RIGHTS.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")
    op.execute("grant usage on all sequences in schema public to madoguchi_app")
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_is_append_only before update or delete on {table} "
            "for each row execute function audit_is_append_only()"
        )


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _officer(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["officer.account_id"], name=op.f(f"fk_{table}_{column}"))


def _substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        _city(),
        sa.Column("absent", sa.Uuid(), nullable=False),
        sa.Column("substitute", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("departments", postgresql.ARRAY(sa.Text())),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        _at("declared_at"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Uuid()),
        *(_officer("substitution", column) for column in ("absent", "substitute", "declared_by", "revoked_by")),
        sa.CheckConstraint("absent <> substitute", name=op.f("ck_substitution_another")),
        sa.CheckConstraint("last_day - first_day between 0 and 365", name=op.f("ck_substitution_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        comment="代理: who stands in for whom, whole days in Japan; departments: as far as a head's word goes (null: all).",
    )
    running = {"postgresql_where": sa.text("revoked_at is null")}
    for column in ("substitute", "absent"):
        op.create_index(f"ix_substitution_{column}", "substitution", ["municipality", column, "last_day"], **running)


def _access() -> None:
    op.create_table(
        "access",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=True),
        _city(),
        _at("at"),
        sa.Column("officer", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text()),
        sa.Column("in_place_of", sa.Uuid()),
        *(_officer("access", column) for column in ("officer", "in_place_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
        comment="閲覧記録: append-only; which officer saw what kind of personal data of which case; never the data.",
    )
    for first in ((), ("officer",), ("receipt_number",)):
        name = "_".join(("ix_access", *(first or ("at",))))
        op.create_index(name, "access", ["municipality", *first, "at", "id"])


def _appointment() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=True),
        _city(),
        _at("at"),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("duties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("by", sa.Uuid()),
        *(_officer("appointment", column) for column in ("account_id", "by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        comment="任命の経緯: append-only; the duties from then on (none: dismissed); by null: at the command line.",
    )
    op.create_index(op.f("ix_appointment_account_id"), "appointment", ["account_id"])
