"""The pages of a request on paper: empty, wrong, corrected, and with everything an officer may have to do at once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from api.administration.readers import ReaderView
from api.case.views import AttributeView, ComparisonView
from api.desk.views import PersonFacts, TaskView
from api.paper.reader import CardCheckView, ReaderDeskView
from api.paper.views import (
    PaperCaseLine,
    PaperCaseView,
    PaperDraftLine,
    PaperDraftView,
    PaperNoticeView,
    PaperProcedureView,
    PaperReadingView,
    PaperTurn,
    PaperView,
    ReadLine,
    ReadStanding,
)
from api.problems import problem
from api.views import AttachmentView, CaseView, DraftView, ReceiptLine, ReceiptView
from procedures.answers import check_answers
from procedures.calendar import EVERY_WEEKDAY
from procedures.document import Procedure
from procedures.loader import Library
from procedures.marks import Mark
from procedures.paper import CardConfirmation, PaperProxy, RecordedIdentity, StatedPerson
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, Yen
from sheets.loader import SheetLibrary
from sheets.results import FilingResult
from ui import form, steps
from ui.resident import case_contents, draft_contents
from ui.resident.prefill import CardNote
from ui.reviewer import paper_case_contents, paper_contents, reading_contents
from ui.reviewer import paper_reader_contents as reader_contents

Page = tuple[str, str, Mapping[str, object], str]
RECEIPT = ReceiptNumber("282014-260401-7K3MQ")
DAY = date(2026, 3, 30)
TURNS: tuple[PaperTurn, ...] = ("payment", "person", "task", "correction", "tell", "refund")


def paper_pages(
    language: Language, library: Library, now: datetime, text: str, draft: DraftView,
    make_case: Callable[..., CaseView],
) -> Iterator[Page]:  # fmt: skip
    """Every page of a paper; `text` is what was written on it."""
    procedure = library.current("residence_certificate")
    yield from _lists(language, library, now)
    yield from _receipts(language, procedure, draft, text)
    yield from _entering(language, procedure, draft, now, text)
    yield from _at_the_reader(language, procedure, draft, now)
    yield from _readings(language, procedure, draft, now, text)
    yield from _cases(language, procedure, now, text, make_case)


def on_paper(draft: DraftView, **changes: object) -> DraftView:
    return draft.model_copy(update={"arrival": "counter", "received_on": DAY, **changes})


def stated(text: str) -> StatedPerson:
    return StatedPerson(
        name=text[:90], name_kana="ヒメジ　ハナコ", birth_date=date(1990, 4, 12), address=text[:190], sex="female"
    )


def check(text: str) -> RecordedIdentity:
    proxy = PaperProxy(name=text[:90], authority="letter_of_attorney")
    card = CardConfirmation(counter="1", confirmed_at=datetime(2026, 3, 30, 9, tzinfo=UTC))
    return RecordedIdentity(proofs=("health_insurance", "bank_book"), proxy=proxy, card=card)


def scans(text: str) -> tuple[AttachmentView, ...]:
    name = f"{text[:60]}.pdf"
    return (AttachmentView(id=UUID(int=31), field="paper_scan", name=name, media_type="application/pdf", bytes=9_000),)


def being_entered(draft: DraftView, now: datetime, text: str, **changes: object) -> PaperDraftView:
    return PaperDraftView(
        draft=draft, stated=stated(text), identity_check=check(text), checked_by_name="窓口　一郎", checked_at=now,
        scans=scans(text), missing=(),
    ).model_copy(update=changes)  # fmt: skip


def _lists(language: Language, library: Library, now: datetime) -> Iterator[Page]:
    plain = {"procedure": ProcedureId("residence_certificate"), "version": 1}
    drafts = tuple(
        PaperDraftLine.model_validate(
            plain | {"id": UUID(int=n), "arrival": "post", "received_on": DAY if n == 1 else None, "updated_at": now,
                     "corrects": None if n == 1 else RECEIPT, "entered_by_name": "窓口　一郎"}
        )
        for n in (1, 2)
    )  # fmt: skip
    cases = tuple(
        PaperCaseLine.model_validate(
            plain | {"receipt_number": RECEIPT, "status": status, "arrival": "counter", "received_at": now,
                     "due_at": now + timedelta(days=3), "turns": turns, "refund_due": 0}
        )
        for status, turns in (
            ("awaiting_payment", ("payment",)), ("awaiting_neighbour", ("person",)), ("rejected", ("tell", "refund")),
            ("checking", ()),
        )
    )  # fmt: skip
    for name, found in (("paper list", (drafts, cases)), ("empty paper list", ((), ()))):
        shown = paper_case_contents.listed(language, library, *found, may_enter=name == "paper list")
        yield name, "reviewer/paper.html", shown, "/paper"


def _receipts(language: Language, procedure: Procedure, draft: DraftView, text: str) -> Iterator[Page]:
    template, path = "reviewer/paper_new.html", "/paper/new"
    known = (PaperProcedureView(id=ProcedureId(procedure.id), version=1, title=procedure.title.model_dump()),)
    typed = {"procedure": procedure.id, "arrival": "counter", "received_on": text[:10], "language": "ja"}
    found = being_entered(on_paper(draft), datetime(2026, 4, 1), text)  # noqa: DTZ001 - shown nowhere
    for name, shown in (
        ("paper begun", paper_contents.receipt(language, known, {}, None)),
        ("paper of tomorrow", paper_contents.receipt(language, known, typed, problem("received_in_the_future"))),
        ("paper of nobody's", paper_contents.receipt(language, (), {}, None)),
        (
            "paper receipt",
            paper_contents.receipt(language, (), paper_contents.receipt_of(found), None, found),
        ),
    ):
        yield name, template, shown, path


def _entering(language: Language, procedure: Procedure, draft: DraftView, now: datetime, text: str) -> Iterator[Page]:
    here = on_paper(draft)
    checked = check_answers(procedure, here.answers, DAY)
    way = steps.walk(procedure, here, checked)
    found = being_entered(here, now, text)
    empty = found.model_copy(update={"stated": None, "identity_check": None, "scans": (), "missing": ("scan",)})
    corrected = on_paper(draft, corrects=RECEIPT, marks={"phone": Mark(fault="incorrect", reason=text[:90])})
    for name, view, wrong in (
        ("paper person", found, None),
        ("paper person empty", empty, None),
        ("paper person wrong", empty, problem("proofs_insufficient")),
        ("paper person before the reading", found, None),
        *(
            (f"paper person, reading {state}", found.model_copy(update={"reading": state}), None)
            for state in ("waiting", "read", "unread", "settled")
        ),
        ("paper reply", being_entered(corrected, now, text), None),
    ):
        typed = paper_contents.typed_person(view)
        shown = paper_contents.person(language, procedure, way, view, typed, wrong, readable="reading" in name)
        yield name, "reviewer/paper_person.html", shown, f"/paper/drafts/{draft.id}/person"
    for name, one in (("paper step", here), ("paper correction step", corrected)):
        section = procedure.form.sections[-1]
        asked = form.shown(language, procedure, one, DAY, section)
        step = draft_contents.step(language, procedure, steps.walk(procedure, one, checked), asked)
        card = CardNote(offered=False, was_read=False, kept=())
        more: dict[str, Any] = {"card": card, "clash": False, "grown": False, "fresh": "", "tidied": ()}
        yield name, "resident/draft.html", step | more, f"/paper/drafts/{draft.id}"
    found = found.model_copy(update={"reading": "read"})
    for name, refused in (("paper review", None), ("paper review refused", problem("scan_missing").text)):
        shown = paper_contents.review(language, procedure, here, checked, found, EVERY_WEEKDAY)
        shown |= {"tidied": (("電話番号", text[:60]),) if refused else (), "problem": refused}
        shown |= {"refusals": (procedure.title,) if refused else ()}
        yield name, "reviewer/paper_review.html", shown, f"/paper/drafts/{draft.id}/review"


def _at_the_reader(language: Language, procedure: Procedure, draft: DraftView, now: datetime) -> Iterator[Page]:
    """カードによる本人確認: nobody asked yet, waiting, confirmed, and the longest reason why not."""
    here = f"/paper/drafts/{draft.id}"
    off = ReaderView(counter="2", online=False, last_seen_at=None, backlog=0, oldest=timedelta(0))
    on = off.model_copy(update={"counter": "1", "online": True, "last_seen_at": now})

    def check(state: str, reason: str | None = None) -> CardCheckView:
        confirmed_at = now if state == "confirmed" else None
        facts = {"counter": "1", "state": state, "reason": reason, "asked_at": now, "confirmed_at": confirmed_at}
        return CardCheckView.model_validate(facts)

    for name, (found, readers) in {
        "paper reader": (None, (on, off)), "paper reader waits": (check("waiting"), (on,)),
        "paper reader confirmed": (check("confirmed"), (on,)), "paper readers all off": (None, (off,)),
        "no paper reader": (None, ()), "paper reader failed": (check("refused", "certificate_unknown"), (on, off)),
    }.items():  # fmt: skip
        view = ReaderDeskView(at=now, readers=readers, check=found)
        busy = problem("reader_in_use").text if name == "paper reader" else None
        shown = reader_contents.desk(language, procedure, here, view, busy)
        yield name, "reviewer/paper_reader.html", shown, f"{here}/reader"
    away = reader_contents.desk(language, procedure, here, ReaderDeskView(at=None, readers=(), check=None), None)
    yield "paper reader with Temporal away", "reviewer/paper_reader.html", away, f"{here}/reader"


def _readings(language: Language, procedure: Procedure, draft: DraftView, now: datetime, text: str) -> Iterator[Page]:
    sheet = SheetLibrary.read().current("paper_residence_certificate")
    assert isinstance(sheet.result, FilingResult)
    standings: tuple[ReadStanding, ...] = ("sure", "doubtful", "unread")
    said = {"include_domicile": "1", "kind": "household", "purpose_other": text[:100]}
    lines = [
        ReadLine(place=each.answer, value=None if n % 3 == 2 else said.get(each.answer, ""), standing=standings[n % 3],
                 cells=each.cells)
        for n, each in enumerate(sheet.result.answers)
    ]  # fmt: skip
    lines += [
        ReadLine(place="stated.name", value=text[:90], standing="doubtful", cells=("person.name",)),
        ReadLine(place="stated.birth_date", value="1990-04-12", standing="doubtful", cells=("birth.year", "birth.day")),
    ]
    plain: dict[str, Any] = {
        "asked_at": now, "late": False, "fault": None, "sheet": None, "sheet_version": None, "lines": ()
    }  # fmt: skip
    read = PaperReadingView(**plain | {"state": "read", "sheet": sheet.id, "sheet_version": 1, "lines": tuple(lines)})
    sure = tuple(each.model_copy(update={"standing": "sure"}) for each in lines)
    found = being_entered(on_paper(draft), now, text)
    for name, view, typed in (
        ("waiting", PaperReadingView(**plain | {"state": "waiting"}), None),
        ("late", PaperReadingView(**plain | {"state": "waiting", "late": True}), None),
        ("unread", PaperReadingView(**plain | {"state": "unread", "fault": "other_sheet"}), None),
        ("read", read, None),
        ("all sure", read.model_copy(update={"lines": sure}), None),
        ("unseen", read, reading_contents.Typed({"copies": text[:9]}, frozenset({"stated.name"}))),
    ):
        shown = reading_contents.reading(language, procedure, sheet if view.sheet else None, found, view, typed)
        shown |= {"problem": None}
        yield f"paper reading {name}", "reviewer/paper_reading.html", shown, f"/paper/drafts/{draft.id}/reading"


def a_paper(now: datetime, text: str, **changes: object) -> PaperView:
    told = {"told_at": now, "told_how": "letter", "told_by_name": text[:60]}
    untold = dict.fromkeys(told)
    notices = tuple(
        PaperNoticeView.model_validate({"id": UUID(int=40 + n), "kind": kind, "created_at": now, **said})
        for n, (kind, said) in enumerate((("sent_back", told), ("extended", untold), ("rejected", untold)))
    )
    return PaperView(
        arrival="post", received_on=DAY, entered_by_name=text[:60], entered_by_reader=True, stated=stated(text),
        identity_check=check(text), checked_by_name="窓口　一郎", checked_at=now, scans=scans(text), notices=notices,
    ).model_copy(update=changes)  # fmt: skip


def _cases(
    language: Language, procedure: Procedure, now: datetime, text: str, make: Callable[..., CaseView]
) -> Iterator[Page]:
    marks = {"phone": Mark(fault="incomplete", reason=text[:90])}
    paid = {"receipt_number": RECEIPT, "arrival": "post", "act_until": now + timedelta(days=3), "marks": marks}
    reason = {"reason": "decided", "reason_text": text[:90], "closed_at": now}
    views = {
        "with everything to do": (make("awaiting_payment", **paid), TURNS, Yen(300)),
        "before its fee": (make("awaiting_payment", **paid | {"act_until": None}), ("payment",), None),
        "with nothing to do": (make("checking", **paid), (), None),
        "closed": (make("rejected", **paid | reason), (), None),
    }
    for name, (view, turns, fee) in views.items():
        whole = PaperCaseView(
            case=view, paper=a_paper(now, text), turns=turns, fee=fee, refund_due=Yen(300), task_id=UUID(int=6)
        )
        shown = paper_case_contents.case(language, procedure, whole, procedure.title if turns else None, None)
        yield f"paper case {name}", "reviewer/paper_case.html", shown, f"/paper/cases/{RECEIPT}"
        if name in ("with nothing to do", "closed"):
            yield f"paper withdrawal {name}", "reviewer/paper_withdraw.html", shown, f"/paper/cases/{RECEIPT}"
    line = ReceiptLine(amount=Yen(300), paid_at=now, brand=None, last4=None, refunded=Yen(0), method="money_order")
    receipt = ReceiptView(
        receipt_number=RECEIPT, procedure=ProcedureId(procedure.id), version=1, lines=(line,), received=Yen(300),
        refunded=Yen(0), kept=Yen(300),
    )  # fmt: skip
    shown = case_contents.receipt(language, procedure, receipt, now, f"/paper/cases/{RECEIPT}")
    yield "paper receipt of a fee", "resident/receipt.html", shown, "/paper"


def paper_tasks(now: datetime, text: str, make: Callable[..., TaskView]) -> Iterator[TaskView]:
    """審査画面 of a paper, at each kind of task."""
    registered = PersonFacts(name=text[:90], address="兵庫県姫路市", birth_date="1990-04-12", sex="female")
    plain: dict[str, object] = {
        "arrival": "counter", "signer": None, "signature_outcome": None, "registered": registered,
        "paper": a_paper(now, text), "attachments": scans(text), "findings": ("paper_differs_name", "not_entitled"),
        "differences": ("name",),
    }  # fmt: skip
    for kind in ("review", "approve", "deliver", "post_document"):
        yield make(kind, **plain)


def compared(text: str) -> ComparisonView:
    """申請書と住民記録: of which one line differs."""
    plain: dict[str, Any] = {"answered": None, "answer_and_certificate": None, "answer_and_register": None}
    said = (
        ("name", text[:90], "姫路　花子", "differs"), ("birth_date", "1990-04-12", "1990-04-12", "same"),
        ("sex", "female", "female", "same"), ("address", text, "兵庫県姫路市安田四丁目1番地", "differs"),
    )  # fmt: skip
    names = ("attribute", "certified", "registered", "certificate_and_register")
    rows = tuple(AttributeView.model_validate(plain | dict(zip(names, line, strict=True))) for line in said)
    return ComparisonView(signed_by="paper", rows=rows)
