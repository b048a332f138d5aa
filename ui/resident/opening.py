"""受付の状態: whether a procedure can be applied for now, as a chip and a sentence; its hours in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from procedures.calendar import JAPAN
from procedures.document import Procedure, Reception
from procedures.reception import ReceptionState, reception_at
from procedures.texts import Language
from ui import notation
from ui.language import translated
from ui.wording import N_, Colour

MIDNIGHT = time(0)
SOON = timedelta(days=14)
"""A closing day is told on the chip's sentence this long before it."""


@dataclass(frozen=True)
class Opening:
    """受付の状態: a chip; where it is closed, why and when it opens; where it closes soon, when."""

    label: str
    colour: Colour
    sentence: str = ""
    is_open: bool = True


def of(language: Language, procedure: Procedure, now: datetime, closed: Collection[date]) -> Opening:
    """受付の状態 of one procedure at one moment, given the city's own closed days."""
    found = reception_at(procedure.reception, now, closed)
    match found.state:
        case "open":
            return Opening(translated(language, N_("受付中")), "green", _ends(language, found, now))
        case "not_yet":
            return Opening(translated(language, N_("受付前")), "gray", _opens(language, found), is_open=False)
        case "closed":
            label = N_("本日の受付は終了") if _opens_later(found, now) else N_("受付時間外")
            return Opening(translated(language, label), "gray", _opens(language, found), is_open=False)
        case "over":
            sentence = N_("受付期間は終わりました。次の受付は担当課にお尋ねください。")
            return Opening(translated(language, N_("受付終了")), "red", translated(language, sentence), is_open=False)


def _opens_later(found: ReceptionState, now: datetime) -> bool:
    """On another day: today is over."""
    opens = found.changes_at
    return opens is not None and opens.astimezone(JAPAN).date() > now.astimezone(JAPAN).date()


def _opens(language: Language, found: ReceptionState) -> str:
    if found.changes_at is None:
        return ""
    return translated(language, N_("%(when)sから申請できます。")) % {"when": _written(language, found.changes_at)}


def _ends(language: Language, found: ReceptionState, now: datetime) -> str:
    """Only where it ends for good or today: a procedure open every day says nothing."""
    if found.changes_at is None or found.changes_at > now + SOON:
        return ""
    return translated(language, N_("%(when)sまで受け付けます。")) % {"when": _until(language, found.changes_at)}


def _written(language: Language, at: datetime) -> str:
    local = at.astimezone(JAPAN)
    return notation.weekday(language, at) if local.time() == MIDNIGHT else notation.moment(language, at)


def _until(language: Language, at: datetime) -> str:
    """The end of a day is told by the day."""
    local = at.astimezone(JAPAN)
    if local.time() == MIDNIGHT:
        return notation.weekday(language, local.date() - timedelta(days=1))
    return notation.moment(language, at)


def hours(language: Language, reception: Reception) -> tuple[str, ...]:
    """受付時間: days, period and hours in words; without limits, that it never closes."""
    found = []
    if reception.from_time or reception.until_time:
        clock = {
            "opens": f"{reception.from_time or MIDNIGHT:%H:%M}",
            "closes": f"{reception.until_time:%H:%M}" if reception.until_time else "24:00",
        }
        found.append(translated(language, N_("%(opens)sから%(closes)sまで")) % clock)
    if reception.business_days_only:
        found.append(translated(language, N_("開庁日だけ受け付けます。")))
    if reception.opens or reception.closes:
        period = {
            "opens": notation.weekday(language, reception.opens) if reception.opens else "",
            "closes": notation.weekday(language, reception.closes) if reception.closes else "",
        }
        found.append(translated(language, N_("受付期間：%(opens)s〜%(closes)s")) % period)
    return tuple(found) or (translated(language, N_("24時間いつでも申請できます。")),)
