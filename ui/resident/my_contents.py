"""マイページの内容: what waits first, then what was left open, filed and received; each with its procedure's title."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from api.views import ConsentView, MyDocument, MyView, WaitingView
from procedures.loader import Library
from procedures.texts import Language, Text
from procedures.values import ReceiptNumber
from ui import notation
from ui.language import translated
from ui.wording import N_

Content = dict[str, Any]


@dataclass(frozen=True)
class Errand:
    """用件: what to do, until when, and where."""

    title: Text
    what: str
    until: str
    receipt_number: ReceiptNumber
    action: str

    @property
    def href(self) -> str:
        """案件のページ."""
        return f"/cases/{self.receipt_number}"


def my(library: Library, language: Language, view: MyView) -> Content:
    """マイページ."""
    return {
        "errands": [_errand(library, language, waiting) for waiting in view.waiting],
        "drafts": [(draft, library.version(draft.procedure, draft.version).title) for draft in view.drafts],
        "cases": [(line, library.version(line.procedure, line.version).title) for line in view.cases],
        "documents": view.documents,
        "points": view.points,
    }


def _errand(library: Library, language: Language, waiting: WaitingView) -> Errand:
    title = library.version(waiting.procedure, waiting.version).title
    match waiting.status:
        case "awaiting_correction":
            what, action = N_("職員から、回答の補正をお願いしています。"), N_("補正する内容を見る")
        case "awaiting_payment":
            what, action = N_("手数料のお支払いをお待ちしています。"), N_("支払いへ進む")
        case _:
            what, action = N_("職員からのメッセージがあります。"), N_("メッセージを読む")
    until = (
        translated(language, N_("期限：%(day)s")) % {"day": notation.weekday(language, waiting.until)}
        if waiting.until
        else ""
    )
    return Errand(title, translated(language, what), until, waiting.receipt_number, translated(language, action))


def documents(library: Library, held: Iterable[MyDocument]) -> Content:
    """受け取った書面: with the title of the procedure each came from."""
    return {"documents": [(each, library.version(each.procedure, each.version).title) for each in held]}


def consents(given: Iterable[ConsentView]) -> Content:
    """同意の記録: by case."""
    return {
        "cases": [(receipt, list(found)) for receipt, found in groupby(given, key=lambda each: each.receipt_number)]
    }
