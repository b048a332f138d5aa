"""署名検証: was this submission signed by a card whose signing certificate was good when it was received?

Proven by `trust.signature` (CAdES, chain, key usage, policy, validity, OCSP then CRL). Three outcomes: valid goes on;
invalid is final, with a reason the resident can read; unknown waits and asks again with the same time of receipt.
"""

from datetime import date

from temporalio import activity

from activities.desk import Desk, StepAtDesk
from store import cases
from store.evidence import keep_signature_check
from trust.anchors import Use
from trust.certificate import Person
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
        check = self._verifier.check(
            step.case.content, step.case.cms or b"", use=Use.SIGNING, received_at=step.case.submitted_at
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
                facts=signer_facts(check.person),
                evidence=check.evidence.model_dump(mode="json"),
            )
            facts = {"outcome": check.outcome, "reason": check.reason}
            self._desk.record_in(connection, step, result, "signature_checked", facts=facts, status="checking")
            if check.revoked_at is not None:
                # Valid when received, revoked since: the reviewer should know (公的個人認証法).
                cases.say(connection, given.receipt_number, "signature_checked", facts={"revoked_since": True})
        return result


def signer_facts(person: Person | None) -> dict[str, str]:
    """署名者の基本4情報 as rules, register and reviewers read them; empty where the certificate carries none."""
    if person is None:
        return {}
    born = person.birth_date
    return {
        "name": person.name,
        "address": person.address,
        "birth_date": born.isoformat() if isinstance(born, date) else str(born),
        "sex": SEX.get(person.sex, "other"),
    }
