"""The pages of one case in every state, with the context their routers give them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from deadline_samples import by_law

from api.problems import problem
from api.resident.progress import Progress
from api.views import (
    CLOSED,
    CaseView,
    MessageFileView,
    MessageView,
    PaymentView,
    ReceiptLine,
    ReceiptView,
    ThreadView,
)
from procedures.calendar import EVERY_WEEKDAY
from procedures.document import Procedure
from procedures.texts import Language
from procedures.values import ReceiptNumber, Yen
from store.cases import CaseRow
from ui import wording
from ui.resident import case_contents

Page = tuple[str, str, Mapping[str, object], str]
Make = Callable[..., CaseView]


def a_thread(receipt: ReceiptNumber, now: datetime, text: str, *, closed: bool = False) -> ThreadView:
    """Three messages: asked, answered with a file, and one nobody has opened."""
    file = MessageFileView(id=UUID(int=8), name=f"{text[:40]}.pdf", media_type="application/pdf", bytes=120_000)
    said = (
        ("resident", "転居後の住所で届きますか。", now, ()),
        ("officer", f"はい、届きます。\n{text}", None, (file,)),
        ("resident", "ありがとうございます。", None, ()),
    )
    messages = tuple(
        MessageView.model_validate(
            {"id": UUID(int=n), "author": author, "author_name": None, "body": body, "read_at": read_at,
             "sent_at": now + timedelta(minutes=n), "attachments": files}
        )
        for n, (author, body, read_at, files) in enumerate(said)
    )  # fmt: skip
    until = now - timedelta(days=1) if closed else None
    return ThreadView(
        receipt_number=receipt, messages=messages, may_write=not closed, writable_until=until, next_id=UUID(int=9)
    )


def without_messages(thread: ThreadView) -> ThreadView:
    return thread.model_copy(update={"messages": ()})


def followed(procedure: Procedure, view: CaseView) -> CaseView:
    """The case with what `api.resident.progress` reads from its timeline."""
    row = CaseRow(
        account_id=UUID(int=1), department=procedure.department.id, epoch=1,
        **{name: value for name, value in view.model_dump().items() if name in ROW},
    )  # fmt: skip
    found = Progress(procedure, row, view.answers, view.timeline, EVERY_WEEKDAY)
    return view.model_copy(
        update={
            "stages": found.stages(), "acts_next": found.acts_next(), "since": found.since(),
            "act_until": found.act_until(), "business_days_left": found.business_days_left(view.received_at),
            "retry_at": found.retry_at(),
        }
    )  # fmt: skip


ROW = CaseRow.__annotations__.keys() - {"account_id", "department", "epoch"}


def case_pages(
    language: Language, procedure: Procedure, views: Mapping[str, CaseView], now: datetime, text: str
) -> Iterator[Page]:
    """The status page of each view, and what hangs on it."""
    receipt = next(iter(views.values())).receipt_number
    full = a_thread(receipt, now, text)
    later = now + timedelta(hours=2)
    for name, view in views.items():
        thread = full if view.status == "under_review" else without_messages(full)
        shown = case_contents.case(language, procedure, followed(procedure, view), thread, later)
        yield f"case {name}", "resident/case.html", shown, f"/cases/{receipt}"
    yield from _messages(language, procedure, views, full, later)
    yield from _leaving(language, procedure, views, now)


def _messages(
    language: Language, procedure: Procedure, views: Mapping[str, CaseView], thread: ThreadView, now: datetime
) -> Iterator[Page]:
    path, template = f"/cases/{thread.receipt_number}", "resident/case.html"
    delivered = followed(procedure, views["delivered"])
    refused = {"typed": thread.messages[1].body, "problem": problem("message_too_many_files").text}
    shown = case_contents.case(language, procedure, delivered, thread, now, **refused)
    yield "case with a refused message", template, shown, path
    over = a_thread(thread.receipt_number, now, "x", closed=True)
    yield "case closed long ago", template, case_contents.case(language, procedure, delivered, over, now), path


def _leaving(language: Language, procedure: Procedure, views: Mapping[str, CaseView], now: datetime) -> Iterator[Page]:
    for name in ("paid", "awaiting_payment", "confirming payment", "issuing", "delivered"):
        shown = case_contents.withdraw(procedure, views[name]) | {"closed": CLOSED}
        yield f"withdraw {name}", "resident/withdraw.html", shown, ""
    yield "print", "resident/print.html", case_contents.printed(language, procedure, views["paid"], now), ""
    for name in ("paid", "rejected"):
        receipt = a_receipt(views[name])
        yield f"receipt {name}", "resident/receipt.html", case_contents.receipt(language, procedure, receipt, now), ""


def a_receipt(view: CaseView) -> ReceiptView:
    lines = tuple(ReceiptLine.model_validate(payment.model_dump()) for payment in view.payments)
    received, refunded = sum(line.amount for line in lines), sum(line.refunded for line in lines)
    return ReceiptView(
        receipt_number=view.receipt_number, procedure=view.procedure, version=view.version, lines=lines,
        received=Yen(received), refunded=Yen(refunded), kept=Yen(received - refunded),
    )  # fmt: skip


def in_every_state(
    make: Make, pay: Callable[..., PaymentView], details: Mapping[str, Mapping[str, object]], now: datetime
) -> dict[str, CaseView]:
    """By name: every status, and what a status alone does not say."""
    views = {str(status): make(status, **details.get(str(status), {})) for status in wording.STATES}
    back = {"returned_at": now, "confirming": True}
    waiting = {"reason": "revocation_unknown", "reason_text": {"ja": "確認できません"}, "step": "signature"}
    return views | {
        "to pay again": make("awaiting_payment", payments=(pay("expired"),)),
        "confirming payment": make("awaiting_payment", payments=(pay().model_copy(update=back),)),
        "paid": make("under_review", payments=(pay("paid"),)),
        "certificate check": make("awaiting_neighbour", **waiting),
        "withdrawing": make("under_review", payments=(pay("paid"),), withdrawal="requested"),
        "not withdrawn": make("issuing", withdrawal="refused"),
        "the law will decide": make("under_review", deemed=by_law(now), suspended_days=9),
        "the law would reject": make("under_review", deemed=by_law(now, outcome="reject")),
        "decided by law": make("issuing", deemed=by_law(now, decided=True)),
    }
