"""担当の引継ぎ: who holds how many tasks, and giving all of an absent officer's to another."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api import handover
from api.counter import Administrator, City, CounterHere
from api.handover import ColleagueView, HolderView
from api.problems import problem
from ui.pages import page
from ui.problems import PageRoute
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)


@router.get("/admin/handover")
def read(
    request: Request, counter: CounterHere, city: City, administrator: Administrator,
    handed: int | None = Query(None, ge=0), freed: int = Query(0, ge=0),
) -> Response:  # fmt: skip
    """担当の引継ぎ: officers who hold open tasks."""
    holders = handover.holders(counter, city, administrator)
    shown = holdings(holders, handover.appointed(counter, city, administrator))
    return page(request, "admin/handover.html", visitor=administrator, handed=handed, freed=freed, **shown)


@router.post("/admin/handover/{account_id}")
def hand_over(counter: CounterHere, city: City, administrator: Administrator, account_id: UUID, form: Sent) -> Response:
    """すべて引き継ぐ."""
    done = handover.hand_over(counter, city, administrator, account_id, _heir(text(form, "heir", 36)))
    return RedirectResponse(f"/admin/handover?handed={done.handed}&freed={done.freed}", 303)


def holdings(holders: Iterable[HolderView], appointed: Iterable[ColleagueView]) -> dict[str, Any]:
    """担当者: each with the colleagues who could take over."""
    everybody = [(str(each.account_id), each.name) for each in appointed]
    return {"holders": [(each, [o for o in everybody if o[0] != str(each.account_id)]) for each in holders]}


def _heir(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as wrong:
        raise problem("malformed") from wrong
