"""監査の錨: for the auditor: what vouches for the audit log, day by day, and the evidence of a case for others."""

import unicodedata

from fastapi import APIRouter, Request, Response

from api.audit import anchors, evidence
from api.counter import Auditor, City, Counter, CounterHere
from api.desk.inbox import HYPHENS
from api.problems import Problem
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.admin import anchor_contents as contents
from ui.pages import page
from ui.problems import PageRoute

router = APIRouter(route_class=PageRoute)

LONGEST = 60


@router.get("/audit/anchors")
def overview(request: Request, counter: CounterHere, city: City, auditor: Auditor) -> Response:
    """監査の錨の一覧."""
    return _page(request, counter, city, auditor)


@router.get("/audit/evidence")
def download(request: Request, counter: CounterHere, city: City, auditor: Auditor, number: str = "") -> Response:
    """証拠一式 of the case with that number, as it was typed; the page again where there is none."""
    typed = number.strip()[:LONGEST]
    wanted = unicodedata.normalize("NFKC", typed).translate(HYPHENS).strip().upper()
    try:
        data = evidence.taken(counter, city, auditor, ReceiptNumber(wanted))
    except Problem as found:
        return _page(request, counter, city, auditor, typed, found.status)
    headers = {
        "content-disposition": f'attachment; filename="{wanted}-evidence.zip"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(data, media_type="application/zip", headers=headers)


def _page(
    request: Request, counter: Counter, city: MunicipalityCode, auditor: Visitor, typed: str = "", status: int = 200
) -> Response:
    shown = contents.anchors(anchors.shown(counter, city, auditor), typed=typed, unknown=status != 200)
    return page(request, "admin/anchors.html", visitor=auditor, status_code=status, **shown)
