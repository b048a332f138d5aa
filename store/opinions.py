"""意見照会: questions about a case to officers elsewhere and to experts, what they may see of it, and their answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from procedures.values import ProcedureId, ReceiptNumber
from store.people import WHOLE_CITY, Duty
from store.tables import case_file, officer, officer_duty, opinion, submission

Stance = Literal["agree", "object", "comment"]


@dataclass(frozen=True)
class AnswerFile:
    """回答のファイル. Size in bytes."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    key: str


@dataclass(frozen=True)
class OpinionRow:
    """意見照会 as stored. `revision`: the submission whose answers (`fields`) and files (`attachments`) are shown."""

    id: UUID
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    case_department: str
    asked_by: UUID
    asker: str
    department: str
    function: str
    question: str
    revision: int
    fields: Sequence[str]
    attachments: Sequence[UUID]
    wished_for: date
    required: bool
    asked_at: datetime
    withdrawn_at: datetime | None
    stance: Stance | None
    answer: str | None
    answerer: str | None
    answered_at: datetime | None
    file: AnswerFile | None


@dataclass(frozen=True)
class Shared:
    """見せるもの: the answers of one revision and where its files hang."""

    answers: Mapping[str, object]
    draft_id: UUID


def ask(
    connection: Connection, opinion_id: UUID, receipt_number: ReceiptNumber, asked_by: UUID, asked: Duty, *,
    question: str, revision: int, fields: Collection[str], attachments: Collection[UUID], wished_for: date,
    required: bool,
) -> bool:  # fmt: skip
    """照会する, once: the id was chosen when the form was made. False where it was asked before (a double click)."""
    statement = upsert(opinion).values(
        id=opinion_id,
        receipt_number=receipt_number,
        asked_by=asked_by,
        department=asked.department,
        function=asked.function,
        question=question,
        revision=revision,
        fields=list(fields),
        attachments=list(attachments),
        wished_for=wished_for,
        required=required,
    )
    written = connection.execute(statement.on_conflict_do_nothing().returning(opinion.c.id))
    return written.scalar_one_or_none() is not None


def withdraw(connection: Connection, opinion_id: UUID, receipt_number: ReceiptNumber) -> bool:
    """照会を取り下げる. False where it was answered or withdrawn before."""
    statement = (
        update(opinion)
        .where(opinion.c.id == opinion_id, opinion.c.receipt_number == receipt_number, *_waiting())
        .values(withdrawn_at=func.now())
        .returning(opinion.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def answer(
    connection: Connection, opinion_id: UUID, answered_by: UUID, stance: Stance, text: str, file: AnswerFile | None
) -> bool:
    """回答する, once. False where somebody answered before, or the question was withdrawn."""
    kept = {f"file_{name}": value for name, value in file.__dict__.items()} if file else {}
    statement = (
        update(opinion)
        .where(opinion.c.id == opinion_id, *_waiting())
        .values(stance=stance, answer=text, answered_by=answered_by, answered_at=func.now(), **kept)
        .returning(opinion.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def read(connection: Connection, opinion_id: UUID) -> OpinionRow | None:
    row = connection.execute(_opinions().where(opinion.c.id == opinion_id)).one_or_none()
    return None if row is None else _row(row)


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[OpinionRow, ...]:
    """Of one case, the newest first."""
    found = _opinions().where(opinion.c.receipt_number == receipt_number).order_by(opinion.c.asked_at.desc())
    return tuple(_row(row) for row in connection.execute(found))


def waiting_for(connection: Connection, duties: Collection[Duty], limit: int = 100) -> tuple[OpinionRow, ...]:
    """Questions that wait for an answer of one of these duties, the soonest wished for first."""
    if not duties:
        return ()
    everywhere = [duty.function for duty in duties if duty.department == WHOLE_CITY]
    own = tuple_(opinion.c.department, opinion.c.function).in_([tuple(duty) for duty in duties])
    found = (
        _opinions()
        .where(
            opinion.c.function.in_({duty.function for duty in duties}),  # the index is read by this
            or_(own, opinion.c.function.in_(everywhere)),
            *_waiting(),
        )
        .order_by(opinion.c.wished_for, opinion.c.asked_at)
        .limit(limit)
    )
    return tuple(_row(row) for row in connection.execute(found))


def required_waiting(connection: Connection, receipt_number: ReceiptNumber) -> bool:
    """Whether an answer that an approval must wait for is still missing."""
    statement = (
        select(opinion.c.id).where(opinion.c.receipt_number == receipt_number, opinion.c.required, *_waiting()).limit(1)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def shared(connection: Connection, row: OpinionRow) -> Shared:
    """見せるもの: of the revision that was the newest when the question was asked."""
    found = connection.execute(
        select(submission.c.answers, submission.c.draft_id).where(
            submission.c.receipt_number == row.receipt_number, submission.c.revision == row.revision
        )
    ).one()
    return Shared(found.answers, found.draft_id)


def askable(connection: Connection) -> tuple[Duty, ...]:
    """照会できる相手: every duty that somebody holds, in the order of departments."""
    held = select(officer_duty.c.department, officer_duty.c.function).distinct()
    return tuple(
        Duty(*row) for row in connection.execute(held.order_by(officer_duty.c.department, officer_duty.c.function))
    )


def _waiting() -> tuple[Any, Any]:
    return opinion.c.answered_at.is_(None), opinion.c.withdrawn_at.is_(None)


_PLAIN = (
    "id", "receipt_number", "asked_by", "department", "function", "question", "revision", "fields", "attachments",
    "wished_for", "required", "asked_at", "withdrawn_at", "stance", "answer", "answered_at",
)  # fmt: skip
_FILE = tuple(f"file_{name}" for name in AnswerFile.__annotations__)


def _opinions() -> Select[tuple[Any, ...]]:
    asking, answering = aliased(officer), aliased(officer)
    return (
        select(
            *(opinion.c[name] for name in (*_PLAIN, *_FILE)),
            case_file.c.procedure, case_file.c.version, case_file.c.department.label("case_department"),
            asking.c.name.label("asker"), answering.c.name.label("answerer"),
        )
        .join(case_file, case_file.c.receipt_number == opinion.c.receipt_number)
        .join(asking, asking.c.account_id == opinion.c.asked_by)
        .outerjoin(answering, answering.c.account_id == opinion.c.answered_by)
    )  # fmt: skip


def _row(row: Any) -> OpinionRow:
    said = dict(row._mapping)
    kept = {name.removeprefix("file_"): said.pop(name) for name in _FILE}
    return OpinionRow(**said, file=AnswerFile(**kept) if kept["key"] else None)
