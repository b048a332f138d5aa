"""紙の申請の入力: an officer enters for a resident what came on paper: by the same form, rules and checks as online.

The draft belongs to an account made for it; an officer of the procedure's counter works on it with the resident's own
use cases. Instead of a signature there are the scan of the paper, and a record of how its sender was identified.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection

from api.counter import Counter
from api.filing import attachments, known
from api.filing import drafts as draft_cases
from api.filing.acceptance import Filing, begin, in_force, require_asked, require_reception
from api.filing.attachments import Chosen
from api.paper.facts import scans_of
from api.paper.views import PaperDraftLine, PaperDraftView, PaperEntered, PaperMissing, PaperProcedureView
from api.problems import Problem, problem
from api.views import Visitor
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.entries import is_empty
from procedures.loader import ProcedureUnknown
from procedures.paper import (
    CardConfirmation,
    IdentityCheck,
    PaperArrival,
    PaperSubmission,
    RecordedIdentity,
    StatedPerson,
    counter_functions,
    is_taken_on_paper,
    suffice,
    wrong_day,
)
from procedures.reception import takes_on
from procedures.submission import PAPER_SCAN, Attachment
from procedures.texts import Language
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import accesses, cases, drafts, paper, paper_readings, reader_checks
from store.drafts import AttachmentRow, DraftRow
from store.paper import PaperDraftRow, PaperRow

# --- who may, and for whom --------------------------------------------------------------------------------------------


def may_enter(officer: Visitor, procedure: Procedure) -> bool:
    """窓口の担当か否か: whether this officer is of the counter of this procedure."""
    return any(officer.may(procedure.department.id, each) for each in counter_functions(procedure))


def enterable(counter: Counter, officer: Visitor) -> tuple[Procedure, ...]:
    """紙で入力できる手続, by this officer."""
    return tuple(each for each in counter.library.all() if is_taken_on_paper(each) and may_enter(officer, each))


def listed_procedures(counter: Counter, officer: Visitor) -> tuple[PaperProcedureView, ...]:
    """紙で入力できる手続の一覧."""
    return tuple(
        PaperProcedureView(id=ProcedureId(each.id), version=each.version, title=each.title.model_dump())
        for each in enterable(counter, officer)
    )


def permitted(counter: Counter, connection: Connection, officer: Visitor, draft_id: UUID) -> PaperDraftRow:
    """許された下書き: a paper's, of a counter the officer works at. Raises Problem as for one that does not exist."""
    row = paper.draft_of(connection, draft_id)
    if row is None or not may_enter(officer, counter.library.version(row.procedure, row.version)):
        raise problem("not_found")
    return row


def resident_of(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> Visitor:
    """紙の申請の本人, for whom the officer fills the form in: an account without a login. Raises Problem."""
    with counter.database.reading(city) as connection:
        return Visitor(account_id=looked_at(counter, connection, officer, draft_id).account_id)


def looked_at(counter: Counter, connection: Connection, officer: Visitor, draft_id: UUID) -> PaperDraftRow:
    """見る: as `permitted`; the look is in the log of views before anything is given out."""
    row = permitted(counter, connection, officer, draft_id)
    accesses.note_once(connection, officer.account_id, "paper_draft", row.corrects)
    return row


# --- use cases --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperReceipt:
    """受付: how and when the paper came, and in which language its sender is written to."""

    arrival: PaperArrival
    received_on: date
    language: Language = "ja"


@dataclass(frozen=True)
class WholePaper:
    """申請書一枚分: all there is to enter, for `enter`."""

    procedure: str
    receipt: PaperReceipt
    answers: dict[str, object]
    stated: StatedPerson
    identity_check: IdentityCheck
    scans: Sequence[Chosen]


def start(
    counter: Counter, city: MunicipalityCode, officer: Visitor, procedure_id: str, receipt: PaperReceipt
) -> PaperDraftView:
    """入力を始める. Raises Problem: not_found, not_on_paper, received_in_the_future, received_too_long_ago,
    not_received_then.
    """
    procedure = _enterable(counter, officer, procedure_id)
    with counter.database.transaction(city) as connection:
        _require_day(procedure, receipt.received_on, counter.closed.within(connection, city))
        draft_id = drafts.start(
            connection,
            account_id=paper.begin(connection, officer.account_id),
            procedure=ProcedureId(procedure.id),
            version=procedure.version,
            language=receipt.language,
            answers={},
            arrival=receipt.arrival,
            received_on=receipt.received_on,
        )
        return _view(counter, connection, paper.draft_of(connection, draft_id))


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[PaperDraftLine, ...]:
    """入力中の紙の申請, of the officer's counters."""
    procedures = [ProcedureId(each.id) for each in enterable(counter, officer)]
    with counter.database.reading(city) as connection:
        rows = paper.drafts(connection, procedures)
    return tuple(PaperDraftLine.model_validate(row.__dict__) for row in rows)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> PaperDraftView:
    """入力中の一件. Raises Problem."""
    with counter.database.reading(city) as connection:
        return _view(counter, connection, looked_at(counter, connection, officer, draft_id))


def change_receipt(
    counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID, receipt: PaperReceipt
) -> PaperDraftView:
    """受付の訂正: of a paper that is not filed yet. Raises Problem as `start` does."""
    with counter.database.transaction(city) as connection:
        row = permitted(counter, connection, officer, draft_id)
        _require_unfiled(row)
        if row.corrects is not None:
            raise problem("malformed")
        procedure = counter.library.version(row.procedure, row.version)
        _require_day(procedure, receipt.received_on, counter.closed.within(connection, city))
        paper.change_receipt(connection, draft_id, receipt.arrival, receipt.received_on, receipt.language)
        return _view(counter, connection, paper.draft_of(connection, draft_id))


def identify(
    counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID, stated: StatedPerson,
    check: IdentityCheck,
) -> PaperDraftView:  # fmt: skip
    """本人確認を記録する, by the officer who looked. Questions about the person are answered where they are empty.

    Raises Problem: proofs_insufficient, stated_incomplete, draft_filed.
    """
    _require_identified(stated, check)
    with counter.database.transaction(city) as connection:
        row = permitted(counter, connection, officer, draft_id)
        _require_unfiled(row)
        if row.corrects is not None:
            raise problem("malformed")
        recorded = RecordedIdentity(**check.model_dump(), card=_confirmed_by_card(connection, draft_id, check))
        paper.note_identity(connection, row.account_id, stated, recorded, officer.account_id)
        draft = drafts.read(connection, draft_id, row.account_id, lock=True)
        if draft is not None:
            _prefill(counter, connection, draft, stated)
        return _view(counter, connection, row)


def remove(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> None:
    """入力をやめる: the draft goes with its files and what was written down of the person. What was filed stays."""
    with counter.database.transaction(city) as connection:
        row = permitted(counter, connection, officer, draft_id)
        _require_unfiled(row)
        unused = drafts.remove(connection, draft_id)
        if row.corrects is None:
            paper.discard(connection, row.account_id)
    for key in unused:
        counter.objects.delete(key)


def submit(
    counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID, *, based_on: int | None = None
) -> ReceiptNumber:
    """紙の申請を受け付ける: filed as its arrival says. A double click finds the case the first one opened.

    Raises Problem: draft_changed, draft_outdated, not_received_then, identity_unchecked, scan_missing,
    reading_unconfirmed, answers_incomplete, nothing_to_correct.
    """
    with counter.database.transaction(city) as connection:
        known_as = permitted(counter, connection, officer, draft_id)
        row = drafts.read(connection, draft_id, known_as.account_id, lock=True)
        if row is None:
            raise problem("not_found")
        if row.receipt_number is not None:
            return row.receipt_number
        draft_cases.require_revision(row, based_on)
        _require_confirmed(connection, row)
        procedure, content = _canonical(counter, city, connection, row)
        paper.note_entered(connection, row.account_id, officer.account_id)
        filing = Filing(counter, city, procedure, row, content, None, officer.account_id)
        command = filing.write(connection)
        paper_readings.discard(connection, draft_id)
    if command is None:
        raise RuntimeError(f"The draft {draft_id} changed although it was locked.")
    begin(counter, command)
    return command.receipt_number


def enter(counter: Counter, city: MunicipalityCode, officer: Visitor, whole: WholePaper) -> PaperEntered:
    """一度に入力する: all of a paper that was read already. What is not complete stays as a draft for an officer.

    Raises Problem where not even a draft can be made of it: as `start`, and as `api.filing.examination` of a scan.
    """
    _require_identified(whole.stated, whole.identity_check)
    draft_id = start(counter, city, officer, whole.procedure, whole.receipt).draft.id
    resident = resident_of(counter, city, officer, draft_id)
    try:
        attachments.attach(counter, city, resident, draft_id, PAPER_SCAN, whole.scans)
    except Problem:
        remove(counter, city, officer, draft_id)
        raise
    draft_cases.save(counter, city, resident, draft_id, whole.answers)
    identify(counter, city, officer, draft_id, whole.stated, whole.identity_check)
    found = read(counter, city, officer, draft_id)
    if found.missing:
        return PaperEntered(receipt_number=None, draft=found)
    return PaperEntered(receipt_number=submit(counter, city, officer, draft_id), draft=None)


# --- small things -----------------------------------------------------------------------------------------------------


def _enterable(counter: Counter, officer: Visitor, procedure_id: str) -> Procedure:
    try:
        procedure = counter.library.current(procedure_id)
    except ProcedureUnknown:
        raise problem("not_found") from None
    if not may_enter(officer, procedure):
        raise problem("not_found")
    if not is_taken_on_paper(procedure):
        raise problem("not_on_paper")
    return procedure


def _today() -> date:
    return datetime.now(UTC).astimezone(JAPAN).date()


def _require_day(procedure: Procedure, received_on: date, closed: Collection[date]) -> None:
    wrong = wrong_day(received_on, _today())
    if wrong is not None:
        raise problem("received_in_the_future" if wrong == "in_the_future" else "received_too_long_ago")
    if not takes_on(procedure.reception, received_on, closed):
        raise problem("not_received_then")


def require_born(stated: StatedPerson) -> None:
    """生年月日: nobody applies before birth. Raises Problem."""
    if stated.birth_date > _today():
        raise problem("stated_incomplete")


def _require_identified(stated: StatedPerson, check: IdentityCheck) -> None:
    require_born(stated)
    if not suffice(check.proofs):
        raise problem("proofs_insufficient")


def _confirmed_by_card(connection: Connection, draft_id: UUID, check: IdentityCheck) -> CardConfirmation | None:
    """カードによる確認, where the card was shown: only what a reader found counts, never what is sent."""
    found = reader_checks.confirmed(connection, draft_id) if "my_number_card" in check.proofs else None
    if found is None or found.answered_at is None:
        return None
    return CardConfirmation(counter=found.counter, confirmed_at=found.answered_at)


def _require_unfiled(row: PaperDraftRow) -> None:
    if row.receipt_number is not None:
        raise problem("draft_filed")


def _require_confirmed(connection: Connection, row: DraftRow) -> None:
    """読取りの確認: nothing that a machine was not sure of is filed before somebody has looked."""
    if _unconfirmed(connection, row):
        raise problem("reading_unconfirmed")


def _unconfirmed(connection: Connection, row: DraftRow) -> bool:
    found = paper_readings.read(connection, row.id)
    return found is not None and found.state == "read"


def _prefill(counter: Counter, connection: Connection, row: DraftRow, stated: StatedPerson) -> None:
    """本人の記載から: what is still empty, or was filled in from an earlier reading of the paper."""
    said, untouched = stated.facts(), known.sources(row)
    filled = known.Filled()
    for asked in known.fillable(counter.library.version(row.procedure, row.version)):
        value = known.accepted(asked, said.get(str(asked.prefill)))
        if value is not None and (is_empty(row.answers.get(asked.id)) or untouched.get(asked.id) == "paper"):
            filled.add(asked, value, "paper")
    if filled.answers:
        drafts.prefill(connection, row, {**row.answers, **filled.answers}, {**row.prefilled, **filled.sources})


def _canonical(
    counter: Counter, city: MunicipalityCode, connection: Connection, row: DraftRow
) -> tuple[Procedure, bytes]:
    """正規化した申請 of a paper that lacks nothing. Who is not entitled is told by a decision (行政手続法7条)."""
    procedure = in_force(counter, row)
    require_reception(procedure, row, counter.closed.within(connection, city))
    require_asked(connection, row)
    attached = drafts.attachments(connection, row.id)
    stated = paper.read(connection, row.account_id)
    if stated is None or stated.identity_check is None:
        raise problem("identity_unchecked")
    if not _has_scan(connection, row, attached):
        raise problem("scan_missing")
    day = draft_cases.day_of(connection, row)
    checked = draft_cases.check(procedure, row.answers, attached, day)
    if not checked.accepted:
        raise problem("answers_incomplete")
    submission = PaperSubmission(
        procedure=procedure.id,
        version=procedure.version,
        municipality=city,
        answers=checked.answers,
        attachments=checked.attachments,
        nonce=secrets.token_urlsafe(24),
        language=row.language,
        arrival="post" if row.arrival == "post" else "counter",
        received_on=row.received_on or _today(),
        scans=tuple(_digest(each) for each in attached if each.field == PAPER_SCAN),
    )
    return procedure, submission.canonical()


def _digest(row: AttachmentRow) -> Attachment:
    return Attachment(field=row.field, name=row.name, sha256=row.sha256, bytes=row.bytes)


def _has_scan(connection: Connection, row: DraftRow, attached: Sequence[AttachmentRow]) -> bool:
    """A correction came on paper too: beside the scans of what was filed there is one of the reply."""
    held = {each.sha256 for each in attached if each.field == PAPER_SCAN}
    if row.corrects is not None:
        _, _, source = cases.newest_submission(connection, row.corrects)
        held -= {each.sha256 for each in drafts.attachments(connection, source)}
    return bool(held)


def _view(counter: Counter, connection: Connection, row: PaperDraftRow | None) -> PaperDraftView:
    written = None if row is None else paper.read(connection, row.account_id)
    if row is None or written is None:
        raise problem("not_found")
    draft = draft_cases.owned(connection, Visitor(account_id=row.account_id), row.id)
    attached = drafts.attachments(connection, row.id)
    reading = paper_readings.read(connection, row.id)
    return PaperDraftView(
        draft=draft_cases.view(counter, connection, draft),
        stated=written.stated,
        identity_check=written.identity_check,
        checked_by_name=written.checked_by_name,
        checked_at=written.checked_at,
        scans=scans_of(attached),
        reading=None if reading is None else reading.state,
        read_stated=None if reading is None else reading.stated,
        missing=_missing(counter, connection, draft, written, attached),
    )


def _missing(
    counter: Counter, connection: Connection, draft: DraftRow, written: PaperRow, attached: tuple[AttachmentRow, ...]
) -> tuple[PaperMissing, ...]:
    procedure, day = counter.library.version(draft.procedure, draft.version), draft_cases.day_of(connection, draft)
    found: dict[PaperMissing, bool] = {
        "identity": written.identity_check is None,
        "scan": not _has_scan(connection, draft, attached),
        "reading": _unconfirmed(connection, draft),
        "answers": not draft_cases.check(procedure, draft.answers, attached, day).accepted,
    }
    return tuple(name for name, lacks in found.items() if lacks)
