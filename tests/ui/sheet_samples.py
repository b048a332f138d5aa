"""Paper read by machine: batches in every state, sheets to correct, totals to approve, pages set aside."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from api.problems import problem
from api.sheets.naming import NamingView
from api.sheets.views import (
    ApprovalView,
    AsideLine,
    BatchLine,
    BatchState,
    BatchView,
    ClubLine,
    ClubSumView,
    ContradictionView,
    MissingView,
    PageState,
    PilesProgress,
    SheetCellView,
    SheetPageView,
    SheetSumView,
)
from api.views import DutyView, Visitor
from procedures.texts import Language
from sheets.decoding import Contradiction
from sheets.document import Sheet
from sheets.loader import SheetLibrary
from sheets.values import text
from sheets.wording import explanation
from ui.language import translated
from ui.sheets.approval_contents import approval
from ui.sheets.batch_contents import batch, cause, listed
from ui.sheets.correction_contents import Typed, correction
from ui.sheets.naming_contents import naming, reasons
from ui.sheets.words import IMPOSSIBLE, PAGES

SHEETS = SheetLibrary.read()
REPORT = SHEETS.current("club_work_report")
CLERK = Visitor(
    account_id=UUID(int=7), officer_name="姫路 花子",
    duties=frozenset(DutyView(department="*", function=name) for name in ("sheet_correction", "sheet_approval")),
)  # fmt: skip
PICTURE = "/sheets/pages/1/files/picture"
Page = tuple[str, str, dict[str, Any], str]


def sheet_pages(language: Language, now: datetime, hostile: str) -> Iterator[Page]:
    """(name, template, what it gets, path)."""
    name = hostile or "10月分 勤務報告書"
    yield from _batches(language, now, name)
    yield from _corrections(language, name if hostile else "姫路　花子")
    yield from _unread(language, name)
    for ready, mine in ((True, False), (True, True), (False, False)):
        shown = approval(language, REPORT, a_batch("approving", now, name), _approval(name, ready, mine))
        refused = problem("sheet_same_person").text if mine else None
        yield (
            f"totals {ready} {mine}",
            "sheets/approval.html",
            shown | {"problem": refused},
            "/sheets/batches/1/approval",
        )


def _unread(language: Language, name: str) -> Iterator[Page]:
    states: tuple[tuple[PageState, bool, str | None], ...] = (
        ("read", True, None), ("read", True, "sheet_unnamed"), ("waiting", False, None), ("set_aside", True, None),
    )  # fmt: skip
    for state, asks, refused in states:
        found = _page(state, "").model_copy(update={"cells": (), "file": name})
        asked = NamingView(
            page=found.id, open=asks, fault="label_unreadable" if asks else None,
            title=REPORT.title.model_dump(), versions=(2, 1),
            clubs=(("002", name), ("012", "書写児童クラブ")), needs_club=True, needs_month=True, takes_person=asks,
            sheet_version=2, group=None, person=None, month="2026-10",
        )  # fmt: skip
        label, colour = PAGES[state]
        shown = {
            **naming(language, found, asked, {}), "reasons": reasons(language), "may_correct": True,
            "state": (translated(language, label), colour), "shown_at": 1_790_000_000, "picture": PICTURE,
            "problem": problem(refused).text if refused else None,
        }  # fmt: skip
        yield f"page that cannot be read {state} {refused}", "sheets/aside.html", shown, "/sheets/pages/1"


def _batches(language: Language, now: datetime, name: str) -> Iterator[Page]:
    states: tuple[BatchState, ...] = get_args(BatchState)
    lines = [BatchLine(**a_batch(state, now, name).model_dump(include=set(BatchLine.model_fields))) for state in states]
    for title, found, refused in (
        ("sheet batches", lines, None), ("no sheet batches", [], None), ("scan refused", lines, "scan_refused"),
    ):  # fmt: skip
        told = {"typed": name, "problem": problem(refused).text if refused else None}
        yield title, "sheets/batches.html", listed(language, CLERK, SHEETS.all(), found) | told, "/sheets"
    for state in states:
        shown = batch(language, a_batch(state, now, name)) | {"problem": None}
        yield f"sheet batch {state}", "sheets/batch.html", shown, "/sheets/batches/1"
    for state in states:
        rows = a_batch(state, now, name).model_copy(update={"result": "table", "clubs": (), "month": None})
        yield (
            f"sheets becoming a table, {state}",
            "sheets/batch.html",
            batch(language, rows) | {"problem": None},
            "/sheets",
        )
    stuck = a_batch("entering", now, name).model_copy(update={"paused": True, "fault": "LoginRefused"})
    refused = {"problem": problem("batch_unreachable").text}
    yield "sheet batch that paused", "sheets/batch.html", batch(language, stuck) | refused, "/sheets/batches/1"


def _corrections(language: Language, name: str) -> Iterator[Page]:
    found, path = _page("read", name), "/sheets/pages/1"
    yield "sheet to correct", "sheets/correction.html", _around(language, REPORT, found, editable=True), path
    typed = Typed(
        {"row01.start": name, "row02.end": "25:70"},
        frozenset({"row03.start"}),
        {"row02.end": translated(language, IMPOSSIBLE)},
    )
    refused = _around(language, REPORT, found, editable=True, typed=typed)
    told = {"problem": problem("sheet_value_impossible").text}
    yield "sheet refused", "sheets/correction.html", refused | told, path
    for others in (True, False):
        second = found.model_copy(update={"cells": _changed_total(found), "second_by_others_only": others})
        yield (
            f"sheet for a second person {others}",
            "sheets/correction.html",
            _around(language, REPORT, second, editable=True),
            path,
        )
    for screen in (True, False):
        back = _page("handed_over", name).model_copy(update={"fault": "ScreenNotExpected", "screen": screen})
        shown = _around(language, REPORT, back, editable=False) | {"cause": cause(language, "ScreenNotExpected")}
        yield f"sheet that the robot gave back {screen}", "sheets/correction.html", shown, path
    done = _page("approved", name)
    yield "sheet that is approved", "sheets/correction.html", _around(language, REPORT, done, editable=False), path
    for sheet in SHEETS.all():
        plain = _page("read", name, sheet)
        yield f"sheet {sheet.id}", "sheets/correction.html", _around(language, sheet, plain, editable=True), path


def _around(language: Language, sheet: Sheet, found: SheetPageView, **how: Any) -> dict[str, Any]:
    label, colour = PAGES[found.state]
    more = {"may_correct": True, "shown_at": 1_790_000_000, "picture": PICTURE, "problem": None}
    more |= {"reasons": reasons(language), "cause": None}
    return correction(language, sheet, found, **how) | more | {"state": (translated(language, label), colour)}


def _page(state: str, name: str, sheet: Sheet = REPORT) -> SheetPageView:
    day = {"day": 3, "start": 780, "end": 1095, "break": 0, "hours": 315, "remarks": "研修"}
    cells = []
    for cell in sheet.cells:
        worked = cell.row is not None and int(cell.row[-2:]) <= 4
        value = (
            day.get(cell.column)
            if worked
            else {"total.days": 4, "total.hours": 1275, "person.number": 2113}.get(cell.id)
        )
        written = "" if value is None else value if isinstance(value, str) else text(cell.kind, value, len(cell.boxes))
        doubtful = cell.id in ("row03.start", "total.hours", "row04.hours") or cell.kind == "name"
        cells.append(
            SheetCellView(
                cell=cell.id, text=name if cell.kind == "name" else None if cell.id == "row04.hours" else written,
                read=written, alternatives=(written, "1300", "1309") if doubtful else (written,), probability=0.62,
                standing="doubtful" if doubtful else "accepted",
            )
        )  # fmt: skip
    return SheetPageView(
        id=UUID(int=1), batch=UUID(int=2), sheet=sheet.id, sheet_version=sheet.version, month="2026-10",
        file="2026-10_002.pdf", number=3, group="002", group_name="城北児童クラブ", person="002113", person_name=name,
        state=state, version=3, seconds=42, cells=tuple(cells), contradictions=_contradictions(sheet), left=37,
    )  # fmt: skip


def _contradictions(sheet: Sheet) -> tuple[ContradictionView, ...]:
    if sheet is not REPORT:
        return ()
    at = next(n for n, check in enumerate(sheet.checks) if check.kind == "sum")
    wrong = Contradiction(check=at, cells=(*sheet.column("row", "hours"), sheet.cell("total.hours").id), due=1260)  # type: ignore[arg-type]
    return (ContradictionView(sentence=explanation(sheet, wrong).model_dump(), cells=wrong.cells),)


def _changed_total(found: SheetPageView) -> tuple[SheetCellView, ...]:
    told = {"text": "02100", "standing": "changed", "second": "needed", "by": "臨時　職員"}
    return tuple(each.model_copy(update=told) if each.cell == "total.hours" else each for each in found.cells)


def a_batch(state: BatchState, now: datetime, name: str) -> BatchView:
    count = {
        "pages": 600, "waiting": 0, "to_correct": 0, "second": 0, "corrected": 0, "approved": 0, "entered": 0,
        "handed_over": 0, "set_aside": 21,
    }  # fmt: skip
    shares = {
        "reading": {"waiting": 300, "to_correct": 40, "corrected": 239},
        "correcting": {"to_correct": 37, "second": 2, "corrected": 540},
        "approving": {"corrected": 579}, "entering": {"approved": 400, "entered": 176, "handed_over": 3},
        "finished": {"entered": 576, "handed_over": 3}, "stopped": {"waiting": 579},
    }  # fmt: skip
    clubs = tuple(ClubLine(group=f"{n:03}", name=name, pages=9 - n, to_correct=n, done=9 - 2 * n) for n in range(4))
    aside = tuple(
        AsideLine(
            id=UUID(int=n), file="2026-10_002.pdf", number=n + 1, state=at, kind=kind, fault=fault, group="002",
            person="002113" if kind == "sheet" else None, has_picture=kind != "blank",
        )
        for n, (at, kind, fault) in enumerate(
            (
                ("set_aside", "blank", None), ("set_aside", "foreign", "foreign"), ("set_aside", "duplicate", None),
                ("read", "unreadable", "label_unreadable"), ("handed_over", "sheet", "does_not_add_up"),
                ("handed_over", "sheet", "NobodyForesaw"),
            )
        )
    )  # fmt: skip
    return BatchView(
        id=UUID(int=2), sheet=REPORT.id, title=REPORT.title.model_dump(), month="2026-10", name=name, state=state,
        result="payroll", paused=False, opened_at=now, clubs=clubs, aside=aside,
        progress=PilesProgress(**(count | shares[state]), minutes_left=8, machine_minutes_left=9),
        unreadable_files=((name, "locked"),), cells=93_000, accepted=91_876, changed=1_124,
        human_minutes=61, human_seconds=3660, looked_at=412, may_correct=True, may_approve=True,
    )  # fmt: skip


def _approval(name: str, ready: bool, mine: bool) -> ApprovalView:
    sheets = tuple(
        SheetSumView(
            page=UUID(int=n), person=f"00211{n}", name=name if n else None,
            totals=("17", "92:20") if n else ("17", None), numbers=(17, 5540 if n else None), changed=n,
            contradicts=n == 2, before=None if n == 1 else 9000 if n else 600, change=("less", "new", "more")[n],
        )
        for n in range(3)
    )  # fmt: skip
    quiet = tuple(each.model_copy(update={"changed": 0, "contradicts": False}) for each in sheets)
    missing = (MissingView(person="002119", name=name, before=1230),)
    clubs = (
        ClubSumView(group="002", name="城北児童クラブ", sheets=sheets, missing=missing, before=10830, change="more"),
        ClubSumView(group=None, name="–", sheets=quiet),
    )
    return ApprovalView(
        batch=UUID(int=2), cells=("total.days", "total.hours"), clubs=clubs, ready=ready, by_oneself=mine, compared=1
    )
