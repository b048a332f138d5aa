"""画面の文書: what a robot must know of an old system: its screens, its pop-ups, its hours and how patient to be.

`library/<id>.yaml` is read into one frozen model. A new release that moves a button is an edit there, not a program.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

JAPAN = ZoneInfo("Asia/Tokyo")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
ScreenId = str
Selector = Annotated[str, Field(min_length=1)]
"""CSS. A field of a row says where the row's number goes: input[name=start_{day}]."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no pattern: {error}") from None
    return text


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
"""A regular expression, found anywhere in the text."""
Seconds = Annotated[float, Field(ge=0)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shows(_Part):
    """目印: the element, and what it says, by which a screen is known."""

    selector: Selector
    says: Pattern


class Table(_Part):
    """表: `rows` within the screen; columns and the link of a row within the row."""

    id: Id
    rows: Selector
    columns: Mapping[str, Selector]
    opens: Selector | None = None


class Screen(_Part):
    """画面. `means`: what a screen says that may come in place of any other."""

    id: Id
    shows: Shows
    frame: str | None = None
    """Name of the frame it is shown in; none: the whole window."""
    fields: Mapping[str, Selector] = {}
    buttons: Mapping[str, Selector] = {}
    reads: Mapping[str, Selector] = {}
    tables: tuple[Table, ...] = ()
    means: Literal["logged_out", "closed", "crashed"] | None = None

    def table(self, name: str) -> Table:
        """表 by its id."""
        return next(each for each in self.tables if each.id == name)


class Dialog(_Part):
    """ポップアップ: what one means, and so how it is answered. One nobody declared is closed; a person is called."""

    says: Pattern
    means: Literal["question", "news", "refusal"]
    """question: answered with yes; news: closed; refusal: closed, and the entry was not taken."""


class Hours(_Part):
    """利用時間, in Japan's time."""

    opens: time
    closes: time
    """The same day, later than it opens."""
    weekdays: tuple[Weekday, ...] = WEEKDAYS

    def until_open(self, now: datetime) -> timedelta:
        """How long until it is open: zero while it is."""
        here = now.astimezone(JAPAN)
        for ahead in range(8):
            day = (here + timedelta(days=ahead)).date()
            opens, closes = (datetime.combine(day, each, JAPAN) for each in (self.opens, self.closes))
            if WEEKDAYS[day.weekday()] in self.weekdays and here < closes:
                return max(opens - here, timedelta(0))
        return timedelta(days=7)


class Script(_Part):
    """画面の文書 of one system."""

    id: Id
    version: Annotated[int, Field(ge=1)]
    system: str
    """What it is called, for whoever reads a message."""
    start: Annotated[str, Field(pattern=r"^/")]
    """The path it is entered by."""
    hours: Hours | None = None
    """When it may be used; none: always."""
    pause_seconds: Seconds
    """Between two presses, at least: it is somebody else's old machine."""
    entry_seconds: Annotated[float, Field(ge=0, le=300)]
    """From the beginning of one entry to that of the next, at least: so many an hour, however quick a machine is."""
    patience_seconds: Seconds
    """For one page."""
    settles_seconds: Annotated[float, Field(ge=30)]
    """After this long, a press that left no trace never arrived. Longer than the system may take to store something."""
    screens: Annotated[tuple[Screen, ...], Field(min_length=1)]
    dialogs: tuple[Dialog, ...] = ()

    def until_open(self, now: datetime) -> timedelta:
        """How long until it may be used: zero while it may."""
        return self.hours.until_open(now) if self.hours else timedelta(0)

    @cached_property
    def _by_id(self) -> Mapping[ScreenId, Screen]:
        return {screen.id: screen for screen in self.screens}

    def screen(self, name: ScreenId) -> Screen:
        """画面 by its id. Raises KeyError."""
        return self._by_id[name]

    def dialog(self, text: str) -> Dialog | None:
        """The first that is meant by `text`."""
        return next((each for each in self.dialogs if re.search(each.says, text)), None)
