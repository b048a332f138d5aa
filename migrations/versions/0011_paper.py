"""紙の申請: cases an officer enters for a resident, fees taken in person, and residents who are told without a portal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

NEW_TABLES = {"paper_filing": "select, insert, update, delete", "paper_notice": "select, insert, update"}
"""Each with what the application may do with it."""


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _officer(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("officer.account_id"), nullable=nullable)


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def upgrade() -> None:
    _arrivals()
    _payments()
    _paper_filing()
    _paper_notice()
    for table, rights in NEW_TABLES.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")


def _arrivals() -> None:
    for table in ("draft", "case_file"):
        op.add_column(table, sa.Column("arrival", sa.Text(), nullable=False, server_default=sa.text("'online'")))
        _check(table, "arrival", "arrival in ('online', 'counter', 'post')")
    op.add_column("draft", sa.Column("received_on", sa.Date()))
    _check("draft", "received_on", "(arrival = 'online' or corrects is not null) = (received_on is null)")
    op.create_index(
        "ix_case_file_paper",
        "case_file",
        ["municipality", "procedure"],
        postgresql_where=sa.text("arrival <> 'online' and closed_at is null"),
    )


def _payments() -> None:
    op.add_column("payment", sa.Column("method", sa.Text(), nullable=False, server_default=sa.text("'card'")))
    op.add_column("payment", sa.Column("refund_due", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("payment", _officer("received_by"))
    for name in ("amounts", "page"):
        op.drop_constraint(op.f(f"ck_payment_{name}"), "payment")
    _check("payment", "amounts", "amount > 0 and refunded >= 0 and refund_due >= 0 and refunded + refund_due <= amount")
    _check(
        "payment",
        "page",
        "case when method = 'card'"
        " then status in ('planned', 'expired') or (session_id is not null and url is not null)"
        " else num_nonnulls(session_id, url, payment_intent, brand, last4) = 0 end",
    )
    _check("payment", "method", "method in ('card', 'in_person', 'cash', 'money_order')")
    _check("payment", "received_by", "(method in ('cash', 'money_order')) = (received_by is not null)")
    op.create_index(
        "ix_payment_refund_due",
        "payment",
        ["municipality", "receipt_number"],
        postgresql_where=sa.text("refund_due > 0"),
    )


def _paper_filing() -> None:
    op.create_table(
        "paper_filing",
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False),
        _city(),
        _officer("entered_by", nullable=False),
        _now("started_at"),
        sa.Column("stated", postgresql.JSONB()),
        sa.Column("identity_check", postgresql.JSONB()),
        _officer("checked_by"),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        _officer("absence_confirmed_by"),
        sa.Column("absence_confirmed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_paper_filing")),
        comment="紙の申請: of an account nobody logs in to, made for one paper; the person as written on it, "
        "and what was shown (no numbers).",
    )
    _check("paper_filing", "checked", "num_nonnulls(stated, identity_check, checked_by, checked_at) in (0, 4)")
    _check("paper_filing", "absence", "(absence_confirmed_by is null) = (absence_confirmed_at is null)")


def _paper_notice() -> None:
    op.create_table(
        "paper_notice",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        _city(),
        sa.Column("receipt_number", sa.Text(), sa.ForeignKey("case_file.receipt_number"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _now("created_at"),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("told_how", sa.Text()),
        _officer("told_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_notice")),
        comment="紙の申請者へのお知らせ: what a portal would have told; an officer does, and says how.",
    )
    _check("paper_notice", "told_how", "told_how in ('letter', 'telephone', 'in_person')")
    _check("paper_notice", "told", "num_nonnulls(told_at, told_how, told_by) in (0, 3)")
    op.create_index(
        "ix_paper_notice_open",
        "paper_notice",
        ["municipality", "receipt_number"],
        postgresql_where=sa.text("told_at is null"),
    )
