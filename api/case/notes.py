"""内部メモ: what officers of a case write for each other: never changed, withdrawn by its author, not shown outside."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.case.access import actor_of, look_into, require_case
from api.case.views import NoteView
from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import Visitor
from api.written import written
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, notes

router = APIRouter(prefix="/api/inbox/cases", tags=["inbox"])

LONGEST = 2000
"""Characters of one note."""


class NoteWanted(BaseModel):
    """メモの内容; the same `id` sent twice is written once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body: Annotated[str, Field(max_length=LONGEST * 4)]
    id: UUID | None = None


@router.get("/{receipt_number}/notes")
def list_notes(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> tuple[NoteView, ...]:
    """内部メモ, the newest first."""
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/notes", status_code=201)
def write_note(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, wanted: NoteWanted
) -> tuple[NoteView, ...]:
    """内部メモを書く."""
    write(counter, city, officer, ReceiptNumber(receipt_number), wanted.body, wanted.id)
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/notes/{note_id}/withdrawal")
def withdraw_note(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, note_id: UUID
) -> tuple[NoteView, ...]:
    """内部メモを取り下げる."""
    withdraw(counter, city, officer, ReceiptNumber(receipt_number), note_id)
    return of_case(counter, city, officer, ReceiptNumber(receipt_number))


# --- use cases --------------------------------------------------------------------------------------------------------


def of_case(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> tuple[NoteView, ...]:
    """内部メモ, the newest first. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        look_into(counter, connection, officer, receipt_number, "case")
        rows = notes.of_case(connection, receipt_number)
    return tuple(
        NoteView(
            id=row.id,
            author=row.author_name,
            body=row.body,
            written_at=row.written_at,
            withdrawn_at=row.withdrawn_at,
            own=row.author == officer.account_id,
        )
        for row in rows
    )


def write(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, body: str,
    note_id: UUID | None = None,
) -> None:  # fmt: skip
    """書く, once per `note_id`. Raises Problem: not_found, recused, note_empty."""
    text = written(body, LONGEST)
    if text is None:
        raise problem("note_empty")
    with counter.database.transaction(city) as connection:
        require_case(counter, connection, officer, receipt_number)
        if notes.write(connection, note_id or uuid4(), receipt_number, officer.account_id, text):
            cases.say(connection, receipt_number, "note_written", actor=actor_of(officer))


def withdraw(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, note_id: UUID
) -> None:
    """取り下げる: it stays readable, marked. Raises Problem: not_found, recused, note_not_yours."""
    with counter.database.transaction(city) as connection:
        require_case(counter, connection, officer, receipt_number)
        if not notes.withdraw(connection, note_id, receipt_number, officer.account_id):
            raise problem("note_not_yours")
        cases.say(connection, receipt_number, "note_withdrawn", actor=actor_of(officer))
