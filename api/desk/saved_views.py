"""保存した表示: an officer's own ways of looking at the inbox, under names of their own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.counter import City, Counter, CounterHere, Officer
from api.desk.inbox import InboxAsked
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from store import saved_views

router = APIRouter(prefix="/api/inbox/views", tags=["tasks"])

MOST = 20
"""Of one officer: more nobody finds again."""
LONGEST_NAME = 40
NOT_KEPT = frozenset({"number", "after", "limit"})
"""What one looks for once is no way of looking."""


class ViewWanted(BaseModel):
    """保存する表示: the filters as they are now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
    filters: InboxAsked


class SavedViewView(View):
    """保存した表示."""

    id: UUID
    name: str
    filters: InboxAsked


@router.get("")
def list_saved_views(counter: CounterHere, city: City, officer: Officer) -> tuple[SavedViewView, ...]:
    """保存した表示の一覧: of oneself."""
    return listed(counter, city, officer)


@router.post("", status_code=201)
def save_view(counter: CounterHere, city: City, officer: Officer, wanted: ViewWanted) -> tuple[SavedViewView, ...]:
    """表示を保存する: all that are saved now."""
    save(counter, city, officer, wanted)
    return listed(counter, city, officer)


@router.delete("/{view_id}", status_code=204)
def remove_view(counter: CounterHere, city: City, officer: Officer, view_id: UUID) -> None:
    """保存した表示を消す."""
    remove(counter, city, officer, view_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[SavedViewView, ...]:
    """保存した表示, in the order they were saved."""
    with counter.database.reading(city) as connection:
        found = saved_views.of_officer(connection, officer.account_id)
    return tuple(SavedViewView.model_validate(each.__dict__) for each in found)


def save(counter: Counter, city: MunicipalityCode, officer: Visitor, wanted: ViewWanted) -> None:
    """保存する. Raises Problem: view_named_so, too_many_views."""
    filters = wanted.filters.model_dump(exclude_defaults=True, exclude=set(NOT_KEPT))
    with counter.database.transaction(city) as connection:
        if saved_views.count(connection, officer.account_id) >= MOST:
            raise problem("too_many_views")
        if not saved_views.save(connection, officer.account_id, wanted.name, filters):
            raise problem("view_named_so")


def remove(counter: Counter, city: MunicipalityCode, officer: Visitor, view_id: UUID) -> None:
    """消す. Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        if not saved_views.remove(connection, officer.account_id, view_id):
            raise problem("not_found")
