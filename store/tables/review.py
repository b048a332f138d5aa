"""案件の画面: what officers write around a case: notes, opinions asked, templates, their own questions."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid())


def _officer(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey("officer.account_id"), nullable=nullable)


case_note = Table(
    "case_note", metadata,
    _id(), city(), of_case(), _officer("author"),
    Column("body", Text, nullable=False), now("written_at"), at("withdrawn_at"),
    Index(None, "receipt_number", "written_at"),
    comment="内部メモ: what officers of a case write for each other; withdrawn by its author, never changed.",
)  # fmt: skip

opinion = Table(
    "opinion", metadata,
    _id(), city(), of_case(), _officer("asked_by"),
    Column("department", Text, nullable=False), Column("function", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("revision", Integer, nullable=False), Column("fields", ARRAY(Text), nullable=False),
    Column("attachments", ARRAY(Uuid), nullable=False),
    Column("wished_for", Date, nullable=False), Column("required", Boolean, nullable=False),
    now("asked_at"), at("withdrawn_at"),
    Column("stance", Text), Column("answer", Text), _officer("answered_by", nullable=True), at("answered_at"),
    Column("file_name", Text), Column("file_media_type", Text), Column("file_bytes", Integer),
    Column("file_sha256", Text), Column("file_key", Text),
    CheckConstraint("stance in ('agree', 'object', 'comment')", name="stance"),
    CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered"),
    Index(None, "receipt_number"),
    Index(
        "ix_opinion_waiting", "municipality", "function", "wished_for",
        postgresql_where=text("answered_at is null and withdrawn_at is null"),
    ),
    comment="意見照会: a question about a case to officers elsewhere or an expert, with what they may see of it (answers and files of one revision), and their answer.",  # noqa: E501
)  # fmt: skip

message_template = Table(
    "message_template", metadata,
    _id(), city(),
    Column("department", Text, nullable=False), Column("name", Text, nullable=False),
    Column("texts", JSONB, nullable=False), Column("version", Integer, nullable=False, server_default=text("1")),
    _officer("changed_by"), now("changed_at"),
    UniqueConstraint("municipality", "department", "name"),
    comment="定型文: a message a department often writes, by language.",
)  # fmt: skip

review_sheet = Table(
    "review_sheet", metadata,
    of_case(primary_key=True), Column("version", Integer, primary_key=True), city(),
    Column("answers", JSONB, nullable=False), _officer("officer"), now("at"),
    comment="審査欄: what reviewers filled in of the procedure's own questions to them; each saving is a version.",
)  # fmt: skip
