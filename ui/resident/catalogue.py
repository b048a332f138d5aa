"""手続の一覧: what one can do here, how to find it, and what each procedure needs."""

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, LoggedIn, MaybeVisitor
from api.filing import drafts
from api.problems import problem
from api.resident import catalogue as procedures
from procedures.life_events import OCCASIONS, LifeEvent
from procedures.reception import reception_at
from procedures.search import LONGEST
from ui import wording
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute
from ui.resident import catalogue_contents as contents

router = APIRouter(route_class=PageRoute)


def now() -> datetime:
    """いま."""
    return datetime.now(UTC)


@router.get("/")
def catalogue(request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, q: str = "") -> Response:
    """手続の一覧, or what a search finds. The same page answers a browser without JavaScript and htmx while typing."""
    language, query = chosen(request), q.strip()[:LONGEST]
    if not query:
        shown = contents.front(counter.library, visitor, language, now(), counter.closed(city))
        return page(request, "resident/catalogue.html", visitor=visitor, **shown)
    found = contents.offered(procedures.found(counter, query), visitor, language, now(), counter.closed(city))
    return page(request, "resident/catalogue.html", visitor=visitor, **contents.results(found, query))


@router.get("/life-events/{event}")
def life_event(request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, event: str) -> Response:
    """ライフイベント: what to do first, and the procedures for it."""
    known: dict[str, LifeEvent] = {name: name for name in OCCASIONS}
    if event not in known:
        raise problem("not_found")
    language = chosen(request)
    found = contents.offered(counter.library.all(), visitor, language, now(), counter.closed(city))
    shown = contents.life_event(found, known[event], language)
    return page(request, "resident/life_event.html", visitor=visitor, **shown)


@router.get("/categories/{category}")
def category(request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, category: str) -> Response:
    """分類: every procedure of one shelf."""
    if category not in wording.CATEGORIES:
        raise problem("not_found")
    language = chosen(request)
    found = contents.offered(counter.library.all(), visitor, language, now(), counter.closed(city))
    return page(request, "resident/category.html", visitor=visitor, **contents.category(found, category, language))


@router.get("/procedures/{procedure_id}")
def procedure(
    request: Request, counter: CounterHere, city: City, visitor: MaybeVisitor, procedure_id: str
) -> Response:  # fmt: skip
    """手続の案内: before starting."""
    shown = contents.guide(procedures.current(counter, procedure_id), chosen(request), now(), counter.closed(city))
    return page(request, "resident/procedure.html", visitor=visitor, **shown)


@router.post("/procedures/{procedure_id}")
def start(request: Request, counter: CounterHere, city: City, visitor: LoggedIn, procedure_id: str) -> Response:
    """申請を始める; while nothing is taken in, the page says when."""
    if not reception_at(procedures.current(counter, procedure_id).reception, now(), counter.closed(city)).is_open:
        return RedirectResponse(f"/procedures/{quote(procedure_id)}", 303)
    draft = drafts.start(counter, city, visitor, procedure_id, chosen(request))
    return RedirectResponse(f"/drafts/{draft.id}", 303)


@router.get("/accessibility")
def accessibility(request: Request, visitor: MaybeVisitor) -> Response:
    """ウェブアクセシビリティ方針."""
    return page(request, "resident/accessibility.html", visitor=visitor)
