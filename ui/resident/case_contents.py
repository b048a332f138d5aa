"""案件の内容: what the pages of one case show: status, withdrawal, receipt and print; nothing is read or written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_timedelta

from api.views import (
    CLOSED,
    CaseView,
    DeemedView,
    MessageView,
    PaymentView,
    ReceiptView,
    ThreadView,
)
from procedures.document import Procedure
from procedures.marks import Mark
from procedures.texts import Language
from procedures.values import Yen
from ui import answers, changes, notation, wording
from ui.language import translated
from ui.paper_wording import METHODS
from ui.wording import N_

Row = tuple[str, str]
Content = dict[str, Any]
CERTIFICATE_CHECK = ("revocation_unknown",)
"""Reasons by which a case waits for the certificate authority."""


def case(
    language: Language, procedure: Procedure, view: CaseView, thread: ThreadView, now: datetime, **more: object
) -> Content:
    """案件: the status page. `more`: what was typed in a message that was refused."""
    moving = bool(view.pending) or wording.STATES[view.status].turn in ("counter", "neighbour")
    return {
        "case": view,
        "procedure": procedure,
        "moving": moving or confirming(view),
        "payment": wording.open_payment(view),
        "confirming": confirming(view),
        "state": _state(view),
        "lead": translated(language, _lead(view)),
        "reason": _reason(language, view),
        "due": due(language, view),
        "now": _now(language, view, now),
        "marks": _marks(language, procedure, view),
        "put_right": changes.put_right(language, procedure, view.put_right),
        "extensions": view.extensions,
        "rows": answered(language, procedure, view),
        "thread": thread,
        "news": _news(thread, now),
        "says": _says(language, view),
        "thread_says": _thread_says(language, thread.messages),
        "refund": refund_of(view),
        "refunded": view.status in CLOSED and any(payment.refunded for payment in view.payments),
        "paid": any(payment.paid_at for payment in view.payments),
        "trail": ((translated(language, N_("申請の状況")), "/cases"), (view.receipt_number, None)),
    } | {"problem": None, "typed": "", **more}


def withdraw(procedure: Procedure, view: CaseView) -> Content:
    """取下げ: what comes back, to which card; or why it is too late."""
    return {"procedure": procedure, "case": view, "refund": refund_of(view), "kept": _kept(view)}


def receipt(
    language: Language, procedure: Procedure, view: ReceiptView, now: datetime, on_paper: str | None = None
) -> Content:
    """領収書. `on_paper`: the page of a paper case, where an officer prints it."""
    trail = (translated(language, N_("紙の申請")), "/paper"), (view.receipt_number, on_paper)
    return {
        "procedure": procedure,
        "receipt": view,
        "made_at": now,
        "methods": {line.method: translated(language, METHODS[line.method]) for line in view.lines},
        "back": on_paper or f"/cases/{view.receipt_number}",
        "on_paper": on_paper is not None,
        "trail": trail if on_paper else _back(language, view.receipt_number, N_("領収書")),
    }


def printed(language: Language, procedure: Procedure, view: CaseView, now: datetime) -> Content:
    """申請の控え: what was filed, on paper."""
    return {
        "procedure": procedure,
        "case": view,
        "rows": answered(language, procedure, view),
        "made_at": now,
        "trail": _back(language, view.receipt_number, N_("申請の控え")),
    }


def _back(language: Language, receipt_number: str, title: str) -> tuple[tuple[str, str | None], ...]:
    listed = (translated(language, N_("申請の状況")), "/cases")
    return (listed, (receipt_number, f"/cases/{receipt_number}"), (translated(language, title), None))


def answered(language: Language, procedure: Procedure, view: CaseView) -> tuple[Row, ...]:
    """回答: question and answer as last filed, with the names of attached files."""
    lines = answers.lines(language, procedure, view.answers, view.attachments)
    return tuple((line.label.of(language), line.answer) for line in lines)


# --- whose turn -------------------------------------------------------------------------------------------------------


def confirming(view: CaseView) -> bool:
    """お支払いの確認中: back from the payment page, or paid, and the case has not gone on yet."""
    if view.status != "awaiting_payment":
        return False
    settled = any(payment.status == "paid" for payment in view.payments) and wording.open_payment(view) is None
    return settled or any(payment.confirming for payment in view.payments)


def _state(view: CaseView) -> wording.State:
    if confirming(view):
        return wording.CONFIRMING
    if view.status == "awaiting_neighbour" and view.reason in CERTIFICATE_CHECK:
        return wording.CHECKING_CERTIFICATE
    return wording.STATES[view.status]


def _lead(view: CaseView) -> str:
    return _state(view).meaning


def due(language: Language, view: CaseView) -> str:
    """処理の期限: or that its clock stands still, or that there is none any more."""
    if view.status in CLOSED:
        return translated(language, N_("手続は終了しています"))
    if view.suspended_at:
        return translated(language, N_("補正をお願いしている間は止まっています"))
    return notation.weekday(language, view.due_at)


def _now(language: Language, view: CaseView, now: datetime) -> tuple[Row, ...]:
    """いまの状況: who, since when, by when; on a closed case only since when."""
    turn = _state(view).turn
    rows: list[tuple[str, str | None]] = []
    if turn is None:
        return tuple(_said(language, [(N_("終了した日時"), _since(language, view, now))]))
    who = N_("決済会社") if confirming(view) else wording.TURNS[turn]
    rows.append((N_("次に対応する人"), translated(language, who)))
    rows.append((N_("いつから"), _since(language, view, now)))
    if view.act_until and turn == "resident":
        term = N_("お支払いの期限") if view.status == "awaiting_payment" else N_("補正の期限")
        rows.append((term, notation.weekday(language, view.act_until)))
    if view.retry_at:
        rows.append((N_("次に自動で確認する時刻"), notation.moment(language, view.retry_at)))
    rows.append((N_("処理の期限"), _processing(language, view)))
    if view.deemed is not None and not view.deemed.decided:
        rows.append((N_("法律により結果が決まる日"), _by_law(language, view.deemed)))
    return tuple(_said(language, rows))


def _said(language: Language, rows: Sequence[tuple[str, str | None]]) -> list[Row]:
    return [(translated(language, term), text) for term, text in rows if text]


def _since(language: Language, view: CaseView, now: datetime) -> str | None:
    if view.since is None:
        return None
    ago = format_timedelta(view.since - now, add_direction=True, locale=language)
    return translated(language, N_("%(moment)s（%(ago)s）")) % {
        "moment": notation.moment(language, view.since),
        "ago": ago,
    }


def _processing(language: Language, view: CaseView) -> str:
    """処理の期限 with the business days that are left; stopped while the city waits for the resident."""
    left = view.business_days_left
    if view.suspended_at and left is not None:
        stopped = N_("止まっています（行政手続法第7条）。補正が届くと、残りの%(days)s開庁日から再び進みます。")
        return translated(language, stopped) % {"days": max(left, 1)}
    until = notation.weekday(language, view.due_at)
    if view.suspended_days:
        stood = translated(language, N_("%(until)s（補正の間、%(days)s開庁日止まっていました）"))
        until = stood % {"until": until, "days": view.suspended_days}
    if left is None:
        return until
    if left < 0:
        return translated(language, N_("%(day)s（過ぎています。責任者に知らせました）")) % {"day": until}
    if left == 0:
        return translated(language, N_("%(day)s（今日）")) % {"day": until}
    return translated(language, N_("%(day)s（あと%(days)s開庁日）")) % {"day": until, "days": left}


def _by_law(language: Language, deemed: DeemedView) -> str:
    """みなしの日: what happens then, and which law says so."""
    then = N_("%(day)s。前の日までに市が決定しないときは、認められたものとして手続が進みます（%(law)s）。")
    if deemed.outcome == "reject":
        then = N_("%(day)s。前の日までに市が決定しないときは、却下されたものとみなされます（%(law)s）。")
    said = {"day": notation.weekday(language, deemed.at), "law": deemed.law.get(language, "")}
    return translated(language, then) % said


def _reason(language: Language, view: CaseView) -> str:
    if _state(view) is wording.CHECKING_CERTIFICATE:
        return ""
    if view.reason_text:
        return view.reason_text if isinstance(view.reason_text, str) else view.reason_text.get(language, "")
    sentence = wording.reason(view)
    return translated(language, sentence) if sentence else ""


def _marks(language: Language, procedure: Procedure, view: CaseView) -> tuple[tuple[str, str, Mark], ...]:
    """直す項目: label, the answer as it is, and the reviewer's mark."""
    labels = {field.id: field.label.of(language) for field in procedure.form.fields()}
    given: dict[str, list[str]] = {}
    for line in answers.lines(language, procedure, view.answers, view.attachments):
        given.setdefault(line.field.split(".")[0], []).append(line.answer)
    nothing = translated(language, N_("回答なし"))
    return tuple(
        (labels.get(field, field), answers.comma(language).join(filter(None, given.get(field, []))) or nothing, mark)
        for field, mark in view.marks.items()
    )


def _says(language: Language, view: CaseView) -> str:
    """読み上げ: what a screen reader is told when the page has changed by itself."""
    state = _state(view)
    return f"{translated(language, state.label)} {translated(language, state.meaning)}"


# --- money ------------------------------------------------------------------------------------------------------------


def _kept(view: CaseView) -> tuple[PaymentView, ...]:
    """返金できるお支払い: what the city holds of each."""
    return tuple(p for p in view.payments if p.status in ("paid", "refunded") and p.amount > p.refunded)


def refund_of(view: CaseView) -> Yen:
    """返金額: what a withdrawal gives back, or still has to."""
    return Yen(sum(payment.amount - payment.refunded for payment in _kept(view)))


# --- messages ---------------------------------------------------------------------------------------------------------

FRESH_SECONDS = 600


def _news(thread: ThreadView, now: datetime) -> int:
    """新しいメッセージ: those of the city that were not opened before this visit."""
    return sum(
        1
        for each in thread.messages
        if each.author == "officer" and (each.read_at is None or (now - each.read_at).total_seconds() < FRESH_SECONDS)
    )


def _thread_says(language: Language, messages: Sequence[MessageView]) -> str:
    newest = next((each for each in reversed(messages) if each.author == "officer"), None)
    if newest is None:
        return ""
    sentence = translated(language, N_("市の職員からメッセージが届きました（%(moment)s）"))
    return sentence % {"moment": notation.moment(language, newest.sent_at)}
