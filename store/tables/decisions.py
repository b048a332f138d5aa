"""判断の跡: what officers changed on the way to a decision, and who may not decide."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case


def _officer(name: str = "officer", *, primary_key: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey("officer.account_id"), nullable=False, primary_key=primary_key)


answer_correction = Table(
    "answer_correction", metadata,
    of_case(primary_key=True), Column("revision", Integer, primary_key=True), Column("field", Text, primary_key=True),
    city(), Column("before", JSONB), Column("after", JSONB), Column("reason", Text, nullable=False),
    _officer(), now("at"),
    comment="職権訂正: an answer that an officer put right; revision is the one that came of it.",
)  # fmt: skip

extension = Table(
    "extension", metadata,
    Column("command_id", Uuid, ForeignKey("command.id"), primary_key=True),
    city(), of_case(),
    Column("due_before", DateTime(timezone=True), nullable=False),
    Column("due_after", DateTime(timezone=True), nullable=False),
    at("deemed_before"), at("deemed_after"),
    Column("reason", Text, nullable=False), _officer(), now("at"),
    Index(None, "receipt_number"),
    comment="期限の延長: asked for in the transaction of its command; the resident reads the reason.",
)  # fmt: skip

recusal = Table(
    "recusal", metadata,
    of_case(primary_key=True), _officer(primary_key=True), city(), _officer("declared_by"), now("at"),
    comment="除斥・忌避: who may not decide this case, being close to it.",
)  # fmt: skip
