"""申請書: filling in, checking, signing."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing import drafts, submissions
from api.problems import Problem as ApiProblem
from api.views import DraftView, Visitor
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.problems import Problem
from procedures.values import MunicipalityCode
from ui import form
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import contents
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


def today() -> date:
    """本日: in Japan."""
    return datetime.now(JAPAN).date()


def _procedure(counter: Counter, draft: DraftView) -> Procedure:
    return counter.library.version(draft.procedure, draft.version)


@router.get("/drafts/{draft_id}")
def read(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> Response:
    """申請書: as last saved."""
    draft = drafts.read(counter, city, visitor, draft_id)
    return _form(request, visitor, _procedure(counter, draft), draft)


@router.post("/drafts/{draft_id}")
def write(
    request: Request, counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, sent: Sent
) -> Response:
    """申請書の保存: what was typed is kept even where it is wrong; then on, or back with what is wrong."""
    draft = drafts.read(counter, city, visitor, draft_id)
    procedure = _procedure(counter, draft)
    typed = form.typed(procedure, draft, sent)
    if text(sent, form.ACTION) == "show":
        return _form(request, visitor, procedure, draft.model_copy(update={"answers": typed}))
    refused = _files(counter, city, visitor, procedure, draft, sent)
    draft, problems = drafts.save(counter, city, visitor, draft_id, typed)
    if refused:
        return _form(request, visitor, procedure, draft, refused)
    if text(sent, form.ACTION) != "next":
        return RedirectResponse(f"/drafts/{draft_id}", 303)
    if problems:
        return _form(request, visitor, procedure, draft, problems, grown=form.only_new(problems, sent))
    return RedirectResponse(f"/drafts/{draft_id}/review", 303)


def _files(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, procedure: Procedure, draft: DraftView, sent: Sent
) -> tuple[Problem, ...]:
    """添付: take chosen files in, take removed ones out; a refused file is a problem of its field."""
    removed = text(sent, form.DETACH)
    for attached in draft.attachments:
        if str(attached.id) == removed:
            drafts.detach(counter, city, visitor, draft.id, attached.id)
    refused: list[Problem] = []
    for field, file in form.files(procedure, sent):
        data = file.file.read(counter.settings.upload_limit + 1)
        try:
            drafts.attach(counter, city, visitor, draft.id, field, file.filename or "", data)
        except ApiProblem as problem:
            refused.append(Problem(field, "not_an_attachment", problem.text))
    return tuple(refused)


def _form(
    request: Request, visitor: Visitor, procedure: Procedure, draft: DraftView,
    problems: Sequence[Problem] = (), *, grown: bool = False,
) -> Response:  # fmt: skip
    language = chosen(request)
    shown = form.shown(language, procedure, draft, today(), () if grown else problems)
    trail = ((procedure.title.of(language), f"/procedures/{procedure.id}"),)
    status = 422 if problems and not grown else 200
    return page(
        request, "resident/draft.html", visitor=visitor, status_code=status,
        procedure=procedure, draft=draft, form=shown, grown=grown, trail=trail,
    )  # fmt: skip


@router.get("/drafts/{draft_id}/review")
def review(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> Response:
    """内容の確認: exactly what will be signed or filed; a form with mistakes goes back."""
    draft, problems = _checked(counter, city, visitor, draft_id)
    procedure = _procedure(counter, draft)
    if problems:
        return _form(request, visitor, procedure, draft, problems)
    shown = contents.review(chosen(request), procedure, draft, today())
    return page(request, "resident/review.html", visitor=visitor, **shown)


def _checked(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID
) -> tuple[DraftView, tuple[Problem, ...]]:
    draft = drafts.read(counter, city, visitor, draft_id)
    return drafts.save(counter, city, visitor, draft_id, draft.answers)


@router.post("/drafts/{draft_id}/submit")
def submit(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> Response:
    """申請する: procedures that need no signature."""
    receipt = submissions.submit(counter, city, visitor, draft_id)
    return RedirectResponse(f"/cases/{receipt}", 303)


@router.post("/drafts/{draft_id}/sign")
def sign(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> Response:
    """署名する: to the card agent; afterwards the browser comes back to the case."""
    return RedirectResponse(submissions.request_signature(counter, city, visitor, draft_id), 303)


@router.get("/drafts/{draft_id}/signed/{handback}")
def signed(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, handback: str) -> Response:
    """署名の後: the agent sends the browser here; only who asked for the signature files it.

    A GET that files: the agent's redirect can be nothing else, and the handback works once and for nobody else.
    """
    receipt = submissions.file_signed(counter, city, visitor, draft_id, handback)
    return RedirectResponse(f"/cases/{receipt}", 303)
