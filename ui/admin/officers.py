"""職員と職務: who works for the city and what they do; for administrators, and for superiors of their department."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse

from api.counter import Administrator, City, Counter, CounterHere, Superior
from api.desk import handover
from api.problems import Problem, problem
from api.staff import functions, officers, substitutions
from api.staff.officers import LARGEST_CERTIFICATE, DutiesWanted
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui import duties
from ui.admin import officer_contents as contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.reviewer.substitutions import wanted_substitution
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/admin/handover")
def moved(_: Administrator) -> Response:
    """担当の引継ぎ: stands with the officers now."""
    return RedirectResponse("/officers", 308)


@router.get("/officers")
def overview(
    request: Request, counter: CounterHere, city: City, superior: Superior, dismissed: bool = Query(default=False)
) -> Response:
    """職員の一覧."""
    shown = contents.officers(
        chosen(request),
        counter.library,
        officers.listed(counter, city, superior),
        substitutions.listed(counter, city, superior),
    )
    return page(request, "admin/officers.html", visitor=superior, dismissed=dismissed, **shown)


@router.get("/functions")
def bound(request: Request, counter: CounterHere, city: City, superior: Superior) -> Response:
    """職務と手続."""
    found = functions.of_procedures(counter, city, superior)
    return page(
        request, "admin/functions.html", visitor=superior, **contents.functions(chosen(request), counter.library, found)
    )


@router.get("/officers/new")
def ask(request: Request, counter: CounterHere, administrator: Administrator) -> Response:
    """任命: the empty form."""
    return _asked(request, counter, administrator, contents.Typed())


@router.post("/officers/new")
def appoint(request: Request, counter: CounterHere, city: City, administrator: Administrator, form: Sent) -> Response:
    """任命する: a refused one shows the form again with what was typed; the file has to be chosen again."""
    typed = _typed(form)
    try:
        account_id = officers.appoint(
            counter, city, administrator, _read(typed), _certificate(form), typed.subject or None
        )
    except Problem as refused:
        return _asked(request, counter, administrator, typed, refused)
    return RedirectResponse(f"/officers/{account_id}", 303)


@router.get("/officers/{account_id}")
def read(
    request: Request, counter: CounterHere, city: City, superior: Superior, account_id: UUID,
    handed: int | None = Query(None, ge=0), freed: int = Query(0, ge=0),
) -> Response:  # fmt: skip
    """職員の記録."""
    return _shown(request, counter, city, superior, account_id, handed=handed, freed=freed)


@router.get("/officers/{account_id}/duties")
def ask_duties(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, account_id: UUID
) -> Response:
    """職務の変更: the form."""
    found = officers.record(counter, city, administrator, account_id)
    typed = contents.Typed(name=found.name, duties=tuple(duties.written(each) for each in found.duties))
    return _asked(request, counter, administrator, typed, changes=account_id)


@router.post("/officers/{account_id}/duties")
def change_duties(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, account_id: UUID, form: Sent
) -> Response:
    """職務を変える: a refused change shows the form again with what was chosen."""
    typed = _typed(form)
    try:
        officers.change_duties(counter, city, administrator, account_id, _read(typed))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _asked(request, counter, administrator, typed, refused, changes=account_id)
    return RedirectResponse(f"/officers/{account_id}", 303)


@router.post("/officers/{account_id}/dismissal")
def dismiss(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, account_id: UUID
) -> Response:
    """解任する: at once."""
    try:
        officers.dismiss(counter, city, administrator, account_id)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _shown(request, counter, city, administrator, account_id, refused)
    return RedirectResponse("/officers?dismissed=true", 303)


@router.post("/officers/{account_id}/handover")
def hand_over(
    request: Request, counter: CounterHere, city: City, superior: Superior, account_id: UUID, form: Sent
) -> Response:
    """すべて引き継ぐ."""
    try:
        done = handover.hand_over(counter, city, superior, account_id, _account(text(form, "heir", 36)))
    except Problem as refused:
        return _shown(request, counter, city, superior, account_id, refused)
    return RedirectResponse(f"/officers/{account_id}?handed={done.handed}&freed={done.freed}", 303)


@router.post("/officers/{account_id}/substitutions")
def declare(
    request: Request, counter: CounterHere, city: City, superior: Superior, account_id: UUID, form: Sent
) -> Response:
    """代理を届け出る, for an officer one answers for."""
    try:
        substitutions.declare(counter, city, superior, wanted_substitution(form, account_id))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _shown(request, counter, city, superior, account_id, refused, form)
    return RedirectResponse(f"/officers/{account_id}", 303)


# --- small things -----------------------------------------------------------------------------------------------------


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, superior: Visitor, account_id: UUID,
    refused: Problem | None = None, form: FormData | None = None, **done: int | None,
) -> Response:  # fmt: skip
    shown: dict[str, Any] = contents.record(
        chosen(request),
        counter.library,
        officers.record(counter, city, superior, account_id),
        handover.appointed(counter, city, superior),
        substitutions.listed(counter, city, superior),
    )
    shown |= contents.typed_substitution(form) | {"problem": refused.text if refused else None}
    shown |= {"handed": done.get("handed"), "freed": done.get("freed")}
    status = refused.status if refused else 200
    return page(request, "admin/officer.html", visitor=superior, status_code=status, **shown)


def _asked(
    request: Request, counter: Counter, administrator: Visitor, typed: contents.Typed,
    refused: Problem | None = None, changes: UUID | None = None,
) -> Response:  # fmt: skip
    shown: dict[str, Any] = contents.appointing(chosen(request), counter.library, officers.known(counter), typed)
    shown |= {"identity": counter.identity.name if counter.identity else None, "changes": changes}
    status = refused.status if refused else 200
    detail = refused.text if refused else None
    return page(request, "admin/appointment.html", visitor=administrator, status_code=status, problem=detail, **shown)


def _typed(form: FormData) -> contents.Typed:
    chosen_duties = tuple(str(each)[:200] for each in form.getlist("duty"))
    return contents.Typed(text(form, "name", 100), text(form, "subject", 255), chosen_duties)


def _read(typed: contents.Typed) -> DutiesWanted:
    try:
        said = {"name": typed.name, "duties": [duties.read(each) for each in typed.duties]}
        return DutiesWanted.model_validate(said)
    except ValidationError as wrong:
        raise problem("appointment_incomplete") from wrong


def _certificate(form: FormData) -> bytes | None:
    """証明書のファイル; an empty file input is none, and what is too large is no certificate."""
    file = form.get("certificate")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return file.file.read(LARGEST_CERTIFICATE)


def _account(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as wrong:
        raise problem("malformed") from wrong
