"""帳票の一括処理の取決め: messages of piles of paper. Ids and counts only; names, hours and pictures stay."""

from typing import Literal
from uuid import UUID

from procedures.values import MunicipalityCode
from workflows.contracts import Message

Next = Literal["split", "read", "sort_out", "wait", "enter", "finish"]
"""次の仕事: what a batch's rows ask for. wait: for people."""
BatchEnd = Literal["finished", "stopped"]


class SheetBatchInput(Message):
    """帳票の一括: names the row; the rest is how far a run that goes on in a new history has come."""

    municipality: MunicipalityCode
    batch_id: UUID
    paused: bool = False
    failures: int = 0
    """One after the other, so far."""
    events: int | None = None
    """From how many on a history is continued in a new one; None: when Temporal itself says so."""


class SheetBatch(Message):
    """一括の指定."""

    municipality: MunicipalityCode
    batch_id: UUID


class BatchStanding(Message):
    """find_next: `waiting`: the first positions of the parts in which pages are still to be read."""

    next: Next
    waiting: tuple[int, ...] = ()


class SheetPart(SheetBatch):
    """read_pages: so many positions from `first` on; what was read is left alone. `cause`: why it is given up."""

    first: int
    count: int
    cause: str = ""


class SheetPause(SheetBatch):
    """show_pause: asked for by a person, or by itself with the fault that made it pause."""

    paused: bool
    fault: str | None = None


class SheetEnd(SheetBatch):
    """end_batch."""

    state: BatchEnd


class EntryOrder(Message):
    """入力の一件: a page, and the reference of what the robot types for it (`store.robot_entries`)."""

    page_id: UUID
    reference: str


class EntrySettled(SheetBatch):
    """settle_entry: `fault`: why a person types it in the robot's place."""

    page_id: UUID
    fault: str | None = None


class PaperReading(Message):
    """read_paper: the paper that an officer enters; its scans are the draft's."""

    municipality: MunicipalityCode
    draft_id: UUID
