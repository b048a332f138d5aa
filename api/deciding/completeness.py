"""判断に足りないもの: what a decision still needs, said before it is sent and asked again when it is."""

import re
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from api.counter import Counter
from api.desk.views import MissingView
from api.filing import drafts as draft_cases
from api.problems import problem
from procedures.answers import Checked
from procedures.calendar import JAPAN
from procedures.marks import Mark
from procedures.review_form import unfilled
from store import cases, drafts, opinions, review_sheets
from store.tasks import TaskRow

TRACKING_NUMBER = re.compile(r"\A[0-9][0-9-]{7,29}\Z")
Decision = Literal["approve", "send_back", "reject", "dispatch", "hand_out", "return"]
HowHandedOut = Literal["in_person", "post"]
"""交付の方法 of what came on paper."""
GIVEN: dict[str, Decision] = {"post_document": "dispatch", "deliver": "hand_out"}
"""渡す作業: tasks that judge nothing, and how each is done."""


@dataclass(frozen=True)
class Outlook:
    """判断の見通し: what an approval still needs; which answers may be sent back: those the resident was asked for."""

    missing: tuple[MissingView, ...] = ()
    markable: tuple[str, ...] = ()


def outlook(counter: Counter, connection: Connection, row: TaskRow) -> Outlook:
    """判断の見通し; nothing for a task that is closed or has nothing to approve."""
    if row.closed_at is not None or row.kind in GIVEN:
        return Outlook()
    checked = _checked(counter, connection, row)
    found = {
        "findings": row.findings,
        "answers": tuple(each.field for each in checked.problems),
        "review_form": _unfilled(counter, connection, row),
        "opinions": ("required",) if opinions.required_waiting(connection, row.receipt_number) else (),
    }
    missing = (MissingView.model_validate({"code": code, "fields": fields}) for code, fields in found.items() if fields)
    return Outlook(tuple(missing), tuple(sorted(checked.visible)))


def require_complete(
    counter: Counter, connection: Connection, row: TaskRow, decision: Decision, *,
    reason: str, marks: dict[str, Mark], tracking_number: str | None, ground: str | None, findings_checked: bool,
    how: HowHandedOut | None,
) -> None:  # fmt: skip
    """足りるか否か. Raises Problem that says what to add."""
    if GIVEN.get(row.kind) != (decision if decision in GIVEN.values() else None):
        raise problem("malformed")
    match decision:
        case "approve":
            _require_approvable(counter, connection, row, findings_checked=findings_checked)
        case "reject" | "return" if not reason.strip():
            raise problem("reason_required")
        case "reject":
            _require_ground(counter, row, ground)
        case "dispatch" if not TRACKING_NUMBER.match(tracking_number or ""):
            raise problem("tracking_number_required")
        case "hand_out" if how is None:
            raise problem("how_handed_out_required")
        case "send_back" if not marks or not set(marks) <= _checked(counter, connection, row).visible:
            raise problem("marks_required")


def _require_approvable(counter: Counter, connection: Connection, row: TaskRow, *, findings_checked: bool) -> None:
    if row.findings and not findings_checked:
        raise problem("findings_unchecked")
    if not _checked(counter, connection, row).accepted:
        raise problem("approval_incomplete")
    if _unfilled(counter, connection, row):
        raise problem("review_form_incomplete")
    if opinions.required_waiting(connection, row.receipt_number):
        raise problem("opinion_awaited")


def _unfilled(counter: Counter, connection: Connection, row: TaskRow) -> tuple[str, ...]:
    """審査欄の未記入の必須項目."""
    form = counter.library.version(row.procedure, row.procedure_version).review_form
    return () if form is None else unfilled(form, review_sheets.newest(connection, row.receipt_number).answers)


def _require_ground(counter: Counter, row: TaskRow, ground: str | None) -> None:
    """理由の提示 (行政手続法8条): beside the officer's own words the provision, where the procedure names them."""
    rejection = counter.library.version(row.procedure, row.procedure_version).rejection
    if rejection is not None and ground not in {each.id for each in rejection.grounds}:
        raise problem("ground_required")


def _checked(counter: Counter, connection: Connection, row: TaskRow) -> Checked:
    """The answers as they are now, held against the form as of the day of receipt."""
    _, answers, draft_id = cases.newest_submission(connection, row.receipt_number)
    procedure = counter.library.version(row.procedure, row.procedure_version)
    day = row.received_at.astimezone(JAPAN).date()
    return draft_cases.check(procedure, answers, drafts.attachments(connection, draft_id), day)
