"""期限: the city's closed days, what the law decides and when, how long a clock stood still, and what officers are told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NEW_TABLES = {"closed_day": "select, insert, update", "officer_notice": "select, insert, update"}
"""Each with what the application may do with it."""
OPEN = sa.text("closed_at is null")
SHOWN_BESIDE = (
    "department", "procedure", "received_at", "assignee", "lease_until", "escalated", "doubtful", "held_until",
    "deemed_at",
)  # fmt: skip
"""In the index too, so that an inbox filters and counts without reading the tasks themselves."""


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    named = target.split(".", maxsplit=1)[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{named}"))


def upgrade() -> None:
    _closed_days()
    _the_law()
    _officers()
    for table, rights in NEW_TABLES.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")
    op.execute("grant usage on all sequences in schema public to madoguchi_app")


def _closed_days() -> None:
    op.create_table(
        "closed_day",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        _city(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        _now("added_at"),
        sa.Column("removed_by", sa.Uuid()),
        _at("removed_at"),
        sa.CheckConstraint("(removed_at is null) = (removed_by is null)", name=op.f("ck_closed_day_removed")),
        _to("closed_day", "added_by", "officer.account_id"),
        _to("closed_day", "removed_by", "officer.account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_day")),
        comment="市の休庁日: a day on which the city hall is closed beside weekends and holidays; removed, never deleted.",
    )
    op.create_index(
        "uq_closed_day_kept",
        "closed_day",
        ["municipality", "day"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )


def _the_law() -> None:
    op.add_column("case_file", _at("deemed_at"))
    op.add_column("case_file", sa.Column("deemed_outcome", sa.Text()))
    days = sa.Column("suspended_days", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("case_file", days)
    rule = "deemed_outcome in ('accept', 'reject') and deemed_at is not null"
    op.create_check_constraint(op.f("ck_case_file_deemed"), "case_file", f"deemed_outcome is null or ({rule})")
    op.add_column("task", _at("deemed_at"))
    op.drop_index("ix_task_open", "task")
    op.create_index(
        "ix_task_open",
        "task",
        ["municipality", "function", "due_at", "id"],
        postgresql_where=OPEN,
        postgresql_include=list(SHOWN_BESIDE),
    )
    op.create_index(
        "ix_task_deemed",
        "task",
        ["municipality", "function", "deemed_at"],
        postgresql_where=sa.text("closed_at is null and deemed_at is not null"),
    )
    op.add_column("extension", _at("deemed_before"))
    op.add_column("extension", _at("deemed_after"))


def _officers() -> None:
    op.add_column("officer", sa.Column("mail", sa.Text()))
    op.add_column("officer", sa.Column("calendar_hash", sa.LargeBinary()))
    op.create_unique_constraint(op.f("uq_officer_calendar_hash"), "officer", ["calendar_hash"])
    op.create_table(
        "officer_notice",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        _city(),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.DateTime(timezone=True), nullable=False),
        _now("created_at"),
        _at("read_at"),
        sa.CheckConstraint(
            "kind in ('task_due_soon', 'task_overdue', 'law_decides_soon', 'law_decided')",
            name=op.f("ck_officer_notice_kind"),
        ),
        _to("officer_notice", "receipt_number", "case_file.receipt_number"),
        _to("officer_notice", "officer", "officer.account_id"),
        _to("officer_notice", "task_id", "task.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_notice")),
        sa.UniqueConstraint(
            "officer",
            "receipt_number",
            "kind",
            "about",
            name=op.f("uq_officer_notice_officer_receipt_number_kind_about"),
        ),
        comment="職員へのお知らせ: told once for each case and deadline; about: the deadline or day it is about.",
    )
    op.create_index(
        op.f("ix_officer_notice_municipality_officer_id"), "officer_notice", ["municipality", "officer", "id"]
    )
    op.create_index(
        "ix_officer_notice_unread", "officer_notice", ["municipality", "officer"],
        postgresql_where=sa.text("read_at is null"),
    )  # fmt: skip
    op.add_column("notice_delivery", sa.Column("officer_day", sa.Date()))
    op.create_index(
        "uq_notice_delivery_officer_day", "notice_delivery", ["account_id", "kind", "officer_day"], unique=True,
        postgresql_where=sa.text("officer_day is not null"),
    )  # fmt: skip
    op.create_table_comment(
        "notice_delivery",
        "お知らせの配送: one mail or push message, sent once; written in the transaction of what it tells. "
        "officer_day: to an officer, at most one of a kind on a day.",
    )
