"""Realistic view models, and every page with the context its router gives it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import case_samples
from catalogue_samples import catalogue_pages, my_pages
from certificate_samples import certificate_pages
from inbox_samples import colleagues, handover_views, inbox_views
from notice_samples import notice_pages
from statistics_samples import statistics_pages

from api.problems import problem
from api.views import (
    AttachmentView,
    CaseLine,
    CaseStatus,
    CaseView,
    CertificateView,
    DocumentView,
    DraftView,
    DutyView,
    NoticeView,
    OrganizationFacts,
    PaymentView,
    PersonFacts,
    PointsLine,
    PointsView,
    SessionView,
    TaskLine,
    TaskView,
    TimelineEntry,
    UnreadView,
    VerificationView,
    Visitor,
)
from procedures.answers import check_answers
from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, DateField, FieldBase, GroupField, IntegerField, Section
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import Points, ProcedureId, ReceiptNumber, StepId, Yen
from ui import form, municipality, pages, steps, wording
from ui.admin import contents as admin_contents
from ui.resident import account, catalogue_contents, contents, draft_contents
from ui.resident.prefill import CardNote
from ui.reviewer import contents as reviewer_contents

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
        "documents": (), "outcome": None, "reason": None,
    }  # fmt: skip
    return TaskView.model_validate({**plain, **changes})


def an_unread() -> UnreadView:
    return UnreadView(
        receipt_number=RECEIPT, procedure=ProcedureId("residence_certificate"), version=1,
        department="resident_counter", count=2, since=NOW,
    )  # fmt: skip


def an_organizations_task(hostile: bool = False) -> TaskView:
    """A task of a case that an organisation signed, whose certificate gives no corporate number."""
    said = OrganizationFacts(organization=HOSTILE if hostile else "見本測量合同会社", representative="測量　正")
    found = ("signer_differs_corporate_number",)
    return a_task(signer=None, registered=None, differences=(), findings=found, organization=said, payments=())


def a_balance() -> PointsView:
    booked = (("award", 5000, 0), ("award", 1000, 40), ("reversal", -1000, 55), ("award", 500, 90))
    rows = tuple(
        PointsLine(
            programme="happy_pass",
            kind=kind,
            points=Points(points),
            booked_at=NOW + timedelta(days=days),
            receipt_number=RECEIPT,
        )
        for kind, points, days in booked
    )
    return PointsView(balance=Points(5500), lines=rows)


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


def samples(language: Language, hostile: bool = False) -> Iterator[Sample]:
    """Every page, for every procedure of the library, in one language."""
    for name, template, shown, path in catalogue_pages(language, HOSTILE if hostile else "住民票"):
        yield Sample(name, template, shown, None, path)
    for procedure in LIBRARY.all():
        yield from _of_procedure(language, procedure, hostile)
    yield from _login()
    for name, template, shown, path in my_pages(language, HOSTILE if hostile else "受診の案内に使うことに同意します。"):
        yield Sample(name, template, shown, path=path)
    yield from _cases(language, hostile)
    yield from _points_and_verification(language)
    yield from _officers(language, hostile)
    yield Sample("accessibility", "resident/accessibility.html", {}, None)
    for status in (*wording.TROUBLES, 418, 504):
        trouble = {
            "trouble": wording.trouble(status),
            "detail": HOSTILE if hostile else None,
            "reference": "ab12",
            "status": status,
        }
        yield Sample(f"error {status}", "resident/trouble.html", trouble, None)


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


def _of_procedure(language: Language, procedure: Procedure, hostile: bool) -> Iterator[Sample]:
    name = procedure.id
    page = catalogue_contents.guide(procedure, language, NOW)
    yield Sample(f"{name} about", "resident/procedure.html", page, None, f"/procedures/{name}")
    answers = answers_for(procedure, hostile)
    attached = tuple(
        an_attachment(HOSTILE if hostile else "交付通知書.pdf").model_copy(update={"field": asked.id})
        for asked in procedure.form.fields()
        if asked.kind == "attachment"
    )
    yield from _of_draft(language, procedure, answers, attached, hostile)


def _of_draft(
    language: Language,
    procedure: Procedure,
    answers: Mapping[str, object],
    attached: tuple[AttachmentView, ...],
    hostile: bool,
) -> Iterator[Sample]:
    """A draft in all its states, step by step."""
    filled = a_draft(procedure, answers, attachments=attached, revision=4)
    wrong = a_draft(procedure, {"unknown": "x"})
    problems = check_answers(procedure, wrong.answers, TODAY).problems
    other = {each.id: HOSTILE if hostile else "別の答え" for each in procedure.form.fields()}
    marked = {each.id: HOSTILE if hostile else "番地まで書いてください" for each in procedure.form.fields()[:2]}
    for section in procedure.form.sections:
        own = tuple(field.id for field in section.fields)
        special = any(isinstance(each, GroupField) or getattr(each, "address_field", None) for each in section.fields)
        name = f"{procedure.id} {section.id}" if special else procedure.id
        told = form.Remarks(tidied=own, theirs=other)
        yield a_step(language, procedure, a_draft(procedure, {}), section, name=f"{name} empty form")
        yield a_step(language, procedure, filled, section, name=f"{name} filled form", grown=True)
        yield a_step(language, procedure, wrong, section, form.Remarks(problems), name=f"{name} form with errors")
        yield a_step(language, procedure, filled, section, told, name=f"{name} form saved elsewhere", clash=True)
        corrected = filled.model_copy(update={"corrects": RECEIPT, "marks": marked})
        yield a_step(language, procedure, corrected, section, name=f"{name} correction")
    yield from _leaving(language, procedure, filled)


def a_step(
    language: Language,
    procedure: Procedure,
    draft: DraftView,
    section: Section,
    remarks: form.Remarks = form.PLAIN,
    *,
    name: str = "form",
    **more: object,
) -> Sample:
    """One step of a form."""
    way = steps.Walk(draft, procedure.form.sections, ())
    shown = form.shown(language, procedure, draft, TODAY, section, remarks)
    card = CardNote(offered=True, was_read=draft.revision > 1, kept=(section.fields[0].label,))
    plain = {"clash": False, "grown": False, "fresh": "", "tidied": (), "card": card}
    context = draft_contents.step(language, procedure, way, shown) | plain | more
    return Sample(name, "resident/draft.html", context, path=f"/drafts/{draft.id}/steps/{section.id}")


def _leaving(language: Language, procedure: Procedure, draft: DraftView) -> Iterator[Sample]:
    name, plain = procedure.id, draft_contents.draft(language, procedure, draft)
    yield Sample(f"{name} kept for later", "resident/draft_later.html", plain)
    yield Sample(f"{name} draft to delete", "resident/draft_delete.html", plain)
    for gone in (procedure.form.fields()[:2], ()):
        found = draft_contents.outdated(language, procedure, draft, gone)
        yield Sample(f"{name} outdated draft", "resident/draft_outdated.html", found)
    checked = check_answers(procedure, draft.answers, TODAY)
    reviewed = draft_contents.review(language, procedure, draft, checked, NOW)
    rows = draft_contents.tidied(language, procedure, draft, list(draft.answers)[:2])
    yield Sample(f"{name} review", "resident/review.html", reviewed | {"tidied": rows})
    marks = {each.id: "番地まで書いてください" for each in procedure.form.fields()[:2]}
    mine = draft.model_copy(update={"corrects": RECEIPT, "marks": marks})
    given = dict(list(draft.answers.items())[1:])
    filed = a_case("awaiting_correction", given, procedure=procedure.id)
    corrected = draft_contents.corrected(language, procedure, mine, checked, filed)
    anew = draft_contents.review(language, procedure, mine, checked, NOW) | {"corrected": corrected}
    yield Sample(f"{name} correction review", "resident/review.html", anew)
    shut = {"closed": procedure.summary, "refusals": (procedure.summary,), "changed": True}
    yield Sample(f"{name} review that leads nowhere", "resident/review.html", reviewed | shut)
    yield Sample(f"{name} review on paper", "resident/review_print.html", reviewed | {"printed_at": NOW})


def _login() -> Iterator[Sample]:
    yield Sample("login", "resident/login.html", login("/cases?a=1&b=2"), None, "/login")
    yield Sample("login failed", "resident/login.html", login(HOSTILE, failed=True), None, "/login")
    staff = login("/inbox") | {"officer_login": HOSTILE}
    yield Sample("login for staff", "resident/login.html", staff, None, "/login")
    yield from _account()


def login(next_page: str, *, failed: bool = False) -> dict[str, object]:
    return {"next": next_page, "failed": failed, "officer_login": None}


def _account() -> Iterator[Sample]:
    kinds = (("jpki_card", None), ("jpki_smartphone", None), ("oidc", None), ("jpki_card", "renewed"))
    held = tuple(
        CertificateView.model_validate(
            {"id": UUID(int=number), "kind": kind, "registered_at": NOW, "suspension": suspension,
             "expires_at": None if kind == "oidc" else NOW + timedelta(days=900), "in_use": number == 0}
        )
        for number, (kind, suspension) in enumerate((*kinds, ("jpki_card", "revoked"), ("jpki_card", "administrator")))
    )  # fmt: skip
    here = SessionView(kind="jpki_card", created_at=NOW, last_seen_at=NOW, current=True)
    elsewhere = here.model_copy(update={"kind": "jpki_smartphone", "current": False})
    path = "/account/certificates"
    refusal = problem("certificate_taken").text
    for name, shown in (
        ("account", account.contents(held, (here, elsewhere))),
        ("account with one certificate", account.contents(held[:1], (here,), added=True)),
        ("account that ended others", account.contents(held[:2], (here,), ended=True)),
        ("account refused", account.contents(held[:2], (here,), refusal)),
    ):
        yield Sample(name, "resident/account.html", shown, path=path)


def _cases(language: Language, hostile: bool) -> Iterator[Sample]:
    text = HOSTILE if hostile else "番地が読み取れません"
    procedure = LIBRARY.current("residence_certificate")
    answers = certificate_answers(HOSTILE) if hostile else None
    settled: dict[str, object] = {
        "payments": (a_payment("paid"),),
        "documents": (a_document(),),
        "tracking_number": "1234-5678-9012",
    }
    details: dict[str, dict[str, object]] = {
        "awaiting_payment": {"payments": (a_payment(),)},
        "awaiting_correction": {
            "marks": {"phone": text, "purpose_other": text},
            "suspended_at": NOW,
            "reason_text": text,
        },
        "awaiting_neighbour": {"reason": "unreachable", "pending": ("retry_now",)},
        "issuing": {"documents": (a_document(delivered_at=None),)},
        "delivered": settled,
        "rejected": {"reason": "decided", "reason_text": text, "payments": (a_payment("refunded"),)},
        "lapsed": {"reason": "payment_overdue", "payments": (a_payment("expired"),)},
        "withdrawn": {"payments": (a_payment("refunded"),), "closed_at": NOW},
        "recalled": {
            **settled,
            "reason": "payment_disputed",
            "payments": (a_payment("disputed"),),
            "documents": (a_document(revoked_at=NOW),),
        },
    }

    def make(status: CaseStatus, **more: object) -> CaseView:
        return a_case(status, answers, **more)

    views = case_samples.in_every_state(make, a_payment, details, NOW)
    for name, template, shown, path in case_samples.case_pages(language, procedure, views, NOW, text):
        yield Sample(name, template, shown, path=path or f"/cases/{RECEIPT}")
    lines = tuple(CaseLine.model_validate(a_case(status, unread=2).model_dump()) for status in wording.STATES)
    notices = tuple(
        NoticeView(receipt_number=RECEIPT, procedure=ProcedureId("happy_pass"), version=1, kind=kind, created_at=NOW)
        for kind in (*wording.NOTICES, "another")
    )
    full = contents.cases(LIBRARY, lines, (a_draft(procedure, {}),), notices)
    yield Sample("cases", "resident/cases.html", full, path="/cases")
    yield Sample("no cases", "resident/cases.html", contents.cases(LIBRARY, (), (), ()), path="/cases")


def _points_and_verification(language: Language) -> Iterator[Sample]:
    yield Sample("points", "resident/points.html", contents.points(LIBRARY, a_balance()), path="/points")
    nothing = PointsView(balance=Points(0), lines=())
    yield Sample("no points", "resident/points.html", contents.points(LIBRARY, nothing), path="/points")
    yield Sample("verify", "resident/verify.html", contents.verification(language), None, "/verify")
    yield Sample(
        "verify nothing", "resident/verify.html", contents.verification(language, missing=True), None, "/verify"
    )
    for outcome in wording.OUTCOMES:
        found = VerificationView.model_validate(
            {"outcome": outcome}
            if outcome == "unknown"
            else {"outcome": outcome, "title": a_document().title, "issued_at": NOW, "municipality": "282014",
                  "revoked_at": NOW if outcome == "revoked" else None}
        )  # fmt: skip
        page = contents.verification(language, found, "7KQ4-M2VX-93RD-HF5T")
        yield Sample(f"verify {outcome}", "resident/verify.html", page, None, "/verify")


def _officers(language: Language, hostile: bool) -> Iterator[Sample]:
    procedure = LIBRARY.current("residence_certificate")
    answers = certificate_answers(HOSTILE) if hostile else None
    tasks = [
        a_task(),
        a_task("approve", findings=(), assignee=None, assignee_name=None),
        a_task("post_document", escalated=True),
    ]
    lines = [TaskLine.model_validate(view.model_dump()) for view in tasks]
    for name, view in inbox_views(language, LIBRARY, OFFICER, lines, NOW):
        view |= reviewer_contents.unread(LIBRARY, (an_unread(),) if name == "late inbox" else ())
        yield Sample(name, "reviewer/inbox.html", view, OFFICER, "/inbox")
    refused = reviewer_contents.Typed("send_back", HOSTILE if hostile else "", {"phone": "x"})
    for view, typed in (
        (a_task(answers=answers), None),
        (a_task(answers=answers), refused),
        (a_task(assignee=None), None),
        (a_task("post_document"), None),
        (a_task(closed_at=NOW, reason=HOSTILE if hostile else "確認済み"), None),
        (
            a_task(signer=None, registered=None, findings=(), attachments=(), payments=(), signature_outcome=None),
            None,
        ),
        (an_organizations_task(hostile), None),
    ):
        thread = case_samples.a_thread(
            RECEIPT, NOW, HOSTILE if hostile else "ご確認ください。", closed=view.closed_at is not None
        )
        page = reviewer_contents.task(
            language, procedure, view, NOW, thread, typed, procedure.title if typed else None, colleagues()
        )
        whose = "an organization's " if view.organization else ""
        name = f"{whose}task {view.kind} {view.assignee} {view.closed_at} {typed is not None} {view.signer is None}"
        yield Sample(name, "reviewer/task.html", page, OFFICER, f"/tasks/{view.id}")
    thread = case_samples.a_thread(RECEIPT, NOW, HOSTILE if hostile else "ご確認ください。")
    for name, more in (
        ("", {"typed": "", "problem": None}),
        (" refused", {"typed": HOSTILE, "problem": procedure.title}),
    ):
        shown = {"thread": thread, "task": UUID(int=6) if more["typed"] else None, **more}
        yield Sample(f"messages{name}", "reviewer/messages.html", shown, OFFICER, "/inbox")
    yield from (
        Sample(name, "admin/handover.html", view, OFFICER, "/admin/handover") for name, view in handover_views()
    )
    cases = [CaseLine.model_validate(a_case(status).model_dump()) for status in wording.STATES]
    for name, found in (("admin cases", cases), ("no admin cases", [])):
        page = admin_contents.cases(language, LIBRARY, found, lambda receipt: f"http://127.0.0.1:8233/{receipt}")
        yield Sample(name, "admin/cases.html", page, OFFICER, "/admin/cases")
    for name, template, shown, path in statistics_pages(language, LIBRARY, NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in certificate_pages(NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in notice_pages(NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, RESIDENT, path)
