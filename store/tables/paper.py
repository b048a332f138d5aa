"""紙の申請: what an officer writes down beside the answers, and what the resident must be told without a portal."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now, of_case


def _officer(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, Uuid, ForeignKey("officer.account_id"), nullable=nullable)


paper_filing = Table(
    "paper_filing", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True),
    city(), _officer("entered_by", nullable=False), now("started_at"),
    Column("stated", JSONB), Column("identity_check", JSONB), _officer("checked_by"), at("checked_at"),
    _officer("absence_confirmed_by"), at("absence_confirmed_at"),
    CheckConstraint("num_nonnulls(stated, identity_check, checked_by, checked_at) in (0, 4)", name="checked"),
    CheckConstraint("(absence_confirmed_by is null) = (absence_confirmed_at is null)", name="absence"),
    comment="紙の申請: of an account nobody logs in to, made for one paper; the person as written on it, and what was shown (no numbers).",  # noqa: E501
)  # fmt: skip

paper_notice = Table(
    "paper_notice", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(), Column("kind", Text, nullable=False), now("created_at"),
    Column("told_at", DateTime(timezone=True)), Column("told_how", Text), _officer("told_by"),
    CheckConstraint("told_how in ('letter', 'telephone', 'in_person')", name="told_how"),
    CheckConstraint("num_nonnulls(told_at, told_how, told_by) in (0, 3)", name="told"),
    Index(None, "receipt_number"),
    Index("ix_paper_notice_open", "municipality", "receipt_number", postgresql_where=text("told_at is null")),
    comment="紙の申請者へのお知らせ: what a portal would have told; an officer does, and says how.",
)  # fmt: skip

paper_reading = Table(
    "paper_reading", metadata,
    Column("draft_id", Uuid, ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True),
    city(), _officer("asked_by", nullable=False), now("asked_at"),
    Column("state", Text, nullable=False, server_default=text("'waiting'")), Column("fault", Text),
    Column("sheet", Text), Column("sheet_version", Integer), Column("cells", JSONB), Column("picture", LargeBinary),
    Column("stated", JSONB),
    CheckConstraint("state in ('waiting', 'read', 'unread', 'settled')", name="state"),
    CheckConstraint("(state = 'unread') = (fault is not null)", name="fault"),
    CheckConstraint(
        "num_nonnulls(sheet, sheet_version, cells, picture) = case when state in ('read', 'settled') then 4 else 0 end",
        name="read",
    ),
    comment="紙の読取り: of the scan of a paper that is being entered; goes when it is filed. cells: as read; "
    "picture: the page laid straight (WebP); stated: as an officer confirmed it.",
)  # fmt: skip
