"""手続の一覧: what one can do here, and what each procedure needs."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, LoggedIn, MaybeVisitor
from api.filing import drafts
from api.problems import problem
from procedures.loader import ProcedureUnknown
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import contents

router = APIRouter(route_class=PageRoute)


@router.get("/")
def catalogue(request: Request, counter: CounterHere, visitor: MaybeVisitor) -> Response:
    """手続の一覧."""
    return page(request, "resident/catalogue.html", visitor=visitor, **contents.catalogue(counter.library, visitor))


@router.get("/procedures/{procedure_id}")
def procedure(request: Request, counter: CounterHere, visitor: MaybeVisitor, procedure_id: str) -> Response:
    """手続の案内: before starting."""
    try:
        found = counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None
    trail = ((found.title.of(chosen(request)), None),)
    return page(request, "resident/procedure.html", visitor=visitor, procedure=found, trail=trail)


@router.post("/procedures/{procedure_id}")
def start(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, procedure_id: str) -> Response:
    """申請を始める."""
    draft = drafts.start(counter, city, visitor, procedure_id, chosen(request))
    return RedirectResponse(f"/drafts/{draft.id}", 303)


@router.get("/accessibility")
def accessibility(request: Request, visitor: MaybeVisitor) -> Response:
    """ウェブアクセシビリティ方針."""
    return page(request, "resident/accessibility.html", visitor=visitor)
