"""内容: what each resident page shows, from read models and the procedure; nothing is read or written here."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from api.views import CLOSED, CaseLine, CaseView, DraftView, NoticeView, PointsView, VerificationView, Visitor
from procedures.answers import check_answers
from procedures.document import Procedure
from procedures.loader import Library
from procedures.rules import Facts, RuleFailed
from procedures.texts import Language, Text
from procedures.values import MunicipalityCode, Yen
from ui import answers, municipality, notation, wording
from ui.language import translated
from ui.resident import balance
from ui.wording import N_

Row = tuple[str, str]
Content = dict[str, Any]


def catalogue(library: Library, visitor: Visitor | None) -> Content:
    """手続の一覧: by shelf, in the order of the shelves; officers' own procedures only for officers."""
    is_officer = visitor is not None and bool(visitor.functions)
    open_to = [p for p in library.all() if p.audience != "officer" or is_officer]
    shelves = [(category, [p for p in open_to if p.category == category]) for category in wording.CATEGORIES]
    return {"shelves": [(category, found) for category, found in shelves if found]}


def review(language: Language, procedure: Procedure, draft: DraftView, today: date) -> Content:
    """内容の確認: what will be signed, what it costs, and why it may be refused."""
    checked = check_answers(procedure, draft.answers, today)
    facts = Facts(checked.answers, today)
    return {
        "procedure": procedure,
        "draft": draft,
        "rows": answered(language, procedure, draft, checked.answers),
        "fee": _fee(procedure, facts),
        "refusals": _refusals(procedure, facts),
        "trail": (
            (procedure.title.of(language), f"/drafts/{draft.id}"),
            (translated(language, N_("内容の確認")), None),
        ),
    }


def _fee(procedure: Procedure, facts: Facts) -> Yen | None:
    try:
        return procedure.fee_due(facts)
    except RuleFailed:
        return None


def _refusals(procedure: Procedure, facts: Facts) -> tuple[Text, ...]:
    try:
        return procedure.refusals(facts)
    except RuleFailed:
        return ()


def answered(
    language: Language, procedure: Procedure, draft: DraftView | None, given: Mapping[str, object]
) -> tuple[Row, ...]:
    """回答: question and answer, with the names of attached files."""
    lines = answers.lines(language, procedure, given, draft.attachments if draft else ())
    return tuple((line.label.of(language), line.answer) for line in lines)


def cases(
    library: Library, filed: Iterable[CaseLine], drafts: Iterable[DraftView], notices: Iterable[NoticeView]
) -> Content:
    """申請の状況: each with the title of its own procedure version."""
    return {
        "cases": [(line, library.version(line.procedure, line.version).title) for line in filed],
        "drafts": [(draft, library.version(draft.procedure, draft.version).title) for draft in drafts],
        "notices": [(notice, library.version(notice.procedure, notice.version).title) for notice in notices],
    }


def case(language: Language, procedure: Procedure, view: CaseView) -> Content:
    """案件: the status page."""
    turn = wording.STATES[view.status].turn
    return {
        "case": view,
        "procedure": procedure,
        "moving": bool(view.pending) or turn in ("counter", "neighbour"),
        "payment": wording.open_payment(view),
        "reason": _reason(language, view),
        "due": due(language, view),
        "now": _now(language, procedure, view),
        "marks": _marks(language, procedure, view),
        "rows": answered(language, procedure, None, view.answers),
        "trail": ((translated(language, N_("申請の状況")), "/cases"), (view.receipt_number, None)),
    }


def due(language: Language, view: CaseView) -> str:
    """処理の期限: or that its clock stands still, or that there is none any more."""
    if view.status in CLOSED:
        return translated(language, N_("手続は終了しています"))
    if view.suspended_at:
        return translated(language, N_("補正をお願いしている間は止まっています"))
    return notation.weekday(language, view.due_at)


def _now(language: Language, procedure: Procedure, view: CaseView) -> tuple[Row, ...]:
    turn = wording.STATES[view.status].turn
    if turn is None:
        return ()
    term, day = N_("処理の期限"), due(language, view)
    if until := _resident_until(procedure, view):
        term = N_("お支払いの期限") if view.status == "awaiting_payment" else N_("補正の期限")
        day = notation.weekday(language, until)
    who = translated(language, wording.TURNS[turn])
    return ((translated(language, N_("次に対応する人")), who), (translated(language, term), day))


def _resident_until(procedure: Procedure, view: CaseView) -> datetime | None:
    """The day by which the resident must act; the workflow counts from the same moments."""
    opened = [entry.at for entry in view.timeline if entry.action == "payment_opened"]
    if view.status == "awaiting_payment" and opened:
        return opened[-1] + timedelta(days=procedure.limits.payment_days)
    if view.status == "awaiting_correction" and view.suspended_at:
        return view.suspended_at + timedelta(days=procedure.limits.correction_days)
    return None


def _reason(language: Language, view: CaseView) -> str:
    if view.reason_text:
        return view.reason_text if isinstance(view.reason_text, str) else view.reason_text.get(language, "")
    sentence = wording.reason(view)
    return translated(language, sentence) if sentence else ""


def _marks(language: Language, procedure: Procedure, view: CaseView) -> tuple[Row, ...]:
    labels = {field.id: field.label.of(language) for field in procedure.form.fields()}
    return tuple((labels.get(field, field), reason) for field, reason in view.marks.items())


def points(library: Library, view: PointsView) -> Content:
    """ポイント: balance, bookings, and their picture."""
    titles = balance.programme_titles(library)
    return {
        "points": view,
        "rows": [(line, titles.get(line.programme, line.programme), after) for line, after in balance.balances(view)],
        "chart": balance.chart(view),
    }


def verification(
    language: Language, found: VerificationView | None = None, code: str = "", *, missing: bool = False
) -> Content:
    """書面の確認: the two ways to ask, and the answer."""
    return {"found": found, "facts": _facts(language, found) if found else (), "code": code, "missing": missing}


def _facts(language: Language, found: VerificationView) -> tuple[Row, ...]:
    city = municipality.NAMES.get(MunicipalityCode(found.municipality or ""))
    rows = (
        (N_("書面"), (found.title or {}).get(language)),
        (N_("発行した市町"), city.of(language) if city else None),
        (N_("発行日時"), notation.moment(language, found.issued_at) if found.issued_at else None),
        (N_("無効になった日時"), notation.moment(language, found.revoked_at) if found.revoked_at else None),
    )
    return tuple((translated(language, term), text) for term, text in rows if text)
