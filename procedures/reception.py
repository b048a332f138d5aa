"""受付: whether new applications are taken at a moment in Japan, and when that changes next."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from procedures.calendar import JAPAN, is_business_day
from procedures.document import Reception
from procedures.problems import written_day
from procedures.texts import Text

LONGEST_PAUSE = 62
"""Days. No city hall stays closed longer; days past this are not looked at."""
MIDNIGHT = time(0)

State = Literal["open", "not_yet", "closed", "over"]


@dataclass(frozen=True)
class ReceptionState:
    """受付の状態: open; not_yet (before its first day); closed (outside its hours or days); over (for good)."""

    state: State
    changes_at: datetime | None = None
    """In Japan. open: when it closes (None: never). not_yet, closed: when it opens. over: None."""
    closed_since: datetime | None = None
    """over: since when, in Japan."""

    @property
    def is_open(self) -> bool:
        """受付中か否か."""
        return self.state == "open"


def reception_at(reception: Reception, moment: datetime, closed: Collection[date]) -> ReceptionState:
    """受付の状態: at a moment, given the city's own closed days. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("expected a time with a time zone")
    now = moment.astimezone(JAPAN)
    windows = _Windows(reception, closed)
    current = windows.of(now.date())
    if current and current[0] <= now < current[1]:
        return ReceptionState("open", windows.end(current[1]))
    opening = windows.first_after(now)
    if opening is None:
        return ReceptionState("over", closed_since=windows.last_end(now))
    early = reception.opens is not None and now.date() < reception.opens
    return ReceptionState("not_yet" if early else "closed", opening)


def takes_on(reception: Reception, day: date, closed: Collection[date]) -> bool:
    """その日に受け付けるか否か: what arrives on paper has a day and no hour."""
    return _Windows(reception, closed).of(day) is not None


@dataclass(frozen=True)
class _Windows:
    """受付時間帯: at most one a day; it begins at its first moment and ends just before its last."""

    reception: Reception
    closed: Collection[date]

    def of(self, day: date) -> tuple[datetime, datetime] | None:
        given = self.reception
        if (given.opens and day < given.opens) or (given.closes and day > given.closes):
            return None
        if given.business_days_only and not is_business_day(day, self.closed):
            return None
        begin = datetime.combine(day, given.from_time or MIDNIGHT, JAPAN)
        midnight = datetime.combine(day + timedelta(days=1), MIDNIGHT, JAPAN)
        return begin, datetime.combine(day, given.until_time, JAPAN) if given.until_time else midnight

    def end(self, closing: datetime) -> datetime | None:
        """When it closes: at `closing`, or after the days that follow without a gap; None where no end is in sight."""
        if self.reception.until_time:
            return closing
        for day in _days(closing.date(), LONGEST_PAUSE):
            following = self.of(day)
            if following is None or following[0] != closing:
                return closing
            closing = following[1]
        closes = self.reception.closes
        return datetime.combine(closes + timedelta(days=1), MIDNIGHT, JAPAN) if closes else None

    def first_after(self, now: datetime) -> datetime | None:
        start = max(now.date(), self.reception.opens or now.date())
        openings = (window[0] for day in _days(start, LONGEST_PAUSE) if (window := self.of(day)))
        return next((opening for opening in openings if opening > now), None)

    def last_end(self, now: datetime) -> datetime | None:
        last = min(now.date(), self.reception.closes or now.date())
        ends = (window[1] for back in range(LONGEST_PAUSE) if (window := self.of(last - timedelta(days=back))))
        return next((end for end in ends if end <= now), None)


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))


def reception_text(found: ReceptionState) -> Text:
    """受付の説明: what to tell whoever may not apply now: when it opens, or that it is over."""
    if found.changes_at is None:
        return _over(found.closed_since)
    opens = _written(found.changes_at)
    why = _EARLY if found.state == "not_yet" else _CLOSED
    return Text(
        ja=f"{why.ja}{opens.ja}から申請できます。入力した内容は下書きに残っています。",
        en=f"{why.en} You can apply from {opens.en}, Japan time. Your answers are kept as a draft.",
        zh=f"{why.zh}日本时间{opens.zh}起可以申请。填写的内容已保存为草稿。",
        ko=f"{why.ko} 일본 시간 {opens.ko}부터 신청할 수 있습니다. 입력한 내용은 초안에 남아 있습니다.",
    )


_EARLY = Text(
    ja="この手続の受付は、まだ始まっていません。",
    en="Applications have not opened yet.",
    zh="本手续尚未开始受理。",
    ko="이 절차는 아직 접수가 시작되지 않았습니다.",
)
_CLOSED = Text(
    ja="いまは受付時間外です。",
    en="Applications are closed at the moment.",
    zh="现在不在受理时间内。",
    ko="지금은 접수 시간이 아닙니다.",
)


def _over(since: datetime | None) -> Text:
    last = written_day(since - timedelta(microseconds=1)) if since else None
    return Text(
        ja=f"この手続の受付は{f'{last.ja}で' if last else ''}終了しました。次の受付は担当課にお尋ねください。",
        en=f"Applications closed{f' on {last.en}' if last else ''}. Please ask the department when they open again.",
        zh=f"本手续的受理已{f'于{last.zh}' if last else ''}结束。下次受理时间请咨询负责科室。",
        ko=f"이 절차의 접수는 {f'{last.ko}에 ' if last else ''}끝났습니다. 다음 접수는 담당과에 문의해 주세요.",
    )


def _written(at: datetime) -> Text:
    """A moment; the first moment of a day is told by the day alone."""
    day = written_day(at)
    if at.time() == MIDNIGHT:
        return day
    clock = f"{at.hour}:{at:%M}"
    return Text(ja=f"{day.ja}{clock}", en=f"{clock} on {day.en}", zh=f"{day.zh}{clock}", ko=f"{day.ko} {clock}")
