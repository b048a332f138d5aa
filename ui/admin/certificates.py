"""登録された証明書の管理: the daily check and its reports; one certificate looked up, suspended or resumed."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from api.administration import certificates
from api.administration.certificates import RegistrationView, Sought, StatusView
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import Problem
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.admin import certificate_contents as contents
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
LONGEST_REASON = 1000


@router.get("/admin/certificates")
def overview(
    request: Request, counter: CounterHere, city: City, administrator: Administrator,
    officer: str = "", serial: str = "", issuer_key_id: str = "", after: str | None = None,
) -> Response:  # fmt: skip
    """失効確認の状況と、証明書の検索."""
    typed = {"officer": officer[:100], "serial": serial[:60], "issuer_key_id": issuer_key_id[:60]}
    found, unreadable = _found(counter, city, administrator, typed)
    view = certificates.status_of(counter, city, administrator)
    shown: dict[str, Any] = contents.status(view, started=after == _newest(view))
    asked = any(value.strip() for value in typed.values())
    shown |= {"typed": typed, "asked": asked, "unreadable": unreadable, "found": contents.lines(found)}
    return page(request, "admin/certificates.html", visitor=administrator, **shown)


@router.post("/admin/certificates/check")
def check(counter: CounterHere, city: City, administrator: Administrator) -> Response:
    """いま確認する: the page says that it is about to begin, until another run than the newest so far is there."""
    newest = _newest(certificates.status_of(counter, city, administrator))
    certificates.start_check(counter, city, administrator)
    return RedirectResponse(f"/admin/certificates?after={quote(newest)}", 303)


@router.get("/admin/certificates/{credential_id}")
def read(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID
) -> Response:
    """登録された証明書."""
    return _shown(request, administrator, certificates.registration(counter, city, administrator, credential_id))


@router.post("/admin/certificates/{credential_id}/suspension")
def suspend(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID, form: Sent
) -> Response:
    """停止: a refused one shows the page again with what was typed."""
    reason = text(form, "reason", LONGEST_REASON)
    try:
        certificates.suspend_now(counter, city, administrator, credential_id, reason)
    except Problem as refused:
        view = certificates.registration(counter, city, administrator, credential_id)
        return _shown(request, administrator, view, reason, refused)
    return RedirectResponse(f"/admin/certificates/{credential_id}", 303)


@router.post("/admin/certificates/{credential_id}/resumption")
def resume(
    request: Request, counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID, form: Sent
) -> Response:
    """停止の解除: as above."""
    reason = text(form, "reason", LONGEST_REASON)
    try:
        certificates.resume_now(counter, city, administrator, credential_id, reason)
    except Problem as refused:
        view = certificates.registration(counter, city, administrator, credential_id)
        return _shown(request, administrator, view, reason, refused)
    return RedirectResponse(f"/admin/certificates/{credential_id}", 303)


def _newest(view: StatusView) -> str:
    return view.runs[0].id if view.runs else ""


def _found(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, typed: dict[str, str]
) -> tuple[tuple[RegistrationView, ...], bool]:
    """What was sought, and whether the question could not be read (letters in a number)."""
    try:
        sought = Sought.model_validate(typed)
    except ValidationError:
        return (), True
    return certificates.found(counter, city, administrator, sought), False


def _shown(
    request: Request, administrator: Visitor, view: RegistrationView, reason: str = "", refused: Problem | None = None
) -> Response:
    shown: dict[str, Any] = contents.registration(view)
    shown |= {"reason": reason, "problem": refused.text if refused else None}
    status_code = refused.status if refused else 200
    return page(request, "admin/certificate.html", visitor=administrator, status_code=status_code, **shown)
