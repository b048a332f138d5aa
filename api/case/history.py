"""経過とほかの申請: what happened to a case, with the names of officers; the same person's other cases, by right."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter

from api.case.access import concerns, look_into
from api.case.views import EarlierCase, EarlierView, HistoryLine
from api.counter import City, Counter, CounterHere, Officer
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, decisions, people

router = APIRouter(prefix="/api/inbox/cases", tags=["inbox"])

OFFICER = "officer:"


@router.get("/{receipt_number}/history")
def read_history(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> tuple[HistoryLine, ...]:
    """経過, the newest first."""
    return history(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/earlier")
def list_earlier(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> EarlierView:
    """同じ利用者のほかの申請."""
    return earlier(counter, city, officer, ReceiptNumber(receipt_number))


PEOPLE = frozenset({"officer", "for"})
"""Facts that name an officer: to whom a task went, in whose place somebody acted."""


def history(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> tuple[HistoryLine, ...]:
    """経過, the newest first. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        look_into(counter, connection, officer, receipt_number, "case")
        lines = cases.timeline(connection, receipt_number)
        named = {_id(line.actor.removeprefix(OFFICER)) for line in lines if line.actor.startswith(OFFICER)}
        named |= {_id(str(line.facts[fact])) for line in lines for fact in PEOPLE & line.facts.keys()}
        names = people.officer_names(connection, {each for each in named if each})
    return tuple(
        HistoryLine.model_validate(
            line.__dict__
            | {
                "actor": line.actor.split(":")[0],
                "officer": _name(names, line.actor.removeprefix(OFFICER)),
                "to": _name(names, str(line.facts.get("officer"))),
                "in_place_of": _name(names, str(line.facts.get("for"))),
                "facts": {name: fact for name, fact in line.facts.items() if name not in PEOPLE},
            }
        )
        for line in reversed(lines)
    )


def earlier(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> EarlierView:
    """ほかの申請, the newest first: of others' duties only how many, for what they are is not this officer's to use.

    個人情報保護法69条: personal data held for one purpose is not used for another. Raises Problem: not_found, recused.
    """
    with counter.database.reading(city) as connection:
        row = look_into(counter, connection, officer, receipt_number, "case")
        others = [each for each in cases.listed(connection, row.account_id) if each.receipt_number != receipt_number]
        aside = decisions.recused_from(connection, [each.receipt_number for each in others], officer.account_id)
    mine = [
        each
        for each in others
        if each.receipt_number not in aside
        and concerns(counter.library, officer, each.procedure, each.version, each.department)
    ]
    shown = tuple(
        EarlierCase.model_validate({name: getattr(each, name) for name in EarlierCase.model_fields}) for each in mine
    )
    return EarlierView(cases=shown, elsewhere=len(others) - len(mine))


def _name(names: Mapping[UUID, str], text: str) -> str | None:
    """Of an officer named in the log; nothing where it names somebody else."""
    known = _id(text)
    return names.get(known) if known else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
