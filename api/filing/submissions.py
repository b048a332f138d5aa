"""申請: from a draft to a case: canonical bytes, signature, receipt number and command row in one transaction."""

import json
import secrets
from datetime import UTC, datetime
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.access.logins import Handback, agent_url
from api.counter import City, Counter, CounterHere, LoggedIn, token_hash
from api.filing import drafts as draft_cases
from api.filing.acceptance import Filed, Filing, begin, in_force, require_asked, require_reception
from api.filing.drafts import IfMatch
from api.problems import Problem, problem, reason_text, refused_login
from api.views import Visitor
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.rules import Facts
from procedures.submission import Submission
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import drafts, signing
from store.commands import Command
from store.drafts import AttachmentRow, DraftRow
from store.signing import SigningRequest
from trust.anchors import signing_use
from trust.reasons import Reason
from trust.signature import Outcome

router = APIRouter(prefix="/api/drafts", tags=["submissions"])


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
            begin(counter, taken)
        else:  # waits for the workflow's answer
            await anyio.to_thread.run_sync(begin, counter, taken)
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
    begin(counter, taken)
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
    return Filing(counter, city, procedure, row, content, None).write(connection)


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
        procedure = in_force(counter, row)
        require_reception(procedure, row, counter.closed.within(connection, city))
        command = Filing(counter, city, procedure, row, signed.content, signed.cms).write(connection)
        if command is None:
            raise RuntimeError(f"The draft {draft_id} changed although it was locked.")
    begin(counter, command)
    return command.receipt_number


def _canonical(
    counter: Counter, city: MunicipalityCode, connection: Connection, row: DraftRow
) -> tuple[Procedure, bytes]:
    """正規化した申請 of a draft that has no mistakes. Raises Problem otherwise."""
    procedure = in_force(counter, row)
    require_reception(procedure, row, counter.closed.within(connection, city))
    require_asked(connection, row)
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


def _require_files(connection: Connection, row: DraftRow, content: bytes) -> None:
    """The files that were signed are the files we hold."""
    signed = {each["sha256"] for each in json.loads(content)["attachments"]}
    if signed != {each.sha256 for each in drafts.attachments(connection, row.id)}:
        raise problem("signing_request_gone")
