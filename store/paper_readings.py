"""紙の読取り: what a machine read on the scan of a paper that is being entered; it goes when the paper is filed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.submission import PAPER_SCAN
from procedures.values import ProcedureId
from store.sheet_pages import CellRead
from store.tables import attachment, draft, paper_reading

ReadingState = Literal["waiting", "read", "unread", "settled"]
"""読取りの状態. read: an officer has to confirm it; unread: `fault` says why; settled: its answers are the draft's."""


@dataclass(frozen=True)
class ReadingRow:
    """紙の読取り as stored. `stated`: as an officer confirmed it."""

    state: ReadingState
    asked_at: datetime
    fault: str | None
    sheet: str | None
    sheet_version: int | None
    cells: Sequence[Mapping[str, Any]] | None
    stated: Mapping[str, str] | None

    @property
    def read_cells(self) -> tuple[CellRead, ...]:
        """欄の読み."""
        return tuple(CellRead(**each) for each in self.cells or ())


@dataclass(frozen=True)
class Found:
    """読み取ったもの: of one page."""

    sheet: str
    sheet_version: int
    cells: Sequence[CellRead]
    picture: bytes


@dataclass(frozen=True)
class Asked:
    """読取りの求め: whose scans, by their keys, and for which form."""

    procedure: ProcedureId
    scans: tuple[str, ...]


_READING = tuple(paper_reading.c[name] for name in ReadingRow.__annotations__)


def ask(connection: Connection, draft_id: UUID, officer: UUID) -> None:
    """読取りを求める: in place of what was read before."""
    nothing: dict[str, Any] = dict.fromkeys(("fault", "sheet", "sheet_version", "cells", "picture", "stated"))
    values = {"asked_by": officer, "asked_at": func.now(), "state": "waiting", **nothing}
    asked = upsert(paper_reading).values(draft_id=draft_id, asked_by=officer)
    connection.execute(asked.on_conflict_do_update(index_elements=["draft_id"], set_=values))


def read(connection: Connection, draft_id: UUID, *, lock: bool = False) -> ReadingRow | None:
    """読取り; None: nobody asked for one."""
    statement = select(*_READING).where(paper_reading.c.draft_id == draft_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else ReadingRow(**row._mapping)


def picture(connection: Connection, draft_id: UUID) -> bytes | None:
    """紙の画像 (WebP), laid straight."""
    statement = select(paper_reading.c.picture).where(paper_reading.c.draft_id == draft_id)
    found: bytes | None = connection.execute(statement).scalar_one_or_none()
    return found


def waiting(connection: Connection, draft_id: UUID) -> Asked | None:
    """待っている読取り; None: it was read, discarded, or filed meanwhile."""
    statement = (
        select(draft.c.procedure)
        .join(paper_reading, paper_reading.c.draft_id == draft.c.id)
        .where(draft.c.id == draft_id, paper_reading.c.state == "waiting", draft.c.receipt_number.is_(None))
    )
    procedure = connection.execute(statement).scalar_one_or_none()
    if procedure is None:
        return None
    mine = attachment.c.draft_id == draft_id, attachment.c.field == PAPER_SCAN
    keys = connection.execute(select(attachment.c.object_key).where(*mine).order_by(attachment.c.uploaded_at))
    return Asked(ProcedureId(procedure), tuple(keys.scalars()))


def record(connection: Connection, draft_id: UUID, found: Found | str) -> None:
    """読取りの記録: what was found, or why nothing was; of one that still waits."""
    still = paper_reading.c.draft_id == draft_id, paper_reading.c.state == "waiting"
    values: dict[str, Any] = (
        {"state": "unread", "fault": found}
        if isinstance(found, str)
        else {
            "state": "read", "sheet": found.sheet, "sheet_version": found.sheet_version, "picture": found.picture,
            "cells": [asdict(each) for each in found.cells],
        }
    )  # fmt: skip
    connection.execute(update(paper_reading).where(*still).values(values))


def settle(connection: Connection, draft_id: UUID, stated: Mapping[str, str]) -> None:
    """確認済み: an officer has looked at everything doubtful."""
    read_one = paper_reading.c.draft_id == draft_id, paper_reading.c.state.in_(("read", "settled"))
    connection.execute(update(paper_reading).where(*read_one).values(state="settled", stated=dict(stated)))


def discard(connection: Connection, draft_id: UUID) -> None:
    """廃棄: it is typed by hand, its scan was changed, or the paper was filed."""
    connection.execute(delete(paper_reading).where(paper_reading.c.draft_id == draft_id))
