"""期限: on which days the city hall is closed, and what officers are told when time runs out."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from store.tables.columns import at, city, metadata, now, of_case

closed_day = Table(
    "closed_day", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True), city(),
    Column("day", Date, nullable=False), Column("reason", Text, nullable=False),
    Column("added_by", Uuid, ForeignKey("officer.account_id"), nullable=False), now("added_at"),
    Column("removed_by", Uuid, ForeignKey("officer.account_id")), at("removed_at"),
    CheckConstraint("(removed_at is null) = (removed_by is null)", name="removed"),
    Index("uq_closed_day_kept", "municipality", "day", unique=True, postgresql_where=text("removed_at is null")),
    comment="市の休庁日: a day on which the city hall is closed beside weekends and holidays; removed, never deleted.",
)  # fmt: skip

officer_notice = Table(
    "officer_notice", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True), city(), of_case(),
    Column("officer", Uuid, ForeignKey("officer.account_id"), nullable=False),
    Column("task_id", Uuid, ForeignKey("task.id")),
    Column("kind", Text, nullable=False), Column("about", DateTime(timezone=True), nullable=False),
    now("created_at"), at("read_at"),
    CheckConstraint("kind in ('task_due_soon', 'task_overdue', 'law_decides_soon', 'law_decided')", name="kind"),
    UniqueConstraint("officer", "receipt_number", "kind", "about"),
    Index(None, "municipality", "officer", "id"), Index(None, "receipt_number"),
    Index("ix_officer_notice_unread", "municipality", "officer", postgresql_where=text("read_at is null")),
    comment="職員へのお知らせ: told once for each case and deadline; about: the deadline or day it is about.",
)  # fmt: skip
