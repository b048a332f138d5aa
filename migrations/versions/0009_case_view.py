"""案件の画面: notes in the house, opinions asked of others, templates of messages, and the reviewer's own questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

ANSWER = (
    "stance", "answer", "answered_by", "answered_at", "file_name", "file_media_type", "file_bytes", "file_sha256",
    "file_key",
)  # fmt: skip
RIGHTS = {
    "case_note": "select, insert, update (withdrawn_at)",
    "opinion": f"select, insert, update ({', '.join((*ANSWER, 'withdrawn_at'))})",
    "message_template": "select, insert, update, delete",
    "review_sheet": "select, insert",
}
"""Each with what the application may do: nobody can rewrite a note, a question or what a reviewer once filled in."""


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()"))


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _at(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    named = target.split(".", maxsplit=1)[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{named}"))


def upgrade() -> None:
    _notes()
    _opinions()
    _templates()
    _sheets()
    for table, rights in RIGHTS.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")


def _notes() -> None:
    op.create_table(
        "case_note",
        _id(),
        _city(),
        *_text("receipt_number"),
        sa.Column("author", sa.Uuid(), nullable=False),
        *_text("body"),
        _now("written_at"),
        *_at("withdrawn_at"),
        _to("case_note", "receipt_number", "case_file.receipt_number"),
        _to("case_note", "author", "officer.account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        comment="内部メモ: what officers of a case write for each other; withdrawn by its author, never changed.",
    )
    op.create_index(op.f("ix_case_note_receipt_number_written_at"), "case_note", ["receipt_number", "written_at"])


def _opinions() -> None:
    op.create_table(
        "opinion",
        _id(),
        _city(),
        *_text("receipt_number"),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        *_text("department", "function", "question"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("attachments", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("wished_for", sa.Date(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        _now("asked_at"),
        *_at("withdrawn_at"),
        *_text("stance", "answer", nullable=True),
        sa.Column("answered_by", sa.Uuid()),
        *_at("answered_at"),
        *_text("file_name", "file_media_type", nullable=True),
        sa.Column("file_bytes", sa.Integer()),
        *_text("file_sha256", "file_key", nullable=True),
        sa.CheckConstraint("stance in ('agree', 'object', 'comment')", name=op.f("ck_opinion_stance")),
        sa.CheckConstraint("(answered_at is null) = (answered_by is null)", name=op.f("ck_opinion_answered")),
        _to("opinion", "receipt_number", "case_file.receipt_number"),
        _to("opinion", "asked_by", "officer.account_id"),
        _to("opinion", "answered_by", "officer.account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        comment="意見照会: a question about a case to officers elsewhere or an expert, with what they may see of it (answers and files of one revision), and their answer.",
    )
    op.create_index(op.f("ix_opinion_receipt_number"), "opinion", ["receipt_number"])
    op.create_index(
        "ix_opinion_waiting",
        "opinion",
        ["municipality", "function", "wished_for"],
        postgresql_where=sa.text("answered_at is null and withdrawn_at is null"),
    )


def _templates() -> None:
    op.create_table(
        "message_template",
        _id(),
        _city(),
        *_text("department", "name"),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        _now("changed_at"),
        _to("message_template", "changed_by", "officer.account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint(
            "municipality", "department", "name", name=op.f("uq_message_template_municipality_department_name")
        ),
        comment="定型文: a message a department often writes, by language.",
    )


def _sheets() -> None:
    op.create_table(
        "review_sheet",
        *_text("receipt_number"),
        sa.Column("version", sa.Integer(), nullable=False),
        _city(),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        _now("at"),
        _to("review_sheet", "receipt_number", "case_file.receipt_number"),
        _to("review_sheet", "officer", "officer.account_id"),
        sa.PrimaryKeyConstraint("receipt_number", "version", name=op.f("pk_review_sheet")),
        comment="審査欄: what reviewers filled in of the procedure's own questions to them; each saving is a version.",
    )
