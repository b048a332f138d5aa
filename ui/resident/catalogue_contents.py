"""手続の棚: what the front page, the search and the pages of life events and procedures show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api.views import Visitor
from procedures.calendar import JAPAN, attended_on, closures
from procedures.document import Procedure
from procedures.form import AttachmentField, FormField, GroupField
from procedures.life_events import LIFE_EVENTS, OCCASIONS, LifeEvent
from procedures.loader import Library
from procedures.texts import Language
from ui import wording
from ui.language import translated
from ui.resident import opening
from ui.resident.opening import Opening
from ui.wording import N_

Content = dict[str, Any]

ON_A_SHELF = 6
"""Procedures of a category on the front page; its own page holds all."""
CLOSURES = timedelta(weeks=6)
FILES = {"pdf": "PDF", "jpeg": "JPEG", "png": "PNG"}
SECONDS = {"text": 20, "long_text": 90, "date": 15, "integer": 10, "choice": 10, "consent": 10, "attachment": 60}
"""記入の目安: what answering one question takes somebody who has everything at hand."""
READING_AND_SIGNING = 120
"""記入の目安: seconds to read the check page, and to log in and sign by card."""
ROUNDED_TO = 5


@dataclass(frozen=True)
class Offer:
    """手続の見出し: a procedure, and whether it can be applied for now."""

    procedure: Procedure
    opening: Opening


def offered(
    procedures: Iterable[Procedure], visitor: Visitor | None, language: Language, now: datetime,
    city_closed: Collection[date],
) -> list[Offer]:  # fmt: skip
    """出せる手続: officers' own procedures only for officers."""
    is_officer = visitor is not None and bool(visitor.functions)
    return [
        Offer(procedure, opening.of(language, procedure, now, city_closed))
        for procedure in procedures
        if procedure.audience != "officer" or is_officer
    ]


def front(
    library: Library, visitor: Visitor | None, language: Language, now: datetime, city_closed: Collection[date]
) -> Content:
    """手続の一覧: life events, then shelves by category in their order."""
    open_to = offered(library.all(), visitor, language, now, city_closed)
    shelves = [(category, [o for o in open_to if o.procedure.category == category]) for category in wording.CATEGORIES]
    counted = {event: sum(event in o.procedure.life_events for o in open_to) for event in LIFE_EVENTS}
    return {
        "query": "",
        "found": None,
        "occasions": [(event, OCCASIONS[event].title, counted[event]) for event in LIFE_EVENTS],
        "shelves": [(category, found[:ON_A_SHELF], len(found)) for category, found in shelves if found],
    }


def results(found: list[Offer], query: str) -> Content:
    """検索の結果: the best first; with nothing found the page says where else to look."""
    return {"query": query, "found": found, "occasions": (), "shelves": ()}


def category(found: list[Offer], name: str, language: Language) -> Content:
    """分類の頁."""
    title = translated(language, wording.CATEGORIES[name])
    return {"title": title, "found": [o for o in found if o.procedure.category == name], "trail": ((title, None),)}


def life_event(found: list[Offer], event: LifeEvent, language: Language) -> Content:
    """ライフイベントの頁: what to do first, then what can be done online."""
    occasion = OCCASIONS[event]
    return {
        "event": event,
        "occasion": occasion,
        "found": [o for o in found if event in o.procedure.life_events],
        "trail": ((occasion.title.of(language), None),),
    }


def guide(procedure: Procedure, language: Language, now: datetime, city_closed: Collection[date]) -> Content:
    """手続の案内: what one needs, what it costs and when it is looked at, before starting."""
    today = now.astimezone(JAPAN).date()
    return {
        "procedure": procedure,
        "opening": opening.of(language, procedure, now, city_closed),
        "hours": opening.hours(language, procedure.reception),
        "files": tuple(
            (field, _kinds(field)) for field in procedure.form.fields() if isinstance(field, AttachmentField)
        ),
        "minutes": minutes_to_fill(procedure),
        "pins": pins(procedure),
        "attended": attended_on(now, city_closed),
        "attended_today": attended_on(now, city_closed) == today,
        "closures": closures(today, CLOSURES.days, city_closed),
        "trail": ((procedure.title.of(language), None),),
    }


def _kinds(field: AttachmentField) -> str:
    return "/".join(FILES[kind] for kind in field.accept)


def minutes_to_fill(procedure: Procedure) -> int:
    """記入の目安: minutes, rounded up to five; conditional questions count half."""
    seconds = sum(_seconds(field) / (2 if field.visible_when else 1) for field in procedure.form.fields())
    whole = (seconds + READING_AND_SIGNING) / 60
    return max(ROUNDED_TO, int(-(-whole // ROUNDED_TO)) * ROUNDED_TO)


def _seconds(field: FormField) -> float:
    if isinstance(field, GroupField):
        return 1.5 * sum(SECONDS[each.kind] for each in field.fields)
    return SECONDS[field.kind]


def pins(procedure: Procedure) -> tuple[tuple[str, str], ...]:
    """暗証番号: what each is for, and which one it is."""
    found = [(N_("ログイン"), N_("利用者証明用電子証明書の暗証番号（数字4桁）"))]
    if "business" in procedure.certificates:
        found.append((N_("申請書への署名"), N_("法人・団体の電子証明書のパスワード（発行元が決めたもの）")))
    elif procedure.identity == "signature":
        found.append((N_("申請書への署名"), N_("署名用電子証明書の暗証番号（英数字6〜16文字）")))
    return tuple(found)
