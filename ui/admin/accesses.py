"""閲覧記録: for the auditor: who looked at whose case, narrowed, page by page, and as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from api.counter import Auditor, City, CounterHere
from api.problems import problem
from api.staff import accesses
from api.staff.accesses import LONGEST_FILE, AccessesAsked
from ui import spreadsheet
from ui.admin import access_contents as contents
from ui.language import chosen
from ui.pages import page
from ui.problems import PageRoute

router = APIRouter(route_class=PageRoute)
LONGEST = {"officer": 36, "number": 60, "kind": 40, "since": 10, "until": 10, "after": 60}


def typed(
    officer: str = "", number: str = "", kind: str = "", since: str = "", until: str = "", after: str = ""
) -> dict[str, str]:
    """条件: as typed."""
    said = {"officer": officer, "number": number, "kind": kind, "since": since, "until": until, "after": after}
    return {name: value.strip()[: LONGEST[name]] for name, value in said.items()}


Typed = Annotated[dict[str, str], Depends(typed)]


@router.get("/audit/accesses")
def overview(request: Request, counter: CounterHere, city: City, auditor: Auditor, said: Typed) -> Response:
    """閲覧記録: what cannot be read of the question is told, and nothing is shown."""
    asked = _asked(said)
    found = accesses.page(counter, city, auditor, asked) if asked else None
    everybody = accesses.officers(counter, city, auditor)
    shown = contents.accesses(chosen(request), said, asked, found, everybody)
    status = 200 if asked else 422
    return page(request, "admin/accesses.html", visitor=auditor, status_code=status, **shown)


@router.get("/audit/accesses.csv")
def download(request: Request, counter: CounterHere, city: City, auditor: Auditor, said: Typed) -> Response:
    """閲覧記録をCSVで: the newest lines first, up to a limit."""
    asked = _asked(said)
    if asked is None:
        raise problem("malformed")
    found = accesses.page(counter, city, auditor, asked, LONGEST_FILE)
    data = spreadsheet.written(*contents.sheet(chosen(request), found.lines))
    headers = {"content-disposition": 'attachment; filename="accesses.csv"', "cache-control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def _asked(said: dict[str, str]) -> AccessesAsked | None:
    try:
        return AccessesAsked.model_validate(said)
    except ValidationError:
        return None
