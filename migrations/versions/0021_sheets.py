"""帳票の一括: piles of paper, what was read on them, and the list of who works where."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

TABLES = ("sheet_batch", "sheet_file", "sheet_page", "sheet_cell", "roster_entry")


def upgrade() -> None:
    _sheet_batch()
    _sheet_file()
    _sheet_page()
    _sheet_cell()
    _roster_entry()
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        own = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({own}) with check ({own})")
        op.execute(f"grant select, insert, update, delete on {table} to madoguchi_app")


def _sheet_batch() -> None:
    op.create_table(
        "sheet_batch",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("month", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'reading'"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("source in ('folder', 'upload', 'mail')", name=op.f("ck_sheet_batch_source")),
        sa.CheckConstraint("state <> 'entering' or approved_at is not null", name=op.f("ck_sheet_batch_entering")),
        sa.CheckConstraint(
            "state in ('reading', 'correcting', 'approving', 'entering', 'finished', 'stopped')",
            name=op.f("ck_sheet_batch_state"),
        ),
        sa.CheckConstraint("(approved_by is null) = (approved_at is null)", name=op.f("ck_sheet_batch_approved")),
        sa.ForeignKeyConstraint(["approved_by"], ["officer.account_id"], name=op.f("fk_sheet_batch_approved_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["officer.account_id"], name=op.f("fk_sheet_batch_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_batch")),
        comment="帳票の一括: one pile of paper, read, corrected, approved by a second person, typed in by a robot; "
        "fault: why it paused by itself.",
    )
    op.create_index(op.f("ix_sheet_batch_municipality_opened_at"), "sheet_batch", ["municipality", "opened_at"])


def _sheet_file() -> None:
    op.create_table(
        "sheet_file",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("fault", sa.Text()),
        sa.CheckConstraint("num_nonnulls(pages, fault) < 2", name=op.f("ck_sheet_file_counted")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["sheet_batch.id"], name=op.f("fk_sheet_file_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_file")),
        sa.UniqueConstraint("batch_id", "sha256", name=op.f("uq_sheet_file_batch_id_sha256")),
        comment="帳票のファイル: as it came; the same file twice in a batch is one. pages: once it was opened; "
        "fault: why it could not be.",
    )
    op.create_index(op.f("ix_sheet_file_municipality_sha256"), "sheet_file", ["municipality", "sha256"])


def _sheet_page() -> None:
    op.create_table(
        "sheet_page",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("sheet_version", sa.Integer()),
        sa.Column("group_number", sa.Text()),
        sa.Column("person_number", sa.Text()),
        sa.Column("month", sa.Text()),
        sa.Column("image_key", sa.Text()),
        sa.Column("trace", sa.LargeBinary()),
        sa.Column("duplicate_of", sa.Uuid()),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(kind = 'duplicate') = (duplicate_of is not null)", name=op.f("ck_sheet_page_duplicate")),
        sa.CheckConstraint(
            "kind in ('sheet', 'blank', 'foreign', 'unreadable', 'duplicate', 'not_registered')",
            name=op.f("ck_sheet_page_kind"),
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'read', 'corrected', 'approved', 'entered', 'handed_over', 'set_aside')",
            name=op.f("ck_sheet_page_state"),
        ),
        sa.CheckConstraint("(kind is null) = (read_at is null)", name=op.f("ck_sheet_page_kind_read")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["sheet_batch.id"], name=op.f("fk_sheet_page_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["sheet_page.id"], name=op.f("fk_sheet_page_duplicate_of"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["sheet_file.id"], name=op.f("fk_sheet_page_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_page")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_sheet_page_batch_id_position")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_sheet_page_file_id_number")),
        comment="帳票の頁: position: in the batch; number: in its file; reference: of what the robot types "
        "(robot_entry); seconds: of human work; version: counts up with every change by a person.",
    )
    op.create_index(op.f("ix_sheet_page_duplicate_of"), "sheet_page", ["duplicate_of"])
    op.create_index(
        "uq_sheet_page_reference", "sheet_page", ["municipality", "reference"], unique=True,
        postgresql_where=sa.text("reference is not null"),
    )  # fmt: skip


def _sheet_cell() -> None:
    op.create_table(
        "sheet_cell",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _city(),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(), nullable=False),
        sa.Column("corrected", sa.Text()),
        sa.Column("corrected_by", sa.Uuid()),
        sa.Column("corrected_at", sa.DateTime(timezone=True)),
        sa.Column("needs_second", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("confirmed_by", sa.Uuid()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("confirmed_by <> corrected_by", name=op.f("ck_sheet_cell_two_people")),
        sa.CheckConstraint("num_nonnulls(confirmed_by, confirmed_at) in (0, 2)", name=op.f("ck_sheet_cell_confirmed")),
        sa.CheckConstraint(
            "num_nonnulls(corrected, corrected_by, corrected_at) in (0, 3)", name=op.f("ck_sheet_cell_corrected")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.account_id"], name=op.f("fk_sheet_cell_confirmed_by")),
        sa.ForeignKeyConstraint(["corrected_by"], ["officer.account_id"], name=op.f("fk_sheet_cell_corrected_by")),
        sa.ForeignKeyConstraint(["page_id"], ["sheet_page.id"], name=op.f("fk_sheet_cell_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", "position", name=op.f("pk_sheet_cell")),
        sa.UniqueConstraint("page_id", "cell", name=op.f("uq_sheet_cell_page_id_cell")),
        comment="帳票の欄: position: in the sheet's order. text: as read, one character per box, null: "
        "unknown. needs_second: a changed total, which a second person confirms.",
    )
    op.create_index(
        "ix_sheet_cell_open",
        "sheet_cell",
        ["page_id", "position"],
        postgresql_where=sa.text("(not accepted and corrected_at is null) or (needs_second and confirmed_at is null)"),
    )


def _roster_entry() -> None:
    op.create_table(
        "roster_entry",
        _city(),
        sa.Column("group_number", sa.Text(), nullable=False),
        sa.Column("person_number", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("club_code", sa.Text(), nullable=False),
        sa.Column("officer_number", sa.Text(), nullable=False),
        sa.Column("minutes_per_day", sa.Integer()),
        sa.Column("minutes_per_month", sa.Integer()),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "group_number", "person_number", name=op.f("pk_roster_entry")),
        comment="名簿: who works in which club, under which numbers: ours on paper (group, person) and the "
        "payroll's (club_code, officer_number); limits by contract, in minutes.",
    )


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), server_default=city, nullable=False)
