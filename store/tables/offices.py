"""職務の跡: who was appointed by whom, who stands in for whom, and who looked at what."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from store.tables.columns import at, city, metadata, now


def _officer(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey("officer.account_id"), nullable=nullable)


appointment = Table(
    "appointment", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    city(), now("at"), _officer("account_id"),
    Column("name", Text, nullable=False), Column("duties", ARRAY(Text), nullable=False), _officer("by", nullable=True),
    Index(None, "account_id"),
    comment="任命の経緯: append-only; the duties from then on (none: dismissed); by null: at the command line.",
)  # fmt: skip

substitution = Table(
    "substitution", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), _officer("absent"), _officer("substitute"),
    Column("first_day", Date, nullable=False), Column("last_day", Date, nullable=False),
    Column("departments", ARRAY(Text)), _officer("declared_by"), now("declared_at"),
    at("revoked_at"), _officer("revoked_by", nullable=True),
    CheckConstraint("absent <> substitute", name="another"),
    CheckConstraint("last_day - first_day between 0 and 365", name="period"),
    *(
        Index(f"ix_substitution_{each}", "municipality", each, "last_day", postgresql_where=text("revoked_at is null"))
        for each in ("substitute", "absent")
    ),
    comment="代理: who stands in for whom, whole days in Japan; departments: as far as a head's word goes (null: all).",
)  # fmt: skip

access = Table(
    "access", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    city(), now("at"), _officer("officer"), Column("kind", Text, nullable=False),
    Column("receipt_number", Text), _officer("in_place_of", nullable=True), Column("payloads", Integer),
    Column("sheet_batch_id", Uuid), Column("sheet_page_id", Uuid),
    CheckConstraint("(kind = 'sheet') or num_nonnulls(sheet_batch_id, sheet_page_id) = 0", name="sheet"),
    Index("ix_access_at", "municipality", "at", "id"),
    Index("ix_access_officer", "municipality", "officer", "at", "id"),
    Index("ix_access_receipt_number", "municipality", "receipt_number", "at", "id"),
    comment="閲覧記録: append-only; which officer saw what kind of personal data of which case, or of which paper; "
    "never the data. The line outlives the paper it names.",
)  # fmt: skip
