"""判断: marks say what is wrong, answers put right by officers, deadlines moved, tasks on hold, and who steps aside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

APPEND_ONLY = ("answer_correction", "extension", "recusal")

SHOWN_BESIDE = (
    "department", "procedure", "received_at", "assignee", "lease_until", "escalated", "doubtful", "held_until",
)  # fmt: skip
"""In the index too, so that an inbox filters and counts without reading the tasks themselves."""
MARKS = """
update correction set marks = (
  select coalesce(jsonb_object_agg(key, jsonb_build_object('fault', 'incorrect', 'reason', value)), '{}')
    from jsonb_each_text(marks))
"""


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    named = target.split(".", maxsplit=1)[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{named}"))


def upgrade() -> None:
    op.execute(MARKS)
    op.add_column("submission", sa.Column("follows", sa.Integer()))
    op.create_table_comment(
        "submission",
        "申請: canonical bytes (RFC 8785), the signature over them, and the answers as read from them; "
        "follows: an officer put answers right, the signature is that revision's.",
    )
    op.add_column("task", sa.Column("held_until", sa.DateTime(timezone=True)))
    op.add_column("task", sa.Column("held_reason", sa.Text()))
    op.drop_index("ix_task_open", "task")
    op.create_index(
        "ix_task_open",
        "task",
        ["municipality", "function", "due_at", "id"],
        postgresql_where=sa.text("closed_at is null"),
        postgresql_include=list(SHOWN_BESIDE),
    )
    _answer_correction()
    _extension()
    _recusal()
    for table in APPEND_ONLY:
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant select, insert on {table} to madoguchi_app")


def _answer_correction() -> None:
    op.create_table(
        "answer_correction",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        _city(),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        _now("at"),
        _to("answer_correction", "receipt_number", "case_file.receipt_number"),
        _to("answer_correction", "officer", "officer.account_id"),
        sa.PrimaryKeyConstraint("receipt_number", "revision", "field", name=op.f("pk_answer_correction")),
        comment="職権訂正: an answer that an officer put right; revision is the one that came of it.",
    )


def _extension() -> None:
    op.create_table(
        "extension",
        sa.Column("command_id", sa.Uuid(), nullable=False),
        _city(),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        _now("at"),
        _to("extension", "command_id", "command.id"),
        _to("extension", "receipt_number", "case_file.receipt_number"),
        _to("extension", "officer", "officer.account_id"),
        sa.PrimaryKeyConstraint("command_id", name=op.f("pk_extension")),
        comment="期限の延長: asked for in the transaction of its command; the resident reads the reason.",
    )
    op.create_index(op.f("ix_extension_receipt_number"), "extension", ["receipt_number"])


def _recusal() -> None:
    op.create_table(
        "recusal",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        _city(),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        _now("at"),
        _to("recusal", "receipt_number", "case_file.receipt_number"),
        _to("recusal", "officer", "officer.account_id"),
        _to("recusal", "declared_by", "officer.account_id"),
        sa.PrimaryKeyConstraint("receipt_number", "officer", name=op.f("pk_recusal")),
        comment="除斥・忌避: who may not decide this case, being close to it.",
    )
