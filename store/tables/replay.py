"""再生: whether open cases can go on with the program that runs, asked by an administrator; what was told of each."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, func, text

from store.tables.columns import at, city, metadata, now, of_case

replay = Table(
    "replay", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("officer.account_id"), nullable=False),
    Column("procedure", Text), Column("receipt_number", Text),
    now("asked_at"), at("finished_at"),
    Index(None, "municipality", "asked_at"),
    comment="再生: of one case, of the open cases of a procedure, or of all open ones (both null), "
    "on the program that ran then.",
)  # fmt: skip

replay_case = Table(
    "replay_case", metadata,
    Column("replay_id", Uuid, ForeignKey("replay.id", ondelete="CASCADE"), primary_key=True),
    of_case(primary_key=True), city(),
    Column("outcome", Text), Column("reason", Text), Column("event", Integer),
    Column("recorded_kind", Text), Column("recorded_name", Text), Column("came_kind", Text), Column("came_name", Text),
    Column("detail", Text, nullable=False, server_default=text("''")), at("done_at"),
    CheckConstraint("outcome in ('deterministic', 'would_break', 'unknown')", name="outcome"),
    Index("ix_replay_case_waiting", "replay_id", postgresql_where=text("outcome is null")),
    comment="再生の一件: deterministic, or at which event the program would go another way; "
    "detail: the SDK's sentence, without personal data.",
)  # fmt: skip
