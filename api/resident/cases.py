"""案件: a resident's own cases: what happened, who acts next, and what the resident may still do."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import anyio.from_thread
from fastapi import APIRouter
from sqlalchemy import Connection

from api.case.access import absent
from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing.drafts import attachment_view
from api.filing.drafts import read as read_draft
from api.problems import problem, reason_text
from api.resident.progress import Progress
from api.views import (
    CaseLine,
    CaseView,
    DeemedView,
    DocumentView,
    DraftView,
    ExtensionView,
    NoticeView,
    PaymentView,
    PutRightView,
    ReceiptLine,
    ReceiptView,
    TimelineEntry,
    Visitor,
)
from procedures.approval_route import GIVEN
from procedures.loader import Library
from procedures.steps import CheckRegister
from procedures.submission import PAPER_SCAN
from procedures.values import MunicipalityCode, ReceiptNumber, Yen
from store import cases, commands, decisions, documents, drafts, messages, payments, tasks
from store.cases import AuditRow, CaseRow
from store.commands import CommandKind
from trust.reasons import Reason
from workflows.schedules import reconciliation_id

router = APIRouter(prefix="/api/cases", tags=["cases"])

IN_THE_HOUSE = (
    "reminded",
    "escalated",
    "law_warned",
    "task_claimed",
    "task_released",
    "task_held",
    "task_resumed",
    "officer_recused",
    "rejection_unprintable",
    "document_downloaded",
    "retry_requested",
    "repaired",
    "approved_in_part",
    "returned",
    "deputy_admitted",
    "looked_over",
    "evidence_taken",
    "note_written",
    "note_withdrawn",
    "opinion_asked",
    "opinion_given",
    "opinion_withdrawn",
    "review_form_saved",
    "document_printed",
    "person_put_right",
    "absence_confirmed",
    "resident_told",
    "hold_placed",
    "hold_lifted",
)
"""Lines of the audit log that are the officers' own business."""
SHOWN_ELSEWHERE = ("message_sent",)
"""Lines a page shows better beside the timeline."""
RETURN_PATIENCE = timedelta(minutes=15)
"""How long somebody back from the payment page is asked not to pay again: the gateway is asked at once, and again by
the reconciliation (every five minutes). If it still calls the page unpaid then, the money was not taken."""


@router.get("")
def list_cases(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[CaseLine, ...]:
    """申請の一覧."""
    return listed(counter, city, visitor)


@router.get("/{receipt_number}")
def read_case(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> CaseView:
    """申請の状況."""
    return read(counter, city, visitor, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/withdrawal", status_code=202)
def withdraw_case(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> CaseView:
    """取り下げる."""
    withdraw(counter, city, visitor, ReceiptNumber(receipt_number))
    return read(counter, city, visitor, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/payment", status_code=202)
def reopen_case_payment(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> CaseView:
    """支払いページを開き直す."""
    reopen_payment(counter, city, visitor, ReceiptNumber(receipt_number))
    return read(counter, city, visitor, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/payment/return", status_code=202)
def return_from_payment(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> CaseView:
    """支払いページから戻る: the gateway is asked at once, in case its own word got lost."""
    payment_returned(counter, city, visitor, ReceiptNumber(receipt_number))
    return read(counter, city, visitor, ReceiptNumber(receipt_number))


@router.get("/{receipt_number}/receipt")
def read_receipt(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> ReceiptView:
    """領収書の内容."""
    return receipt(counter, city, visitor, ReceiptNumber(receipt_number))


@router.post("/{receipt_number}/correction", status_code=201)
def correct_case(counter: CounterHere, city: City, visitor: LoggedIn, receipt_number: str) -> DraftView:
    """補正を始める."""
    return start_correction(counter, city, visitor, ReceiptNumber(receipt_number))


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[CaseLine, ...]:
    """申請の一覧, the newest first."""
    with counter.database.reading(city) as connection:
        rows = cases.listed(connection, visitor.account_id)
        unread = messages.unread_of_account(connection, visitor.account_id)
    return tuple(case_line(row, unread.get(row.receipt_number, 0)) for row in rows)


def read(counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber) -> CaseView:
    """申請の状況. Raises Problem: another person's case is not found, like one that does not exist."""
    with counter.database.reading(city) as connection:
        row = cases.read(connection, receipt_number, visitor.account_id)
        if row is None:
            raise absent(connection, receipt_number)
        return _view(connection, counter.library, row, counter.closed.within(connection, city))


def withdraw(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber, actor: str = "resident"
) -> None:
    """取下げ: the workflow refunds and closes. Raises Problem where it is too late."""
    _request(counter, city, visitor, receipt_number, "withdraw", says="withdrawal_requested", actor=actor)


def reopen_payment(counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber) -> None:
    """再支払: a fresh payment page, the old one having expired."""
    _request(counter, city, visitor, receipt_number, "reopen_payment")


def payment_returned(counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber) -> None:
    """支払いページからの戻り: says nothing about money. Where the gateway's word is not here yet, it is asked now."""
    with counter.database.transaction(city) as connection:
        if cases.read(connection, receipt_number, visitor.account_id) is None:
            raise absent(connection, receipt_number)
        waiting = payments.returned(connection, receipt_number)
    if waiting:
        anyio.from_thread.run(counter.dispatch.trigger, reconciliation_id(city))


def receipt(counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber) -> ReceiptView:
    """領収書. Raises Problem: not_found, nothing_paid."""
    with counter.database.reading(city) as connection:
        row = cases.read(connection, receipt_number, visitor.account_id)
        if row is None:
            raise absent(connection, receipt_number)
        paid = [each for each in payments.of_case(connection, receipt_number) if each.paid_at is not None]
    if not paid:
        raise problem("nothing_paid")
    received, refunded = sum(each.amount for each in paid), sum(each.refunded for each in paid)
    return ReceiptView(
        receipt_number=receipt_number,
        procedure=row.procedure,
        version=row.version,
        lines=tuple(ReceiptLine(**{name: getattr(each, name) for name in ReceiptLine.model_fields}) for each in paid),
        received=Yen(received),
        refunded=Yen(refunded),
        kept=Yen(sum(each.kept for each in paid)),
    )


def start_correction(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, receipt_number: ReceiptNumber
) -> DraftView:
    """補正の下書き: begins as the last submission; only marked answers may change."""
    with counter.database.transaction(city) as connection:
        row = cases.read(connection, receipt_number, visitor.account_id)
        asked = cases.asked_correction(connection, receipt_number)
        if row is None:
            raise absent(connection, receipt_number)
        if asked is None or row.status != "awaiting_correction":
            raise problem("nothing_to_correct")
        begun = drafts.correcting(connection, visitor.account_id, receipt_number)
        if begun is None:
            _, answers, source = cases.newest_submission(connection, receipt_number)
            begun = drafts.start(
                connection,
                account_id=visitor.account_id,
                procedure=row.procedure,
                version=row.version,
                language=row.language,
                answers=answers,
                corrects=receipt_number,
                arrival=row.arrival,
            )
            drafts.share_attachments(connection, source, begun)
    return read_draft(counter, city, visitor, begun)


def notices(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[NoticeView, ...]:
    """お知らせ."""
    with counter.database.reading(city) as connection:
        rows = cases.notices(connection, visitor.account_id)
    return tuple(NoticeView(**row.__dict__) for row in rows)


def _request(
    counter: Counter,
    city: MunicipalityCode,
    visitor: Visitor,
    receipt_number: ReceiptNumber,
    kind: CommandKind,
    says: str | None = None,
    actor: str = "resident",
) -> None:
    """Command row first, then the Update."""
    with counter.database.transaction(city) as connection:
        row = cases.read(connection, receipt_number, visitor.account_id, lock=True)
        if row is None:
            raise absent(connection, receipt_number)
        if row.closed_at is not None:
            raise problem("case_closed")
        if kind in commands.pending(connection, receipt_number):
            return
        command = commands.write(connection, city, receipt_number, kind, {})
        if says:
            cases.say(connection, receipt_number, says, actor=actor)
    counter.tell(command)


# --- views ------------------------------------------------------------------------------------------------------------


def case_line(row: CaseRow, unread: int = 0) -> CaseLine:
    return CaseLine.model_validate(
        {name: value for name, value in row.__dict__.items() if name in CaseLine.model_fields} | {"unread": unread}
    )


def timeline_of(
    connection: Connection,
    receipt_number: ReceiptNumber,
    hidden: tuple[str, ...],
    but: str | None = None,
    *,
    in_the_house: bool = False,
) -> tuple[TimelineEntry, ...]:
    """経過 without the lines named in `hidden`, all `but` one; who an officer is stays inside the house.

    That one acted in another's place is said to officers only (`in_the_house`).
    """
    return tuple(
        TimelineEntry.model_validate(
            {
                **line.__dict__,
                "actor": line.actor.split(":")[0],
                "facts": _told(line),
                "substitute": in_the_house and "for" in line.facts,
            }
        )
        for line in cases.timeline(connection, receipt_number)
        if line.action not in hidden or line.action == but
    )


def _told(line: AuditRow) -> Mapping[str, object]:
    """Without the officer it went to and the one in whose place it was done, as store.holdings leaves them out."""
    return {name: fact for name, fact in line.facts.items() if name not in ("officer", "for")}


def put_right_in(connection: Connection, receipt_number: ReceiptNumber) -> tuple[PutRightView, ...]:
    """職権訂正 of a case."""
    found = decisions.answer_corrections(connection, receipt_number)
    return tuple(PutRightView.model_validate(each.__dict__) for each in found)


def extensions_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[ExtensionView, ...]:
    """期限の延長 of a case."""
    found = decisions.extensions(connection, receipt_number)
    return tuple(ExtensionView.model_validate(each.__dict__) for each in found)


def payments_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[PaymentView, ...]:
    """支払; a page that ran out is expired, whether or not the gateway has said so yet."""
    now = datetime.now(UTC)
    views = []
    for row in payments.of_case(connection, receipt_number):
        status = "expired" if row.status == "open" and row.expires_at <= now else row.status
        if row.url is not None or (row.method != "card" and row.status != "planned"):
            fields = {name: value for name, value in row.__dict__.items() if name in PaymentView.model_fields}
            confirming = status == "open" and row.returned_at is not None and now < row.returned_at + RETURN_PATIENCE
            views.append(PaymentView.model_validate(fields | {"status": status, "confirming": confirming}))
    return tuple(views)


def documents_of(connection: Connection, receipt_number: ReceiptNumber, *, delivered: bool) -> tuple[DocumentView, ...]:
    """交付書面; for the resident only what was delivered."""
    return tuple(
        DocumentView.model_validate({name: getattr(row, name) for name in DocumentView.model_fields})
        for row in documents.of_case(connection, receipt_number)
        if row.delivered_at is not None or not delivered
    )


def _view(connection: Connection, library: Library, row: CaseRow, closed: Collection[date]) -> CaseView:
    receipt_number = row.receipt_number
    _, answers, draft_id = cases.newest_submission(connection, receipt_number)
    asked = cases.asked_correction(connection, receipt_number) if row.status == "awaiting_correction" else None
    said = timeline_of(connection, receipt_number, IN_THE_HOUSE + SHOWN_ELSEWHERE, but="returned")
    timeline = tuple(entry for entry in said if entry.action != "returned")
    told = commands.newest_by_kind(connection, receipt_number)
    return CaseView(
        **case_line(row).model_dump(),
        language=row.language,
        step=row.step,
        reason=row.reason,
        reason_text=_reason_text(connection, library, row),
        suspended_at=row.suspended_at,
        closed_at=row.closed_at,
        answers=answers,
        marks=asked[1] if asked else {},
        put_right=put_right_in(connection, receipt_number),
        extensions=extensions_of(connection, receipt_number),
        timeline=timeline,
        payments=payments_of(connection, receipt_number),
        documents=documents_of(connection, receipt_number, delivered=True),
        tracking_number=_tracking_number(timeline),
        pending=tuple(kind for kind, status in told.items() if status == "pending"),
        withdrawal=_withdrawal(row, told),
        attachments=tuple(
            attachment_view(each) for each in drafts.attachments(connection, draft_id) if each.field != PAPER_SCAN
        ),
        suspended_days=row.suspended_days,
        deemed=deemed_of(library, row),
        **_progress(library, row, answers, said, closed),
    )


def deemed_of(library: Library, row: CaseRow) -> DeemedView | None:
    """みなし of a case, as its procedure declares it; None once officers have decided."""
    procedure = library.version(row.procedure, row.version)
    if procedure.deemed is None or row.deemed_at is None:
        return None
    given = row.step is not None and any(each.id == row.step and each.kind in GIVEN for each in procedure.steps)
    if row.deemed_outcome is None and (given or row.closed_at is not None):
        return None
    _, deemed = procedure.deemed
    return DeemedView(
        at=row.deemed_at,
        outcome=deemed.outcome,
        law=deemed.law.model_dump(),
        explanation=deemed.explanation.model_dump(),
        decided=row.deemed_outcome is not None,
    )


def _progress(
    library: Library, row: CaseRow, answers: Mapping[str, object], timeline: tuple[TimelineEntry, ...],
    closed: Collection[date],
) -> dict[str, Any]:  # fmt: skip
    found = Progress(library.version(row.procedure, row.version), row, answers, timeline, closed)
    return {
        "stages": found.stages(),
        "acts_next": found.acts_next(),
        "since": found.since(),
        "act_until": found.act_until(),
        "business_days_left": found.business_days_left(),
        "retry_at": found.retry_at(),
    }


def _withdrawal(row: CaseRow, told: Mapping[str, str]) -> Literal["requested", "refused"] | None:
    """取下げの申出: taken in and being carried out, or too late. Once the case is closed its status says it all."""
    if row.closed_at is not None or "withdraw" not in told:
        return None
    return "refused" if told["withdraw"] == "refused" else "requested"


def _tracking_number(timeline: tuple[TimelineEntry, ...]) -> str | None:
    """追跡番号, as the officer who posted it last entered it."""
    posted = (entry.facts.get("tracking_number") for entry in reversed(timeline) if entry.action == "posted")
    number = next(posted, None)
    return str(number) if number else None


def _reason_text(connection: Connection, library: Library, row: CaseRow) -> Mapping[str, str] | str | None:
    """The sentence behind a reason code, where it is not the pages' own: trust's, the document's or the officer's."""
    if row.reason is None:
        return None
    if row.reason in set(Reason):
        return reason_text(Reason(row.reason)).model_dump()
    if row.reason == "not_eligible" and row.step:
        step = library.version(row.procedure, row.version).step(row.step)
        if isinstance(step, CheckRegister) and step.refusal:
            return step.refusal.model_dump()
    if row.reason == "deemed" and (deemed := deemed_of(library, row)):
        return deemed.explanation
    return tasks.newest_reason(connection, row.receipt_number) if row.reason == "decided" else None
