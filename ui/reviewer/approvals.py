"""決裁: drafts of what a case would issue, and what a deputy decided looked over."""

from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.counter import City, CounterHere, Officer
from api.deciding import approvals
from ui.problems import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/tasks/{task_id}/drafts/{document}")
def draft(counter: CounterHere, city: City, officer: Officer, task_id: UUID, document: str) -> Response:
    """起案文書案: shown by the browser itself; made anew each time, so it is kept nowhere."""
    pdf = approvals.draft(counter, city, officer, task_id, document)
    headers = {"content-disposition": 'inline; filename="draft.pdf"', "cache-control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/tasks/{task_id}/look-over")
def look_over(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> Response:
    """後閲する."""
    approvals.look_over(counter, city, officer, task_id)
    return RedirectResponse(f"/tasks/{task_id}", 303)
