"""登録された証明書の管理: the daily check, its reports, and one certificate suspended or resumed at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.administration.certificate_problems import certificate_problem
from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import View, Visitor
from procedures.texts import Text
from procedures.values import MunicipalityCode
from store import accesses, credentials, registrations, status
from store.database import Database
from store.registrations import Registration
from store.status import StatusList, StatusRun
from workflows.schedules import certificate_status_id

router = APIRouter(prefix="/api/administration", tags=["administration"])

SHOWN_RUNS = 30
SHOWN_LISTS = 100
SHOWN_CERTIFICATES = 50

Unconfirmed = Literal["waiting", "no_source", "unreachable", "stale", "unauthentic"]
"""未確認の理由: waiting: not asked yet; the others: what whoever runs the counter has to look after."""
Suspension = Literal["revoked", "administrator", "renewed", "removed"]
"""停止の理由: on its authority's list; by an administrator; replaced by a renewed one; removed by its holder."""


class StatusRunView(View):
    """日次失効確認の報告. unconfirmed: registrations nobody could confirm; after `finished_at` that is final."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    registrations: int
    lists: int
    checked: int
    suspended: int
    unconfirmed: int


class UnconfirmedListView(View):
    """確認できていない失効リスト. `authority`: None where the registry knows none; `detail` is English, for experts."""

    authority: Text | None
    issuer_key_id: str
    distribution_point: str
    registrations: int
    reason: Unconfirmed
    detail: str


class StatusView(View):
    """失効確認の状況: the newest run first."""

    runs: tuple[StatusRunView, ...]
    unconfirmed_lists: tuple[UnconfirmedListView, ...]
    """Of the newest run."""


class RegistrationEventView(View):
    """経緯. `by`: the system (revoked), the holder, or an officer, by account id."""

    at: datetime
    by: str
    action: str
    reason: str | None


class RegistrationView(View):
    """登録された証明書."""

    id: UUID
    kind: str
    authority: Text | None
    issuer_key_id: str
    serial: str
    officer_name: str | None
    registered_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    suspended_at: datetime | None
    suspension: Suspension | None
    suspension_note: str | None
    events: tuple[RegistrationEventView, ...] = ()


class Reason(BaseModel):
    """理由: why; kept in the certificate's history."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(max_length=1000)


class Sought(BaseModel):
    """検索: an officer by name, or a certificate by its number (and its authority's key identifier, hex)."""

    model_config = ConfigDict(frozen=True)

    officer: str = Field(default="", max_length=100)
    serial: str = Field(default="", max_length=60, pattern=r"^\s*[0-9]*\s*$")
    issuer_key_id: str = Field(default="", max_length=60, pattern=r"^\s*([0-9A-Fa-f]{2})*\s*$")


@router.get("/certificate-status")
def show_status(counter: CounterHere, city: City, administrator: Administrator) -> StatusView:
    """失効確認の状況."""
    return status_of(counter, city, administrator)


@router.post("/certificate-status/runs", status_code=202)
def check_now(counter: CounterHere, city: City, administrator: Administrator) -> StatusView:
    """いま確認する: outside the Schedule. One that is under way stays the only one and asks again at once."""
    start_check(counter, city, administrator)
    return status_of(counter, city, administrator)


@router.get("/certificates")
def find(
    counter: CounterHere, city: City, administrator: Administrator, sought: Annotated[Sought, Query()]
) -> tuple[RegistrationView, ...]:
    """登録された証明書を探す."""
    return found(counter, city, administrator, sought)


@router.get("/certificates/{credential_id}")
def show(counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID) -> RegistrationView:
    """登録された証明書."""
    return registration(counter, city, administrator, credential_id)


@router.post("/certificates/{credential_id}/suspension", status_code=201)
def suspend(
    counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID, given: Reason
) -> RegistrationView:
    """停止."""
    return suspend_now(counter, city, administrator, credential_id, given.reason)


@router.post("/certificates/{credential_id}/resumption", status_code=201)
def resume(
    counter: CounterHere, city: City, administrator: Administrator, credential_id: UUID, given: Reason
) -> RegistrationView:
    """停止の解除."""
    return resume_now(counter, city, administrator, credential_id, given.reason)


# --- use cases, for pages too -----------------------------------------------------------------------------------------


def status_of(counter: Counter, city: MunicipalityCode, _: Visitor) -> StatusView:
    """失効確認の状況 of the newest runs."""
    with counter.database.reading(city) as connection:
        runs = status.runs(connection, SHOWN_RUNS)
        lists = status.unconfirmed_lists(connection, runs[0].id, SHOWN_LISTS) if runs else ()
    authorities = _authorities(counter)
    return StatusView(
        runs=tuple(_run(each) for each in runs), unconfirmed_lists=tuple(_list(authorities, each) for each in lists)
    )


def start_check(counter: Counter, city: MunicipalityCode, _: Visitor) -> None:
    """いま確認する: a run that waits is hurried, else one begins. Raises Problem where Temporal does not answer."""
    with counter.database.reading(city) as connection:
        newest = status.runs(connection, 1)
    if newest and newest[0].finished_at is None and anyio.from_thread.run(counter.dispatch.hurry, newest[0].id):
        return
    if not anyio.from_thread.run(counter.dispatch.trigger, certificate_status_id(city)):
        raise certificate_problem("check_not_started")


def found(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, sought: Sought
) -> tuple[RegistrationView, ...]:
    """検索: nothing where nothing was asked for."""
    officer, serial = sought.officer.strip(), sought.serial.strip()
    key_id = bytes.fromhex(sought.issuer_key_id.strip()) or None
    rows: Iterable[Registration] = ()
    with counter.database.reading(city) as connection:
        if serial:
            rows = registrations.by_serial(connection, serial, key_id, SHOWN_CERTIFICATES)
        elif officer:
            rows = registrations.of_officers(connection, officer, SHOWN_CERTIFICATES)
        if rows:
            accesses.note(connection, administrator.account_id, "certificates")
    authorities = _authorities(counter)
    return tuple(_registration(authorities, row) for row in rows)


def registration(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, credential_id: UUID
) -> RegistrationView:
    """登録された証明書 with its history. Raises Problem where there is none."""
    with counter.database.reading(city) as connection:
        row = registrations.of_id(connection, credential_id)
        if row is None:
            raise problem("not_found")
        accesses.note(connection, administrator.account_id, "certificates")
        lines = registrations.events(connection, credential_id)
    told = tuple(RegistrationEventView(at=e.at, by=e.actor, action=e.action, reason=e.reason) for e in lines)
    return _registration(_authorities(counter), row, told)


def suspend_now(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, credential_id: UUID, reason: str
) -> RegistrationView:
    """停止: it logs nobody in from this moment, and its sessions are over."""
    registration(counter, city, administrator, credential_id)
    actor, why = f"officer:{administrator.account_id}", _required(reason)
    with counter.database.transaction(city) as connection:
        if not credentials.suspend(connection, credential_id, "administrator", actor=actor, reason=why):
            raise certificate_problem("already_suspended")
    return registration(counter, city, administrator, credential_id)


def suspend_numbered(database: Database, municipality: str, serial: str, reason: str) -> str:
    """停止 by certificate number, for whoever sits at the server; what became of it."""
    with database.transaction(MunicipalityCode(municipality)) as connection:
        known = registrations.by_serial(connection, serial, None, 2)
        if len(known) != 1:
            return f"{len(known) or 'No'} registered certificates have the number {serial}: see /admin/certificates."
        done = credentials.suspend(connection, known[0].id, "administrator", actor=status.SYSTEM, reason=reason)
    return f"Certificate {serial} is suspended{'' if done else ' already'}."


def resume_now(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, credential_id: UUID, reason: str
) -> RegistrationView:
    """停止の解除. A certificate its authority still lists as revoked is suspended again by the next check."""
    registration(counter, city, administrator, credential_id)
    actor, why = f"officer:{administrator.account_id}", _required(reason)
    with counter.database.transaction(city) as connection:
        if not status.resume(connection, credential_id, actor=actor, reason=why):
            raise certificate_problem("not_resumable")
    return registration(counter, city, administrator, credential_id)


def _required(reason: str) -> str:
    if not reason.strip():
        raise problem("reason_required")
    return reason.strip()


def _authorities(counter: Counter) -> dict[bytes, Text]:
    """認証局の名前 by key identifier."""
    anchors = (anchor for of_one_use in counter.anchors.stores.values() for anchor in of_one_use.anchors)
    return {anchor.key_id: Text(**anchor.name.model_dump()) for anchor in anchors}


def _run(run: StatusRun) -> StatusRunView:
    return StatusRunView.model_validate(run, from_attributes=True)


def _list(authorities: dict[bytes, Text], row: StatusList) -> UnconfirmedListView:
    return UnconfirmedListView(
        authority=authorities.get(row.issuer_key_id),
        issuer_key_id=row.issuer_key_id.hex(),
        distribution_point=row.distribution_point,
        registrations=row.registrations,
        reason=row.reason or "waiting",
        detail=row.detail or "",
    )


def _registration(
    authorities: dict[bytes, Text], row: Registration, events: tuple[RegistrationEventView, ...] = ()
) -> RegistrationView:
    return RegistrationView(
        id=row.id,
        kind=row.kind,
        authority=authorities.get(row.issuer_key_id),
        issuer_key_id=row.issuer_key_id.hex(),
        serial=row.serial,
        officer_name=row.officer_name,
        registered_at=row.registered_at,
        expires_at=row.expires_at,
        confirmed_at=row.confirmed_at,
        suspended_at=row.suspended_at,
        suspension=row.suspension,
        suspension_note=row.suspension_note,
        events=events,
    )
