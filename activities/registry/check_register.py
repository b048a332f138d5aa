"""住民記録との突合: finds the signer in the resident register and keeps what the register says.

What the register says is the only source of a document's content. Attributes in which certificate and register differ
go to the reviewer; somebody the register does not know is refused; a register that cannot answer leaves it unknown.
So does a person read from paper whom it does not know: more likely misread than absent, until an officer says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from temporalio import activity

from activities.desk import Desk, StepAtDesk
from activities.registry.register import (
    Household,
    RegisterUnavailable,
    ResidentAttributes,
    ResidentRecord,
    ResidentRegister,
)
from procedures.notation import fold_name
from procedures.rules import Facts
from procedures.steps import CheckRegister, Subject
from store.evidence import keep_register_extract
from workflows.contracts import StepInput, StepResult

UNKNOWN_PERSON = "not_in_register"
SEX_CODES = {"male": "1", "female": "2"}
SEX_WORDS = {"1": "male", "2": "female"}


@dataclass(frozen=True)
class Finding:
    """突合の結果: the signer, the person it is about (subject), their household, and what differs."""

    signer: ResidentRecord
    subject: ResidentRecord
    household: Household
    differences: tuple[str, ...]


class NobodyFound(Exception):
    """該当なし: `reason` is a code the resident reads a sentence for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RegisterChecks:
    """住民記録との突合の処理."""

    def __init__(self, desk: Desk, register: ResidentRegister) -> None:
        self._desk = desk
        self._register = register

    @activity.defn
    def check_register(self, given: StepInput) -> StepResult:
        """突合: the subject is a resident, and eligible by the register's own facts."""
        step = self._desk.take(given, "check_register")
        if step.stored:
            return step.stored
        if not isinstance(step.options, CheckRegister):
            raise TypeError(f"Step {given.step} checks no register.")
        try:
            found = self._find(step, step.options.subject)
        except RegisterUnavailable:
            return StepResult(outcome="unknown", reason="register_unavailable")
        except NobodyFound as nobody:
            if step.on_paper and nobody.reason == UNKNOWN_PERSON and not step.case.absence_confirmed:
                return StepResult(outcome="unknown", reason=UNKNOWN_PERSON)
            return self._refuse(step, nobody.reason)
        rule = step.options.eligible
        if rule is not None and not rule.evaluate_condition(_facts(step, found.subject)):
            return self._refuse(step, "not_eligible")
        return self._keep(step, found)

    def _find(self, step: StepAtDesk, subject: Subject | None) -> Finding:
        match = self._register.match(_attributes(step.case.signer or {}))
        if match.person_id is None:
            raise NobodyFound(UNKNOWN_PERSON)
        household = self._register.household(match.person_id)
        signer = next(member for member in household.members if member.person_id == match.person_id)
        about = signer if subject is None else _member(household, subject, step.facts)
        return Finding(signer, about, household, match.differences)

    def _keep(self, step: StepAtDesk, found: Finding) -> StepResult:
        result = StepResult(outcome="done")
        with self._desk.writing(step.given.municipality) as connection:
            keep_register_extract(
                connection,
                step.given.receipt_number,
                step.given.epoch,
                person_id=found.signer.person_id,
                subject_id=found.subject.person_id,
                record=_extract(found),
                differences=found.differences,
            )
            facts = {"differences": list(found.differences)}
            self._desk.record_in(connection, step, result, "register_checked", facts=facts, status="checking")
        return result

    def _refuse(self, step: StepAtDesk, reason: str) -> StepResult:
        result = StepResult(outcome="refused", reason=reason)
        return self._desk.record(step, result, "register_checked", facts={"reason": reason}, status="checking")


def _attributes(signer: Mapping[str, object]) -> ResidentAttributes:
    """The signer's four attributes. A partly unknown birth date finds nobody: an officer must look (jpki-card §7.3)."""
    try:
        born = date.fromisoformat(str(signer.get("birth_date")))
    except ValueError:
        raise NobodyFound(UNKNOWN_PERSON) from None
    return ResidentAttributes(
        name=str(signer["name"]),
        birth_date=born,
        sex=SEX_CODES.get(str(signer["sex"]), "3"),
        address=str(signer["address"]),
    )


def _member(household: Household, subject: Subject, facts: Facts) -> ResidentRecord:
    """対象者: the member of the signer's household with this name and birth date."""
    name, born = fold_name(subject.name.evaluate_text(facts)), subject.birth_date.evaluate_date(facts)
    for member in household.members:
        if fold_name(member.name) == name and member.birth_date == born:
            return member
    raise NobodyFound("subject_not_in_household")


def _facts(step: StepAtDesk, subject: ResidentRecord) -> Facts:
    facts = step.facts
    return Facts(facts.answers, facts.today, facts.signer, _person(subject))


def _person(record: ResidentRecord) -> dict[str, object]:
    """A person as rules read them."""
    return {
        "person_id": record.person_id,
        "name": record.name,
        "birth_date": record.birth_date.isoformat(),
        "sex": SEX_WORDS.get(record.sex, "other"),
        "address": record.address,
    }


def _extract(found: Finding) -> dict[str, object]:
    """住民記録の写し: as documents and reviewers read it."""
    household = found.household
    return {
        "signer": _person(found.signer),
        "person": _written(found.signer),
        "subject": _person(found.subject),
        "household": {
            "address": found.signer.address,
            "head_of_household": household.head.name,
            "members": [_written(member) for member in household.members],
        },
        "recipient": {
            "name": found.signer.name,
            "address": found.signer.address,
            "postal_code": found.signer.postal_code,
        },
    }


def _written(record: ResidentRecord) -> dict[str, object]:
    """住民票の記載事項 of one person, by the names the templates use."""
    return {
        "person_id": record.person_id,
        "name": record.name,
        "kana": record.name_kana,
        "birth_date": record.birth_date.isoformat(),
        "sex": record.sex,
        "address": record.address,
        "relationship": record.relationship,
        "resident_since": record.resident_since.isoformat(),
        "moved_in_on": record.address_since.isoformat(),
        "notified_on": record.notified_on.isoformat(),
        "previous_address": record.previous_address,
        "domicile": record.domicile,
        "head_of_register": record.domicile_head,
        "nationality": record.foreign.nationality if record.foreign else None,
    }
