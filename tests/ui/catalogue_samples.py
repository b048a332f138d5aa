"""Samples of the catalogue's and マイページ's pages, in every state; `ui_samples` shows them with all others."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from api.views import CaseLine, ConsentView, MyDocument, MyView, OpenDraft, WaitingView
from procedures.calendar import EVERY_WEEKDAY
from procedures.document import Procedure, Reception
from procedures.life_events import LIFE_EVENTS
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import Points, ProcedureId, ReceiptNumber
from ui.resident import catalogue_contents, my_contents

NOW = datetime(2026, 4, 28, 1, 30, tzinfo=UTC)
"""Golden Week lies in the six weeks after it."""
LIBRARY = Library.read()
RECEIPT = ReceiptNumber("2026-0401-7KQ4-M2")
Shown = tuple[str, str, dict[str, object], str]
"""Name, template, what it shows, path."""
OVER = Reception(closes=date(2026, 3, 31))
LATER = Reception(opens=date(2026, 6, 1), closes=date(2026, 6, 30))
OFFICE_HOURS = Reception(from_time=time(8, 30), until_time=time(10), business_days_only=True)
ENDING = Reception(closes=date(2026, 5, 8))


def a_procedure(reception: Reception) -> Procedure:
    return LIBRARY.current("cancer_screening").model_copy(update={"reception": reception})


def catalogue_pages(language: Language, typed: str) -> Iterator[Shown]:
    """Front page, search, life events, categories, and a procedure in every state of its reception."""
    front = catalogue_contents.front(LIBRARY, None, language, NOW, EVERY_WEEKDAY)
    yield "catalogue", "resident/catalogue.html", front, "/"
    yield "empty catalogue", "resident/catalogue.html", front | {"shelves": []}, "/"
    offers = catalogue_contents.offered(LIBRARY.all(), None, language, NOW, EVERY_WEEKDAY)
    for name, found in (("search", offers[:2]), ("search without result", [])):
        yield name, "resident/catalogue.html", catalogue_contents.results(found, typed), "/"
    for event in LIFE_EVENTS:
        shown = catalogue_contents.life_event(offers, event, language)
        yield f"life event {event}", "resident/life_event.html", shown, f"/life-events/{event}"
    for name in ("health", "tax"):
        shown = catalogue_contents.category(offers, name, language)
        yield f"category {name}", "resident/category.html", shown, f"/categories/{name}"
    for name, reception in (("over", OVER), ("later", LATER), ("closed", OFFICE_HOURS), ("ending", ENDING)):
        shown = catalogue_contents.guide(a_procedure(reception), language, NOW, EVERY_WEEKDAY)
        yield f"reception {name}", "resident/procedure.html", shown, "/procedures/cancer_screening"


def my_pages(language: Language, typed: str) -> Iterator[Shown]:
    """マイページ full and empty, documents, consents."""
    nothing = MyView(waiting=(), drafts=(), cases=(), documents=(), points=Points(0))
    for name, view in (("my", a_full_view()), ("my empty", nothing)):
        yield name, "resident/my.html", my_contents.my(LIBRARY, language, view), "/my"
    for name, held in (("documents", two_documents()), ("no documents", ())):
        yield name, "resident/documents.html", my_contents.documents(LIBRARY, held), "/documents"
    for name, given in (("consents", (a_consent(typed), a_consent(typed, "happy_pass"))), ("no consents", ())):
        yield name, "resident/consents.html", my_contents.consents(given), "/account/consents"


def a_full_view() -> MyView:
    procedure = ProcedureId("residence_certificate")
    waiting = tuple(
        WaitingView(
            receipt_number=ReceiptNumber(f"{RECEIPT}{n}"), procedure=procedure, version=1, status=status, unread=unread,
            until=until,
        )
        for n, (status, unread, until) in enumerate(
            (("awaiting_correction", 0, NOW + timedelta(days=9)), ("awaiting_payment", 0, NOW + timedelta(days=5)),
             ("under_review", 2, None))
        )
    )  # fmt: skip
    drafts = (
        OpenDraft(id=UUID(int=7), procedure=procedure, version=1, corrects=None, updated_at=NOW),
        OpenDraft(id=UUID(int=8), procedure=ProcedureId("happy_pass"), version=1, corrects=RECEIPT, updated_at=NOW),
    )
    cases = tuple(
        CaseLine(receipt_number=RECEIPT, procedure=procedure, version=1, status=status, received_at=NOW, due_at=NOW)
        for status in ("awaiting_correction", "under_review", "delivered")
    )
    return MyView(waiting=waiting, drafts=drafts, cases=cases, documents=two_documents(), points=Points(5500))


def two_documents() -> tuple[MyDocument, ...]:
    plain = {
        "id": UUID(int=5), "bytes": 84_211, "issued_at": NOW, "delivered_at": NOW, "revoked_at": None,
        "title": LIBRARY.current("residence_certificate").document("certificate").title.model_dump(),
        "verification_code": "7KQ4-M2VX-93RD-HF5T", "receipt_number": RECEIPT, "procedure": "residence_certificate",
        "version": 1,
    }  # fmt: skip
    return MyDocument.model_validate(plain), MyDocument.model_validate(plain | {"revoked_at": NOW})


def a_consent(typed: str, procedure: str = "cancer_screening") -> ConsentView:
    return ConsentView(
        receipt_number=ReceiptNumber(f"{RECEIPT}{procedure[0].upper()}"), procedure=ProcedureId(procedure), version=1,
        title=LIBRARY.current(procedure).title.model_dump(), field="consent", language="ja", text=typed,
        explanation="同意しない場合も申し込めます。", given_at=NOW,
    )  # fmt: skip
