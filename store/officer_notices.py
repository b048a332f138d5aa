"""職員へのお知らせ: who learns that time runs out on a case: who holds the task, and their superior (所属長).

Told in the portal; by mail too where an officer has an address, at most one mail of a kind on a day: it says that there
is something to read, not what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, func, select, text, update

from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.people import HEAD
from store.tables import case_file, officer_notice, task

NoticeKind = Literal["task_due_soon", "task_overdue", "law_decides_soon", "law_decided"]
"""The deadline is near; it is over; the law will decide soon; it has decided."""
TOLD_TO_HEADS: frozenset[NoticeKind] = frozenset({"task_overdue", "law_decides_soon", "law_decided"})


@dataclass(frozen=True)
class OfficerNotice:
    """職員へのお知らせ. `about`: the deadline, or the day on which the law decides."""

    id: int
    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    kind: NoticeKind
    about: datetime
    created_at: datetime
    read_at: datetime | None
    task_id: UUID | None
    department: str
    function: str | None
    step: StepId | None
    closed: bool
    """The task is decided already."""


_TELL = text(
    """
    with concerned as (
        select c.receipt_number, c.department, c.account_id, t.id as task_id, t.function,
               case when t.lease_until > now() then t.assignee end as holder
          from case_file c left join task t on t.id = :task_id
         where c.receipt_number = :receipt_number),
    heard as (
        select holder as officer from concerned where holder is not null
        union
        select d.account_id from officer_duty d, concerned c
         where d.department in (c.department, '*')
           and ((c.holder is null and d.function = c.function) or (:heads and d.function = :head))),
    overtaken as (
        update officer_notice n set read_at = now() from heard h
         where n.officer = h.officer and n.receipt_number = :receipt_number and n.kind <> :kind and n.read_at is null),
    told as (
        insert into officer_notice (receipt_number, officer, task_id, kind, about)
        select c.receipt_number, h.officer, c.task_id, :kind, :about
          from heard h, concerned c
         where h.officer <> c.account_id
           and not exists (select 1 from recusal r
                            where r.receipt_number = c.receipt_number and r.officer = h.officer)
        on conflict do nothing
        returning officer)
    insert into notice_delivery (account_id, channel, kind, officer_day)
    select o.account_id, 'mail', :kind, (now() at time zone 'Asia/Tokyo')::date
      from told join officer o on o.account_id = told.officer
     where o.mail is not null
    on conflict do nothing
    """
)


def tell(
    connection: Connection, receipt_number: ReceiptNumber, task_id: UUID | None, kind: NoticeKind, about: datetime
) -> None:
    """知らせる: whoever holds the task, all of its function where nobody does, and superiors of what is theirs to know.

    In one statement; told twice it is told once, and what was told of the case before is no news any more. Nobody
    hears of a case they stepped aside from, or of their own.
    """
    named = {"receipt_number": receipt_number, "task_id": task_id, "kind": kind, "about": about}
    connection.execute(_TELL, {**named, "heads": kind in TOLD_TO_HEADS, "head": HEAD})


def listed(connection: Connection, officer: UUID, *, unread: bool, limit: int) -> tuple[OfficerNotice, ...]:
    """一覧: of one officer, the newest first."""
    statement = (
        select(
            officer_notice.c.id, officer_notice.c.receipt_number, case_file.c.procedure, case_file.c.version,
            officer_notice.c.kind, officer_notice.c.about, officer_notice.c.created_at, officer_notice.c.read_at,
            officer_notice.c.task_id, case_file.c.department, task.c.function, task.c.step,
            task.c.closed_at.is_not(None).label("closed"),
        )
        .join(case_file, case_file.c.receipt_number == officer_notice.c.receipt_number)
        .outerjoin(task, task.c.id == officer_notice.c.task_id)
        .where(officer_notice.c.officer == officer, *([officer_notice.c.read_at.is_(None)] if unread else []))
        .order_by(officer_notice.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return tuple(OfficerNotice(**row._mapping) for row in connection.execute(statement))


def mark_read(connection: Connection, officer: UUID, ids: Sequence[int]) -> None:
    """既読: those that were shown, and no others that came meanwhile."""
    concerned = update(officer_notice).where(
        officer_notice.c.officer == officer, officer_notice.c.id.in_(ids), officer_notice.c.read_at.is_(None)
    )
    connection.execute(concerned.values(read_at=func.now()))
