"""Realistic view models, and every page with the context its router gives it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import case_samples
from catalogue_samples import catalogue_pages, my_pages
from desk_samples import desk_pages
from points_samples import public_pages
from sample_parts import (
    AGENT as AGENT,
)
from sample_parts import (
    GATEWAY as GATEWAY,
)
from sample_parts import (
    HOSTILE as HOSTILE,
)
from sample_parts import (
    LIBRARY as LIBRARY,
)
from sample_parts import (
    NOW as NOW,
)
from sample_parts import (
    OFFICER as OFFICER,
)
from sample_parts import (
    RECEIPT as RECEIPT,
)
from sample_parts import (
    RESIDENT as RESIDENT,
)
from sample_parts import (
    TODAY as TODAY,
)
from sample_parts import (
    Sample as Sample,
)
from sample_parts import (
    a_case as a_case,
)
from sample_parts import (
    a_document,
    a_payment,
    an_attachment,
)
from sample_parts import (
    a_draft as a_draft,
)
from sample_parts import (
    a_mark as a_mark,
)
from sample_parts import (
    a_task as a_task,
)
from sample_parts import (
    an_unread as an_unread,
)
from sample_parts import (
    answers_for as answers_for,
)
from sample_parts import (
    certificate_answers as certificate_answers,
)
from sheet_samples import CLERK, sheet_pages

from api.problems import problem
from api.views import (
    AttachmentView,
    CaseLine,
    CaseStatus,
    CaseView,
    CertificateView,
    DraftView,
    NoticeView,
    SessionView,
)
from procedures.answers import check_answers
from procedures.calendar import EVERY_WEEKDAY
from procedures.document import Procedure
from procedures.form import GroupField, Section
from procedures.texts import Language
from procedures.values import ProcedureId
from ui import form, steps, wording
from ui.resident import account, catalogue_contents, contents, draft_contents
from ui.resident.prefill import CardNote


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
    for name, template, shown, visitor, path in public_pages(language, LIBRARY, NOW, RECEIPT):
        yield Sample(name, template, shown, RESIDENT if visitor else None, path)
    yield from desk_pages(language, hostile)
    for name, template, shown, path in sheet_pages(language, NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, CLERK, path)
    yield Sample("accessibility", "resident/accessibility.html", {}, None)
    for status in (*wording.TROUBLES, 418, 504):
        trouble = {
            "trouble": wording.trouble(status),
            "detail": HOSTILE if hostile else None,
            "reference": "ab12",
            "status": status,
        }
        yield Sample(f"error {status}", "resident/trouble.html", trouble, None)


def _of_procedure(language: Language, procedure: Procedure, hostile: bool) -> Iterator[Sample]:
    name = procedure.id
    page = catalogue_contents.guide(procedure, language, NOW, EVERY_WEEKDAY)
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
    marked = {each.id: a_mark(HOSTILE if hostile else "番地まで書いてください") for each in procedure.form.fields()[:2]}
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
    reviewed = draft_contents.review(language, procedure, draft, checked, NOW, EVERY_WEEKDAY)
    rows = draft_contents.tidied(language, procedure, draft, list(draft.answers)[:2])
    yield Sample(f"{name} review", "resident/review.html", reviewed | {"tidied": rows})
    marks = {each.id: a_mark("番地まで書いてください") for each in procedure.form.fields()[:2]}
    mine = draft.model_copy(update={"corrects": RECEIPT, "marks": marks})
    given = dict(list(draft.answers.items())[1:])
    filed = a_case("awaiting_correction", given, procedure=procedure.id)
    corrected = draft_contents.corrected(language, procedure, mine, checked, filed)
    anew = draft_contents.review(language, procedure, mine, checked, NOW, EVERY_WEEKDAY) | {"corrected": corrected}
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
            "marks": {"phone": a_mark(text), "purpose_other": a_mark(text, "outdated")},
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
