"""マイページ: what waits for a resident, what was left open, and what there is, in one answer."""

from datetime import datetime, timedelta

from fastapi import APIRouter

from api.counter import City, Counter, CounterHere, LoggedIn
from api.resident import cases, documents, points
from api.views import MyView, OpenDraft, Visitor, WaitingView
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store import attention
from store.attention import WaitingRow

router = APIRouter(prefix="/api/my", tags=["account"])

NEWEST = 5
"""Cases and documents shown; their own lists hold all."""


@router.get("")
def read_my(counter: CounterHere, city: City, visitor: LoggedIn) -> MyView:
    """マイページ."""
    return overview(counter, city, visitor)


def overview(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> MyView:
    """マイページ: what waits first; a correction being written stands among the drafts, too."""
    with counter.database.reading(city) as connection:
        waiting = attention.waiting(connection, visitor.account_id)
        drafts = attention.open_drafts(connection, visitor.account_id)
    return MyView(
        waiting=tuple(_waiting(counter.library, row) for row in waiting),
        drafts=tuple(OpenDraft(**row.__dict__) for row in drafts),
        cases=cases.listed(counter, city, visitor)[:NEWEST],
        documents=documents.listed(counter, city, visitor)[:NEWEST],
        points=points.balance(counter, city, visitor).balance,
    )


def _waiting(library: Library, row: WaitingRow) -> WaitingView:
    shown = {name: value for name, value in row.__dict__.items() if name in WaitingView.model_fields}
    return WaitingView(**shown, until=_until(library, row))


def _until(library: Library, row: WaitingRow) -> datetime | None:
    """The day by which the resident must act; the workflow counts from the same moments."""
    limits = library.version(row.procedure, row.version).limits
    if row.status == "awaiting_payment" and row.payment_opened_at:
        return row.payment_opened_at + timedelta(days=limits.payment_days)
    if row.status == "awaiting_correction" and row.suspended_at:
        return row.suspended_at + timedelta(days=limits.correction_days)
    return None
