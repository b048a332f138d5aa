"""代理: an officer who is away, and who stands in for them from the first day to the last.

Declared by the officer for themself, by their superior, or by an administrator. While it runs the substitute has the
absent one's duties, but never an administrator's or an auditor's, and of a superior's word only those of their
department. Who decides stays the substitute: one person, one seal.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, Officer
from api.desk.handover import scope
from api.problems import problem
from api.views import View, Visitor
from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode
from store import handover, offices, substitutions
from store.substitutions import Substitution

router = APIRouter(prefix="/api/substitutions", tags=["officers"])

LONGEST = timedelta(days=366)
"""One year, the leap day included; both ends count."""


class SubstitutionWanted(BaseModel):
    """代理の届け: whole days in Japan, both included; absent null: oneself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    absent: UUID | None = None
    substitute: UUID
    first_day: date
    last_day: date


class SubstitutionView(View):
    """代理. `departments`: only duties there (a superior declared it); null: all. `may_revoke`: by whoever asks."""

    id: UUID
    absent: UUID
    absent_name: str
    substitute: UUID
    substitute_name: str
    first_day: date
    last_day: date
    departments: tuple[str, ...] | None
    declared_by: UUID
    declared_by_name: str
    running: bool
    may_revoke: bool


@router.get("")
def list_substitutions(counter: CounterHere, city: City, officer: Officer) -> tuple[SubstitutionView, ...]:
    """代理の一覧: those that run or are to come, one's own and those of the officers one answers for."""
    return listed(counter, city, officer)


@router.post("", status_code=201)
def declare_substitution(
    counter: CounterHere, city: City, officer: Officer, wanted: SubstitutionWanted
) -> SubstitutionView:
    """代理を届け出る."""
    declared = declare(counter, city, officer, wanted)
    return next(each for each in listed(counter, city, officer) if each.id == declared)


@router.delete("/{substitution_id}", status_code=204)
def revoke_substitution(counter: CounterHere, city: City, officer: Officer, substitution_id: UUID) -> None:
    """代理を取り消す: at once; what the substitute held only so is everybody's again."""
    revoke(counter, city, officer, substitution_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[SubstitutionView, ...]:
    """代理の一覧, the first first."""
    with counter.database.reading(city) as connection:
        theirs = _answers_for(connection, officer)
        rows = substitutions.listed(connection, None if theirs is None else theirs | {officer.account_id})
    return tuple(_view(row, may_revoke=_may(officer, theirs, row.absent)) for row in rows)


def away(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[SubstitutionView, ...]:
    """自分の不在: who stands in today for whoever asks."""
    with counter.database.reading(city) as connection:
        rows = substitutions.listed(connection, {officer.account_id})
    views = (_view(row, may_revoke=True) for row in rows if row.absent == officer.account_id)
    return tuple(view for view in views if view.running)


def declare(counter: Counter, city: MunicipalityCode, officer: Visitor, wanted: SubstitutionWanted) -> UUID:
    """代理の届け. Raises Problem: not_found for an officer one does not answer for, substitution_period,
    no_substitute, substitution_declared.
    """
    absent = wanted.absent or officer.account_id
    _require_period(wanted.first_day, wanted.last_day)
    with counter.database.transaction(city) as connection:
        appointed = {each.account_id for each in handover.appointed(connection)}
        if absent not in appointed or not _may(officer, _answers_for(connection, officer), absent):
            raise problem("not_found")
        if wanted.substitute == absent or wanted.substitute not in appointed:
            raise problem("no_substitute")
        if any(_overlaps(wanted, row) for row in substitutions.listed(connection, {absent}) if row.absent == absent):
            raise problem("substitution_declared")
        departments = None if absent == officer.account_id else scope(officer)
        return substitutions.declare(
            connection, absent, wanted.substitute, wanted.first_day, wanted.last_day,
            departments=departments, by=officer.account_id,
        )  # fmt: skip


def revoke(counter: Counter, city: MunicipalityCode, officer: Visitor, substitution_id: UUID) -> None:
    """代理の取消し. Raises Problem: substitution_ended, not_found for one that is none of theirs."""
    with counter.database.transaction(city) as connection:
        found = next((each for each in substitutions.listed(connection) if each.id == substitution_id), None)
        if found is None:
            raise problem("substitution_ended")
        if not _may(officer, _answers_for(connection, officer), found.absent):
            raise problem("not_found")
        if not substitutions.revoke(connection, substitution_id, officer.account_id):
            raise problem("substitution_ended")
        handover.release_lost(connection, actor=f"officer:{officer.account_id}")


# --- small things -----------------------------------------------------------------------------------------------------


def _answers_for(connection: Connection, officer: Visitor) -> frozenset[UUID] | None:
    """所管の職員; None: everybody."""
    if officer.is_administrator:
        return None
    departments = scope(officer)
    if departments is not None and not departments:
        return frozenset()
    return frozenset(each.account_id for each in offices.listed(connection, departments))


def _may(officer: Visitor, theirs: frozenset[UUID] | None, absent: UUID) -> bool:
    return theirs is None or absent == officer.account_id or absent in theirs


def _require_period(first_day: date, last_day: date) -> None:
    today = datetime.now(UTC).astimezone(JAPAN).date()
    if not today <= first_day <= last_day or last_day - first_day >= LONGEST:
        raise problem("substitution_period")


def _overlaps(wanted: SubstitutionWanted, row: Substitution) -> bool:
    meets = wanted.first_day <= row.last_day and row.first_day <= wanted.last_day
    return row.substitute == wanted.substitute and meets


def _view(row: Substitution, *, may_revoke: bool) -> SubstitutionView:
    today = datetime.now(UTC).astimezone(JAPAN).date()
    return SubstitutionView(**row.__dict__, running=row.first_day <= today, may_revoke=may_revoke)
