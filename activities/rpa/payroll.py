"""給与システムへの入力: one person's month, as a slip with a row for each day."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.rpa.door import Door, Gate
from activities.rpa.errors import SubjectMissing
from activities.rpa.once import Found, Shown
from activities.rpa.player import Player
from activities.rpa.script import ScreenId

MOST_PAGES = 200
Minutes = Annotated[int, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkedDay(_Frozen):
    """勤務日: `rest` (休憩) and `minutes` (実働) in minutes."""

    day: Annotated[int, Field(ge=1, le=31)]
    start: time
    end: time
    rest: Minutes
    minutes: Annotated[int, Field(gt=0)]


class PayrollEntry(_Frozen):
    """月次勤務実績: one sheet: one person's month in one club. Sums are checked here: a wrong one is never typed."""

    officer_number: Annotated[str, Field(pattern=r"^\d{6}$")]
    """職員番号"""
    club: Annotated[str, Field(pattern=r"^\d{3}$")]
    """所属コード"""
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    days: Annotated[tuple[WorkedDay, ...], Field(min_length=1)]
    total: Minutes
    epoch: Annotated[int, Field(ge=1, le=99)] = 1
    """回: entering a month anew on purpose is another entry."""

    @property
    def reference(self) -> str:
        """摘要: our key, as it stands on the slip."""
        return f"MADO-{self._month}-{self.club}-{self.officer_number}-{self.epoch}"

    @property
    def _month(self) -> str:
        return self.month.replace("-", "")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if [each.day for each in self.days] != sorted({each.day for each in self.days}):
            raise ValueError("the days do not ascend")
        wrong = [each.day for each in self.days if _clock(each.end) - _clock(each.start) - each.rest != each.minutes]
        if wrong:
            raise ValueError(f"end - start - rest is not the minutes of day {wrong[0]}")
        if self.total != sum(each.minutes for each in self.days):
            raise ValueError("the total is not the sum of the days")
        return self


class Payroll:
    """給与システム: an OldSystem for PayrollEntry."""

    NEEDS: ClassVar[Mapping[ScreenId, frozenset[str]]] = {
        "login": frozenset({"user", "password", "log_in"}),
        "refused_login": frozenset(),
        "menu": frozenset({"hours"}),
        "welcome": frozenset(),
        "search": frozenset({"month", "club", "search"}),
        "officers": frozenset({"next", "officers", "officers.number"}),
        "slips": frozenset({"new", "slips", "slips.number", "slips.reference", "slips.total"}),
        "entry": frozenset({"start", "end", "rest", "minutes", "total", "reference", "store"}),
        "stored": frozenset({"slips"}),
        "slip": frozenset(
            {"number", "officer", "club", "month", "reference", "total", "days"}
            | {f"days.{name}" for name in ("day", "start", "end", "rest", "minutes")}
        ),
    }

    def __init__(self, player: Player, gate: Gate) -> None:
        self._player = player
        self._door = Door(player, gate)

    async def log_in(self) -> None:
        """ログイン: to the search for people; the menu of the entry before is still there."""
        self._door.gate.require_open()
        if not await self._player.shows("menu"):
            await self._door.open("welcome")
        await self._player.press("menu", "hours", "search")

    async def look(self, order: PayrollEntry) -> Found:
        """確認: the person's slips of that month."""
        await self._open_slips(order)
        return await self._found(order)

    async def look_again(self, order: PayrollEntry) -> Found:
        """再確認: by the link to the list."""
        await self._player.press("stored", "slips", "slips")
        return await self._found(order)

    async def _found(self, order: PayrollEntry) -> Found:
        """Of the slips listed: one of the same total without our mark is somebody else's."""
        slips = await self._player.rows("slips", "slips")
        ours = tuple(slip["number"] for slip in slips if slip["reference"] == order.reference)
        same = [slip for slip in slips if slip["total"] == str(order.total)]
        others = tuple(slip["number"] for slip in same if not slip["reference"].startswith("MADO-"))
        return Found(ours, others)

    async def write(self, order: PayrollEntry) -> None:
        """入力: from the list of slips, where `look` ended."""
        await self._player.press("slips", "new", "entry")
        for each in order.days:
            await self._player.fill("entry", _typed(each), day=each.day)
        await self._player.fill("entry", {"total": str(order.total), "reference": order.reference})

    async def press(self) -> None:
        """登録."""
        await self._player.press("entry", "store", "stored")

    async def read_back(self, number: str) -> Shown:
        """照会: from the list of slips."""
        slips = await self._player.rows("slips", "slips")
        place = next(place for place, slip in enumerate(slips) if slip["number"] == number)
        await self._player.open_row("slips", "slips", place, "slip")
        shown = await self._player.read("slip")
        del shown["number"]
        for row in await self._player.rows("slip", "days"):
            shown |= {f"{row['day']}.{name}": _plain(text) for name, text in row.items() if name != "day"}
        return shown

    def expected(self, order: PayrollEntry) -> Shown:
        """期待値."""
        return shown_of(order)

    async def _open_slips(self, order: PayrollEntry) -> None:
        """From the search to the person's slips, page by page through the club. Raises SubjectMissing."""
        player = self._player
        await player.fill("search", {"month": order.month.replace("-", ""), "club": order.club})
        shown = await player.press("search", "search", "officers", "search")
        for _ in range(MOST_PAGES if shown == "officers" else 0):
            people = [row["number"] for row in await player.rows("officers", "officers")]
            if order.officer_number in people:
                await player.open_row("officers", "officers", people.index(order.officer_number), "slips")
                return
            if not await player.has("officers", "next"):
                break
            await player.press("officers", "next", "officers")
        raise SubjectMissing(f"{player.script.system} does not list this person in club {order.club}.")


def shown_of(order: PayrollEntry) -> Shown:
    """期待値: what the payroll has to show of a month."""
    shown = {
        "officer": order.officer_number,
        "club": order.club,
        "month": order.month.replace("-", ""),
        "reference": order.reference,
        "total": str(order.total),
    }
    for each in order.days:
        shown |= {f"{each.day}.{name}": _plain(text) for name, text in _typed(each).items()}
    return shown


def _typed(each: WorkedDay) -> dict[str, str]:
    return {
        "start": f"{each.start:%H:%M}",
        "end": f"{each.end:%H:%M}",
        "rest": str(each.rest),
        "minutes": str(each.minutes),
    }


def _plain(text: str) -> str:
    """09:00 and 9:00 are the same time."""
    return text.removeprefix("0") if ":" in text else text


def _clock(at: time) -> int:
    return at.hour * 60 + at.minute
