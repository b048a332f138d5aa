"""受信箱の道具: what officers find cases by and keep for themselves."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import city, metadata, now, of_case

case_name = Table(
    "case_name", metadata,
    of_case(primary_key=True), Column("key", Text(collation="C"), primary_key=True), city(),
    Column("department", Text, nullable=False), Index(None, "municipality", "department", "key"),
    comment="氏名の索引: a case by each folded name of its applicant, read from its beginning (procedures/names.py).",
)  # fmt: skip

saved_view = Table(
    "saved_view", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()), city(),
    Column("account_id", Uuid, ForeignKey("officer.account_id"), nullable=False),
    Column("name", Text, nullable=False), Column("filters", JSONB, nullable=False), now("created_at"),
    UniqueConstraint("account_id", "name"),
    comment="保存した表示: filters of the inbox under a name, of one officer.",
)  # fmt: skip
