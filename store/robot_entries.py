"""自動入力の控え: planned once with what is to be typed; counted at each attempt; marked before the press.

An attempt that was overtaken by a later one writes nothing any more: each statement names the attempt it belongs to.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ReceiptNumber
from store.tables import robot_entry, sheet_page

PAYROLL = "payroll"
"""給与システム, as its screens are called (`activities/rpa/library`)."""


class EntryUnplanned(LookupError):
    """予定なし: nothing is to be entered under this reference."""


class EntryPlannedDifferently(ValueError):
    """予定の相違: the same reference with other values. Entering anew on purpose takes a new reference."""


@dataclass(frozen=True)
class EntryKey:
    """登録の鍵: the system, and the reference that stands on the entry there."""

    system: str
    reference: str


@dataclass(frozen=True)
class EntryAttempt:
    """試行. `unsettled`: how much longer an earlier press may take; `number` and `shown`: of what was entered."""

    attempt: int
    content: Mapping[str, Any]
    unsettled: timedelta
    number: str | None
    shown: Mapping[str, str] | None


@dataclass(frozen=True)
class EntryRow:
    """自動入力の行, as officers see it."""

    system: str
    reference: str
    attempt: int
    planned_at: datetime
    pressed_at: datetime | None
    number: str | None
    shown: Mapping[str, str] | None
    entered_at: datetime | None
    failure: str | None
    said: str | None
    picture: str | None
    failed_at: datetime | None


_BEGIN = text(
    """
    update robot_entry
       set attempt = attempt + case when entered_at is null then 1 else 0 end, begun_at = now()
     where system = :system and reference = :reference
    returning attempt, content, number, shown,
              greatest(pressed_at + :settles - clock_timestamp(), interval '0') as unsettled
    """
)


def plan(
    connection: Connection, key: EntryKey, content: Mapping[str, Any], receipt_number: ReceiptNumber | None = None
) -> None:
    """予定: before any system is opened. The same again is nothing new. Raises EntryPlannedDifferently.

    `receipt_number`: of the case it belongs to, and goes with.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()
    row: dict[str, Any] = {"system": key.system, "reference": key.reference, "content": dict(content), "digest": digest}
    row |= {"receipt_number": receipt_number}
    connection.execute(upsert(robot_entry).values(**row).on_conflict_do_nothing())
    known = connection.execute(select(robot_entry.c.digest).where(*_this(key))).scalar_one()
    if known != digest:
        raise EntryPlannedDifferently(f"{key.reference} was planned for {key.system} with other values.")


def planned(connection: Connection, key: EntryKey) -> Mapping[str, Any] | None:
    """予定の内容; None: nothing was planned."""
    found: Mapping[str, Any] | None = connection.execute(
        select(robot_entry.c.content).where(*_this(key))
    ).scalar_one_or_none()
    return found


def begin(connection: Connection, key: EntryKey, settles: timedelta) -> EntryAttempt:
    """開始: counts up, so that every earlier attempt is overtaken. Raises EntryUnplanned."""
    row = connection.execute(_BEGIN, {**key.__dict__, "settles": settles}).one_or_none()
    if row is None:
        raise EntryUnplanned(f"Nothing was planned for {key.system} under {key.reference}.")
    return EntryAttempt(row.attempt, row.content, row.unsettled or timedelta(0), row.number, row.shown)


def press(connection: Connection, key: EntryKey, attempt: int) -> bool:
    """押下の予告: committed before the press. False: a later attempt has begun, or it is entered."""
    return _write(connection, key, attempt, pressed_at=func.clock_timestamp())


def finish(connection: Connection, key: EntryKey, attempt: int, number: str, shown: Mapping[str, str]) -> bool:
    """完了: what was read back. False: a later attempt has begun."""
    gone = {"failure": None, "said": None, "picture": None, "failed_at": None}
    return _write(connection, key, attempt, number=number, shown=dict(shown), entered_at=func.now(), **gone)


def fail(connection: Connection, key: EntryKey, failure: str, said: str, picture: str | None) -> bool:
    """失敗: for whoever looks: the kind, a sentence without values, where the picture lies. False: it is entered."""
    values = {"failure": failure, "said": said, "picture": picture, "failed_at": func.now()}
    open_still = robot_entry.c.entered_at.is_(None)
    changed: int = connection.execute(update(robot_entry).where(*_this(key), open_still).values(**values)).rowcount
    return changed == 1


def read(connection: Connection, key: EntryKey) -> EntryRow | None:
    """一件."""
    columns = (robot_entry.c[name] for name in EntryRow.__annotations__)
    row = connection.execute(select(*columns).where(*_this(key))).one_or_none()
    return None if row is None else EntryRow(**row._mapping)


def outlived(connection: Connection, moment: datetime) -> tuple[EntryRow, ...]:
    """保存期間の過ぎた控え: of no case (those go with it), of no page any more, and untouched since `moment`."""
    columns = (robot_entry.c[name] for name in EntryRow.__annotations__)
    last = func.greatest(robot_entry.c.planned_at, robot_entry.c.entered_at, robot_entry.c.failed_at)
    page = exists().where(
        sheet_page.c.municipality == robot_entry.c.municipality, sheet_page.c.reference == robot_entry.c.reference
    )
    rows = connection.execute(
        select(*columns).where(robot_entry.c.receipt_number.is_(None), last < moment, ~page)
    )  # fmt: skip
    return tuple(EntryRow(**row._mapping) for row in rows)


def forget(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """廃棄: their pictures are the caller's. Typed again afterwards, the robot finds them by looking."""
    keys = [(row.system, row.reference) for row in rows]
    connection.execute(delete(robot_entry).where(tuple_(robot_entry.c.system, robot_entry.c.reference).in_(keys)))


def _write(connection: Connection, key: EntryKey, attempt: int, **values: object) -> bool:
    current = robot_entry.c.attempt == attempt, robot_entry.c.entered_at.is_(None)
    changed: int = connection.execute(update(robot_entry).where(*_this(key), *current).values(**values)).rowcount
    return changed == 1


def _this(key: EntryKey) -> tuple[ColumnElement[bool], ...]:
    return robot_entry.c.system == key.system, robot_entry.c.reference == key.reference
