"""署名検証: was this submission signed with a certificate the procedure accepts, good when it was received?

Proven by `trust.signature` (CAdES, chain, key usage, policy, validity, OCSP then CRL). Three outcomes: valid goes on;
invalid is final, with a reason the resident can read; unknown waits and asks again with the same time of receipt.
"""

from datetime import date

from temporalio import activity

from activities.desk import Desk, StepAtDesk
from procedures.steps import CheckSignature
from store import cases
from store.evidence import keep_signature_check
from trust.anchors import signing_use
from trust.certificate import Person
from trust.organization import Organization
from trust.signature import Outcome, SignatureCheck, SignatureVerifier
from workflows.contracts import StepInput, StepResult

SEX = {"male": "male", "female": "female"}


class SignatureChecks:
    """署名検証の処理."""

    def __init__(self, desk: Desk, verifier: SignatureVerifier) -> None:
        self._desk = desk
        self._verifier = verifier

    @activity.defn
    def check_signature(self, given: StepInput) -> StepResult:
        """署名検証: of the newest revision. Evidence is kept for every final outcome."""
        step = self._desk.take(given, "check_signature")
        if step.stored:
            return step.stored
        if not isinstance(step.options, CheckSignature):
            raise TypeError(f"Step {given.step} checks no signature.")
        check = self._verifier.check(
            step.case.content,
            step.case.cms or b"",
            use=[signing_use(kind) for kind in step.options.certificates],
            received_at=step.case.submitted_at,
            procedure=step.procedure.id,
        )
        if check.outcome is Outcome.UNKNOWN:
            return StepResult(outcome="unknown", reason=check.reason)
        return self._keep(step, check)

    def _keep(self, step: StepAtDesk, check: SignatureCheck) -> StepResult:
        valid = check.outcome is Outcome.VALID
        result = StepResult(outcome="done") if valid else StepResult(outcome="refused", reason=check.reason)
        given = step.given
        with self._desk.writing(given.municipality) as connection:
            keep_signature_check(
                connection,
                given.receipt_number,
                step.case.revision,
                outcome=check.outcome,
                reason=check.reason,
                facts=signer_facts(check),
                evidence=check.evidence.model_dump(mode="json"),
            )
            facts = {"outcome": check.outcome, "reason": check.reason}
            self._desk.record_in(connection, step, result, "signature_checked", facts=facts, status="checking")
            if check.revoked_at is not None:
                # Valid when received, revoked since: the reviewer should know (公的個人認証法).
                cases.say(connection, given.receipt_number, "signature_checked", facts={"revoked_since": True})
        return result


def signer_facts(check: SignatureCheck) -> dict[str, str]:
    """署名者 as rules, register and reviewers read it: a person or an organisation; empty for a refused signature."""
    if check.organization is not None:
        return _organization(check.organization)
    return _person(check.person) if check.person is not None else {}


def _organization(signer: Organization) -> dict[str, str]:
    """事業者: what its certificate does not say is left out."""
    facts = {
        "organization": signer.name,
        "corporate_number": signer.corporate_number,
        "representative": signer.representative,
        "office": signer.office,
    }
    return {name: text for name, text in facts.items() if text is not None}


def _person(person: Person) -> dict[str, str]:
    """基本4情報."""
    born = person.birth_date
    return {
        "name": person.name,
        "address": person.address,
        "birth_date": born.isoformat() if isinstance(born, date) else str(born),
        "sex": SEX.get(person.sex, "other"),
    }
