"""帳票の場面: a pile of paper as the machine would have left it: read, with some cells it is not sure of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sheets.document import Sheet
from sheets.loader import SheetLibrary
from tests.api.scenes import HIMEJI, Books

CORRECTION, APPROVAL = "children:sheet_correction", "children:sheet_approval"
REPORT: Sheet = SheetLibrary.read().current("club_work_report")
WEBP = bytes.fromhex(
    "524946461a000000574542505650384c0d0000002f00000010071011118888fe0700"
)  # fmt: skip
"""One pixel."""
ROW = {"start": "1300", "end": "1815", "hours": "0515"}
DOUBTFUL = {"row02.end": "1815", "row03.hours": None, "total.hours": "01545"}
"""As read; row03.hours could not be told. The total is right once that is 5:15."""
CHANGED = {"row03.hours": "5:15"}


@dataclass(frozen=True)
class Pile:
    """一括: its id, and its pages'."""

    batch: str
    pages: tuple[str, ...]


def pile(
    books: Books, sheets: int = 1, state: str = "correcting", read: Mapping[str, str | None] | None = None
) -> Pile:
    """So many sheets of one club, each with the same three doubtful cells; `read`: what else was read, by cell."""
    (batch,) = books.rows(
        "insert into sheet_batch (sheet, month, name, source, state) values (%s, '2026-10', %s, 'upload', %s)"
        " returning id", REPORT.id, "10月分", state,
    )  # fmt: skip
    (file,) = books.rows(
        "insert into sheet_file (batch_id, name, object_key, sha256, pages) values (%s, '2026-10_012.pdf', 'none',"
        " decode(md5(random()::text), 'hex'), %s) returning id", batch["id"], sheets,
    )  # fmt: skip
    return Pile(str(batch["id"]), tuple(_page(books, batch["id"], file["id"], at, read or {}) for at in range(sheets)))


def _page(books: Books, batch: Any, file: Any, at: int, read: Mapping[str, str | None]) -> str:
    key = f"{HIMEJI}/sheets/{batch}/pages/{uuid4()}"
    there = books.layout.objects / key
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(WEBP)
    (page,) = books.rows(
        "insert into sheet_page (batch_id, file_id, position, number, kind, sheet_version, group_number,"
        " person_number, month, image_key, state, read_at) values (%s, %s, %s, %s, 'sheet', 1, '012', %s, '2026-10',"
        " %s, 'read', now()) returning id", batch, file, at, at + 1, f"01200{at}", key,
    )  # fmt: skip
    for position, cell in enumerate(REPORT.cells):
        text = {**_text(cell.id, at), **{name: told for name, told in read.items() if name == cell.id}}
        books.write(
            "insert into sheet_cell (page_id, position, cell, text, probability, agreed, accepted, alternatives)"
            " values (%s, %s, %s, %s, 0.7, true, %s, %s)",
            page["id"], position, cell.id, text[cell.id], cell.id not in DOUBTFUL,
            json.dumps([["1815", 0.7], ["1315", 0.2]] if cell.id == "row02.end" else []),
        )  # fmt: skip
    return str(page["id"])


def _text(cell: str, at: int) -> dict[str, str | None]:
    row, _, column = cell.partition(".")
    known = {"person.number": f"01200{at}", "person.name": "飾磨　京子", "total.days": " 3"} | DOUBTFUL
    if cell in known:
        return {cell: known[cell]}
    if row in ("row01", "row02", "row03"):
        return {cell: ROW.get(column, f"0{row[-1]}" if column == "day" else "")}
    return {cell: ""}


def enlist(books: Books) -> None:
    """The club's list, as imported."""
    for at in range(4):
        books.write(
            "insert into roster_entry (group_number, group_name, person_number, name, club_code, officer_number,"
            " minutes_per_day, minutes_per_month)"
            " values ('012', '城北児童クラブ', %s, '飾磨　京子', 'A012', %s, 540, 6600)"
            " on conflict do nothing", f"01200{at}", f"10{at:04}",
        )  # fmt: skip


def unreadable(books: Books, found: Pile) -> str:
    """A page of this pile whose label nobody could read."""
    page = found.pages[0]
    books.write("delete from sheet_cell where page_id = %s", page)
    books.write(
        "update sheet_page set kind = 'unreadable', fault = 'label_unreadable', group_number = null, month = null,"
        " person_number = null, sheet_version = null where id = %s", page,
    )  # fmt: skip
    return page


def handed_over(books: Books, page: str, picture: bytes | None = None) -> None:
    """The robot gave this page back, at a screen that it kept a picture of."""
    reference = f"test-{page}"
    key = f"{HIMEJI}/robot/{page}"
    if picture is not None:
        there = books.layout.objects / key
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(picture)
    books.write(
        "insert into robot_entry (system, reference, content, digest, failure, said, picture, failed_at)"
        " values ('payroll', %s, '{}', '\\x00', 'ScreenNotExpected', 'Not the screen.', %s, now())",
        reference, key if picture is not None else None,
    )  # fmt: skip
    books.write(
        "update sheet_page set state = 'handed_over', fault = 'ScreenNotExpected', reference = %s where id = %s",
        reference, page,
    )  # fmt: skip


def paid(books: Books, batch: str, minutes: dict[str, int], month: str = "2026-09") -> None:
    """The pile of another month, in the payroll: minutes by person's number."""
    books.write(
        "update sheet_batch set month = %s, state = 'finished', finished_at = now() where id = %s", month, batch
    )
    pages = books.rows("select id from sheet_page where batch_id = %s order by position", batch)
    for page, (person, total) in zip(pages, minutes.items(), strict=True):
        content = {"club": "A012", "officer_number": f"10{int(person[-1]):04}", "total": total}
        reference = f"{month}-{page['id']}"
        books.write(
            "insert into robot_entry (system, reference, content, digest, number, entered_at)"
            " values ('payroll', %s, %s, '\\x00', '1', now())", reference, json.dumps(content),
        )  # fmt: skip
        books.write("update sheet_page set state = 'entered', reference = %s where id = %s", reference, page["id"])
