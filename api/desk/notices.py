"""職員へのお知らせ: what an officer is told of deadlines: of tasks they hold, and as a head of the department's."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.counter import City, Counter, CounterHere, Officer
from api.views import View, Visitor
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import officer_notices
from store.officer_notices import NoticeKind, OfficerNotice

router = APIRouter(prefix="/api/inbox/notices", tags=["tasks"])

ON_A_PAGE = 100


class OfficerNoticeView(View):
    """職員へのお知らせ. `about`: the deadline, or when a law decides. `task_id`: None where no task is open."""

    id: int
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    kind: NoticeKind
    about: datetime
    created_at: datetime
    read_at: datetime | None
    task_id: UUID | None
    step: StepId | None
    closed: bool
    mine: bool
    """The task is of one's own duty; else one is told as the department's head."""


class NoticesRead(BaseModel):
    """既読: which were seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: Annotated[tuple[Annotated[int, Field(ge=1, lt=2**63)], ...], Field(max_length=ON_A_PAGE)]


@router.get("")
def list_notices(counter: CounterHere, city: City, officer: Officer) -> tuple[OfficerNoticeView, ...]:
    """職員へのお知らせ, the newest first."""
    return listed(counter, city, officer)


@router.post("/read", status_code=204)
def read_notices(counter: CounterHere, city: City, officer: Officer, seen: NoticesRead) -> None:
    """既読にする."""
    mark_read(counter, city, officer, seen)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(
    counter: Counter, city: MunicipalityCode, officer: Visitor, *, unread: bool = False, limit: int = ON_A_PAGE
) -> tuple[OfficerNoticeView, ...]:
    """職員へのお知らせ of one's own, the newest first."""
    with counter.database.reading(city) as connection:
        found = officer_notices.listed(connection, officer.account_id, unread=unread, limit=limit)
    return tuple(_view(officer, each) for each in found)


def unread(counter: Counter, city: MunicipalityCode, officer: Visitor, limit: int) -> tuple[OfficerNoticeView, ...]:
    """未読のお知らせ: whoever has none costs no statement."""
    return listed(counter, city, officer, unread=True, limit=limit) if officer.unread_notices else ()


def mark_read(counter: Counter, city: MunicipalityCode, officer: Visitor, seen: NoticesRead) -> None:
    """既読: only of one's own."""
    with counter.database.transaction(city) as connection:
        officer_notices.mark_read(connection, officer.account_id, seen.ids)


def _view(officer: Visitor, each: OfficerNotice) -> OfficerNoticeView:
    mine = each.function is not None and officer.may(each.department, each.function)
    return OfficerNoticeView.model_validate({**each.__dict__, "mine": mine})
