"""担当する件: an officer's task: claim, look, decide. Which ones wait says api/inbox.py."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.cases import documents_of, payments_of, timeline_of
from api.counter import City, Counter, CounterHere, Officer
from api.filing import drafts as draft_cases
from api.inbox import line
from api.problems import problem
from api.views import AttachmentView, OrganizationFacts, PersonFacts, TaskView, Visitor
from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode
from store import cases, commands, drafts, tasks
from store.tasks import TaskRow

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

DecisionWord = Literal["approve", "send_back", "reject", "dispatch"]
Version = Annotated[int, Field(ge=0, lt=2**31)]
LONGEST_REASON = 4000
TRACKING_NUMBER = re.compile(r"\A[0-9][0-9-]{7,29}\Z")


class TaskVersion(BaseModel):
    """The version of the task that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version


class DecisionWanted(BaseModel):
    """判断: marks name the answers to be corrected and why (field id → reason)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    decision: DecisionWord
    reason: str = Field(default="", max_length=LONGEST_REASON)
    marks: dict[str, Annotated[str, Field(min_length=1, max_length=1000)]] = Field(default={}, max_length=300)
    tracking_number: str | None = Field(default=None, max_length=40)


class Decided(BaseModel):
    """判断の結果: `pending` while the workflow has not answered yet; it will."""

    model_config = ConfigDict(frozen=True)

    outcome: Literal["acknowledged", "pending"]


@router.get("/{task_id}")
def read_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID) -> TaskView:
    """審査画面."""
    return read(counter, city, officer, task_id)


@router.post("/{task_id}/claim")
def claim_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID, seen: TaskVersion) -> TaskVersion:
    """担当する: the new version, which the decision must name."""
    return TaskVersion(version=claim(counter, city, officer, task_id, seen.version))


@router.post("/{task_id}/release")
def release_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID, seen: TaskVersion) -> TaskVersion:
    """担当を外れる: the new version."""
    return TaskVersion(version=release(counter, city, officer, task_id, seen.version))


@router.post("/{task_id}/decision", status_code=202)
def decide_task(counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: DecisionWanted) -> Decided:
    """判断する."""
    done = decide(
        counter,
        city,
        officer,
        task_id,
        wanted.version,
        wanted.decision,
        wanted.reason,
        wanted.marks,
        wanted.tracking_number,
    )
    return Decided(outcome="acknowledged" if done else "pending")


@router.get("/{task_id}/attachments/{attachment_id}")
def read_attachment(counter: CounterHere, city: City, officer: Officer, task_id: UUID, attachment_id: UUID) -> Response:
    """添付ファイルを見る."""
    data, media_type, _ = attachment(counter, city, officer, task_id, attachment_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> TaskView:
    """審査画面: answers beside certificate and register facts."""
    with counter.database.reading(city) as connection:
        return _view(connection, permitted(connection, officer, task_id))


def claim(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int) -> int:
    """担当: the new version. Raises Problem where somebody was faster."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        new_version = tasks.claim(connection, task_id, version, officer.account_id)
        if new_version is None:
            raise problem("task_closed" if row.closed_at else "task_taken")
        cases.say(connection, row.receipt_number, "task_claimed", actor=_actor(officer), step=row.step)
    return new_version


def release(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int) -> int:
    """担当を外れる: the task is everybody's again."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        new_version = tasks.release(connection, task_id, version, officer.account_id)
        if new_version is None:
            raise problem("task_closed" if row.closed_at else "task_taken")
        cases.say(connection, row.receipt_number, "task_released", actor=_actor(officer), step=row.step)
    return new_version


def decide(
    counter: Counter,
    city: MunicipalityCode,
    officer: Visitor,
    task_id: UUID,
    task_version: int,
    decision: DecisionWord,
    reason: str,
    marks: Mapping[str, str],
    tracking_number: str | None,
) -> bool:
    """判断: command row first, then the Update. True when written; False: taken in, will be. Raises Problem."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        _require_complete(counter, connection, row, decision, reason, marks, tracking_number)
        result = {"marks": dict(marks), "tracking_number": tracking_number}
        prepared = tasks.prepare_decision(
            connection, task_id, task_version, officer.account_id, reason=reason, result=result
        )
        if not prepared:
            raise problem("task_closed" if row.closed_at else "task_taken")
        payload = {
            "task_id": str(task_id),
            "step": row.step,
            "epoch": row.epoch,
            "officer": str(officer.account_id),
            "outcome": decision,
        }
        command = commands.write(connection, city, row.receipt_number, "decide", payload)
    return counter.tell(command)


def attachment(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, attachment_id: UUID
) -> tuple[bytes, str, str]:
    """添付ファイル of the case under review: (bytes, media type, name)."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        _, _, draft_id = cases.newest_submission(connection, row.receipt_number)
        found = next((a for a in drafts.attachments(connection, draft_id) if a.id == attachment_id), None)
    if found is None:
        raise problem("not_found")
    return counter.objects.get(found.object_key), found.media_type, found.name


def label(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> bytes:
    """宛名ラベル (PDF) of a mailing task."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
    if row.kind != "post_document":
        raise problem("not_found")
    return counter.objects.get(f"{city}/labels/{task_id}")


# --- small things -----------------------------------------------------------------------------------------------------


def permitted(connection: Connection, officer: Visitor, task_id: UUID) -> TaskRow:
    """許された件: the task, where the officer holds its duty. Raises Problem as for one that does not exist."""
    row = tasks.read(connection, task_id)
    if row is None or not officer.may(row.department, row.function):
        raise problem("not_found")
    return row


def _require_complete(
    counter: Counter,
    connection: Connection,
    row: TaskRow,
    decision: DecisionWord,
    reason: str,
    marks: Mapping[str, str],
    tracking_number: str | None,
) -> None:
    """What a decision needs to be one."""
    if (decision == "dispatch") != (row.kind == "post_document"):
        raise problem("malformed")
    if decision == "reject" and not reason.strip():
        raise problem("reason_required")
    if decision == "dispatch" and not TRACKING_NUMBER.match(tracking_number or ""):
        raise problem("tracking_number_required")
    if decision == "send_back":
        _, answers, draft_id = cases.newest_submission(connection, row.receipt_number)
        procedure = counter.library.version(row.procedure, row.procedure_version)
        case = cases.read(connection, row.receipt_number)
        if case is None:
            raise problem("not_found")
        day, attached = case.received_at.astimezone(JAPAN).date(), drafts.attachments(connection, draft_id)
        asked = draft_cases.check(procedure, answers, attached, day).visible
        if not marks or not set(marks) <= asked:
            raise problem("marks_required")


def _actor(officer: Visitor) -> str:
    return f"officer:{officer.account_id}"


def _signer(facts: Mapping[str, object] | None) -> dict[str, PersonFacts | OrganizationFacts | None]:
    """署名者: a person or an organisation, as its certificate says."""
    if facts and "organization" in facts:
        return {"signer": None, "organization": OrganizationFacts.model_validate(facts)}
    return {"signer": PersonFacts.model_validate(facts) if facts else None}


def _registered(record: Mapping[str, object] | None) -> PersonFacts | None:
    return None if record is None else PersonFacts.model_validate(record["signer"])


def _view(connection: Connection, row: TaskRow) -> TaskView:
    receipt_number = row.receipt_number
    found = cases.situation(connection, receipt_number, row.step, row.epoch, row.kind)
    return TaskView.model_validate(
        line(row).model_dump()
        | {
            "outcome": row.outcome,
            "reason": row.reason,
            "answers": found.answers,
            "attachments": tuple(
                AttachmentView(id=a.id, field=a.field, name=a.name, media_type=a.media_type, bytes=a.bytes)
                for a in drafts.attachments(connection, found.draft_id)
            ),
            **_signer(found.signer),
            "signature_outcome": found.signature_outcome,
            "registered": _registered(found.register_record),
            "differences": tuple(found.differences),
            "timeline": timeline_of(connection, receipt_number, ()),
            "payments": payments_of(connection, receipt_number),
            "documents": documents_of(connection, receipt_number, delivered=False),
        }
    )
