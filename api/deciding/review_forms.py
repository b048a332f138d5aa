"""審査欄: the procedure's own questions to its reviewers: filled in by who holds the review, read by every later level.

Not the resident's to see: no rule, no document and no export reads them (docs/my-data.md says where to ask).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.case.access import actor_of, look_into
from api.case.views import ReviewSheetView
from api.counter import City, Counter, CounterHere, Officer
from api.desk.tasks import permitted, require_impartial
from api.filing.drafts import ProblemView
from api.problems import problem
from api.views import Visitor
from procedures.calendar import JAPAN
from procedures.form import ReviewForm
from procedures.problems import Problem
from procedures.review_form import check_sheet, unfilled
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, review_sheets
from store.review_sheets import SheetRow
from store.tasks import TaskRow

router = APIRouter(tags=["tasks"])


class SheetWanted(BaseModel):
    """審査欄の内容: answers by field id, as typed, and the version of the sheet that was seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=0, lt=2**31)]
    answers: Annotated[dict[str, Any], Field(max_length=60)]


class SheetSaved(BaseModel):
    """審査欄の保存の結果: with problems nothing was saved."""

    model_config = ConfigDict(frozen=True)

    sheet: ReviewSheetView
    problems: tuple[ProblemView, ...]


@router.get("/api/inbox/cases/{receipt_number}/review-form")
def read_review_form(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> ReviewSheetView:
    """審査欄を見る."""
    found = read(counter, city, officer, ReceiptNumber(receipt_number))
    if found is None:
        raise problem("review_form_absent")
    return found


@router.put("/api/tasks/{task_id}/review-form")
def save_review_form(
    counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: SheetWanted
) -> SheetSaved:
    """審査欄を保存する: also before it is complete; the answer says what is wrong."""
    sheet, problems = save(counter, city, officer, task_id, wanted.version, wanted.answers)
    said = (ProblemView(field=each.field, code=each.code, message=each.message.model_dump()) for each in problems)
    return SheetSaved(sheet=sheet, problems=tuple(said))


# --- use cases --------------------------------------------------------------------------------------------------------


def read(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> ReviewSheetView | None:
    """審査欄 as last saved; None: the procedure has none. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        row = look_into(counter, connection, officer, receipt_number, "case")
        form = counter.library.version(row.procedure, row.version).review_form
        return None if form is None else _view(form, review_sheets.newest(connection, receipt_number))


def save(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, seen: int, raw: Mapping[str, object]
) -> tuple[ReviewSheetView, tuple[Problem, ...]]:
    """保存する over the version that was seen, by who holds the review; with problems nothing is saved.

    Raises Problem: not_found, recused, review_form_absent, task_closed, task_taken, review_form_stale.
    """
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        require_impartial(connection, officer.account_id, row)
        form = counter.library.version(row.procedure, row.procedure_version).review_form
        if form is None or row.kind != "review":
            raise problem("review_form_absent")
        _require_held(row, officer)
        answers, found = check_sheet(form, raw, today())
        if not found:
            if not review_sheets.save(connection, row.receipt_number, seen, answers, officer.account_id):
                raise problem("review_form_stale")
            facts = {"version": seen + 1}
            cases.say(
                connection, row.receipt_number, "review_form_saved", actor=actor_of(officer), step=row.step, facts=facts
            )
        return _view(form, review_sheets.newest(connection, row.receipt_number)), found


# --- small things -----------------------------------------------------------------------------------------------------


def _require_held(row: TaskRow, officer: Visitor) -> None:
    if row.closed_at is not None:
        raise problem("task_closed")
    if row.assignee != officer.account_id:
        raise problem("task_taken")


def _view(form: ReviewForm, row: SheetRow) -> ReviewSheetView:
    return ReviewSheetView(
        version=row.version,
        answers=row.answers,
        saved_by=row.officer,
        saved_at=row.at,
        missing=unfilled(form, row.answers),
    )


def today() -> date:
    """今日, in Japan."""
    return datetime.now(JAPAN).date()
