"""決裁: the route of a case, the drafts of what it would issue, and what a deputy decided looked over."""

from datetime import datetime
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response

from api.counter import City, Counter, CounterHere, Officer
from api.deciding import approval_route
from api.deciding.approval_route import ApprovalsView
from api.desk.inbox import held_by
from api.desk.tasks import look, permitted, say
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import approvals
from workflows.contracts import StepInput
from workflows.draft_workflow import draft_key

router = APIRouter(tags=["tasks"])


class DeputisedView(View):
    """後閲するもの: what a deputy decided, to be looked over by an officer of the level."""

    task_id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    closed_at: datetime


@router.get("/api/tasks/{task_id}/approvals")
def read_approvals(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> ApprovalsView:
    """決裁欄."""
    return route(counter, city, officer, task_id)


@router.get("/api/tasks/{task_id}/drafts/{document}", response_class=Response)
def read_draft_document(counter: CounterHere, city: City, officer: Officer, task_id: UUID, document: str) -> Response:
    """起案文書案 (PDF)."""
    pdf = draft(counter, city, officer, task_id, document)
    return Response(pdf, media_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})


@router.post("/api/tasks/{task_id}/look-over", status_code=204)
def look_over_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> None:
    """後閲する."""
    look_over(counter, city, officer, task_id)


@router.get("/api/inbox/deputised")
def list_deputised(counter: CounterHere, city: City, officer: Officer) -> tuple[DeputisedView, ...]:
    """後閲するもの of one's own duties."""
    return deputised(counter, city, officer)


# --- use cases --------------------------------------------------------------------------------------------------------


def route(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> ApprovalsView:
    """決裁欄 of the case of this task."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        look(connection, officer, row, "approvals")
        return approval_route.read(counter.library, connection, row, officer.account_id)


def draft(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, document: str) -> bytes:
    """起案文書案 (PDF): drawn now, as the case stands. Raises Problem: not_found, draft_unavailable."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        drafts = approval_route.read(counter.library, connection, row, officer.account_id).drafts
        wanted = next((each for each in drafts if each.document == document), None)
        if wanted is None or row.closed_at is not None:
            raise problem("not_found")
        look(connection, officer, row, "draft_document")
    given = StepInput(receipt_number=row.receipt_number, municipality=city, step=wanted.step, epoch=row.epoch)
    if not anyio.from_thread.run(counter.dispatch.draw_draft, given):
        raise problem("draft_unavailable")
    return counter.objects.get(draft_key(given))


def look_over(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> None:
    """後閲: seen, and said so. Done twice, it is done once."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        if approvals.look_over(connection, task_id):
            say(connection, officer, row, "looked_over")


def deputised(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[DeputisedView, ...]:
    """後閲するもの, the oldest first."""
    with counter.database.reading(city) as connection:
        found = approvals.deputised(connection, held_by(officer))
    return tuple(DeputisedView.model_validate(row.__dict__) for row in found)
