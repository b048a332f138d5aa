"""一度だけ: commands, effects and the audit chain: what must happen once and can be proved."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
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

from store.tables.columns import at, city, metadata, now, of_case

command = Table(
    "command", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), of_case(),
    Column("kind", Text, nullable=False), Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    now("created_at"), at("acknowledged_at"), Column("attempts", Integer, nullable=False, server_default=text("0")),
    now("next_attempt_at"), Column("error", Text),
    CheckConstraint("status in ('pending', 'acknowledged', 'refused')", name="status"),
    Index("ix_command_pending", "next_attempt_at", postgresql_where=text("status = 'pending'")),
    Index(None, "receipt_number"),
    comment="指令: written before the workflow is told; its id is the update id.",
)  # fmt: skip

effect = Table(
    "effect", metadata,
    of_case(primary_key=True), Column("step", Text, primary_key=True), Column("epoch", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("round", Integer, primary_key=True, server_default=text("1")),
    city(), Column("result", JSONB, nullable=False), now("created_at"),
    comment="効果: the stored result of a write to the outside, keyed by business step, never by activity or run id.",
)  # fmt: skip

audit = Table(
    "audit", metadata,
    of_case(primary_key=True), Column("seq", Integer, primary_key=True),
    city(),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False), Column("action", Text, nullable=False),
    Column("step", Text), Column("facts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("prev_hash", LargeBinary, nullable=False), Column("hash", LargeBinary, nullable=False),
    comment="監査記録: append-only, hash-chained per case by a trigger; also the case's timeline. No personal data.",
)  # fmt: skip

audit_head = Table(
    "audit_head", metadata,
    of_case(primary_key=True), city(),
    Column("length", Integer, nullable=False), Column("hash", LargeBinary, nullable=False),
    comment="監査の末尾: the newest link of each chain; only the trigger writes it, the application cannot.",
)  # fmt: skip

audit_anchor = Table(
    "audit_anchor", metadata,
    city(primary_key=True), Column("number", Integer, primary_key=True),
    Column("run_id", Text, nullable=False), Column("day", Date, nullable=False),
    Column("cases", Integer, nullable=False), Column("root", LargeBinary, nullable=False),
    Column("statement", Text, nullable=False), now("gathered_at"),
    Column("token", LargeBinary), at("stamped_at"),
    Column("evidence", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("attempts", Integer, nullable=False, server_default=text("0")), at("tried_at"), Column("error", Text),
    UniqueConstraint("municipality", "run_id", "day"),
    CheckConstraint("(token is null) = (stamped_at is null)", name="stamped"),
    comment="監査の錨: what was timestamped (RFC 3161), once a day; a token that is there stays.",
)  # fmt: skip

audit_anchor_leaf = Table(
    "audit_anchor_leaf", metadata,
    city(primary_key=True), Column("number", Integer, primary_key=True), Column("position", Integer, primary_key=True),
    Column("receipt_number", Text, nullable=False), Column("length", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "receipt_number", "length"),
    comment="錨の葉: the end of each chain that had grown since the anchor before; it only grows.",
)  # fmt: skip
