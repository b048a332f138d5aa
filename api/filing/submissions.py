"""申請: from a draft to a case: canonical bytes, signature, receipt number and command row in one transaction."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.access.logins import Handback, agent_url
from api.counter import City, Counter, CounterHere, LoggedIn, token_hash
from api.filing import drafts as draft_cases
from api.filing.drafts import IfMatch
from api.problems import Problem, problem, reason_text, refused_login
from api.views import Visitor
from procedures import calendar
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.process import PinnedStep
from procedures.reception import reception_at, reception_text
from procedures.rules import Facts
from procedures.submission import Submission
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, commands, drafts, signing
from store.cases import CaseRow
from store.commands import Command
from store.drafts import AttachmentRow, DraftRow
from store.filing import Opening, open_case
from store.receipts import new_receipt_number
from store.signing import SigningRequest
from trust.anchors import signing_use
from trust.reasons import Reason
from trust.signature import Outcome
from workflows.contracts import CaseInput

router = APIRouter(prefix="/api/drafts", tags=["submissions"])


class Filed(BaseModel):
    """受付: the receipt number, also the address of the case."""

    model_config = ConfigDict(frozen=True)

    receipt_number: ReceiptNumber


class SignatureWanted(BaseModel):
    """署名の求め: send the browser to `agent_url`; the case exists once the card has signed."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    request_url: str
    agent_url: str


@router.post("/{draft_id}/submission", status_code=201)
async def submit_draft(
    counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, if_match: IfMatch = None
) -> Filed:
    """申請する (procedures that need a login only)."""
    based_on = draft_cases.based_on(if_match)
    taken = await counter.shortly(take, counter, city, visitor, draft_id, based_on)
    if isinstance(taken, Command):
        if taken.kind == "start":
            _begin(counter, taken)
        else:  # waits for the workflow's answer
            await anyio.to_thread.run_sync(_begin, counter, taken)
        taken = taken.receipt_number
    return Filed(receipt_number=taken)


@router.post("/{draft_id}/signing-request", status_code=201)
def ask_signature(
    counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, if_match: IfMatch = None
) -> SignatureWanted:
    """署名を求める (procedures that need a signature)."""
    request_id = _ask(counter, city, visitor, draft_id, draft_cases.based_on(if_match))
    url = f"{counter.settings.public_url}/api/signing-requests/{request_id}"
    return SignatureWanted(id=request_id, request_url=url, agent_url=agent_url(counter, request_id))


@router.post("/{draft_id}/signature", status_code=201)
def file_signature(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, given: Handback) -> Filed:
    """署名付きで申請する: with the handback the card agent's answer was given."""
    return Filed(receipt_number=file_signed(counter, city, visitor, draft_id, given.handback))


# --- use cases --------------------------------------------------------------------------------------------------------


def submit(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, *, based_on: int | None = None
) -> ReceiptNumber:
    """申請する without a signature. A double click finds the case the first one opened.

    `based_on`: the revision that was reviewed; Raises Problem draft_changed where it is another one now.
    """
    taken = take(counter, city, visitor, draft_id, based_on)
    if not isinstance(taken, Command):
        return taken
    _begin(counter, taken)
    return taken.receipt_number


def take(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, based_on: int | None
) -> Command | ReceiptNumber:
    """受け取る: written down, its workflow not told yet; or the case an earlier click opened.

    First without a lock, in one read and one conditional write: half the trips to the database. Where the draft moved
    in between, or more than its answers counts, once more under its lock.
    """
    with counter.database.reading(city) as connection:
        row = drafts.read(connection, draft_id, visitor.account_id)
        if row is not None and _is_alone(counter, row) and (taken := _taken(counter, city, connection, row, based_on)):
            return taken
    with counter.database.transaction(city) as connection:
        row = drafts.read(connection, draft_id, visitor.account_id, lock=True)
        if row is None:
            raise problem("not_found")
        taken = _taken(counter, city, connection, row, based_on)
    if taken is None:
        raise RuntimeError(f"The draft {draft_id} changed although it was locked.")
    return taken


def _is_alone(counter: Counter, row: DraftRow) -> bool:
    """Whether its revision tells of every change: files do not count in it, and a correction writes to its case."""
    return row.corrects is None and not _asks_files(counter.library.version(row.procedure, row.version))


def _taken(
    counter: Counter, city: MunicipalityCode, connection: Connection, row: DraftRow, based_on: int | None
) -> Command | ReceiptNumber | None:
    """None: the draft is not as it was read any more, and nothing is written. Raises Problem."""
    if row.receipt_number is not None:
        return row.receipt_number
    draft_cases.require_revision(row, based_on)
    procedure, content = _canonical(counter, city, connection, row)
    if procedure.identity != "login":
        raise problem("signature_required")
    return _Filing(counter, city, procedure, row, content, None).write(connection)


def request_signature(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, *, based_on: int | None = None
) -> str:
    """署名を求める: the agent's address to send the browser to. Raises Problem draft_changed as `submit` does."""
    return agent_url(counter, _ask(counter, city, visitor, draft_id, based_on))


def _ask(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, based_on: int | None
) -> UUID:  # fmt: skip
    with counter.database.transaction(city) as connection:
        row = draft_cases.owned(connection, visitor, draft_id)
        draft_cases.require_revision(row, based_on)
        _, content = _canonical(counter, city, connection, row)
        return signing.ask(
            connection,
            purpose="sign",
            nonce=json.loads(content)["nonce"],
            content=content,
            lifetime=counter.settings.signing_lifetime,
            account_id=visitor.account_id,
            draft_id=draft_id,
        )


def accept(counter: Counter, city: MunicipalityCode, request: SigningRequest, cms: bytes) -> str:
    """署名を受ける: kept until the browser that asked redeems it. Raises Problem where it is known to be no good.

    Said here, while the card still lies on the reader, and not in a rejection letter (docs/adr/0016). What cannot be
    told now is taken in: the case waits for it, and checks all of it again.
    """
    procedure = _signed_for(counter, request.content)
    check = counter.verifier.check(
        request.content,
        cms,
        use=[signing_use(holder) for holder in procedure.certificates],
        received_at=datetime.now(UTC),
        procedure=procedure.id,
    )
    if check.outcome is Outcome.INVALID:
        raise refused_login(reason_text(check.reason or Reason.MALFORMED))
    handback = secrets.token_urlsafe(24)
    with counter.database.transaction(city) as connection:
        if not signing.answer(connection, request.id, request.nonce, token_hash(handback), cms=cms):
            raise problem("signing_request_gone")
    return f"/drafts/{request.draft_id}/signed/{handback}"


def _signed_for(counter: Counter, content: bytes) -> Procedure:
    signed = json.loads(content)
    return counter.library.version(ProcedureId(signed["procedure"]), signed["version"])


def file_signed(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, handback: str
) -> ReceiptNumber:
    """署名付き申請を受け付ける: filed exactly as signed. A page loaded twice finds the case the first time opened."""
    with counter.database.transaction(city) as connection:
        row = drafts.read(connection, draft_id, visitor.account_id, lock=True)
        if row is None:
            raise problem("not_found")
        if row.receipt_number is not None:
            return row.receipt_number
        signed = signing.redeem_signature(connection, token_hash(handback), visitor.account_id)
        if signed is None or signed.cms is None or signed.draft_id != draft_id:
            raise problem("signing_request_gone")
        _require_files(connection, row, signed.content)
        procedure = _in_force(counter, row)
        _require_reception(procedure, row)
        command = _Filing(counter, city, procedure, row, signed.content, signed.cms).write(connection)
        if command is None:
            raise RuntimeError(f"The draft {draft_id} changed although it was locked.")
    _begin(counter, command)
    return command.receipt_number


def _begin(counter: Counter, command: Command) -> None:
    """A new case starts after its resident was answered; a correction may be refused, and is waited for."""
    if command.kind == "start":
        counter.dispatch.start_soon(command)
    else:
        counter.tell(command)


def _canonical(
    counter: Counter, city: MunicipalityCode, connection: Connection, row: DraftRow
) -> tuple[Procedure, bytes]:
    """正規化した申請 of a draft that has no mistakes. Raises Problem otherwise."""
    procedure = _in_force(counter, row)
    _require_reception(procedure, row)
    _require_asked(connection, row)
    day = draft_cases.day_of(connection, row)
    checked = draft_cases.check(procedure, row.answers, _files(connection, procedure, row), day)
    if not checked.accepted:
        raise problem("answers_incomplete")
    refusals = procedure.refusals(Facts(checked.answers, day))
    if refusals:
        raise Problem(422, "not_eligible", refusals[0])
    submission = Submission(
        procedure=procedure.id,
        version=procedure.version,
        municipality=city,
        answers=checked.answers,
        attachments=checked.attachments,
        nonce=secrets.token_urlsafe(24),
        language=row.language,
    )
    return procedure, submission.canonical()


def _files(connection: Connection, procedure: Procedure, row: DraftRow) -> tuple[AttachmentRow, ...]:
    """A form that asks for no file has none."""
    return drafts.attachments(connection, row.id) if _asks_files(procedure) else ()


def _asks_files(procedure: Procedure) -> bool:
    return any(isinstance(field, AttachmentField) for field in procedure.form.fields())


def _in_force(counter: Counter, row: DraftRow) -> Procedure:
    """A correction keeps its case's version; a new submission must be of the version in force."""
    procedure = counter.library.version(row.procedure, row.version)
    if draft_cases.is_outdated(counter, row):
        raise problem("draft_outdated")
    return procedure


def _require_reception(procedure: Procedure, row: DraftRow) -> None:
    """受付期間: new applications only within it; what the city asked to correct is always taken."""
    reception = reception_at(procedure.reception, datetime.now(UTC))
    if row.corrects is None and not reception.is_open:
        raise Problem(409, "reception_closed", reception_text(reception))


def _require_asked(connection: Connection, row: DraftRow) -> None:
    """補正の求め: nobody signs, or files, a correction that the city does not wait for (any more)."""
    if row.corrects is None:
        return
    case = cases.read(connection, row.corrects, row.account_id)
    if case is None or case.status != "awaiting_correction":
        raise problem("nothing_to_correct")


def _require_files(connection: Connection, row: DraftRow, content: bytes) -> None:
    """The files that were signed are the files we hold."""
    signed = {each["sha256"] for each in json.loads(content)["attachments"]}
    if signed != {each.sha256 for each in drafts.attachments(connection, row.id)}:
        raise problem("signing_request_gone")


@dataclass(frozen=True)
class _Filing:
    """受付の処理: what goes into one transaction."""

    counter: Counter
    city: MunicipalityCode
    procedure: Procedure
    draft: DraftRow
    content: bytes
    cms: bytes | None

    def write(self, connection: Connection) -> Command | None:
        """Case or correction, audit line, draft and command row together; None as `open_case`. Raises Problem."""
        if self.draft.corrects is not None:
            return self._correct(connection, self.draft.corrects)
        return self._open(connection)

    @cached_property
    def answers(self) -> Mapping[str, object]:
        answers: Mapping[str, object] = json.loads(self.content)["answers"]
        return answers

    def _steps(self, received_at: datetime) -> tuple[PinnedStep, ...]:
        """The steps whose condition holds for these answers."""
        facts = Facts(self.answers, received_at.astimezone(calendar.JAPAN).date())
        applying = {step.id for step in self.procedure.steps if step.applies(facts)}
        return tuple(step for step in self.procedure.process().steps if step.id in applying)

    def _open(self, connection: Connection) -> Command | None:
        received_at = datetime.now(UTC)
        due_at = calendar.due_at(received_at, self.procedure.limits.processing_business_days)
        case = CaseRow(
            receipt_number=new_receipt_number(self.city, received_at.astimezone(calendar.JAPAN).date()),
            account_id=self.draft.account_id,
            procedure=ProcedureId(self.procedure.id),
            version=self.procedure.version,
            department=self.procedure.department.id,
            language=self.draft.language,
            status="received",
            step=None,
            reason=None,
            epoch=1,
            received_at=received_at,
            due_at=due_at,
            suspended_at=None,
            closed_at=None,
        )
        process = self.procedure.process().model_copy(update={"steps": self._steps(received_at)})
        start = CaseInput(receipt_number=case.receipt_number, municipality=self.city, process=process)
        opening = Opening(
            municipality=self.city,
            case=case,
            content=self.content,
            answers=self.answers,
            cms=self.cms,
            draft_id=self.draft.id,
            draft_revision=self.draft.revision,
            key=self.counter.keys.make(case.receipt_number),
            start=start.model_dump(mode="json"),
        )
        return open_case(connection, opening)

    def _correct(self, connection: Connection, receipt_number: ReceiptNumber) -> Command:
        """補正: the next revision; the processing period goes on where it stopped (行政手続法7条)."""
        case = cases.read(connection, receipt_number, self.draft.account_id, lock=True)
        asked = cases.asked_correction(connection, receipt_number)
        if case is None or asked is None or case.status != "awaiting_correction":
            raise problem("nothing_to_correct")
        now = datetime.now(UTC)
        due_at = _resumed(case, now)
        revision, _, _ = cases.newest_submission(connection, receipt_number)
        cases.file_revision(
            connection,
            receipt_number,
            revision + 1,
            content=self.content,
            answers=self.answers,
            cms=self.cms,
            draft_id=self.draft.id,
        )
        cases.answer_correction(connection, receipt_number, asked[0])
        resumed = {"status": "checking", "epoch": case.epoch + 1, "due_at": due_at, "suspended_at": None}
        cases.show(connection, receipt_number, **resumed)
        cases.say(connection, receipt_number, "corrected", actor="resident")
        drafts.filed(connection, self.draft.id, receipt_number)
        steps = [step.model_dump(mode="json") for step in self._steps(case.received_at)]
        payload: dict[str, object] = {"epoch": case.epoch + 1, "steps": steps}
        return commands.write(connection, self.city, receipt_number, "correct", payload)


def _resumed(case: CaseRow, now: datetime) -> datetime:
    """期限の再開: as many business days from today as were left when the clock stopped."""
    stopped = (case.suspended_at or now).astimezone(calendar.JAPAN).date()
    left = calendar.business_days_between(stopped, case.due_at.astimezone(calendar.JAPAN).date())
    return calendar.due_at(now, max(left, 1))
