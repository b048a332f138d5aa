"""職員: who works for the city, doing what; appointed, given other duties and dismissed by administrators.

A superior (所属長) sees the officers of their department, declares substitutes for them and hands over their tasks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from api.access.appointments import Appointments, NotAppointed, Subject, known_duties, read_appointment
from api.counter import Administrator, City, Counter, CounterHere, Superior
from api.desk.handover import ColleagueView, scope
from api.problems import problem
from api.views import DutyView, View, Visitor
from procedures.values import MunicipalityCode
from store import offices, people
from store.offices import Office
from store.people import Duty

router = APIRouter(prefix="/api/officers", tags=["officers"])

LARGEST_CERTIFICATE = 20_000
"""Bytes of a certificate (DER); JPKI's have about two thousand."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Duties = Annotated[tuple[DutyView, ...], Field(min_length=1, max_length=200)]


class DutiesWanted(BaseModel):
    """職務の変更: these duties and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    duties: Duties


class AppointmentWanted(DutiesWanted):
    """任命の求め: known by certificate (DER, base64), by the user ID at the city's identity provider, or both."""

    certificate: Annotated[Base64Bytes, Field(max_length=LARGEST_CERTIFICATE)] | None = None
    subject: str | None = Field(default=None, min_length=1, max_length=255)


class OfficerView(ColleagueView):
    """職員: their own duties, and how many open tasks they hold."""

    duties: tuple[DutyView, ...]
    open_tasks: int


class AppointmentView(View):
    """任命の経緯: the duties from then on; none: dismissed. `by` null: at the command line."""

    at: datetime
    name: str
    duties: tuple[DutyView, ...]
    by: str | None


class OfficerRecord(OfficerView):
    """職員の記録."""

    history: tuple[AppointmentView, ...]


@router.get("")
def list_officers(counter: CounterHere, city: City, superior: Superior) -> tuple[OfficerView, ...]:
    """職員の一覧: an administrator sees everybody, a superior their department."""
    return listed(counter, city, superior)


@router.post("", status_code=201)
def appoint_officer(
    counter: CounterHere, city: City, administrator: Administrator, wanted: AppointmentWanted
) -> OfficerRecord:
    """任命する; somebody who is appointed gets these duties in place of the former."""
    account_id = appoint(counter, city, administrator, wanted, wanted.certificate, wanted.subject)
    return record(counter, city, administrator, account_id)


@router.get("/{account_id}")
def read_officer(counter: CounterHere, city: City, superior: Superior, account_id: UUID) -> OfficerRecord:
    """職員の記録."""
    return record(counter, city, superior, account_id)


@router.put("/{account_id}/duties")
def change_officer_duties(
    counter: CounterHere, city: City, administrator: Administrator, account_id: UUID, wanted: DutiesWanted
) -> OfficerRecord:
    """職務を変える: what they hold without one of these duties is everybody's again."""
    change_duties(counter, city, administrator, account_id, wanted)
    return record(counter, city, administrator, account_id)


@router.delete("/{account_id}", status_code=204)
def dismiss_officer(counter: CounterHere, city: City, administrator: Administrator, account_id: UUID) -> None:
    """解任する: no duties, no sessions and no claimed tasks from this moment on."""
    dismiss(counter, city, administrator, account_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, superior: Visitor) -> tuple[OfficerView, ...]:
    """職員の一覧, by name."""
    with counter.database.reading(city) as connection:
        return tuple(_view(each) for each in offices.listed(connection, scope(superior)))


def record(counter: Counter, city: MunicipalityCode, superior: Visitor, account_id: UUID) -> OfficerRecord:
    """職員の記録. Raises Problem not_found, also for an officer of another department."""
    with counter.database.reading(city) as connection:
        found = offices.listed(connection, scope(superior), account_id)
        if not found:
            raise problem("not_found")
        history = people.appointments(connection, account_id)
    told = tuple(AppointmentView(at=e.at, name=e.name, duties=_duties(e.duties), by=e.by_name) for e in history)
    return OfficerRecord(**_view(found[0]).model_dump(), history=told)


def known(counter: Counter) -> frozenset[DutyView]:
    """職務の一覧: everything somebody can be appointed to."""
    return frozenset(_duties(known_duties(counter.library)))


def appoint(
    counter: Counter, city: MunicipalityCode, administrator: Visitor,
    wanted: DutiesWanted, certificate: bytes | None, sub: str | None,
) -> UUID:  # fmt: skip
    """任命 of whoever has this certificate (DER), is `sub` at the identity provider, or both. Raises Problem."""
    subject = None if sub is None else _subject(counter, sub)
    duties = [f"{duty.department}:{duty.function}" for duty in wanted.duties]
    said = {"name": wanted.name, "duties": duties, "certificate": certificate, "subject": subject}
    try:
        return _appointments(counter).appoint(city, read_appointment(said), administrator.account_id)
    except NotAppointed as refused:
        raise refused.problem from refused


def change_duties(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, account_id: UUID, wanted: DutiesWanted
) -> None:
    """職務の変更. Raises Problem: not_found, duty_unknown, last_administrator."""
    duties = {Duty(each.department, each.function) for each in wanted.duties}
    try:
        _appointments(counter).change(city, account_id, wanted.name, duties, administrator.account_id)
    except NotAppointed as refused:
        raise refused.problem from refused


def dismiss(counter: Counter, city: MunicipalityCode, administrator: Visitor, account_id: UUID) -> str:
    """解任: their name. Raises Problem: not_found, last_administrator."""
    try:
        return _appointments(counter).dismiss(city, account_id, administrator.account_id)
    except NotAppointed as refused:
        raise refused.problem from refused


# --- small things -----------------------------------------------------------------------------------------------------


def _appointments(counter: Counter) -> Appointments:
    return Appointments(counter.database, counter.verifier, counter.library)


def _subject(counter: Counter, sub: str) -> Subject:
    if counter.identity is None:
        raise problem("no_identity_provider")
    return counter.identity.issuer, sub


def _view(row: Office) -> OfficerView:
    return OfficerView(account_id=row.account_id, name=row.name, duties=_duties(row.duties), open_tasks=row.open_tasks)


def _duties(duties: Iterable[Duty]) -> tuple[DutyView, ...]:
    return tuple(DutyView(department=each.department, function=each.function) for each in duties)
