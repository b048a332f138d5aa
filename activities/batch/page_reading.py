"""一頁の読取り: a page of a file becomes what is believed of it. Pure: a pool of processes shares the work.

What somebody has to look at is decided here, once: `accepted`.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process

import cv2

from activities.batch.confinement import confine
from activities.ocr.images import Gray
from activities.ocr.pages import PageUnreadable, open_scan
from activities.ocr.sheet_reading import SheetReading, read_sheet
from activities.ocr.sorting import SortedPage, sort_named, sort_page
from activities.ocr.tesseract import on_one_thread
from activities.ocr.words import WordReader
from procedures.notation import fold_name
from sheets.checks import Listed
from sheets.decoding import Decoded, DecodedCell, decode
from sheets.document import Cell, CellId, Sheet
from sheets.label import Label
from sheets.loader import SheetLibrary
from sheets.reading import CellReading
from sheets.threshold import Thresholds
from store.rosters import Roster
from store.sheet_batches import PageState
from store.sheet_pages import CellRead, PageKind, PageRead

PICTURE_QUALITY = 70
"""Of WebP, 0 to 100: handwriting stays sharp at 203 dpi in about 100 kB."""
LONGEST_SIDE = 2376
"""Pixels, of the picture of a page that could not be laid straight: as high as those that were."""
SHOWN = 6
"""Alternatives of a cell that a person is shown."""
PEOPLE = "people"
"""名簿の名: the list of a sheet's checks that is made of the roster."""


@dataclass(frozen=True)
class PageFound:
    """読取りの結果: what is stored of a page, and its picture (WebP); `sheet`: which one of those wanted it is."""

    read: PageRead
    cells: tuple[CellRead, ...] = ()
    picture: bytes | None = None
    sheet: str | None = None


def count_pages(content: bytes) -> int:
    """頁数. Raises FileUnreadable."""
    with open_scan(content) as scan:
        return len(scan)


def read_page(
    content: bytes, number: int, sheets: frozenset[str], roster: Roster, thresholds: Thresholds,
    named: Label | None = None,
) -> PageFound:  # fmt: skip
    """一頁を読む: `number` from 1, as one of these sheets. What no machine can tell becomes a page that a person looks
    at.

    `named`: what a person says it is; its own label counts no more.
    """
    try:
        with open_scan(content) as scan:
            image = scan.page(number - 1)
    except PageUnreadable as failed:
        return PageFound(PageRead("unreadable", "read", failed.fault))
    found = sort_page(image, library()) if named is None else sort_named(image, named, library())
    match found.kind:
        case "blank":
            return PageFound(PageRead("blank", "set_aside"))
        case "foreign":
            return PageFound(PageRead("foreign", "set_aside"), picture=_webp(image))
        case "sheet" if found.sheet and found.sheet.id in sheets:
            return _sheet(found, found.sheet, roster, thresholds)
    kind: PageKind = "not_registered" if found.kind == "not_registered" else "unreadable"
    fault = "other_sheet" if found.kind == "sheet" else found.kind
    return PageFound(_labelled(found, kind, fault), picture=_webp(image))


@cache
def library() -> SheetLibrary:
    """帳票の一覧: read once per process."""
    return SheetLibrary.read()


@cache
def _words() -> WordReader:
    return WordReader()


def warm_up() -> None:
    """準備: of a process of the pool; one core each, and nothing it does not need."""
    confine()
    on_one_thread()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    library()


def _end_with_parent() -> None:
    """A worker that was killed leaves nobody behind that still reads its pages."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _sheet(found: SortedPage, sheet: Sheet, roster: Roster, thresholds: Thresholds) -> PageFound:
    assert found.page is not None  # noqa: S101 - a page that is a sheet lies straight
    assert found.label is not None  # noqa: S101 - and says whose it is
    reading = read_sheet(found.page, sheet, _words())
    decoded, person = _decoded(sheet, reading, found.label.group, found.label.month, roster, thresholds)
    cells = tuple(_cells(sheet, reading, decoded, _name_of(roster, found.label.group, person), thresholds))
    state: PageState = "corrected" if all(each.accepted for each in cells) else "read"
    read = PageRead(
        "sheet", state, None, sheet.version, found.label.group, found.label.person or person, found.label.month,
        trace=reading.trace,
    )  # fmt: skip
    return PageFound(read, cells, _webp(found.page.image), sheet.id)


def _decoded(
    sheet: Sheet, reading: SheetReading, group: str | None, month: str | None, roster: Roster, thresholds: Thresholds
) -> tuple[Decoded, str | None]:
    """Once to learn who wrote it, and again with what was agreed with this person."""
    first = decode(sheet, reading.cells, roster.known(group, month))
    cell = person_cell(sheet)
    number = next((each for each in first.cells if each.cell == cell), None)
    if number is None or not number.accepted(thresholds) or number.value is None:
        return first, None
    entry = roster.find(group, number.value)
    person = entry.person_number if entry else number.text
    return decode(sheet, reading.cells, roster.known(group, month, number.value)), person


def person_cell(sheet: Sheet) -> CellId | None:
    """本人番号の欄: the one that has to be on the roster."""
    return next(
        (CellId(check.cell) for check in sheet.checks if isinstance(check, Listed) and check.list == PEOPLE), None
    )


def _name_of(roster: Roster, group: str | None, person: str | None) -> str | None:
    entry = roster.find(group, person) if person else None
    return entry.name if entry else None


def _cells(
    sheet: Sheet, reading: SheetReading, decoded: Decoded, name: str | None, thresholds: Thresholds
) -> Iterable[CellRead]:
    written = _written_rows(sheet, decoded, thresholds)
    for cell, read, found in zip(sheet.cells, reading.cells, decoded.cells, strict=True):
        alternatives = tuple((each.text, each.probability) for each in read.alternatives[:SHOWN])
        taken = (cell.row is not None and cell.row not in written) or accepted(cell, read, found, name, thresholds)
        yield CellRead(cell.id, found.text, min(found.probability, 1.0), found.agreed, taken, alternatives)


def _written_rows(sheet: Sheet, decoded: Decoded, thresholds: Thresholds) -> set[str]:
    """記入のある行: in the others every cell is surely empty, and no wrong total is their fault."""

    def surely_empty(cell: Cell, found: DecodedCell) -> bool:
        return found.text == "" and (cell.kind == "text" or found.probability >= thresholds.alone)

    return {
        cell.row
        for cell, found in zip(sheet.cells, decoded.cells, strict=True)
        if cell.row is not None and not surely_empty(cell, found)
    }


def accepted(cell: Cell, read: CellReading, found: DecodedCell, name: str | None, thresholds: Thresholds) -> bool:
    """採用: whether nobody has to look at it.

    Names: where somebody's number is sure and the name beside it is theirs on the roster. Remarks: where there is none;
    nobody has measured how well handwritten words are read.
    """
    match cell.kind:
        case "name":
            return name is not None and any(fold_name(each.text) == fold_name(name) for each in read.alternatives)
        case "text":
            return found.text == ""
    return found.accepted(thresholds)


def _labelled(found: SortedPage, kind: PageKind, fault: str) -> PageRead:
    label = found.label
    if label is None:
        return PageRead(kind, "read", fault)
    return PageRead(kind, "read", fault, label.version, label.group, label.person, label.month)


def _webp(image: Gray) -> bytes:
    scale = min(1.0, LONGEST_SIDE / max(image.shape))
    small = image if scale == 1.0 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, PICTURE_QUALITY])[1])
