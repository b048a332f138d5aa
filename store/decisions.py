"""判断の跡: deadlines moved, answers put right by officers, and who steps aside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, insert, literal, or_, select, union
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ReceiptNumber
from store.tables import answer_correction, case_file, command, extension, officer, recusal, submission


@dataclass(frozen=True)
class PutRight:
    """職権訂正: one answer as it was and as an officer left it."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class AnswerCorrection(PutRight):
    """職権訂正 as stored; the resident reads the reason."""

    reason: str
    at: datetime


@dataclass(frozen=True)
class Extended:
    """延長 as stored; the resident reads the reason."""

    due_before: datetime
    due_after: datetime
    reason: str
    at: datetime
    deemed_before: datetime | None
    deemed_after: datetime | None
    """みなしの時, where it moved too."""


def extend(
    connection: Connection,
    command_id: UUID,
    receipt_number: ReceiptNumber,
    *,
    due: tuple[datetime, datetime],
    deemed: tuple[datetime | None, datetime | None],
    reason: str,
    by: UUID,
) -> None:
    """延長の求め, in the transaction of its command: before and after. `deemed`: where the day of the law moves too."""
    connection.execute(
        insert(extension).values(
            command_id=command_id,
            receipt_number=receipt_number,
            due_before=due[0],
            due_after=due[1],
            deemed_before=deemed[0],
            deemed_after=deemed[1],
            reason=reason,
            officer=by,
        )
    )


def extended_by(connection: Connection, command_id: UUID) -> tuple[UUID, str | None]:
    """Who asked for it, and in whose place. Raises NoResultFound."""
    said = select(extension.c.officer, command.c.payload["for"].astext).join(command, command.c.id == command_id)
    by, absent = connection.execute(said.where(extension.c.command_id == command_id)).one()
    return by, absent


def extensions(connection: Connection, receipt_number: ReceiptNumber) -> tuple[Extended, ...]:
    """延長 of a case, oldest first; only those the case took in."""
    columns = (extension.c[name] for name in Extended.__annotations__)
    statement = (
        select(*columns)
        .join(command, command.c.id == extension.c.command_id)
        .where(extension.c.receipt_number == receipt_number, command.c.status == "acknowledged")
    )
    return tuple(Extended(**row._mapping) for row in connection.execute(statement.order_by(extension.c.at)))


def put_right(
    connection: Connection, receipt_number: ReceiptNumber, answers: Mapping[str, object],
    changed: tuple[PutRight, ...], *, reason: str, by: UUID,
) -> int:  # fmt: skip
    """職権訂正: a revision after the newest; signed content and signature stay those of the resident."""
    newest = (
        select(submission).where(submission.c.receipt_number == receipt_number).order_by(submission.c.revision.desc())
    )
    row = connection.execute(newest.limit(1)).one()
    revision: int = row.revision + 1
    connection.execute(
        insert(submission).values(
            receipt_number=receipt_number,
            revision=revision,
            content=row.content,
            answers=dict(answers),
            cms=row.cms,
            draft_id=row.draft_id,
            follows=row.follows or row.revision,
        )
    )
    said = {"receipt_number": receipt_number, "revision": revision, "reason": reason, "officer": by}
    connection.execute(insert(answer_correction), [{**said, **each.__dict__} for each in changed])
    return revision


def answer_corrections(connection: Connection, receipt_number: ReceiptNumber) -> tuple[AnswerCorrection, ...]:
    """職権訂正 of a case, oldest first."""
    columns: list[Any] = [answer_correction.c[name] for name in ("field", "before", "after", "reason", "at")]
    statement = select(*columns).where(answer_correction.c.receipt_number == receipt_number)
    ordered = statement.order_by(answer_correction.c.revision, answer_correction.c.field)
    return tuple(AnswerCorrection(**row._mapping) for row in connection.execute(ordered))


def recuse(connection: Connection, receipt_number: ReceiptNumber, account_id: UUID, *, by: UUID) -> bool:
    """除斥・忌避: False where it was declared before."""
    statement = upsert(recusal).values(receipt_number=receipt_number, officer=account_id, declared_by=by)
    return connection.execute(statement.on_conflict_do_nothing().returning(recusal.c.at)).one_or_none() is not None


def is_barred(connection: Connection, receipt_number: ReceiptNumber, account_id: UUID) -> bool:
    """除斥: whether this officer steps aside, or the case is their own."""
    found: bool = connection.execute(select(barred(literal(receipt_number), account_id))).scalar_one()
    return found


def barred(receipt_number: ColumnElement[str], account_id: UUID | None) -> ColumnElement[bool]:
    """除斥 as a condition. It bars the person: neither who stands in for them, nor them in another's place."""
    own = exists().where(case_file.c.receipt_number == receipt_number, case_file.c.account_id == account_id)
    return or_(own, exists().where(recusal.c.receipt_number == receipt_number, recusal.c.officer == account_id))


def barred_among(
    connection: Connection, account_id: UUID, receipt_numbers: Collection[ReceiptNumber]
) -> frozenset[ReceiptNumber]:
    """除斥: of which of these cases this officer steps aside, or which are their own."""
    own = select(case_file.c.receipt_number).where(case_file.c.account_id == account_id)
    declared = select(recusal.c.receipt_number).where(recusal.c.officer == account_id)
    found = union(
        own.where(case_file.c.receipt_number.in_(receipt_numbers)),
        declared.where(recusal.c.receipt_number.in_(receipt_numbers)),
    )
    return frozenset(connection.execute(found).scalars())


def recused_from(
    connection: Connection, receipt_numbers: Collection[ReceiptNumber], account_id: UUID
) -> frozenset[ReceiptNumber]:
    """除斥: of these cases those this officer stepped aside from."""
    if not receipt_numbers:
        return frozenset()
    statement = select(recusal.c.receipt_number).where(
        recusal.c.receipt_number.in_(receipt_numbers), recusal.c.officer == account_id
    )
    return frozenset(ReceiptNumber(number) for number in connection.execute(statement).scalars())


def recused(connection: Connection, receipt_number: ReceiptNumber) -> tuple[str, ...]:
    """Names of who steps aside."""
    statement = (
        select(officer.c.name)
        .join(recusal, recusal.c.officer == officer.c.account_id)
        .where(recusal.c.receipt_number == receipt_number)
        .order_by(officer.c.name)
    )
    return tuple(connection.execute(statement).scalars())
