"""紙の申請の案件: what officers do for somebody without a portal: take the fee, enter a reply, tell, pay back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.case.access import actor_of, look_at, require_case
from api.counter import City, Counter, CounterHere, Officer
from api.filing import paper as entering
from api.paper.facts import paper_of
from api.paper.views import PaperCaseLine, PaperCaseView, PaperDraftView, PaperTurn, ToldHow
from api.problems import problem
from api.resident import cases as case_files
from api.resident.documents import pdf_response
from api.views import ReceiptView, Visitor
from procedures.paper import StatedPerson
from procedures.submission import PAPER_SCAN
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, Yen
from store import cases, commands, documents, drafts, paper, payments, tasks
from store.accesses import Kind
from store.cases import CaseRow
from store.documents import DocumentRow
from store.drafts import AttachmentRow
from store.payments import PaymentRow

router = APIRouter(prefix="/api/paper/cases", tags=["paper"])

MISREAD = "not_in_register"
"""Why a case from paper waits for an officer to look at who it is."""


class FeeReceived(BaseModel):
    """窓口収納: what was received, and whether a receipt was given. It must be what is due."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: int = Field(ge=1, le=10_000_000)
    """Whole yen."""
    method: Literal["cash", "money_order"]
    receipt_given: bool = True


class RefundMade(BaseModel):
    """手渡しの返金: all that is due, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: int = Field(ge=1, le=10_000_000)
    """Whole yen."""
    how: Literal["cash", "transfer"]


class ResidentTold(BaseModel):
    """申請者に伝えた: how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: ToldHow


@router.get("")
def list_paper_cases(counter: CounterHere, city: City, officer: Officer) -> tuple[PaperCaseLine, ...]:
    """紙の申請の一覧: open ones, and closed ones with something left to do."""
    return listed(counter, city, officer)


@router.get("/{receipt_number}")
def read_paper_case(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> PaperCaseView:
    """紙の申請の案件. `turns` says what is to be done for its resident now."""
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/payment", status_code=202)
def receive_fee(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, received: FeeReceived
) -> PaperCaseView:
    """手数料を受け取った."""
    receive(counter, city, officer, ReceiptNumber(receipt_number), received)
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/receipt")
def read_paper_receipt(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> ReceiptView:
    """領収書の内容."""
    return receipt(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/refund")
def make_refund(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, made: RefundMade
) -> PaperCaseView:
    """手数料を返した."""
    pay_back(counter, city, officer, ReceiptNumber(receipt_number), made)
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/correction", status_code=201)
def correct_paper_case(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> PaperDraftView:
    """補正の入力を始める: the resident's reply on paper; asking twice opens the same draft."""
    return start_correction(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/withdrawal", status_code=202)
def withdraw_paper_case(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> PaperCaseView:
    """取下げの申出を入力する."""
    withdraw(counter, city, officer, ReceiptNumber(receipt_number))
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.put("/{receipt_number}/person", status_code=202)
def correct_person(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, stated: StatedPerson
) -> PaperCaseView:
    """申請する方の読み誤りを直す: the register is asked again at once."""
    put_person_right(counter, city, officer, ReceiptNumber(receipt_number), stated)
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/absence", status_code=202)
def confirm_person_absent(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> PaperCaseView:
    """住民記録にないことを確かめた: nothing was misread; the case is refused."""
    confirm_absence(counter, city, officer, ReceiptNumber(receipt_number))
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/notices/{notice_id}")
def tell_resident(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, notice_id: UUID, said: ResidentTold
) -> PaperCaseView:
    """申請者に伝えた."""
    tell(counter, city, officer, ReceiptNumber(receipt_number), notice_id, said.how)
    return read(counter, city, officer, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/documents/{document_id}", responses={200: {"content": {"application/pdf": {}}}})
def read_paper_document(
    counter: CounterHere, city: City, officer: Officer, receipt_number: str, document_id: UUID
) -> Response:
    """書面を印刷する."""
    return pdf_response(*document(counter, city, officer, ReceiptNumber(receipt_number), document_id))


@router.get("/{receipt_number}/attachments/{attachment_id}", response_class=Response)
def read_scan(counter: CounterHere, city: City, officer: Officer, receipt_number: str, attachment_id: UUID) -> Response:
    """申請書の画像を見る."""
    data, media_type, _ = scan(counter, city, officer, ReceiptNumber(receipt_number), attachment_id)
    return Response(data, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, officer: Visitor) -> tuple[PaperCaseLine, ...]:
    """紙の申請の一覧, of the officer's counters."""
    with counter.database.reading(city) as connection:
        rows = paper.to_do(connection, _counters(counter, officer))
    return tuple(PaperCaseLine.model_validate(row.__dict__ | {"turns": _turns_of(row)}) for row in rows)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> PaperCaseView:
    """紙の申請の案件. Raises Problem as for one that does not exist."""
    with counter.database.reading(city) as connection:
        row = _looked_at(counter, connection, officer, receipt_number, "case")
    case = case_files.read(counter, city, Visitor(account_id=row.account_id), receipt_number)
    # After the status: what it promises, a fee to take or a task to decide, is there by then.
    with counter.database.reading(city) as connection:
        attached = _attached(connection, receipt_number)
        facts = paper_of(connection, receipt_number, row.account_id, attached, officer.account_id)
        paid = payments.of_case(connection, receipt_number)
        task_id = tasks.open_of_case(connection, receipt_number)
        issued = case_files.documents_of(connection, receipt_number, delivered=False)
    if facts is None:
        raise problem("not_found")
    due, refund = _due(paid), Yen(sum(each.refund_due for each in paid))
    untold = sum(each.told_at is None for each in facts.notices)
    return PaperCaseView(
        case=case.model_copy(update={"documents": issued}),
        paper=facts,
        turns=_turns(case.status, case.reason, untold=untold, refund=refund, has_task=task_id is not None),
        fee=None if due is None else due.amount,
        refund_due=refund,
        task_id=task_id,
    )


def receive(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, received: FeeReceived
) -> None:
    """窓口収納: all that is due, or nothing. Raises Problem: fee_differs, nothing_to_receive."""
    with counter.database.transaction(city) as connection:
        _permitted(counter, connection, officer, receipt_number)
        due = _due(payments.of_case(connection, receipt_number))
        if due is None:
            raise problem("nothing_to_receive")
        if due.amount != received.amount:
            raise problem("fee_differs")
        command = payments.receive(
            connection, city, due, received.method, officer.account_id, receipt_given=received.receipt_given
        )
        if command is None:
            raise problem("nothing_to_receive")
    counter.tell(command)


def receipt(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> ReceiptView:
    """領収書. Raises Problem: not_found, nothing_paid."""
    with counter.database.reading(city) as connection:
        row = _looked_at(counter, connection, officer, receipt_number, "case")
    return case_files.receipt(counter, city, Visitor(account_id=row.account_id), receipt_number)


def pay_back(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, made: RefundMade
) -> None:
    """手渡しの返金. Raises Problem: fee_differs, nothing_to_pay_back."""
    with counter.database.transaction(city) as connection:
        _permitted(counter, connection, officer, receipt_number)
        owed = [each for each in payments.of_case(connection, receipt_number) if each.refund_due]
        if not owed:
            raise problem("nothing_to_pay_back")
        if sum(each.refund_due for each in owed) != made.amount:
            raise problem("fee_differs")
        for each in owed:
            if not payments.pay_back(connection, each):
                raise problem("nothing_to_pay_back")
        facts = {"amount": made.amount, "how": made.how}
        cases.say(connection, receipt_number, "refunded", actor=actor_of(officer), facts=facts)


def start_correction(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> PaperDraftView:
    """補正の入力: only marked answers may change. Raises Problem: nothing_to_correct."""
    resident = _resident(counter, city, officer, receipt_number)
    draft = case_files.start_correction(counter, city, resident, receipt_number)
    return entering.read(counter, city, officer, draft.id)


def withdraw(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> None:
    """取下げ, as its resident asked for. Raises Problem where it is too late."""
    resident = _resident(counter, city, officer, receipt_number)
    case_files.withdraw(counter, city, resident, receipt_number, actor_of(officer))


def put_person_right(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, stated: StatedPerson
) -> None:
    """本人の記載の訂正, while the case waits because the register knows nobody like that. Raises Problem."""
    entering.require_born(stated)
    with counter.database.transaction(city) as connection:
        row = _misread(counter, connection, officer, receipt_number)
        before = paper.read(connection, row.account_id)
        paper.put_stated_right(connection, row.account_id, stated)
        was = before.stated.facts() if before and before.stated else {}
        facts = {"fields": sorted(name for name, value in stated.facts().items() if was.get(name) != value)}
        cases.say(connection, receipt_number, "person_put_right", actor=actor_of(officer), facts=facts)
        command = commands.write(connection, city, receipt_number, "retry_now", {})
    counter.tell(command)


def confirm_absence(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> None:
    """登録のないことの確認: the same waiting case; the register's answer counts from now on. Raises Problem."""
    with counter.database.transaction(city) as connection:
        row = _misread(counter, connection, officer, receipt_number)
        paper.confirm_absence(connection, row.account_id, officer.account_id)
        cases.say(connection, receipt_number, "absence_confirmed", actor=actor_of(officer))
        command = commands.write(connection, city, receipt_number, "retry_now", {})
    counter.tell(command)


def tell(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, notice_id: UUID,
    how: ToldHow,
) -> None:  # fmt: skip
    """伝えた. The notice of a rejection is delivered with it (行政手続法8条2項). Raises Problem: nothing_to_tell."""
    with counter.database.transaction(city) as connection:
        _permitted(counter, connection, officer, receipt_number)
        kind = paper.note_told(connection, receipt_number, notice_id, how, officer.account_id)
        if kind is None:
            raise problem("nothing_to_tell")
        if kind == "rejected" and how != "telephone":
            documents.hand_out(connection, receipt_number)
        cases.say(
            connection, receipt_number, "resident_told", actor=actor_of(officer), facts={"kind": kind, "how": how}
        )


def document(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, document_id: UUID
) -> tuple[bytes, str]:
    """書面 to be printed: (PDF, file name). The audit log remembers who took it."""
    with counter.database.transaction(city) as connection:
        _looked_at(counter, connection, officer, receipt_number, "document")
        found = _named(documents.of_case(connection, receipt_number), document_id)
        cases.say(connection, receipt_number, "document_printed", actor=actor_of(officer), step=found.step)
    return counter.objects.get(found.object_key), f"{receipt_number}-{found.document}.pdf"


def scan(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber, attachment_id: UUID
) -> tuple[bytes, str, str]:
    """申請書の画像: (bytes, media type, name)."""
    with counter.database.reading(city) as connection:
        _looked_at(counter, connection, officer, receipt_number, "attachment")
        attached = _attached(connection, receipt_number)
    found = next((each for each in attached if each.id == attachment_id and each.field == PAPER_SCAN), None)
    if found is None:
        raise problem("not_found")
    return counter.objects.get(found.object_key), found.media_type, found.name


# --- small things -----------------------------------------------------------------------------------------------------


def _counters(counter: Counter, officer: Visitor) -> list[tuple[str, ProcedureId]]:
    """窓口: (department, procedure) of every counter this officer works at."""
    return [(each.department.id, ProcedureId(each.id)) for each in entering.enterable(counter, officer)]


def _permitted(counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber) -> CaseRow:
    """許された案件: from paper, of a counter the officer works at. Raises Problem as for one that does not exist."""
    row = require_case(counter, connection, officer, receipt_number)
    if row.arrival == "online" or not entering.may_enter(officer, counter.library.version(row.procedure, row.version)):
        raise problem("not_found")
    return row


def _looked_at(
    counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber, kind: Kind
) -> CaseRow:
    """見る: as `_permitted`; the look is in the log of views before anything is given out."""
    row = _permitted(counter, connection, officer, receipt_number)
    look_at(counter, connection, officer, row, kind)
    return row


def _misread(counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber) -> CaseRow:
    row = _permitted(counter, connection, officer, receipt_number)
    if (row.status, row.reason) != ("awaiting_neighbour", MISREAD):
        raise problem("person_settled")
    return row


def _resident(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> Visitor:
    with counter.database.reading(city) as connection:
        return Visitor(account_id=_permitted(counter, connection, officer, receipt_number).account_id)


def _attached(connection: Connection, receipt_number: ReceiptNumber) -> tuple[AttachmentRow, ...]:
    _, _, draft_id = cases.newest_submission(connection, receipt_number)
    return drafts.attachments(connection, draft_id)


def _named(issued: Sequence[DocumentRow], document_id: UUID) -> DocumentRow:
    found = next((each for each in issued if each.id == document_id), None)
    if found is None:
        raise problem("not_found")
    return found


def _due(rows: Sequence[PaymentRow]) -> PaymentRow | None:
    """納めるべき手数料 at the counter now."""
    now = datetime.now(UTC)
    waiting = [each for each in rows if each.method == "in_person" and each.status == "open" and each.expires_at > now]
    return waiting[-1] if waiting else None


def _turns_of(row: paper.PaperCaseRow) -> tuple[PaperTurn, ...]:
    has_task = row.status in ("under_review", "mailing", "handing_out")
    return _turns(row.status, row.reason, untold=row.untold, refund=Yen(row.refund_due), has_task=has_task)


def _turns(status: str, reason: str | None, *, untold: int, refund: Yen, has_task: bool) -> tuple[PaperTurn, ...]:
    """次にすること, what its resident waits for first."""
    found: dict[PaperTurn, bool] = {
        "payment": status == "awaiting_payment",
        "person": (status, reason) == ("awaiting_neighbour", MISREAD),
        "task": has_task,
        "correction": status == "awaiting_correction",
        "tell": untold > 0,
        "refund": refund > 0,
    }
    return tuple(name for name, is_due in found.items() if is_due)
