"""記載台: a resident before one of their drafts: who they are, and the draft as it stands."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing import drafts, renewal
from api.problems import Problem
from api.views import DraftView, Visitor
from procedures.answers import Checked
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.texts import Language
from procedures.values import MunicipalityCode, ReceiptNumber
from ui import pages, steps
from ui.language import chosen
from ui.resident import draft_contents as contents


@dataclass(frozen=True)
class Seat:
    """記載台: of one request."""

    request: Request
    counter: Counter
    city: MunicipalityCode
    visitor: Visitor
    draft_id: UUID

    @property
    def who(self) -> tuple[Counter, MunicipalityCode, Visitor]:
        """What every use case asks first."""
        return self.counter, self.city, self.visitor

    @property
    def language(self) -> Language:
        return chosen(self.request)

    @property
    def reader(self) -> Visitor:
        """読み手: who sits here."""
        return self.visitor

    @property
    def place(self) -> str:
        """所在 of the draft, as `ui.steps.place`."""
        return f"/drafts/{self.draft_id}"

    @property
    def later(self) -> str:
        """中断: where one is told how to go on."""
        return f"{self.place}/later"

    def case(self, receipt_number: ReceiptNumber) -> str:
        """案件の所在."""
        return f"/cases/{receipt_number}"

    def page(self, template: str, *, status_code: int = 200, **context: object) -> Response:
        """頁: with this reader."""
        return pages.page(self.request, template, visitor=self.reader, status_code=status_code, **context)


async def the_seat(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> Seat:
    return Seat(request, counter, city, visitor, draft_id)


Seated = Annotated[Seat, Depends(the_seat)]


@dataclass(frozen=True)
class Opened:
    """開いた下書き: with its form, and the way through it."""

    draft: DraftView
    procedure: Procedure
    checked: Checked

    @property
    def way(self) -> steps.Walk:
        return steps.walk(self.procedure, self.draft, self.checked)

    def of(self, draft: DraftView) -> "Opened":
        """The same with other answers, not looked through."""
        return replace(self, draft=draft)

    def saved(self, saved: drafts.Saved) -> "Opened":
        return replace(self, draft=saved.draft, checked=saved.checked)

    def reread(self, seat: Seat) -> "Opened":
        """With the files it has now."""
        draft, checked = drafts.examine(*seat.who, seat.draft_id)
        return replace(self, draft=draft, checked=checked)


def opened(seat: Seat, *, even_outdated: bool = False) -> Opened | Response:
    """下書きを開く; or where its reader must go instead: to its case, or to what happened to its form."""
    try:
        draft, checked = drafts.examine(*seat.who, seat.draft_id)
    except Problem as found:
        return to_its_case(seat, found)
    procedure = seat.counter.library.version(draft.procedure, draft.version)
    if draft.outdated and not even_outdated:
        current = seat.counter.library.current(draft.procedure)
        gone = renewal.left_behind(procedure, current, draft)
        return seat.page("resident/draft_outdated.html", **contents.outdated(seat.language, procedure, draft, gone))
    return Opened(draft, procedure, checked)


def to_its_case(seat: Seat, found: Problem) -> Response:
    """受付済みの下書き: leads to the case it became; any other problem is raised again."""
    receipt_number = drafts.filed_as(*seat.who, seat.draft_id) if found.code == "draft_filed" else None
    if receipt_number is None:
        raise found
    return RedirectResponse(seat.case(receipt_number), 303)


def today() -> date:
    """本日: in Japan."""
    return datetime.now(JAPAN).date()
