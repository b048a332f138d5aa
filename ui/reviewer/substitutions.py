"""代理・不在: an officer who will be away names who stands in; and sees for whom they stand in themself."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.desk import handover
from api.problems import Problem, problem
from api.staff import substitutions
from api.staff.substitutions import SubstitutionWanted
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.admin import officer_contents as contents
from ui.duties import DutyNames
from ui.form import DATE_PARTS
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/substitutions")
def read(request: Request, counter: CounterHere, city: City, officer: Officer) -> Response:
    """代理・不在."""
    return _shown(request, counter, city, officer)


@router.post("/substitutions")
def declare(request: Request, counter: CounterHere, city: City, officer: Officer, form: Sent) -> Response:
    """自分の代理を届け出る: a refused one is shown with what was typed."""
    try:
        substitutions.declare(counter, city, officer, wanted_substitution(form, officer.account_id))
    except Problem as refused:
        return _shown(request, counter, city, officer, form, refused)
    return RedirectResponse("/substitutions", 303)


@router.post("/substitutions/{substitution_id}/revocation")
def revoke(
    request: Request, counter: CounterHere, city: City, officer: Officer, substitution_id: UUID, form: Sent
) -> Response:
    """代理を取り消す: and back to the page it was asked on."""
    try:
        substitutions.revoke(counter, city, officer, substitution_id)
    except Problem as refused:
        return _shown(request, counter, city, officer, refused=refused)
    back = text(form, "officer", 36)
    with suppress(ValueError):
        return RedirectResponse(f"/officers/{UUID(back)}", 303)
    return RedirectResponse("/substitutions", 303)


def wanted_substitution(form: FormData, absent: UUID) -> SubstitutionWanted:
    """代理の届け as typed. Raises Problem where a day or an officer is missing."""
    try:
        substitute = UUID(text(form, "substitute", 36))
    except ValueError as wrong:
        raise problem("no_substitute") from wrong
    first_day, last_day = (_day(form, name) for name in ("first_day", "last_day"))
    return SubstitutionWanted(absent=absent, substitute=substitute, first_day=first_day, last_day=last_day)


def _day(form: FormData, name: str) -> date:
    try:
        return date(*(int(text(form, f"{name}.{part}", 4)) for part in DATE_PARTS))
    except ValueError as wrong:
        raise problem("substitution_period") from wrong


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor,
    form: FormData | None = None, refused: Problem | None = None,
) -> Response:  # fmt: skip
    found = substitutions.listed(counter, city, officer)
    names = DutyNames.of(chosen(request), counter.library)
    colleagues = handover.appointed(counter, city, officer)
    shown: dict[str, Any] = {
        "substitutions": contents.declared(names, found),
        "colleagues": [(str(e.account_id), e.name) for e in colleagues if e.account_id != officer.account_id],
        "problem": refused.text if refused else None,
        **contents.typed_substitution(form),
    }
    status = refused.status if refused else 200
    return page(request, "reviewer/substitutions.html", visitor=officer, status_code=status, **shown)
