"""却下通知: why the city said no, under which law, and how one may appeal; sealed, and at once the resident's.

Every rejection of a procedure that declares its grounds is told so (行政手続法8条, 行政不服審査法82条), whether
an officer decided it or a step found what excludes it. A person whose identity was never established gets none: nobody
knows whom it would be sealed to; the page says why.
"""

from collections.abc import Mapping
from uuid import uuid5

from sqlalchemy import Connection
from temporalio import activity

from activities.desk import Desk, day_in_japan
from activities.documents.issue import NAMESPACE, addressee
from activities.documents.press import Press, Sheet
from activities.documents.render import DocumentUnprintable
from procedures.document import Procedure
from procedures.rejection import Rejection
from procedures.steps import CheckRegister
from procedures.texts import Text
from procedures.values import StepId
from store import cases, documents, tasks
from store.cases import Situation
from store.documents import DocumentRow
from store.tasks import RejectionSaid
from trust.reasons import Language, Reason, sentences
from workflows.contracts import Rejecting

STEP = StepId("rejection")
"""Not one of the procedure's steps: what the end of a case leaves behind."""
TEMPLATE = "_shared/rejection.html"


class Rejections:
    """却下通知の処理, CPU-heavy."""

    def __init__(self, desk: Desk, press: Press) -> None:
        self._desk = desk
        self._press = press

    @activity.defn
    def issue_rejection(self, rejecting: Rejecting) -> None:
        """却下通知: printed, sealed and delivered. A retry finds it done; what cannot be printed is said in the log."""
        with self._desk.writing(rejecting.municipality) as connection:
            number = rejecting.receipt_number
            if any(row.step == STEP for row in documents.of_case(connection, number)):
                return
            case = cases.situation(connection, number, STEP, rejecting.epoch, "issue_rejection")
            said = tasks.rejection_said(connection, number) if rejecting.reason == "decided" else None
        procedure = self._desk.library.version(case.procedure, case.version)
        to = _recipient(procedure, case)
        if procedure.rejection is None or to is None:
            return
        try:
            facts = self._facts(rejecting, procedure, procedure.rejection, case, to, said)
            row: DocumentRow | None = self._press.print(_sheet(rejecting, procedure.rejection.title), TEMPLATE, facts)
        except DocumentUnprintable:
            row = None
        with self._desk.writing(rejecting.municipality) as connection:
            _write(connection, rejecting, row, on_paper=case.arrival != "online")

    def _facts(
        self,
        rejecting: Rejecting,
        procedure: Procedure,
        rejection: Rejection,
        case: Situation,
        to: Mapping[str, object],
        said: RejectionSaid | None,
    ) -> dict[str, object]:
        language = case.language
        ground = rejection.ground(said.ground) if said and said.ground else None
        return {
            "case": {
                "receipt_number": rejecting.receipt_number,
                "received_at": case.received_at,
                "received_on": day_in_japan(case.received_at),
                "language": language,
            },
            "procedure": {"title": procedure.title.of(language), "department": procedure.department.name.ja},
            "municipality": self._press.letterhead(),
            "recipient": to,
            "title": rejection.title.of(language),
            "ground": _by_law(procedure, rejecting, language)
            or (ground and {"reason": ground.reason.of(language), "law": ground.law.of(language)}),
            "code": rejecting.reason,
            "sentence": _sentence(procedure, rejecting.reason, language),
            "own_words": said.reason if said else "",
            "legal_basis": procedure.legal_basis.of(language),
            "appeal": rejection.appeal
            and {
                "authority": rejection.appeal.authority.of(language),
                "defendant": rejection.appeal.defendant.of(language),
            },
        }


def _by_law(procedure: Procedure, rejecting: Rejecting, language: Language) -> Mapping[str, str] | None:
    """みなし却下: nobody decided in time; the law itself is the ground."""
    if rejecting.reason != "deemed" or procedure.deemed is None:
        return None
    _, deemed = procedure.deemed
    return {"reason": deemed.explanation.of(language), "law": deemed.law.of(language)}


def _write(connection: Connection, rejecting: Rejecting, row: DocumentRow | None, *, on_paper: bool) -> None:
    """Whoever applied on paper is sent it: delivered once an officer says so (api.paper.cases)."""
    number = rejecting.receipt_number
    if row is None:
        cases.say(connection, number, "rejection_unprintable")
        return
    documents.issue(connection, row)
    if not on_paper:
        documents.deliver(connection, number, (row.document,))
    facts = {"sha256": row.sha256, "sealed": row.sealed}
    cases.say(connection, number, "rejection_issued", facts=facts)


def _sheet(rejecting: Rejecting, title: Text) -> Sheet:
    return Sheet(
        id=uuid5(NAMESPACE, f"{rejecting.receipt_number}/{STEP}/{rejecting.epoch}"),
        municipality=rejecting.municipality,
        receipt_number=rejecting.receipt_number,
        document="rejection",
        step=STEP,
        epoch=rejecting.epoch,
        title=title,
        sealed=True,
    )


def _recipient(procedure: Procedure, case: Situation) -> Mapping[str, object] | None:
    """宛先: as registered, else as written on the paper, or as typed by somebody whose signature was good."""
    recipient = (case.register_record or {}).get("recipient")
    if isinstance(recipient, Mapping):
        return recipient
    if case.arrival != "online":
        return case.signer
    return addressee(procedure, case.answers) or None if case.signer or procedure.identity == "login" else None


def _sentence(procedure: Procedure, code: str, language: Language) -> str:
    """The sentence of a step that refused; the template knows those of the other codes."""
    if code in set(Reason):
        return (" " if language in ("en", "ko") else "").join(sentences(Reason(code), language)[:2])
    refusals = [s.refusal for s in procedure.steps if isinstance(s, CheckRegister) and s.refusal]
    return refusals[0].of(language) if code == "not_eligible" and refusals else ""
