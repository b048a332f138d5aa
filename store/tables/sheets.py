"""帳票の一括: a month's pile of paper: files, pages, what was read of every cell, and who works where."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now

NONE, NO = text("0"), text("false")

sheet_batch = Table(
    "sheet_batch", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("sheet", Text, nullable=False), Column("month", Text), Column("name", Text, nullable=False),
    Column("source", Text, nullable=False), Column("state", Text, nullable=False, server_default=text("'reading'")),
    Column("paused", Boolean, nullable=False, server_default=NO), Column("fault", Text),
    Column("opened_by", Uuid, ForeignKey("officer.account_id")), now("opened_at"), at("read_at"),
    Column("approved_by", Uuid, ForeignKey("officer.account_id")), at("approved_at"), at("finished_at"),
    CheckConstraint("source in ('folder', 'upload', 'mail')", name="source"),
    CheckConstraint(
        "state in ('reading', 'correcting', 'approving', 'entering', 'finished', 'stopped')", name="state",
    ),
    CheckConstraint("(approved_by is null) = (approved_at is null)", name="approved"),
    CheckConstraint("state <> 'entering' or approved_at is not null", name="entering"),
    Index(None, "municipality", "opened_at"),
    comment="帳票の一括: one pile of paper, read, corrected, approved by a second person, typed in by a robot; "
    "fault: why it paused by itself.",
)  # fmt: skip

sheet_file = Table(
    "sheet_file", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("batch_id", Uuid, ForeignKey("sheet_batch.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False), Column("object_key", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False), Column("pages", Integer), Column("fault", Text),
    UniqueConstraint("batch_id", "sha256"), Index(None, "municipality", "sha256"),
    CheckConstraint("num_nonnulls(pages, fault) < 2", name="counted"),
    comment="帳票のファイル: as it came; the same file twice in a batch is one. pages: once it was opened; "
    "fault: why it could not be.",
)  # fmt: skip

sheet_page = Table(
    "sheet_page", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("batch_id", Uuid, ForeignKey("sheet_batch.id", ondelete="CASCADE"), nullable=False),
    Column("file_id", Uuid, ForeignKey("sheet_file.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False), Column("number", Integer, nullable=False),
    Column("kind", Text), Column("sheet_version", Integer),
    Column("group_number", Text), Column("person_number", Text), Column("month", Text),
    Column("image_key", Text), Column("trace", LargeBinary),
    Column("duplicate_of", Uuid, ForeignKey("sheet_page.id", ondelete="CASCADE")),
    Column("state", Text, nullable=False, server_default=text("'waiting'")), Column("fault", Text),
    Column("reference", Text), Column("seconds", Integer, nullable=False, server_default=NONE),
    Column("version", Integer, nullable=False, server_default=NONE), at("read_at"),
    Column("named_by", Uuid, ForeignKey("officer.account_id")), at("named_at"),
    UniqueConstraint("batch_id", "position"), UniqueConstraint("file_id", "number"),
    CheckConstraint(
        "kind in ('sheet', 'blank', 'foreign', 'unreadable', 'duplicate', 'not_registered')", name="kind",
    ),
    CheckConstraint(
        "state in ('waiting', 'read', 'corrected', 'approved', 'entered', 'handed_over', 'set_aside')", name="state",
    ),
    CheckConstraint("(kind is null) = (read_at is null)", name="kind_read"),
    CheckConstraint("(kind = 'duplicate') = (duplicate_of is not null)", name="duplicate"),
    CheckConstraint("num_nonnulls(named_by, named_at) in (0, 2)", name="named"),
    Index(None, "duplicate_of"),
    Index("uq_sheet_page_reference", "municipality", "reference", unique=True,
          postgresql_where=text("reference is not null")),
    comment="帳票の頁: position: in the batch; number: in its file; reference: of what the robot types (robot_entry); "
    "seconds: of human work; version: counts up with every change by a person. named_by: who said whose it is, "
    "where no machine could tell.",
)  # fmt: skip

sheet_cell = Table(
    "sheet_cell", metadata,
    Column("page_id", Uuid, ForeignKey("sheet_page.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True), city(),
    Column("cell", Text, nullable=False), Column("text", Text),
    Column("probability", Float, nullable=False), Column("agreed", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False), Column("alternatives", JSONB, nullable=False),
    Column("corrected", Text), Column("corrected_by", Uuid, ForeignKey("officer.account_id")), at("corrected_at"),
    Column("needs_second", Boolean, nullable=False, server_default=NO),
    Column("confirmed_by", Uuid, ForeignKey("officer.account_id")), at("confirmed_at"),
    UniqueConstraint("page_id", "cell"),
    CheckConstraint("num_nonnulls(corrected, corrected_by, corrected_at) in (0, 3)", name="corrected"),
    CheckConstraint("num_nonnulls(confirmed_by, confirmed_at) in (0, 2)", name="confirmed"),
    CheckConstraint("confirmed_by <> corrected_by", name="two_people"),
    Index("ix_sheet_cell_open", "page_id", "position", postgresql_where=text(
        "(not accepted and corrected_at is null) or (needs_second and confirmed_at is null)"
    )),
    comment="帳票の欄: position: in the sheet's order. text: as read, one character per box, null: unknown. "
    "needs_second: a changed total, which a second person confirms.",
)  # fmt: skip

roster_entry = Table(
    "roster_entry", metadata,
    city(primary_key=True), Column("group_number", Text, primary_key=True),
    Column("person_number", Text, primary_key=True), Column("group_name", Text, nullable=False),
    Column("name", Text, nullable=False), Column("club_code", Text, nullable=False),
    Column("officer_number", Text, nullable=False),
    Column("minutes_per_day", Integer), Column("minutes_per_month", Integer), now("imported_at"),
    comment="名簿: who works in which club, under which numbers: ours on paper (group, person) and the payroll's "
    "(club_code, officer_number); limits by contract, in minutes.",
)  # fmt: skip
