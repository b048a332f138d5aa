"""ポイント台帳: double-entry postings."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid, func

from store.tables.columns import city, metadata, now, of_case

points_transaction = Table(
    "points_transaction", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(),
    Column("programme", Text, nullable=False), Column("person_id", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("reverses", Uuid, ForeignKey("points_transaction.id"), unique=True),
    Column("sequence", Integer, nullable=False), now("booked_at"),
    CheckConstraint("kind in ('award', 'reversal')", name="kind"),
    CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reverses"),
    UniqueConstraint("municipality", "programme", "person_id", "kind", "sequence"), Index(None, "receipt_number"),
    comment="ポイント取引: one award or its reversal; sequence counts a person's earlier reversals in the programme.",
)  # fmt: skip

points_posting = Table(
    "points_posting", metadata,
    Column("transaction_id", Uuid, ForeignKey("points_transaction.id"), primary_key=True),
    Column("ledger_account", Text, primary_key=True),
    city(), Column("account_id", Uuid, ForeignKey("account.id")), Column("points", Integer, nullable=False),
    Index(None, "account_id"),
    comment="仕訳: postings of a transaction sum to zero (deferred trigger).",
)  # fmt: skip
