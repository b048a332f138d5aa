"""What the samples of pages are made of: people, cases, tasks, answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from api.desk.views import PersonFacts, TaskView
from api.views import (
    AttachmentView,
    CaseStatus,
    CaseView,
    DocumentView,
    DraftView,
    DutyView,
    PaymentView,
    TimelineEntry,
    UnreadView,
    Visitor,
)
from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, DateField, FieldBase, GroupField, IntegerField
from procedures.loader import Library
from procedures.marks import Fault, Mark
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId, Yen
from ui import municipality, pages

AGENT, GATEWAY = "http://127.0.0.1:47001", "https://pay.example"
LIBRARY = Library.read()
TODAY = date(2026, 4, 1)
NOW = datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
RECEIPT = ReceiptNumber("2026-0401-7KQ4-M2")
RESIDENT = Visitor(account_id=UUID(int=1))
OFFICER = Visitor(
    account_id=UUID(int=2),
    officer_name="姫路 花子",
    duties=frozenset(
        {
            DutyView(department="resident_counter", function="certificate_review"),
            DutyView(department="*", function="administrator"),
        }
    ),
)
CARD = ("brand", "last4", "paid_at")
HOSTILE = "<script>alert('{{7*7}}')</script>=cmd|' /C calc'!A0\" onfocus=x"


def certificate_answers(purpose: str = "駅前の不動産会社に、賃貸契約のため提出") -> dict[str, object]:
    return {
        "kind": "household",
        "copies": 2,
        "include_relationship": True,
        "include_domicile": False,
        "purpose": "other",
        "purpose_other": purpose,
        "delivery": "electronic",
        "phone": "079-221-0000",
    }


def a_draft(procedure: Procedure, answers: Mapping[str, object], **changes: object) -> DraftView:
    plain = {
        "id": UUID(int=3), "procedure": procedure.id, "version": procedure.version, "language": "ja",
        "answers": answers, "attachments": (),
    }  # fmt: skip
    return DraftView.model_validate({**plain, **changes})


def an_attachment(name: str = "交付通知書.pdf") -> AttachmentView:
    return AttachmentView(
        id=UUID(int=4), field="card_receipt", name=name, media_type="application/pdf", bytes=1_234_567
    )


def a_timeline(*happenings: tuple[str, str, str | None]) -> tuple[TimelineEntry, ...]:
    return tuple(
        TimelineEntry(
            seq=n, at=NOW + timedelta(minutes=n), actor=actor, action=action, step=StepId(step) if step else None,
            facts={},
        )
        for n, (actor, action, step) in enumerate(happenings)
    )  # fmt: skip


HAPPENINGS = (
    ("resident", "received", None),
    ("counter", "signature_checked", "signature"),
    ("counter", "register_checked", "register"),
    ("counter", "payment_opened", "fee"),
)


def a_payment(status: str = "open") -> PaymentView:
    plain = {"amount": Yen(600), "status": status, "url": "https://pay.example/c/cs_1", "refunded": 0}
    card = {"brand": "visa", "last4": "4242", "paid_at": NOW} if status != "open" else dict.fromkeys(CARD)
    return PaymentView.model_validate({**plain, **card, **({"refunded": 600} if status == "refunded" else {})})


def a_document(**changes: object) -> DocumentView:
    plain = {
        "id": UUID(int=5),
        "title": LIBRARY.current("residence_certificate").document("certificate").title.model_dump(),
        "bytes": 84_211, "issued_at": NOW, "delivered_at": NOW, "revoked_at": None,
        "verification_code": "7KQ4-M2VX-93RD-HF5T",
    }  # fmt: skip
    return DocumentView.model_validate({**plain, **changes})


def a_case(status: CaseStatus, answers: Mapping[str, object] | None = None, **changes: object) -> CaseView:
    plain = {
        "receipt_number": RECEIPT, "procedure": "residence_certificate", "version": 1, "status": status,
        "received_at": NOW, "due_at": NOW + timedelta(days=6), "language": "ja", "step": "fee", "reason": None,
        "reason_text": None, "suspended_at": None, "closed_at": None, "answers": answers or certificate_answers(),
        "marks": {}, "timeline": a_timeline(*HAPPENINGS), "payments": (), "documents": (), "tracking_number": None,
        "pending": (),
    }  # fmt: skip
    return CaseView.model_validate({**plain, **changes})


REGISTERED = {"name": "山田　太郎", "address": "兵庫県姫路市飾磨区中島1番地", "birth_date": "1990-05-20", "sex": "male"}


def a_task(kind: str = "review", answers: Mapping[str, object] | None = None, **changes: object) -> TaskView:
    plain = {
        "id": UUID(int=6), "receipt_number": RECEIPT, "procedure": "residence_certificate", "version": 1,
        "department": "resident_counter", "step": "review", "kind": kind, "function": "certificate_review",
        "task_version": 3,
        "assignee": OFFICER.account_id, "assignee_name": OFFICER.officer_name, "lease_until": NOW + timedelta(hours=1),
        "findings": ("register_differs_address",), "opened_at": NOW, "due_at": NOW + timedelta(days=3),
        "received_at": NOW, "escalated": False,
        "closed_at": None, "answers": answers or certificate_answers(), "attachments": (an_attachment(),),
        "signer": PersonFacts.model_validate(REGISTERED | {"address": "兵庫県姫路市安田四丁目1番地"}),
        "signature_outcome": "valid",
        "registered": PersonFacts.model_validate(REGISTERED),
        "differences": ("address",), "timeline": a_timeline(*HAPPENINGS), "payments": (a_payment("paid"),),
        "documents": (), "outcome": None, "reason": None, "markable": tuple(answers or certificate_answers()),
    }  # fmt: skip
    return TaskView.model_validate({**plain, **changes})


def an_unread() -> UnreadView:
    return UnreadView(
        receipt_number=RECEIPT, procedure=ProcedureId("residence_certificate"), version=1,
        department="resident_counter", count=2, since=NOW,
    )  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One page as its reader sees it."""

    name: str
    template: str
    context: Mapping[str, object] = field(repr=False)
    visitor: Visitor | None = RESIDENT
    path: str = "/"

    def render(self, language: Language = "ja") -> str:
        city = municipality.name("282014")
        return pages.render(pages.Reader(language, city, self.path, self.visitor), self.template, **self.context)


def answers_for(procedure: Procedure, hostile: bool) -> dict[str, object]:
    """An answer to every question, whatever the procedure."""
    return {asked.id: _answer(asked, hostile) for asked in procedure.form.fields() if asked.kind != "attachment"}


def _answer(asked: FieldBase, hostile: bool) -> object:
    match asked:
        case IntegerField():
            return asked.minimum
        case ChoiceField():
            values = [option.value for option in asked.options]
            return values if asked.many else values[-1]
        case DateField():
            return f"令和8-5-{HOSTILE[:9] if hostile else 1}"
        case ConsentField():
            return True
        case GroupField():
            return [{inner.id: _answer(inner, hostile) for inner in asked.fields}] * 2
        case _:
            return HOSTILE if hostile else "姫路　さくら"


def a_mark(reason: str, fault: Fault = "incomplete") -> Mark:
    """What is wrong with one answer."""
    return Mark(fault=fault, reason=reason)
