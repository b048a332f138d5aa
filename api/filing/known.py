"""事前入力: what the counter knows already, filled in for residents, who see where it is from and may change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection

from api.views import PrefillSource
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.entries import Refused, SingleField, check_entry, is_empty
from procedures.form import AttachmentField, ConsentField, FormField, GroupField, Prefill
from procedures.loader import Library, ProcedureUnknown
from procedures.rules import Facts
from store import prefill
from store.drafts import DraftRow


@dataclass(frozen=True)
class Filled:
    """事前入力: answers by field id, and the same with their source, as a draft keeps it."""

    answers: dict[str, object] = field(default_factory=dict)
    sources: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, asked: FormField, value: object, source: PrefillSource) -> None:
        self.answers[asked.id] = value
        self.sources[asked.id] = {"from": source, "value": value}


def at_start(library: Library, connection: Connection, account_id: UUID, procedure: Procedure) -> Filled:
    """下書きの始まり: what this account told before, newest first; only what the question of today accepts."""
    open_questions = list(fillable(procedure))
    filled = Filled()
    if not open_questions:
        return filled
    email = prefill.verified_email(connection, account_id)
    for asked in [each for each in open_questions if each.prefill == "email" and email]:
        _try(filled, asked, email, "account")
    for earlier in prefill.earlier(connection, account_id):
        open_questions = [each for each in open_questions if each.id not in filled.answers]
        if not open_questions:
            break
        _from_earlier(library, filled, open_questions, earlier)
    return filled


def fillable(procedure: Procedure) -> Iterator[SingleField]:
    """事前入力できる項目: single questions that say what they ask for."""
    for asked in procedure.form.fields():
        if asked.prefill is not None and not isinstance(asked, GroupField | AttachmentField | ConsentField):
            yield asked


def accepted(asked: SingleField, value: object) -> object | None:
    """その質問への回答として: as the form writes it, or None where the question would not take it."""
    today = datetime.now(UTC).astimezone(JAPAN).date()
    try:
        return None if is_empty(value) else cast(object, check_entry(asked, value, Facts({}, today)))
    except Refused:
        return None


def sources(row: DraftRow) -> Mapping[str, PrefillSource]:
    """どこから, by field id: only while the answer is still what was filled in."""
    kept: Mapping[str, Any] = row.prefilled
    return {name: each["from"] for name, each in kept.items() if row.answers.get(name) == each["value"]}


def _from_earlier(
    library: Library, filled: Filled, open_questions: list[SingleField], earlier: prefill.EarlierAnswers
) -> None:
    try:
        former = library.version(earlier.procedure, earlier.version)
    except ProcedureUnknown:
        return
    told: dict[tuple[Prefill | None, str], object] = {}
    for each in fillable(former):
        told.setdefault((each.prefill, each.kind), earlier.answers.get(each.id))
    for asked in open_questions:
        _try(filled, asked, told.get((asked.prefill, asked.kind)), "earlier")


def _try(filled: Filled, asked: SingleField, value: object, source: PrefillSource) -> None:
    found = accepted(asked, value)
    if found is not None:
        filled.add(asked, found, source)
