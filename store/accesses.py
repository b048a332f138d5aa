"""閲覧記録: which officer saw what kind of personal data of which case. It only grows; of the data it holds nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, insert, literal, select, tuple_

from procedures.values import ReceiptNumber
from store.tables import access, officer, sheet_batch, sheet_file, sheet_page

Kind = Literal[
    "task",
    "case",
    "approvals",
    "attachment",
    "label",
    "draft_document",
    "document",
    "paper_draft",
    "evidence",
    "opinion",
    "search",
    "export",
    "messages",
    "message_attachment",
    "certificates",
    "access_log",
    "operation",
    "decoding",
    "sheet",
]
"""種類 of what was seen. case: its parts on one page or another; paper_draft: one being entered, of no case yet.
sheet: paper read by machine, of no case.
operation: how its workflow runs, for administrators; decoding: of its history, in Temporal's own UI."""
KINDS: tuple[Kind, ...] = get_args(Kind)

ONE_LOOK = timedelta(minutes=1)


@dataclass(frozen=True)
class SeenPaper:
    """見た紙: a batch, its totals and results; or one of its sheets. Ids: the log outlives the paper."""

    batch_id: UUID
    page_id: UUID | None = None


@dataclass(frozen=True)
class Access:
    """閲覧記録の一行. `in_place_of`: the name of whom the officer stood in for."""

    id: int
    at: datetime
    officer: UUID
    officer_name: str
    kind: Kind
    receipt_number: ReceiptNumber | None
    in_place_of: str | None
    payloads: int | None
    """Of a decoding: how many."""
    sheet_batch_id: UUID | None = None
    sheet_page_id: UUID | None = None
    sheet_name: str | None = None
    """Of the batch; this and the following while the paper is kept."""
    sheet_file: str | None = None
    sheet_number: int | None = None
    """Which page of its file."""


@dataclass(frozen=True)
class Wanted:
    """絞込み: None is all; from `since` up to, but without, `until`."""

    officer: UUID | None = None
    receipt_number: ReceiptNumber | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Place:
    """続き: the last line of the page before."""

    at: datetime
    id: int


def note(
    connection: Connection,
    by: UUID,
    kind: Kind,
    receipt_number: ReceiptNumber | None = None,
    in_place_of: UUID | None = None,
    payloads: int | None = None,
    paper: SeenPaper | None = None,
) -> None:
    """記録: before the data is given out, so that nothing is seen that is not written down."""
    line = {"officer": by, "kind": kind, "receipt_number": receipt_number, "in_place_of": in_place_of}
    which = {"sheet_batch_id": paper.batch_id, "sheet_page_id": paper.page_id} if paper else {}
    connection.execute(insert(access).values(**line, **which, payloads=payloads))


def note_once(
    connection: Connection, by: UUID, kind: Kind, receipt_number: ReceiptNumber | None, in_place_of: UUID | None = None
) -> None:
    """記録 of one look that takes several questions: once a minute."""
    line = {"officer": by, "kind": kind, "receipt_number": receipt_number, "in_place_of": in_place_of}
    just_now = exists().where(
        access.c.officer == by, access.c.kind == kind, access.c.receipt_number == receipt_number,
        access.c.at > func.now() - ONE_LOOK,
    )  # fmt: skip
    values = select(*(literal(value, access.c[name].type) for name, value in line.items())).where(~just_now)
    connection.execute(insert(access).from_select(list(line), values))


def has_seen(connection: Connection, account_id: UUID, receipt_number: ReceiptNumber) -> bool:
    """Whether this officer looked into the case before: whoever did need not be told that it does not exist.

    Who was asked for an opinion saw what was shared, never the case.
    """
    seen = exists().where(
        access.c.officer == account_id, access.c.receipt_number == receipt_number, access.c.kind != "opinion"
    )
    found: bool = connection.execute(select(seen)).scalar_one()
    return found


def listed(connection: Connection, wanted: Wanted, *, after: Place | None = None, limit: int) -> tuple[Access, ...]:
    """一覧, the newest first, from after that place on."""
    key = tuple_(access.c.at, access.c.id)
    found = select(access).where(*_chosen(wanted))
    if after is not None:
        found = found.where(key < (after.at, after.id))
    page = found.order_by(access.c.at.desc(), access.c.id.desc()).limit(limit).subquery()
    absent = officer.alias()
    statement = (
        select(
            page.c.id,
            page.c.at,
            page.c.officer,
            officer.c.name.label("officer_name"),
            page.c.kind,
            page.c.receipt_number,
            absent.c.name.label("in_place_of"),
            page.c.payloads,
            page.c.sheet_batch_id,
            page.c.sheet_page_id,
            sheet_batch.c.name.label("sheet_name"),
            sheet_file.c.name.label("sheet_file"),
            sheet_page.c.number.label("sheet_number"),
        )
        .join(officer, officer.c.account_id == page.c.officer)
        .outerjoin(absent, absent.c.account_id == page.c.in_place_of)
        .outerjoin(sheet_batch, sheet_batch.c.id == page.c.sheet_batch_id)
        .outerjoin(sheet_page, sheet_page.c.id == page.c.sheet_page_id)
        .outerjoin(sheet_file, sheet_file.c.id == sheet_page.c.file_id)
        .order_by(page.c.at.desc(), page.c.id.desc())
    )
    return tuple(Access(**row._mapping) for row in connection.execute(statement))


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = {
        access.c.officer: wanted.officer,
        access.c.receipt_number: wanted.receipt_number,
        access.c.kind: wanted.kind,
    }
    chosen = [column == value for column, value in asked.items() if value is not None]
    if wanted.since is not None:
        chosen.append(access.c.at >= wanted.since)
    if wanted.until is not None:
        chosen.append(access.c.at < wanted.until)
    return chosen
