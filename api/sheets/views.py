"""読取りモデル: what pages and the JSON API show of a pile of paper, of one sheet and of its cells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from api.views import View
from sheets.comparison import Change

BatchState = Literal["reading", "correcting", "approving", "entering", "finished", "stopped"]
PageState = Literal["waiting", "read", "corrected", "approved", "entered", "handed_over", "set_aside"]
Standing = Literal["accepted", "doubtful", "confirmed", "changed"]
"""欄の状態. accepted: as read, nobody needs to look; doubtful: somebody does; confirmed, changed: somebody did."""
Second = Literal["not_needed", "needed", "given"]
"""二人目の確認: of a total that was changed, or of a sheet that does not add up."""
ResultKind = Literal["payroll", "table", "filing"]
"""結果. payroll: typed in by the robot; table: rows of a CSV; filing: entered as cases, one by one."""


class PilesProgress(View):
    """進み具合, in pages. second: a second person still has to look.

    minutes_left: of people; machine_minutes_left: until all is read, or typed in. null: nobody knows.
    """

    pages: int
    waiting: int
    to_correct: int
    second: int
    corrected: int
    approved: int
    entered: int
    handed_over: int
    set_aside: int
    minutes_left: int | None = None
    machine_minutes_left: int | None = None


class BatchLine(View):
    """一括の一行. `month`: None where the paper belongs to none."""

    id: UUID
    sheet: str
    title: Mapping[str, str]
    month: str | None
    name: str
    state: BatchState
    paused: bool
    opened_at: datetime
    progress: PilesProgress
    result: ResultKind | None = None
    """What becomes of it; null: people deal with it."""


class AsideLine(View):
    """取り分けた頁: not to be read by machine, or given back by the robot, and why."""

    id: UUID
    file: str
    number: int
    state: PageState
    kind: str | None
    fault: str | None
    group: str | None
    person: str | None
    has_picture: bool


class ClubLine(View):
    """クラブごとの進み具合."""

    group: str
    name: str
    pages: int
    to_correct: int
    done: int


class BatchView(BatchLine):
    """一括: in all, by club, and what was set aside. `may_correct`, `may_approve`: what its reader may do."""

    clubs: tuple[ClubLine, ...]
    aside: tuple[AsideLine, ...]
    unreadable_files: tuple[tuple[str, str], ...] = ()
    """Name and why."""
    fault: str | None = None
    cells: int = 0
    accepted: int = 0
    """Cells that nobody had to look at."""
    changed: int = 0
    human_minutes: int = 0
    human_seconds: int = 0
    looked_at: int = 0
    """Sheets that took somebody's time."""
    may_correct: bool = False
    may_approve: bool = False


class SheetCellView(View):
    """欄: texts hold one character per box; "" is empty, null is unknown. `probability`: of what was read."""

    cell: str
    text: str | None
    read: str | None
    alternatives: tuple[str, ...]
    probability: float
    standing: Standing
    second: Second = "not_needed"
    by: str | None = None
    """Who confirmed or changed it."""


class ContradictionView(View):
    """矛盾: in a sentence, and which cells it is about, the one to blame last."""

    sentence: Mapping[str, str]
    cells: tuple[str, ...]


class SheetPageView(View):
    """一枚の帳票. `version` names what was seen; a save of another version is refused."""

    id: UUID
    batch: UUID
    sheet: str
    sheet_version: int
    month: str | None
    file: str
    number: int
    group: str | None
    group_name: str | None
    person: str | None
    person_name: str | None
    state: PageState
    version: int
    seconds: int
    cells: tuple[SheetCellView, ...]
    contradictions: tuple[ContradictionView, ...]
    second_by_others_only: bool = False
    """The reader changed it themself: the second look is another person's."""
    left: int = 0
    """Sheets of the batch that wait to be corrected, this one included."""
    fault: str | None = None
    named: bool = False
    """A person said whose it is."""
    screen: bool = False
    """There is a picture of the screen at which the robot gave up."""


class SheetSumView(View):
    """一枚の合計: in the order of the sheet's totals, as they stand. `contradicts`: it does not add up."""

    page: UUID
    person: str | None
    name: str | None
    totals: tuple[str | None, ...]
    numbers: tuple[int | None, ...]
    """The same as minutes or whole numbers."""
    changed: int
    contradicts: bool
    before: int | None = None
    """前月: minutes in the payroll."""
    change: Change = ""


class MissingView(View):
    """報告のない人: who was in the payroll last month, and handed in nothing; minutes."""

    person: str
    name: str
    before: int


class ClubSumView(View):
    """クラブの合計; last month's, and the change, of all its people together."""

    group: str | None
    name: str
    sheets: tuple[SheetSumView, ...]
    missing: tuple[MissingView, ...] = ()
    before: int | None = None
    change: Change = ""


class ApprovalView(View):
    """承認する内容. `by_oneself`: its reader corrected some of it, so somebody else approves."""

    batch: UUID
    cells: tuple[str, ...]
    """Which totals."""
    clubs: tuple[ClubSumView, ...]
    ready: bool
    by_oneself: bool
    compared: int | None = None
    """Which of the totals is compared with last month's; null: there is no month before."""
