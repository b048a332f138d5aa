"""案件の画面の見本: a case as officers see it in every state, what is asked of others, the templates of messages."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.case.problems import CASE_PROBLEMS
from api.case.views import (
    AttributeView,
    CaseFileView,
    CertificateUsedView,
    ComparisonView,
    DutyChoice,
    EarlierCase,
    EarlierView,
    HistoryLine,
    NoteView,
    OpinionView,
    PagesView,
    ReviewSheetView,
    RevocationCheckView,
    SharedView,
    SignatureView,
    TemplateView,
)
from api.desk.views import TaskView
from api.views import AttachmentView, MessageFileView, PaymentView, ThreadView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.problems import problem as field_problem
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from ui.reviewer import case_contents, opinion_contents, viewer_contents
from ui.reviewer.case_contents import NOTHING, Parts, Refused
from ui.reviewer.opinion_contents import TypedAnswer, TypedQuestion
from ui.reviewer.sheet_contents import TypedSheet
from ui.reviewer.viewer_contents import Looking, Where

Sample = tuple[str, str, dict[str, Any]]
TEXTS = {"ja": "{受付番号}について", "en": "About {受付番号}"}
EXPERT = DutyChoice(
    department="health", function="expert", department_name={"ja": "保健所健康課", "en": "Public Health Division"},
    function_title={"ja": "外部有識者", "en": "outside expert"},
)  # fmt: skip


def files(text: str, field: str = "health_insurance") -> tuple[AttachmentView, ...]:
    named = (("application/pdf", f"{text[:60]}.pdf"), ("image/jpeg", "裏面.jpg"))
    return tuple(
        AttachmentView(id=UUID(int=40 + n), field=field, name=name, media_type=kind, bytes=207_600)
        for n, (kind, name) in enumerate(named)
    )


def compared(text: str) -> ComparisonView:
    """One of each: the same, variant characters, different, and not asked."""
    said: tuple[tuple[str, str | None, str, str, Any, Any, Any], ...] = (
        ("name", "渡邊　髙志", "渡辺　高志", "渡辺　高志", "variant", "variant", "same"),
        ("birth_date", "1990-04-21", "1990-04-12", "1990-04-12", "differs", "differs", "same"),
        ("sex", None, "male", "male", None, None, "same"),
        (
            "address",
            text,
            "兵庫県姫路市安田四丁目１番地",
            "兵庫県姫路市飾磨区中島1番地",
            "differs",
            "differs",
            "differs",
        ),
    )
    names = ("attribute", "answered", "certified", "registered", "answer_and_certificate", "answer_and_register",
             "certificate_and_register")  # fmt: skip
    return ComparisonView(
        signed_by="person",
        rows=tuple(AttributeView.model_validate(dict(zip(names, row, strict=True))) for row in said),
    )


def of_organization(text: str) -> ComparisonView:
    plain: dict[str, Any] = {"registered": None, "answer_and_register": None, "certificate_and_register": None}
    rows = (
        AttributeView(
            attribute="organization",
            answered=text,
            certified="見本測量合同会社",
            answer_and_certificate="differs",
            **plain,
        ),
        AttributeView(attribute="office", answered=None, certified=None, answer_and_certificate=None, **plain),
    )
    return ComparisonView(signed_by="organization", rows=rows)


def signed(now: datetime, **changes: Any) -> SignatureView:
    used = CertificateUsedView(
        kind="individual", medium="card", authority={"ja": "公的個人認証サービス 署名用認証局", "en": "JPKI"},
        serial="124907618", not_before=now - timedelta(days=300), not_after=now + timedelta(days=1000),
    )  # fmt: skip
    asked: dict[str, Any] = {"asked_at": now, "address": "ocsp.example", "answered_by": "OCSP Responder", "as_of": now}
    checks = (
        RevocationCheckView(kind="ocsp", **asked),
        RevocationCheckView(kind="crl", **(asked | {"answered_by": None})),
    )
    plain: dict[str, Any] = {
        "outcome": "valid", "reason": None, "reason_text": None, "revision": 1, "attachments": 2, "unchanged": True,
        "signed_at": now, "received_at": now, "checked_at": now, "certificate": used, "revocation": checks,
        "revoked_since": None,
    }  # fmt: skip
    return SignatureView(**(plain | changes))


def opinions(now: datetime, text: str, receipt: ReceiptNumber) -> tuple[OpinionView, ...]:
    plain: dict[str, Any] = {
        "receipt_number": receipt, "procedure": "child_allowance", "version": 3, "asker": "花田　一",
        "asked": EXPERT, "question": text, "fields": ("address",), "attachments": (UUID(int=40),),
        "wished_for": now.date() + timedelta(days=7), "required": False, "asked_at": now, "withdrawn_at": None,
        "stance": None, "answer": None, "answerer": None, "answered_at": None, "file": None,
    }  # fmt: skip
    file = MessageFileView(id=UUID(int=50), name=f"{text[:40]}.pdf", media_type="application/pdf", bytes=12_000)
    given = {"answer": text, "answerer": "医師　三郎", "answered_at": now}
    states: tuple[dict[str, Any], ...] = (
        {"required": True, "outdated": True},
        {},
        {"withdrawn_at": now},
        given | {"stance": "object", "file": file},
        given | {"stance": "agree"},
        given | {"stance": "comment"},
    )
    return tuple(OpinionView(id=UUID(int=60 + n), **(plain | more)) for n, more in enumerate(states))


def notes(now: datetime, text: str) -> tuple[NoteView, ...]:
    said: tuple[tuple[bool, datetime | None], ...] = ((True, None), (False, None), (True, now))
    return tuple(
        NoteView(id=UUID(int=70 + n), author="白浜　二", body=text, written_at=now, withdrawn_at=gone, own=own)
        for n, (own, gone) in enumerate(said)
    )


def history(now: datetime) -> tuple[HistoryLine, ...]:
    told: tuple[tuple[str, str, str | None, dict[str, object]], ...] = (
        ("officer", "task_reassigned", "review", {}),
        ("officer", "opinion_given", None, {"stance": "object"}),
        ("counter", "refunded", None, {"amount": 600}),
        ("officer", "posted", "mail", {"tracking_number": "1234-5678-9012"}),
        ("neighbour", "payment_confirmed", "fee", {"amount": 600, "brand": "visa"}),
        ("counter", "task_opened", "review", {}),
        ("resident", "received", None, {}),
    )
    return tuple(
        HistoryLine.model_validate(
            {"seq": n, "at": now - timedelta(hours=8 * n), "actor": actor, "action": action, "facts": facts,
             "officer": "花田　一" if actor == "officer" else None, "to": "白浜　二" if n == 0 else None,
             "step": StepId(step) if step else None}
        )
        for n, (actor, action, step, facts) in enumerate(told * 3)
    )  # fmt: skip


def earlier(now: datetime, count: int, elsewhere: int) -> EarlierView:
    return EarlierView(
        cases=tuple(
            EarlierCase(
                receipt_number=ReceiptNumber(f"282014-260401-0000{n}"), procedure=ProcedureId("child_allowance"),
                version=3, status="delivered", received_at=now, closed_at=now,
            )
            for n in range(count)
        ),
        elsewhere=elsewhere,
    )  # fmt: skip


def parts(
    now: datetime, text: str, answers: Mapping[str, object], thread: ThreadView, *,
    attachments: tuple[AttachmentView, ...] = (), payments: tuple[PaymentView, ...] = (), task: UUID | None = None,
    **changes: Any,
) -> Parts:  # fmt: skip
    """All there can be of a case; `changes` take away."""
    receipt = thread.receipt_number
    template = TemplateView(
        id=UUID(int=80), department="children", name=text[:40], texts=TEXTS, version=1, changed_at=now,
        changed_by="花田　一",
    )  # fmt: skip
    page = f"/tasks/{task}" if task else f"/inbox/cases/{receipt}"
    plain: dict[str, Any] = {
        "receipt_number": receipt, "answers": answers, "attachments": attachments, "put_right": (), "extensions": (),
        "payments": payments, "comparison": compared(text), "signature": signed(now), "history": history(now),
        "earlier": earlier(now, 7, 2), "notes": notes(now, text), "opinions": opinions(now, text, receipt),
        "choices": (EXPERT,), "thread": thread, "templates": (template,), "sheet": None, "looking": Looking(),
        "pages": PagesView(pages=12, shown=12, failure=None) if attachments else None,
        "where": Where(page, f"/inbox/cases/{receipt}/files"), "task": task,
    }  # fmt: skip
    return Parts(**(plain | changes))


BARE: dict[str, Any] = {
    "comparison": ComparisonView(signed_by=None, rows=()), "signature": None, "history": (), "notes": (),
    "opinions": (), "choices": (), "templates": (), "earlier": EarlierView(cases=(), elsewhere=0),
}  # fmt: skip
BLANK = ReviewSheetView(version=0, answers={}, saved_by=None, saved_at=None, missing=("first_month", "monthly_amount"))


def states(now: datetime, text: str) -> Iterator[tuple[str, dict[str, Any], Refused]]:
    """(name, what differs of the parts, what was refused): of a case of child allowance under review."""
    filled = BLANK.model_copy(
        update={"version": 3, "saved_by": "花田　一", "saved_at": now, "missing": (),
                "answers": {"first_month": "2026-06", "monthly_amount": 15000, "remarks": text,
                            "custody_checked_by": ["register"]}}
    )  # fmt: skip
    typed = {"first_month": text, "monthly_amount": text, "earner_checked_by": "single", "remarks": text}
    wrong = (field_problem("first_month", "pattern", example="2026-05"), field_problem("earner_checked_by", "required"))
    refused = {code: found for code, (_, found) in CASE_PROBLEMS.items()}
    asked = TypedQuestion(
        "health:expert", text, frozenset({"address"}), frozenset(), {"year": text[:4], "month": "1", "day": ""}
    )
    many = PagesView(pages=2100, shown=2000, failure=None)
    turned = Looking(UUID(int=40), 2, 200, 90)
    yield "in full", {"sheet": filled}, NOTHING
    yield "turned", {"sheet": BLANK, "looking": turned, "pages": many}, NOTHING
    for failure in ("broken", "locked", "too_large", "unfinished"):
        yield f"with a file {failure}", {"pages": PagesView(pages=0, shown=0, failure=failure)}, NOTHING  # type: ignore[arg-type]
    yield "while many look", {"pages": None}, NOTHING
    yield "altered", {"signature": signed(now, unchanged=False)}, NOTHING
    invalid = signed(now, outcome="invalid", reason="revoked", reason_text={"ja": "失効しています。"}, certificate=None)
    yield "with a refused signature", {"signature": invalid}, NOTHING
    yield "revoked since", {"signature": signed(now, revoked_since=now)}, NOTHING
    yield "bare", {**BARE, "attachments": (), "pages": None}, NOTHING
    yield "of an organization", {"comparison": of_organization(text)}, NOTHING
    yield "with a refused note", {}, Refused("note", refused["note_empty"], note=text)
    yield "with a refused question", {}, Refused("opinion", refused["opinion_incomplete"], question=asked)
    mistaken = TypedSheet(typed, wrong)
    yield "with a mistaken sheet", {"sheet": BLANK}, Refused("sheet", wrong[0].message, sheet=mistaken)
    stale = TypedSheet(typed, stale=True)
    yield "with a stale sheet", {"sheet": filled}, Refused("sheet", refused["review_form_stale"], sheet=stale)


def reviewed(
    language: Language, library: Library, view: TaskView, thread: ThreadView, now: datetime, text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """審査画面 of a claim in every state of its parts: (name, what the case gives to the page)."""
    procedure = library.current("child_allowance")
    for name, changes, refused in states(now, text):
        given = {"attachments": files(text), "sheet": BLANK} | changes
        shown = parts(now, text, view.answers, thread, task=view.id, **given)
        yield name, case_contents.case(language, library, procedure, shown, refused)


def case_pages(
    language: Language, library: Library, now: datetime, text: str, answers: Mapping[str, object], thread: ThreadView
) -> Iterator[Sample]:
    """案件画面: (name, template, contents)."""
    procedure = library.current("child_allowance")
    for name, closed in (("closed case", now), ("case with a task", None)):
        view = CaseFileView.model_validate(
            {"receipt_number": thread.receipt_number, "procedure": procedure.id, "version": procedure.version,
             "department": "children", "language": "ja", "status": "delivered" if closed else "under_review",
             "step": None, "received_at": now, "arrival": "online", "due_at": now, "closed_at": closed,
             "answers": answers,
             "attachments": files(text), "put_right": (), "extensions": (), "payments": (), "documents": (),
             "open_task": None if closed else UUID(int=6)}
        )  # fmt: skip
        shown = parts(now, text, answers, thread, attachments=view.attachments, sheet=BLANK, on_paper=closed is None)
        yield name, "reviewer/case.html", case_contents.case(language, library, procedure, shown) | {"case": view}


def opinion_pages(
    language: Language, library: Library, now: datetime, text: str, answers: Mapping[str, object]
) -> Iterator[Sample]:
    """意見を回答する頁."""
    procedure = library.current("child_allowance")
    found = opinions(now, text, ReceiptNumber("282014-260401-7K3MQ"))
    for name, opinion, shared in (
        ("asked", found[0], files(text)),
        ("asked barely", found[1], ()),
        ("answered", found[3], ()),
    ):
        said = answers if shared else {}
        view = SharedView(opinion=opinion, answers=said, attachments=shared)
        yield f"opinion {name}", "reviewer/opinion.html", _opinion(language, procedure, view)
    view = SharedView(opinion=found[0], answers=answers, attachments=())
    refused = {"typed": TypedAnswer("agree", text), "problem": CASE_PROBLEMS["opinion_empty"][1]}
    yield "opinion refused", "reviewer/opinion.html", _opinion(language, procedure, view, **refused)


def _opinion(language: Language, procedure: Procedure, view: SharedView, **more: Any) -> dict[str, Any]:
    here = f"/inbox/opinions/{view.opinion.id}"
    pages = PagesView(pages=1, shown=1, failure=None)
    content = opinion_contents.asked(language, procedure, view, **more)
    where = Where(here, f"{here}/files")
    return content | viewer_contents.viewer(language, procedure, view.attachments, Looking(), pages, where)


def template_pages(now: datetime, text: str) -> Iterator[Sample]:
    """定型文の頁."""
    template = TemplateView(
        id=UUID(int=80), department="children", name=text[:60], texts=TEXTS, version=2, changed_at=now,
        changed_by="花田　一",
    )  # fmt: skip
    yield "templates", "reviewer/templates.html", {"templates": [(template, "こども支援課")], "may_add": True}
    yield "no templates", "reviewer/templates.html", {"templates": [], "may_add": False}
    own = [("children", "こども支援課"), ("health", "保健所健康課")]
    typed = {"name": text[:60], "department": "children", "text.ja": text}
    refused = CASE_PROBLEMS["template_incomplete"][1]
    plain: dict[str, Any] = {"departments": own, "department": "こども支援課", "problem": None}
    for name, more in (
        ("new template", {"kept": None, "typed": {}}),
        ("refused template", {"kept": None, "typed": typed, "problem": refused}),
        ("template", {"kept": template, "typed": typed}),
    ):
        yield name, "reviewer/template.html", plain | more


def asked_opinions(library: Library, now: datetime | None = None, text: str = "") -> dict[str, Any]:
    """受信箱の意見照会: some, or none without `now`."""
    found = opinions(now, text, ReceiptNumber("282014-260401-7K3MQ"))[:2] if now else ()
    return opinion_contents.waiting(library, found)
