"""案件: filing a case, its situation as a step finds it, and what pages read of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, exists, func, insert, select, text, update

from procedures.marks import Mark
from procedures.paper import Arrival
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.notices import notices as notices
from store.notices import tell as tell
from store.tables import audit, case_file, correction, effect, submission

DeemedOutcome = Literal["accept", "reject"]
CLOSED = ("delivered", "rejected", "withdrawn", "lapsed", "recalled")


@dataclass(frozen=True)
class CaseRow:
    """案件 as stored; `status` is the read model that activities keep."""

    receipt_number: ReceiptNumber
    account_id: UUID
    procedure: ProcedureId
    version: int
    department: str
    language: Language
    status: str
    step: StepId | None
    reason: str | None
    epoch: int
    received_at: datetime
    due_at: datetime
    suspended_at: datetime | None
    """Since when the resident corrects. On a closed case: it ended while its clock stood still."""
    closed_at: datetime | None
    suspended_days: int = 0
    """止まっていた開庁日数: of corrections that came."""
    deemed_at: datetime | None = None
    """みなしの時: when the law decides, if nobody has."""
    deemed_outcome: DeemedOutcome | None = None
    """The law has decided."""
    arrival: Arrival = "online"
    purged_at: datetime | None = None
    """廃棄: its retention is over; nothing personal is left, and it is nobody's."""


@dataclass(frozen=True)
class Situation:
    """状況: what a step's activity needs, in one read. `stored` is the effect's result, if it happened before."""

    account_id: UUID
    procedure: ProcedureId
    version: int
    language: Language
    received_at: datetime
    due_at: datetime
    deemed_at: datetime | None
    deemed_outcome: DeemedOutcome | None
    revision: int
    answers: Mapping[str, object]
    content: bytes
    cms: bytes | None
    draft_id: UUID
    submitted_at: datetime
    """When this revision arrived; `received_at` stays the legal time of receipt."""
    stored: Mapping[str, object] | None
    signer: Mapping[str, object] | None
    """Whoever signed, by their certificate; on paper the person as written there (`procedures.paper`)."""
    signature_outcome: str | None
    person_id: str | None
    subject_id: str | None
    register_record: Mapping[str, object] | None
    differences: Sequence[str]
    arrival: Arrival
    absence_confirmed: bool
    """An officer has made sure that the person written on the paper is not in the register."""


@dataclass(frozen=True)
class AuditRow:
    """監査記録の一行."""

    seq: int
    at: datetime
    actor: str
    action: str
    step: StepId | None
    facts: Mapping[str, object]


_CASE = tuple(case_file.c[name] for name in CaseRow.__annotations__)


def file_revision(
    connection: Connection,
    receipt_number: ReceiptNumber,
    revision: int,
    *,
    content: bytes,
    answers: Mapping[str, object],
    cms: bytes | None,
    draft_id: UUID,
) -> None:
    """申請: the canonical bytes, the signature over them, and the answers as read from them."""
    connection.execute(
        insert(submission).values(
            receipt_number=receipt_number,
            revision=revision,
            content=content,
            answers=dict(answers),
            cms=cms,
            draft_id=draft_id,
        )
    )


_SITUATION = text(
    """
    select c.account_id, c.procedure, c.version, c.language, c.received_at, c.due_at, c.deemed_at, c.deemed_outcome,
           s.revision, s.answers, s.content, s.cms, s.draft_id, s.received_at as submitted_at,
           e.result as stored, coalesce(k.facts, p.stated) as signer, k.outcome as signature_outcome,
           r.person_id, r.subject_id, r.record as register_record, coalesce(r.differences, '{}') as differences,
           c.arrival, p.absence_confirmed_at is not null as absence_confirmed
      from case_file c
      join lateral (select * from submission where receipt_number = c.receipt_number
                     order by revision desc limit 1) s on true
      left join effect e on e.receipt_number = c.receipt_number
                        and e.step = :step and e.epoch = :epoch and e.kind = :kind and e.round = :round
      left join signature_check k on k.receipt_number = c.receipt_number
                                 and k.revision = coalesce(s.follows, s.revision)
      left join paper_filing p on p.account_id = c.account_id
      left join lateral (select * from register_extract where receipt_number = c.receipt_number
                          order by epoch desc limit 1) r on true
     where c.receipt_number = :receipt_number
    """
)


def situation(
    connection: Connection, receipt_number: ReceiptNumber, step: str, epoch: int, kind: str, round_: int = 1
) -> Situation:
    """状況 of one step. Raises NoResultFound for a case that does not exist (in this municipality)."""
    key = {"receipt_number": receipt_number, "step": step, "epoch": epoch, "kind": kind, "round": round_}
    return Situation(**connection.execute(_SITUATION, key).one()._mapping)


_RECORD = text(
    """
    with happened as (
        insert into effect (receipt_number, step, epoch, kind, round, result)
        values (:receipt_number, :step, :epoch, :kind, :round, cast(:result as jsonb))),
    shown as (
        update case_file set status = coalesce(:status, status), step = :step, reason = :reason
         where receipt_number = :receipt_number)
    insert into audit (receipt_number, actor, action, step, facts)
    values (:receipt_number, :actor, :action, :step, cast(:facts as jsonb))
    """
)


@dataclass(frozen=True)
class Effect:
    """効果: one write to the outside, its result, and how it shows: in the status and as one line of the audit log."""

    receipt_number: ReceiptNumber
    step: str
    epoch: int
    kind: str
    result: str
    """JSON."""
    action: str
    round: int = 1
    facts: str = "{}"
    """JSON without personal data."""
    status: str | None = None
    reason: str | None = None
    actor: str = "counter"


def record(connection: Connection, happened: Effect) -> None:
    """記録: effect, status and audit line in one statement. Raises IntegrityError where the effect happened already."""
    connection.execute(_RECORD, happened.__dict__)


def say(
    connection: Connection,
    receipt_number: ReceiptNumber,
    action: str,
    *,
    actor: str = "counter",
    step: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """監査: one line of the audit log; seq, time and hash are the trigger's."""
    connection.execute(
        insert(audit).values(
            receipt_number=receipt_number,
            seq=0,
            actor=actor,
            action=action,
            step=step,
            facts=dict(facts or {}),
            prev_hash=b"",
            hash=b"",
        )
    )


def show(connection: Connection, receipt_number: ReceiptNumber, **values: object) -> None:
    """Change what pages show of a case (status, step, reason, due_at, …).

    A closed one stays as it ended, whatever is told of it afterwards (by a workflow that was begun again): only what
    closes it says something new.
    """
    statement = update(case_file).where(case_file.c.receipt_number == receipt_number)
    if "closed_at" not in values:
        statement = statement.where(case_file.c.closed_at.is_(None))
    connection.execute(statement.values(**values))


def has_happened(connection: Connection, receipt_number: ReceiptNumber, step: str, epoch: int) -> bool:
    """済み: whether the step has an effect in this epoch."""
    mine = effect.c.receipt_number == receipt_number, effect.c.step == step, effect.c.epoch == epoch
    return bool(connection.execute(select(exists().where(*mine))).scalar_one())


def decide_by_law(connection: Connection, receipt_number: ReceiptNumber, outcome: DeemedOutcome) -> datetime | None:
    """みなし: the law has decided; a clock that stood still is none any more. When it did; None: it had before."""
    statement = (
        update(case_file)
        .where(case_file.c.receipt_number == receipt_number, case_file.c.deemed_outcome.is_(None))
        .values(deemed_outcome=outcome, status="checking", suspended_at=None)
        .returning(case_file.c.deemed_at)
    )
    at: datetime | None = connection.execute(statement).scalar_one_or_none()
    return at


# --- reading ----------------------------------------------------------------------------------------------------------


def read(
    connection: Connection, receipt_number: ReceiptNumber, account_id: UUID | None = None, *, lock: bool = False
) -> CaseRow | None:
    """One case; only of `account_id` where given."""
    statement = select(*_CASE).where(case_file.c.receipt_number == receipt_number)
    if account_id is not None:
        statement = statement.where(case_file.c.account_id == account_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else CaseRow(**row._mapping)


def is_purged(connection: Connection, receipt_number: ReceiptNumber) -> bool:
    """廃棄済みか否か: then nobody's name leads to it any more."""
    statement = select(case_file.c.purged_at).where(case_file.c.receipt_number == receipt_number)
    return connection.execute(statement).scalar_one_or_none() is not None


def listed(connection: Connection, account_id: UUID | None = None, limit: int = 200) -> tuple[CaseRow, ...]:
    """The newest cases: of one account, or (for administrators) of the municipality."""
    statement = select(*_CASE).order_by(case_file.c.received_at.desc()).limit(limit)
    if account_id is not None:
        statement = statement.where(case_file.c.account_id == account_id)
    return tuple(CaseRow(**row._mapping) for row in connection.execute(statement))


def receipts_of(connection: Connection, account_ids: Collection[UUID]) -> dict[UUID, frozenset[ReceiptNumber]]:
    """受付番号 of all cases of these accounts."""
    if not account_ids:
        return {}
    numbers = func.array_agg(case_file.c.receipt_number)
    statement = (
        select(case_file.c.account_id, numbers)
        .where(case_file.c.account_id.in_(account_ids))
        .group_by(case_file.c.account_id)
    )
    return {account: frozenset(found) for account, found in connection.execute(statement).tuples()}


def timeline(connection: Connection, receipt_number: ReceiptNumber) -> tuple[AuditRow, ...]:
    """経過: the audit log of a case, oldest first."""
    columns = (audit.c[name] for name in AuditRow.__annotations__)
    statement = select(*columns).where(audit.c.receipt_number == receipt_number).order_by(audit.c.seq)
    return tuple(AuditRow(**row._mapping) for row in connection.execute(statement))


def newest_submission(connection: Connection, receipt_number: ReceiptNumber) -> tuple[int, Mapping[str, object], UUID]:
    """(revision, answers, draft) as last filed."""
    row = connection.execute(
        select(submission.c.revision, submission.c.answers, submission.c.draft_id)
        .where(submission.c.receipt_number == receipt_number)
        .order_by(submission.c.revision.desc())
        .limit(1)
    ).one()
    return row.revision, row.answers, row.draft_id


def newest_answers(
    connection: Connection, receipt_numbers: Collection[ReceiptNumber]
) -> dict[ReceiptNumber, Mapping[str, object]]:
    """回答 of these cases, as last filed."""
    newest = (
        select(submission.c.receipt_number, submission.c.answers)
        .where(submission.c.receipt_number.in_(receipt_numbers))
        .order_by(submission.c.receipt_number, submission.c.revision.desc())
        .distinct(submission.c.receipt_number)
    )
    return {row.receipt_number: row.answers for row in connection.execute(newest)}


# --- corrections ------------------------------------------------------------------------------------------------------


def ask_correction(
    connection: Connection, receipt_number: ReceiptNumber, epoch: int, marks: Mapping[str, object]
) -> None:
    """差戻し: which answers were sent back in this epoch, and why."""
    connection.execute(insert(correction).values(receipt_number=receipt_number, epoch=epoch, marks=dict(marks)))


def asked_correction(connection: Connection, receipt_number: ReceiptNumber) -> tuple[int, Mapping[str, Mark]] | None:
    """(epoch, marks) of the correction the resident still owes."""
    row = connection.execute(
        select(correction.c.epoch, correction.c.marks).where(
            correction.c.receipt_number == receipt_number, correction.c.answered_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else (row.epoch, {name: Mark.model_validate(said) for name, said in row.marks.items()})


def answer_correction(connection: Connection, receipt_number: ReceiptNumber, epoch: int) -> None:
    connection.execute(
        update(correction)
        .where(correction.c.receipt_number == receipt_number, correction.c.epoch == epoch)
        .values(answered_at=func.now())
    )
