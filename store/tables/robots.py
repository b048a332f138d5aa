"""自動入力: what robots type into old systems, once."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now

robot_entry = Table(
    "robot_entry", metadata,
    city(primary_key=True), Column("system", Text, primary_key=True), Column("reference", Text, primary_key=True),
    Column("content", JSONB, nullable=False), Column("digest", LargeBinary, nullable=False), now("planned_at"),
    Column("attempt", Integer, nullable=False, server_default=text("0")), at("begun_at"), at("pressed_at"),
    Column("number", Text), Column("shown", JSONB), at("entered_at"),
    Column("failure", Text), Column("said", Text), Column("picture", Text), at("failed_at"),
    Column("receipt_number", Text, ForeignKey("case_file.receipt_number")),
    CheckConstraint("(number is null) = (entered_at is null)", name="entered"),
    CheckConstraint("(failure is null) = (failed_at is null)", name="failed"),
    Index(None, "municipality", "planned_at", postgresql_where=text("entered_at is null")),
    Index(None, "receipt_number", postgresql_where=text("receipt_number is not null")),
    comment="自動入力: planned before a system is opened, marked before the press; its reference stands on the entry. "
    "receipt_number: of a case that is handed over; it goes with the case, others with their batch.",
)  # fmt: skip
