"""監査の錨の一覧: for auditors: which days, how many cases, since when, and whether each still holds."""

from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from fastapi import APIRouter

from api.audit.verification import checked, is_as_stated
from api.counter import Auditor, City, Counter, CounterHere
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from store import anchors
from store.anchors import AuditAnchor
from trust.timestamp import TokenCheck, TokenOutcome

router = APIRouter(prefix="/api/audit", tags=["audit"])

SHOWN = 31
"""Days on the page: a month. `madoguchi audit verify` checks all."""

State = Literal["verified", "waiting", "altered", "different", "untrusted"]
"""状態. altered: not as it was timestamped; different: cases are not as it saw them; untrusted: the stamp is not."""


class AnchorView(View):
    """監査の錨. `different`: how many of its cases are not as it saw them; `detail` is English, for experts."""

    number: int
    day: date
    cases: int
    root: str
    gathered_at: datetime
    stamped_at: datetime | None
    authority: str | None
    attempts: int
    tried_at: datetime | None
    state: State
    different: int
    detail: str


class AnchorsView(View):
    """監査の錨の一覧, the newest first; `total` of them, since `first_day`."""

    total: int
    first_day: date | None
    anchors: tuple[AnchorView, ...]


@router.get("/anchors")
def list_anchors(counter: CounterHere, city: City, auditor: Auditor) -> AnchorsView:
    """監査の錨の一覧, of a month; each is checked anew."""
    return shown(counter, city, auditor)


# --- use cases --------------------------------------------------------------------------------------------------------


def shown(counter: Counter, city: MunicipalityCode, _: Visitor) -> AnchorsView:
    """監査の錨の一覧."""
    with counter.database.reading(city) as connection:
        total, first = anchors.counted(connection)
        rows = anchors.listed(connection, SHOWN + 1)
        newest = rows[:SHOWN]
        different = anchors.different(connection, newest[-1].number, newest[0].number) if newest else {}
    before = {later.number: earlier for later, earlier in pairwise(rows)}
    views = tuple(_view(counter, city, each, before.get(each.number), different.get(each.number, 0)) for each in newest)
    return AnchorsView(total=total, first_day=first, anchors=views)


def _view(
    counter: Counter, city: MunicipalityCode, anchor: AuditAnchor, before: AuditAnchor | None, different: int
) -> AnchorView:
    check = checked(anchor, counter.anchors)
    state = _state(is_as_stated(city, anchor, before), different, check)
    return AnchorView(
        number=anchor.number,
        day=anchor.day,
        cases=anchor.cases,
        root=anchor.root.hex(),
        gathered_at=anchor.gathered_at,
        stamped_at=anchor.stamped_at,
        authority=check.authority if check else None,
        attempts=anchor.attempts,
        tried_at=anchor.tried_at,
        state=state,
        different=different,
        detail=(check.detail if check else anchor.error) or "",
    )


def _state(as_stated: bool, different: int, check: TokenCheck | None) -> State:
    if not as_stated:
        return "altered"
    if different:
        return "different"
    if check is None:
        return "waiting"
    return "verified" if check.outcome is TokenOutcome.VALID else "untrusted"
