"""突合の表: what application, certificate and resident register say of the signer, side by side, as each writes it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from fastapi import APIRouter

from api.case.access import look_into
from api.case.views import AttributeView, ComparisonView
from api.counter import City, Counter, CounterHere, Officer
from api.views import Visitor
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.notation import Agreement, agreement, fold_organization
from procedures.rules import Facts, Rule, RuleFailed
from procedures.steps import CheckSignature, Claims
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases
from store.cases import Situation

router = APIRouter(prefix="/api/inbox/cases", tags=["inbox"])

Attribute = Literal["name", "address", "birth_date", "sex"]
ATTRIBUTES: tuple[Attribute, ...] = ("name", "birth_date", "sex", "address")
Said = Mapping[str, object]


@router.get("/{receipt_number}/comparison")
def read_comparison(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> ComparisonView:
    """申請・証明書・住民記録の突合."""
    return read(counter, city, officer, ReceiptNumber(receipt_number))


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> ComparisonView:
    """突合. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        row = look_into(counter, connection, officer, receipt_number, "case")
        found = cases.situation(connection, receipt_number, "", 0, "")
    return compared(counter.library.version(row.procedure, row.version), found)


def compared(procedure: Procedure, found: Situation) -> ComparisonView:
    """突合 of one case."""
    if found.signer and "organization" in found.signer:
        return ComparisonView(signed_by="organization", rows=tuple(_organization(procedure, found, found.signer)))
    record = found.register_record or {}
    registered = record.get("signer")
    if not found.signer and not registered:
        return ComparisonView(signed_by=None, rows=())
    asked = {field.prefill: field.id for field in reversed(procedure.form.fields()) if field.prefill}
    answers: dict[str, object] = {name: found.answers.get(asked[name]) for name in ATTRIBUTES if name in asked}
    known: Said = registered if isinstance(registered, Mapping) else {}
    rows = tuple(_person(name, answers, found.signer or {}, known) for name in ATTRIBUTES)
    return ComparisonView(signed_by="person" if found.arrival == "online" else "paper", rows=rows)


def _person(name: Attribute, answers: Said, signer: Said, registered: Said) -> AttributeView:
    answered, certified, known = (_text(each.get(name)) for each in (answers, signer, registered))
    return AttributeView(
        attribute=name,
        answered=answered,
        certified=certified,
        registered=known,
        answer_and_certificate=_agreement(name, answered, certified),
        answer_and_register=_agreement(name, answered, known),
        certificate_and_register=_agreement(name, certified, known),
    )


def _agreement(name: Attribute, one: str | None, other: str | None) -> Agreement | None:
    if one is None or other is None:
        return None
    if name in ("name", "address"):
        return agreement("name" if name == "name" else "address", one, other)
    return "same" if one == other else "differs"


def _organization(procedure: Procedure, found: Situation, signer: Said) -> Iterator[AttributeView]:
    """事業者: what the application claims of it, by the procedure's own rules, beside its certificate."""
    claims = next((step.claims for step in procedure.steps if isinstance(step, CheckSignature)), None)
    facts = Facts(found.answers, found.received_at.astimezone(JAPAN).date(), signer)
    claimed = {} if claims is None else _claimed(claims, facts)
    for name in ("organization", "corporate_number", "representative", "office"):
        answered, certified = claimed.get(name), _text(signer.get(name))
        yield AttributeView.model_validate(
            {
                "attribute": name,
                "answered": answered,
                "certified": certified,
                "registered": None,
                "answer_and_certificate": _same(name, answered, certified),
                "answer_and_register": None,
                "certificate_and_register": None,
            }
        )


def _same(name: str, answered: str | None, certified: str | None) -> Agreement | None:
    """What is claimed and stands in no certificate is not confirmed by it."""
    if answered is None:
        return None
    if certified is None:
        return "differs"
    fold = fold_organization if name == "organization" else str
    return "same" if fold(answered) == fold(certified) else "differs"


def _claimed(claims: Claims, facts: Facts) -> dict[str, str | None]:
    number = claims.corporate_number
    return {
        "organization": _evaluated(claims.name, facts),
        "corporate_number": None if number is None else _evaluated(number, facts),
    }


def _evaluated(rule: Rule, facts: Facts) -> str | None:
    """What the application says; nothing, where the rule has no answer to read."""
    try:
        return rule.evaluate_text(facts) or None
    except RuleFailed:
        return None


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
