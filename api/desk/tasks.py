"""担当する件: an officer's task: claim, look, decide. Which ones wait says api/desk/inbox.py."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.case.access import actor_of, no_duty
from api.counter import City, Counter, CounterHere, Officer
from api.deciding import approval_route
from api.deciding.completeness import GIVEN, Decision, HowHandedOut, outlook, require_complete
from api.desk.inbox import line
from api.desk.views import OrganizationFacts, PersonFacts, TaskView
from api.paper.facts import paper_of
from api.problems import problem
from api.resident.cases import documents_of, extensions_of, payments_of, put_right_in, timeline_of
from api.resident.documents import pdf_response
from api.views import AttachmentView, Visitor
from procedures.marks import Mark
from procedures.values import MunicipalityCode, ReceiptNumber
from store import accesses, cases, commands, decisions, documents, drafts, tasks
from store.accesses import Kind
from store.tasks import TaskRow

router = APIRouter(prefix="/api/tasks", tags=["tasks"])

Version = Annotated[int, Field(ge=0, lt=2**31)]
LONGEST_REASON = 4000


class TaskVersion(BaseModel):
    """The version of the task that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version


class DecisionWanted(BaseModel):
    """判断: marks name the answers to be corrected and what is wrong with each; `to` is the level of a return."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    decision: Decision
    reason: str = Field(default="", max_length=LONGEST_REASON)
    marks: dict[str, Mark] = Field(default={}, max_length=300)
    tracking_number: str | None = Field(default=None, max_length=40)
    ground: str | None = Field(default=None, max_length=100)
    """却下の理由: one of those the procedure declares."""
    findings_checked: bool = False
    """Whether the officer has looked at what the counter found (`findings`)."""
    to: str | None = Field(default=None, max_length=40)
    how: HowHandedOut | None = None
    """交付の方法, with hand_out."""


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
    done = decide(counter, city, officer, task_id, wanted)
    return Decided(outcome="acknowledged" if done else "pending")


@router.get("/{task_id}/documents/{document_id}", responses={200: {"content": {"application/pdf": {}}}})
def read_document(counter: CounterHere, city: City, officer: Officer, task_id: UUID, document_id: UUID) -> Response:
    """渡す書面を印刷する."""
    data, name = document(counter, city, officer, task_id, document_id)
    return pdf_response(data, name)


@router.get("/{task_id}/attachments/{attachment_id}")
def read_attachment(counter: CounterHere, city: City, officer: Officer, task_id: UUID, attachment_id: UUID) -> Response:
    """添付ファイルを見る."""
    data, media_type, _ = attachment(counter, city, officer, task_id, attachment_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> TaskView:
    """審査画面: answers beside certificate and register facts."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        look(connection, officer, row, "task")
        return _view(counter, connection, row, officer.account_id)


def receipt_of(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> ReceiptNumber:
    """受付番号 of the case of this task."""
    with counter.database.reading(city) as connection:
        return permitted(connection, officer, task_id).receipt_number


def claim(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int) -> int:
    """担当: the new version. Raises Problem where somebody was faster."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        require_impartial(connection, officer.account_id, row)
        new_version = require_open(row, tasks.claim(connection, task_id, version, officer.account_id))
        say(connection, officer, row, "task_claimed")
    return new_version


def release(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, version: int) -> int:
    """担当を外れる: the task is everybody's again."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        new_version = require_open(row, tasks.release(connection, task_id, version, officer.account_id))
        say(connection, officer, row, "task_released")
    return new_version


def decide(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, wanted: DecisionWanted,
    command_id: UUID | None = None,
) -> bool:  # fmt: skip
    """判断: command row first, then the Update. True when written; False: taken in, will be. Raises Problem.

    `command_id`: the command's own id, where whoever asks may have to ask again.
    """
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        require_complete(
            counter, connection, row, wanted.decision,
            reason=wanted.reason, marks=wanted.marks, tracking_number=wanted.tracking_number,
            ground=wanted.ground, findings_checked=wanted.findings_checked, how=wanted.how,
        )  # fmt: skip
        to = wanted.to if wanted.decision == "return" else None
        if wanted.decision == "return":
            approval_route.require_level(counter.library, connection, row, to)
        marks = {name: mark.model_dump() for name, mark in wanted.marks.items()}
        said = {"tracking_number": wanted.tracking_number, "ground": wanted.ground, "to": to, "how": wanted.how}
        result = {"marks": marks, **said, **in_place_of(officer, row)}
        prepared = tasks.prepare_decision(
            connection, task_id, wanted.version, officer.account_id, reason=wanted.reason, result=result
        )
        if not prepared:
            raise problem("task_closed" if row.closed_at else "task_taken")
        payload = {
            "task_id": str(task_id),
            "step": row.step,
            "epoch": row.epoch,
            "officer": str(officer.account_id),
            "outcome": wanted.decision,
            "to": to,
        }
        command = commands.write(connection, city, row.receipt_number, "decide", payload, command_id)
    return counter.tell(command)


def attachment(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, attachment_id: UUID
) -> tuple[bytes, str, str]:
    """添付ファイル of the case under review: (bytes, media type, name)."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        require_impartial(connection, officer.account_id, row)
        _, _, draft_id = cases.newest_submission(connection, row.receipt_number)
        found = next((a for a in drafts.attachments(connection, draft_id) if a.id == attachment_id), None)
        if found is None:
            raise problem("not_found")
        look(connection, officer, row, "attachment")
    return counter.objects.get(found.object_key), found.media_type, found.name


def document(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, document_id: UUID
) -> tuple[bytes, str]:
    """交付書面 to be printed for whoever gets it on paper: (PDF, file name). The audit log remembers who took it."""
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        issued = documents.of_case(connection, row.receipt_number)
        found = next((each for each in issued if each.id == document_id), None)
        if found is None or row.kind not in GIVEN:
            raise problem("not_found")
        look(connection, officer, row, "document")
        cases.say(connection, row.receipt_number, "document_printed", actor=actor_of(officer), step=row.step)
    return counter.objects.get(found.object_key), f"{row.receipt_number}-{found.document}.pdf"


def label(counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID) -> bytes:
    """宛名ラベル (PDF) of a mailing task."""
    with counter.database.reading(city) as connection:
        row = permitted(connection, officer, task_id)
        if row.kind != "post_document":
            raise problem("not_found")
        look(connection, officer, row, "label")
    return counter.objects.get(f"{city}/labels/{task_id}")


# --- small things -----------------------------------------------------------------------------------------------------


def permitted(connection: Connection, officer: Visitor, task_id: UUID) -> TaskRow:
    """許された件: the task, where the officer holds its duty. Raises Problem as for one that does not exist; only
    whoever has seen the case before is told that the duty is not theirs any more.
    """
    row = tasks.read(connection, task_id)
    if row is None:
        raise problem("not_found")
    if not officer.may(row.department, row.function):
        raise no_duty(connection, officer, row.receipt_number)
    if row.purged:
        raise problem("case_purged")
    return row


def look(connection: Connection, officer: Visitor, row: TaskRow, kind: Kind) -> None:
    """見る: to be called before anything of the case is given out. Raises Problem where they are too close to it."""
    require_impartial(connection, officer.account_id, row)
    absent = officer.in_place_of(row.department, row.function)
    accesses.note(connection, officer.account_id, kind, row.receipt_number, absent)


def require_open(row: TaskRow, new_version: int | None) -> int:
    """The new version of a task that was still as the officer saw it. Raises Problem otherwise."""
    if new_version is None:
        raise problem("task_closed" if row.closed_at else "task_taken")
    return new_version


def require_impartial(connection: Connection, account_id: UUID, row: TaskRow) -> None:
    """除斥: nobody sees or takes a case they stepped aside from, or their own. Raises Problem."""
    if decisions.is_barred(connection, row.receipt_number, account_id):
        raise problem("recused")


def say(
    connection: Connection, officer: Visitor, row: TaskRow, action: str, facts: Mapping[str, object] | None = None
) -> None:
    """監査: what the officer did with this task, and in whose place."""
    told = {**(facts or {}), **in_place_of(officer, row)}
    cases.say(connection, row.receipt_number, action, actor=actor_of(officer), step=row.step, facts=told)


def in_place_of(officer: Visitor, row: TaskRow) -> dict[str, object]:
    """代理: for the audit log, in whose place the officer acts; empty where the duty is their own."""
    absent = officer.in_place_of(row.department, row.function)
    return {"for": str(absent)} if absent else {}


def _signer(facts: Mapping[str, object] | None) -> dict[str, PersonFacts | OrganizationFacts | None]:
    """署名者: a person or an organisation, as its certificate says."""
    if facts and "organization" in facts:
        return {"signer": None, "organization": OrganizationFacts.model_validate(facts)}
    return {"signer": PersonFacts.model_validate(facts) if facts else None}


def _registered(record: Mapping[str, object] | None) -> PersonFacts | None:
    return None if record is None else PersonFacts.model_validate(record["signer"])


def _view(counter: Counter, connection: Connection, row: TaskRow, reader: UUID) -> TaskView:
    receipt_number = row.receipt_number
    found = cases.situation(connection, receipt_number, row.step, row.epoch, row.kind)
    attached = drafts.attachments(connection, found.draft_id)
    on_paper = found.arrival != "online"
    paper = paper_of(connection, receipt_number, found.account_id, attached, reader) if on_paper else None
    return TaskView.model_validate(
        line(row).model_dump()
        | {
            "outcome": row.outcome,
            "reason": row.reason,
            "answers": found.answers,
            "attachments": tuple(
                AttachmentView(id=a.id, field=a.field, name=a.name, media_type=a.media_type, bytes=a.bytes)
                for a in attached
            ),
            **(_signer(found.signer) if paper is None else {"signer": None}),
            "paper": paper,
            "signature_outcome": found.signature_outcome,
            "registered": _registered(found.register_record),
            "differences": tuple(found.differences),
            "timeline": timeline_of(connection, receipt_number, (), in_the_house=True),
            "payments": payments_of(connection, receipt_number),
            "documents": documents_of(connection, receipt_number, delivered=False),
            **outlook(counter, connection, row).__dict__,
            "put_right": put_right_in(connection, receipt_number),
            "extensions": extensions_of(connection, receipt_number),
        }
    )
