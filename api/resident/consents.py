"""同意: everything a resident agreed to in an application, in the words that stood there, from what was signed."""

import json
from collections.abc import Iterable
from itertools import groupby

from fastapi import APIRouter

from api.counter import City, Counter, CounterHere, LoggedIn
from api.language import known
from api.views import ConsentView, Visitor
from procedures.form import ConsentField
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store import revisions
from store.revisions import RevisionRow

router = APIRouter(prefix="/api/account", tags=["account"])


@router.get("/consents")
def list_consents(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[ConsentView, ...]:
    """同意の一覧: the newest case first; a consent taken back by a correction is not listed."""
    return listed(counter, city, visitor)


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[ConsentView, ...]:
    """同意の一覧."""
    with counter.database.reading(city) as connection:
        rows = revisions.of_account(connection, visitor.account_id)
    cases = groupby(rows, key=lambda row: row.receipt_number)
    return tuple(consent for _, filed in cases for consent in _of_case(counter.library, tuple(filed)))


def _of_case(library: Library, filed: tuple[RevisionRow, ...]) -> Iterable[ConsentView]:
    newest = filed[-1]
    procedure = library.version(newest.procedure, newest.version)
    for field in procedure.form.fields():
        if not isinstance(field, ConsentField) or newest.answers.get(field.id) is not True:
            continue
        given = _given(filed, field.id)
        language = known(str(json.loads(given.content).get("language", ""))) or "ja"
        yield ConsentView(
            receipt_number=newest.receipt_number,
            procedure=newest.procedure,
            version=newest.version,
            title=procedure.title.model_dump(),
            field=field.id,
            language=language,
            text=field.label.of(language),
            explanation=field.hint.of(language) if field.hint else None,
            given_at=given.received_at,
        )


def _given(filed: tuple[RevisionRow, ...], field: str) -> RevisionRow:
    """The revision since which it holds without a break."""
    since = filed[-1]
    for row in reversed(filed):
        if row.answers.get(field) is not True:
            break
        since = row
    return since
