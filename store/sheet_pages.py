"""帳票の頁: what was read on a page, what people corrected, and where it stands on its way into the payroll."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, exists, func, insert, or_, select, update

from store import sheet_batches
from store.sheet_batches import PAGE_STATES, PageState, SamePerson
from store.tables import robot_entry, sheet_batch, sheet_cell, sheet_file, sheet_page

PageKind = Literal["sheet", "blank", "foreign", "unreadable", "duplicate", "not_registered"]
"""頁の種類. unreadable: perhaps ours, but nobody can say which; not_registered: ours, but not to be laid straight."""
CORRECTABLE: tuple[PageState, ...] = ("read", "corrected")
NAMEABLE: tuple[PageKind, ...] = ("unreadable", "not_registered", "foreign")
"""名指しできる頁: whose label no machine could read; foreign: a person may know better."""


class PageChanged(ValueError):
    """変更済みの頁: somebody else changed it meanwhile, or its time for corrections is over."""


@dataclass(frozen=True)
class PageRow:
    """帳票の頁 as stored; `fault`: why it needs a person, or why it was set aside or handed over."""

    id: UUID
    batch_id: UUID
    file_id: UUID
    position: int
    number: int
    kind: PageKind | None
    sheet_version: int | None
    group_number: str | None
    person_number: str | None
    month: str | None
    image_key: str | None
    duplicate_of: UUID | None
    state: PageState
    fault: str | None
    reference: str | None
    seconds: int
    version: int
    named_by: UUID | None = None

    @property
    def nameable(self) -> bool:
        """Whether a person may say what it is: they can see it, and nobody has read it."""
        return self.kind in NAMEABLE and self.state in ("read", "set_aside") and self.image_key is not None


@dataclass(frozen=True)
class Named:
    """名指し: which sheet a page is, and whose; what a label says where it can be read."""

    sheet_version: int
    group_number: str | None
    person_number: str | None
    month: str | None


@dataclass(frozen=True)
class CellRow:
    """欄: as read, and as corrected. `alternatives`: (text, probability), most probable first."""

    cell: str
    text: str | None
    probability: float
    agreed: bool
    accepted: bool
    alternatives: Sequence[tuple[str, float]]
    corrected: str | None = None
    corrected_by: UUID | None = None
    needs_second: bool = False
    confirmed_by: UUID | None = None

    @property
    def final(self) -> str | None:
        """最終の記入: what a person says, else what was read."""
        return self.text if self.corrected is None else self.corrected

    @property
    def open(self) -> bool:
        """未了: a person still has to look at it, or a second one."""
        doubtful = not self.accepted and self.corrected is None
        return doubtful or (self.needs_second and self.confirmed_by is None)


@dataclass(frozen=True)
class CellRead:
    """読み取った欄."""

    cell: str
    text: str | None
    probability: float
    agreed: bool
    accepted: bool
    alternatives: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class PageRead:
    """読み取った頁: what became of a page that waited."""

    kind: PageKind
    state: PageState
    fault: str | None = None
    sheet_version: int | None = None
    group_number: str | None = None
    person_number: str | None = None
    month: str | None = None
    image_key: str | None = None
    trace: bytes | None = None


@dataclass(frozen=True)
class Example:
    """学習例: the picture that a person saw of a page, and what they say is written in one of its cells."""

    image_key: str
    sheet: str
    sheet_version: int
    cell: str
    text: str
    read: str | None
    """As the machine had read it."""


_PAGE = tuple(sheet_page.c[name] for name in PageRow.__annotations__)
_CELL = tuple(sheet_cell.c[name] for name in CellRow.__annotations__)
_DOUBTFUL = ~sheet_cell.c.accepted & sheet_cell.c.corrected_at.is_(None)
_OPEN = or_(_DOUBTFUL, sheet_cell.c.needs_second & sheet_cell.c.confirmed_at.is_(None))


# --- looking ----------------------------------------------------------------------------------------------------------


def page(connection: Connection, page_id: UUID) -> PageRow | None:
    """一頁."""
    row = connection.execute(select(*_PAGE).where(sheet_page.c.id == page_id)).one_or_none()
    return None if row is None else PageRow(**row._mapping)


def pages(
    connection: Connection, batch_id: UUID, *states: PageState, first: int = 0, count: int | None = None
) -> tuple[PageRow, ...]:  # fmt: skip
    """頁の一覧: in order; of these states, where some are given; from that position on, so many positions."""
    this = sheet_page.c.batch_id == batch_id, sheet_page.c.state.in_(states or PAGE_STATES)
    statement = select(*_PAGE).where(*this, sheet_page.c.position >= first)
    if count is not None:
        statement = statement.where(sheet_page.c.position < first + count)
    return tuple(PageRow(**row._mapping) for row in connection.execute(statement.order_by(sheet_page.c.position)))


def cells(connection: Connection, page_id: UUID) -> tuple[CellRow, ...]:
    """欄の一覧: in the sheet's order; none of a page that is no sheet."""
    rows = connection.execute(select(*_CELL).where(sheet_cell.c.page_id == page_id).order_by(sheet_cell.c.position))
    return tuple(CellRow(**row._mapping) for row in rows)


def open_cells(connection: Connection, batch_id: UUID) -> dict[UUID, int]:
    """未了の欄: how many of each page."""
    found = (
        select(sheet_cell.c.page_id, func.count())
        .join(sheet_page, sheet_page.c.id == sheet_cell.c.page_id)
        .where(sheet_page.c.batch_id == batch_id, _OPEN)
        .group_by(sheet_cell.c.page_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def next_page(connection: Connection, batch_id: UUID, after: int = -1) -> PageRow | None:
    """次の頁 that a person has to look at: after that position, else from the beginning."""
    waiting = select(*_PAGE).where(sheet_page.c.batch_id == batch_id, sheet_page.c.state == "read")
    order = (sheet_page.c.position <= after, sheet_page.c.position)
    row = connection.execute(waiting.order_by(*order).limit(1)).one_or_none()
    return None if row is None else PageRow(**row._mapping)


def traces(connection: Connection, batch_id: UUID) -> tuple[tuple[PageRow, bytes], ...]:
    """筆跡の跡: of all sheets of a batch, in order."""
    statement = select(*_PAGE, sheet_page.c.trace).where(
        sheet_page.c.batch_id == batch_id, sheet_page.c.kind.in_(("sheet", "duplicate")),
        sheet_page.c.trace.is_not(None),
    )  # fmt: skip
    names = tuple(PageRow.__annotations__)
    return tuple(
        (PageRow(**{name: row._mapping[name] for name in names}), row.trace)
        for row in connection.execute(statement.order_by(sheet_page.c.position))
    )


def examples(connection: Connection, batch_id: UUID | None = None) -> tuple[Example, ...]:
    """学習例: everything a person said of a cell, page by page; of one batch, or of all that are kept.

    A changed total counts once a second person has confirmed it. The cell's boxes are in the sheet's document.
    """
    settled = sheet_cell.c.corrected_at.is_not(None) & (
        ~sheet_cell.c.needs_second | sheet_cell.c.confirmed_at.is_not(None)
    )
    statement = (
        select(
            sheet_page.c.image_key, sheet_batch.c.sheet, sheet_page.c.sheet_version, sheet_cell.c.cell,
            sheet_cell.c.corrected, sheet_cell.c.text,
        )
        .join(sheet_page, sheet_page.c.id == sheet_cell.c.page_id)
        .join(sheet_batch, sheet_batch.c.id == sheet_page.c.batch_id)
        .where(settled, sheet_page.c.image_key.is_not(None), sheet_page.c.kind == "sheet")
        .order_by(sheet_page.c.batch_id, sheet_page.c.position, sheet_cell.c.position)
    )  # fmt: skip
    if batch_id is not None:
        statement = statement.where(sheet_page.c.batch_id == batch_id)
    return tuple(Example(*row) for row in connection.execute(statement))


# --- the machine ------------------------------------------------------------------------------------------------------


def record(connection: Connection, page_id: UUID, found: PageRead, read_cells: Sequence[CellRead]) -> bool:
    """読取りの記録: of a page that waits. False: it was read already, and stays as it is.

    What a person said of it, and its picture, stay where this reading has nothing to say of them.
    """
    still = sheet_page.c.id == page_id, sheet_page.c.state == "waiting"
    known = {column: value for column, value in asdict(found).items() if value is not None}
    values = {**known, "read_at": func.now()}
    if connection.execute(update(sheet_page).where(*still).values(values)).rowcount == 0:
        return False
    rows = [{"page_id": page_id, "position": at, **asdict(each)} for at, each in enumerate(read_cells)]
    if rows:
        connection.execute(insert(sheet_cell), rows)
    return True


def tell_duplicate(connection: Connection, page_id: UUID, original: UUID) -> None:
    """重複: the same paper as an earlier page; needs nothing more."""
    corrected = exists().where(sheet_cell.c.page_id == page_id, sheet_cell.c.corrected_at.is_not(None))
    fresh = or_(sheet_page.c.version == 0, sheet_page.c.named_by.is_not(None) & ~corrected)
    untouched = sheet_page.c.id == page_id, fresh, sheet_page.c.state.in_(CORRECTABLE)
    values = {"kind": "duplicate", "duplicate_of": original, "state": "set_aside"}
    connection.execute(update(sheet_page).where(*untouched).values(values))


def plan(connection: Connection, page_id: UUID, reference: str) -> bool:
    """入力の予定: what the robot will type for it. False: another page has the same reference already."""
    other = select(sheet_page.c.id).where(sheet_page.c.reference == reference, sheet_page.c.id != page_id).limit(1)
    if connection.execute(other).one_or_none() is not None:
        return False
    connection.execute(update(sheet_page).where(sheet_page.c.id == page_id).values(reference=reference))
    return True


def settle(connection: Connection, page_id: UUID, state: PageState, fault: str | None = None) -> None:
    """入力の結果: entered, or handed over to a person."""
    approved = sheet_page.c.id == page_id, sheet_page.c.state == "approved"
    connection.execute(update(sheet_page).where(*approved).values(state=state, fault=fault))


def tell_difference(connection: Connection, page_id: UUID) -> None:
    """突合の不一致: entered, but what the payroll shows is not what was approved: a person's."""
    entered = sheet_page.c.id == page_id, sheet_page.c.state == "entered"
    connection.execute(update(sheet_page).where(*entered).values(state="handed_over", fault="differs"))


def entered_minutes(connection: Connection, batch_ids: Collection[UUID]) -> dict[tuple[str, str], int]:
    """入力済みの合計: minutes by club code and 職員番号, of these batches together."""
    content = robot_entry.c.content
    club, officer = content["club"].astext, content["officer_number"].astext
    found = (
        select(club, officer, func.sum(content["total"].as_integer()))
        .join(sheet_page, sheet_page.c.reference == robot_entry.c.reference)
        .where(sheet_page.c.batch_id.in_(batch_ids), robot_entry.c.number.is_not(None))
        .group_by(club, officer)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(found)}


# --- people -----------------------------------------------------------------------------------------------------------


def correct(
    connection: Connection, page_id: UUID, version: int, officer: UUID, corrections: Mapping[str, str],
    seconds: int, *, totals: Collection[str] = (), person_number: str | None = None,
) -> PageRow:  # fmt: skip
    """訂正: what a person says is written in these cells, one character per box; the same as read confirms it.

    A changed cell of `totals` (`Sheet.totals`) waits for a second person. `person_number`: whose it is, as corrected.
    Raises PageChanged.
    """
    _change(connection, page_id, version, seconds)
    if person_number:
        whose = update(sheet_page).where(sheet_page.c.id == page_id)
        connection.execute(whose.values(person_number=person_number))
    for cell, written in corrections.items():
        changed = (sheet_cell.c.text.is_distinct_from(written)) if cell in totals else sheet_cell.c.needs_second
        connection.execute(
            update(sheet_cell)
            .where(sheet_cell.c.page_id == page_id, sheet_cell.c.cell == cell)
            .values(
                corrected=written, corrected_by=officer, corrected_at=func.now(), needs_second=changed,
                confirmed_by=None, confirmed_at=None,
            )
        )  # fmt: skip
    return _settled(connection, page_id)


def confirm(connection: Connection, page_id: UUID, version: int, officer: UUID, cell: str, seconds: int) -> PageRow:
    """合計の確認: by a second person. Raises PageChanged, SamePerson."""
    mine = sheet_cell.c.page_id == page_id, sheet_cell.c.cell == cell, sheet_cell.c.needs_second
    corrector = connection.execute(select(sheet_cell.c.corrected_by).where(*mine)).scalar_one_or_none()
    if corrector == officer:
        raise SamePerson("A changed total is confirmed by somebody else.")
    _change(connection, page_id, version, seconds)
    connection.execute(update(sheet_cell).where(*mine).values(confirmed_by=officer, confirmed_at=func.now()))
    return _settled(connection, page_id)


def name(
    connection: Connection, page_id: UUID, version: int, officer: UUID, named: Named, seconds: int
) -> PageRow:  # fmt: skip
    """名指し: what an unread page is; it waits to be read again, and its batch is sorted out again afterwards.

    Raises PageChanged.
    """
    before = page(connection, page_id)
    if before is None or not before.nameable:
        raise PageChanged("It waits for nobody to say what it is.")
    anew = {"kind": None, "read_at": None, "state": "waiting", "fault": None}
    who = {"named_by": officer, "named_at": func.now()}
    _change(connection, page_id, version, seconds, states=(before.state,), **asdict(named), **anew, **who)
    connection.execute(
        update(sheet_batch).where(sheet_batch.c.id == before.batch_id).values(state="reading", read_at=None)
    )
    return _row(connection, page_id)


def set_aside(connection: Connection, page_id: UUID, version: int, reason: str, seconds: int) -> PageRow:
    """別に扱う: a person deals with it outside; `reason` is a code. Raises PageChanged."""
    _change(connection, page_id, version, seconds, state="set_aside", fault=reason)
    return _row(connection, page_id)


def _change(
    connection: Connection, page_id: UUID, version: int, seconds: int, *,
    states: Collection[PageState] = CORRECTABLE, **values: object,
) -> None:  # fmt: skip
    """In the version that was looked at, and while its batch still takes corrections."""
    batch_id = connection.execute(select(sheet_page.c.batch_id).where(sheet_page.c.id == page_id)).scalar_one_or_none()
    batch = None if batch_id is None else sheet_batches.read(connection, batch_id, lock=True)
    if batch is None or batch.state not in ("reading", "correcting", "approving"):
        raise PageChanged("Its batch takes no corrections any more.")
    this = sheet_page.c.id == page_id, sheet_page.c.version == version, sheet_page.c.state.in_(states)
    counted = {"version": version + 1, "seconds": sheet_page.c.seconds + max(0, seconds)}
    if connection.execute(update(sheet_page).where(*this).values(**counted, **values)).rowcount == 0:
        raise PageChanged("Somebody else has changed this page.")
    if batch.state == "approving":
        connection.execute(update(sheet_batch).where(sheet_batch.c.id == batch_id).values(state="correcting"))


def _settled(connection: Connection, page_id: UUID) -> PageRow:
    """Nothing open any more: corrected. What a person could not tell stays `read`."""
    connection.execute(
        update(sheet_page)
        .where(sheet_page.c.id == page_id, sheet_page.c.kind == "sheet")
        .values(state=case((_has_open(page_id), "read"), else_="corrected"))
    )
    return _row(connection, page_id)


def _has_open(page_id: UUID) -> ColumnElement[bool]:
    return exists().where(sheet_cell.c.page_id == page_id, _OPEN)


def _row(connection: Connection, page_id: UUID) -> PageRow:
    return PageRow(**connection.execute(select(*_PAGE).where(sheet_page.c.id == page_id)).one()._mapping)


def file_of(connection: Connection, page_id: UUID) -> sheet_batches.FileRow:
    """この頁のファイル."""
    columns = (sheet_file.c[name] for name in sheet_batches.FileRow.__annotations__)
    joined = sheet_file.join(sheet_page, sheet_page.c.file_id == sheet_file.c.id)
    row = connection.execute(select(*columns).select_from(joined).where(sheet_page.c.id == page_id)).one()
    return sheet_batches.FileRow(**row._mapping)
