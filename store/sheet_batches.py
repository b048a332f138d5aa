"""帳票の一括: a pile of paper as a whole: its files, how far it has come, and who approved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import MunicipalityCode
from store.tables import sheet_batch, sheet_cell, sheet_file, sheet_page

BatchSource = Literal["folder", "upload", "mail"]
BatchState = Literal["reading", "correcting", "approving", "entering", "finished", "stopped"]
"""一括の状態. correcting: pages wait for people; approving: nothing is doubtful any more, a second person looks."""
PageState = Literal["waiting", "read", "corrected", "approved", "entered", "handed_over", "set_aside"]
"""頁の状態.

waiting: to be read. read: a person has to look. corrected: nothing is doubtful. entered: the payroll shows it as it was
approved. handed_over: the robot could not; a person types it. set_aside: needs nothing more from here (blank, foreign,
twice), or a person will deal with it outside.
"""
PAGE_STATES: tuple[PageState, ...] = get_args(PageState)
ENDED = ("finished", "stopped")


class BatchNotReady(ValueError):
    """承認できない状態: pages still wait for reading or for people, or it was approved already."""


class SamePerson(ValueError):
    """同じ職員: whoever corrected something in a batch does not approve it, nor confirms their own total."""


@dataclass(frozen=True)
class BatchRow:
    """帳票の一括 as stored. `fault`: why it paused by itself; `month` of most of its pages, once they are read."""

    id: UUID
    sheet: str
    month: str | None
    name: str
    source: BatchSource
    state: BatchState
    paused: bool
    fault: str | None
    opened_by: UUID | None
    opened_at: datetime
    read_at: datetime | None
    approved_by: UUID | None
    approved_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class FileRow:
    """帳票のファイル. `pages` once it was opened; `fault`: why it could not be."""

    id: UUID
    batch_id: UUID
    name: str
    object_key: str
    pages: int | None
    fault: str | None


@dataclass(frozen=True)
class BatchProgress:
    """進み具合: pages by state, cells of those that are sheets, and the human work in seconds."""

    pages: dict[PageState, int]
    cells: int
    accepted: int
    corrected: int
    unconfirmed: int
    """Changed totals that a second person has not confirmed."""
    seconds: int

    @property
    def total(self) -> int:
        return sum(self.pages.values())


_BATCH = tuple(sheet_batch.c[name] for name in BatchRow.__annotations__)
_FILE = tuple(sheet_file.c[name] for name in FileRow.__annotations__)


def folder(municipality: MunicipalityCode, batch_id: UUID) -> str:
    """置き場: where everything of a batch lies in the object store; nothing personal is in it."""
    return f"{municipality}/sheets/{batch_id}"


def report_key(municipality: MunicipalityCode, batch_id: UUID, group: str | None = None) -> str:
    """月次報告の鍵: a PDF of one club, or of all; there once the batch is finished."""
    return f"{folder(municipality, batch_id)}/report{f'-{group}' if group else ''}.pdf"


def payroll_key(municipality: MunicipalityCode, batch_id: UUID) -> str:
    """給与データの鍵: a CSV as the payroll takes it; there once the batch is finished."""
    return f"{folder(municipality, batch_id)}/payroll.csv"


def table_key(municipality: MunicipalityCode, batch_id: UUID) -> str:
    """表の鍵: a CSV with a row for each sheet; there once the batch is finished."""
    return f"{folder(municipality, batch_id)}/table.csv"


def open_batch(
    connection: Connection, sheet: str, name: str, source: BatchSource, *,
    officer: UUID | None = None, batch_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """一括を開く; one with this id that is there already stays as it is."""
    values = {"sheet": sheet, "name": name, "source": source, "opened_by": officer}
    if batch_id is None:
        opened: UUID = connection.execute(insert(sheet_batch).values(values).returning(sheet_batch.c.id)).scalar_one()
        return opened
    connection.execute(upsert(sheet_batch).values(id=batch_id, **values).on_conflict_do_nothing())
    return batch_id


def add_file(connection: Connection, batch_id: UUID, name: str, object_key: str, sha256: bytes) -> bool:
    """ファイルを加える. False: the same bytes are in the batch already."""
    values = {"batch_id": batch_id, "name": name, "object_key": object_key, "sha256": sha256}
    added = upsert(sheet_file).values(values).on_conflict_do_nothing().returning(sheet_file.c.id)
    return connection.execute(added).one_or_none() is not None


def is_known(connection: Connection, sha256: bytes) -> bool:
    """既知のファイル: whether these bytes are in any batch."""
    return bool(connection.execute(select(exists().where(sheet_file.c.sha256 == sha256))).scalar_one())


def files(connection: Connection, batch_id: UUID) -> tuple[FileRow, ...]:
    """ファイルの一覧: by name."""
    rows = connection.execute(select(*_FILE).where(sheet_file.c.batch_id == batch_id).order_by(sheet_file.c.name))
    return tuple(FileRow(**row._mapping) for row in rows)


def split_file(connection: Connection, file: FileRow, pages: int, fault: str | None = None) -> None:
    """頁に分ける: once; its pages come after those that are there. Pages of one batch are added one file at a time."""
    counted = update(sheet_file).where(
        sheet_file.c.id == file.id, sheet_file.c.pages.is_(None), sheet_file.c.fault.is_(None)
    )
    told = {"fault": fault} if fault else {"pages": pages}
    if connection.execute(counted.values(told)).rowcount and pages:
        last = select(func.coalesce(func.max(sheet_page.c.position), -1)).where(sheet_page.c.batch_id == file.batch_id)
        first = int(connection.execute(last).scalar_one()) + 1
        rows = [
            {"batch_id": file.batch_id, "file_id": file.id, "number": number, "position": first + number - 1}
            for number in range(1, pages + 1)
        ]
        connection.execute(insert(sheet_page), rows)


def read(connection: Connection, batch_id: UUID, *, lock: bool = False) -> BatchRow | None:
    """一括."""
    statement = select(*_BATCH).where(sheet_batch.c.id == batch_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else BatchRow(**row._mapping)


def newest(connection: Connection, limit: int) -> tuple[BatchRow, ...]:
    """一括の一覧: the newest first."""
    rows = connection.execute(select(*_BATCH).order_by(sheet_batch.c.opened_at.desc()).limit(limit))
    return tuple(BatchRow(**row._mapping) for row in rows)


def unfinished(connection: Connection) -> tuple[UUID, ...]:
    """終わっていない一括: of the nightly run, which starts what nobody started."""
    found = select(sheet_batch.c.id).where(sheet_batch.c.state.not_in(ENDED))
    return tuple(connection.execute(found).scalars())


def earlier(connection: Connection, batch: BatchRow, month: str) -> tuple[UUID, ...]:
    """その月の一括: finished ones of the same sheet, the newest first; of differences to last month."""
    found = (
        select(sheet_batch.c.id)
        .where(
            sheet_batch.c.sheet == batch.sheet, sheet_batch.c.month == month, sheet_batch.c.state == "finished",
            sheet_batch.c.id != batch.id,
        )
        .order_by(sheet_batch.c.finished_at.desc())
    )  # fmt: skip
    return tuple(connection.execute(found).scalars())


def progress(connection: Connection, batch_id: UUID) -> BatchProgress:
    """進み具合."""
    by_state = (
        select(sheet_page.c.state, func.count(), func.sum(sheet_page.c.seconds))
        .where(sheet_page.c.batch_id == batch_id)
        .group_by(sheet_page.c.state)
    )
    found = {row[0]: (row[1], row[2]) for row in connection.execute(by_state)}
    cells = connection.execute(
        _cells_of(batch_id).with_only_columns(
            func.count(),
            func.count().filter(sheet_cell.c.accepted),
            func.count().filter(sheet_cell.c.corrected_at.is_not(None)),
            func.count().filter(sheet_cell.c.needs_second & sheet_cell.c.confirmed_at.is_(None)),
        )
    ).one()
    seconds = sum(int(each) for _, each in found.values())
    pages: dict[PageState, int] = {state: found.get(state, (0, 0))[0] for state in PAGE_STATES}
    return BatchProgress(pages, *cells, seconds=seconds)


def show(connection: Connection, batch_id: UUID, state: BatchState) -> None:
    """状態: as its workflow has it; what has ended stays so."""
    moments: dict[str, object] = {}
    if state in ENDED:
        moments = {"finished_at": func.now()}
    elif state != "reading":
        moments = {"read_at": func.coalesce(sheet_batch.c.read_at, func.now())}
    connection.execute(
        update(sheet_batch).where(sheet_batch.c.id == batch_id, _going_on()).values(state=state, **moments)
    )


def release(connection: Connection, batch_id: UUID) -> None:
    """手放す: what the robot was to type for a stopped batch may be another batch's now; what was entered stays."""
    left = sheet_page.c.batch_id == batch_id, sheet_page.c.state == "approved"
    connection.execute(update(sheet_page).where(*left).values(reference=None))


def show_pause(connection: Connection, batch_id: UUID, paused: bool, fault: str | None = None) -> None:
    """休止: by a person, or by itself with the fault that made it pause."""
    connection.execute(
        update(sheet_batch).where(sheet_batch.c.id == batch_id, _going_on()).values(paused=paused, fault=fault)
    )


def name_month(connection: Connection, batch_id: UUID) -> None:
    """月を記す: that of most pages."""
    most = (
        select(sheet_page.c.month)
        .where(sheet_page.c.batch_id == batch_id, sheet_page.c.month.is_not(None))
        .group_by(sheet_page.c.month)
        .order_by(func.count().desc(), sheet_page.c.month)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(
        update(sheet_batch).where(sheet_batch.c.id == batch_id, sheet_batch.c.month.is_(None)).values(month=most)
    )


def correctors(connection: Connection, batch_id: UUID) -> tuple[UUID, ...]:
    """訂正した職員: of cells, and whoever said whose a page is."""
    cells = _cells_of(batch_id).with_only_columns(sheet_cell.c.corrected_by)
    named = select(sheet_page.c.named_by).where(sheet_page.c.batch_id == batch_id, sheet_page.c.named_by.is_not(None))
    return tuple(connection.execute(cells.where(sheet_cell.c.corrected_by.is_not(None)).union(named)).scalars())


def approve(connection: Connection, batch_id: UUID, officer: UUID) -> None:
    """承認: of a batch nothing is doubtful in, by somebody who corrected nothing of it. Its pages are the robot's now.

    Raises BatchNotReady, SamePerson. Tell the workflow afterwards (`sheet_batch_workflow.look_again`).
    """
    batch = read(connection, batch_id, lock=True)
    waiting = exists().where(sheet_page.c.batch_id == batch_id, sheet_page.c.state.in_(("waiting", "read")))
    if batch is None or batch.state != "approving" or connection.execute(select(waiting)).scalar_one():
        raise BatchNotReady("It waits for no approval.")
    if officer in correctors(connection, batch_id):
        raise SamePerson("Whoever corrected a batch does not approve it.")
    connection.execute(
        update(sheet_batch)
        .where(sheet_batch.c.id == batch_id)
        .values(approved_by=officer, approved_at=func.now(), state="entering")
    )
    corrected = and_(sheet_page.c.batch_id == batch_id, sheet_page.c.state == "corrected")
    connection.execute(update(sheet_page).where(corrected).values(state="approved"))


def forget(connection: Connection, batch_ids: Sequence[UUID]) -> None:
    """廃棄: batches with everything that was read; their objects are the caller's."""
    connection.execute(delete(sheet_batch).where(sheet_batch.c.id.in_(batch_ids), ~_going_on()))


def kept_until(connection: Connection, moment: datetime) -> tuple[UUID, ...]:
    """保存期間の過ぎた一括: that ended before."""
    ended = sheet_batch.c.state.in_(ENDED) & (sheet_batch.c.finished_at < moment)
    return tuple(connection.execute(select(sheet_batch.c.id).where(ended)).scalars())


def _going_on() -> ColumnElement[bool]:
    return sheet_batch.c.state.not_in(ENDED)


def _cells_of(batch_id: UUID) -> Select[tuple[object]]:
    joined = sheet_cell.join(sheet_page, sheet_page.c.id == sheet_cell.c.page_id)
    return select(sheet_cell.c.cell).select_from(joined).where(sheet_page.c.batch_id == batch_id)
