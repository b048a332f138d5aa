"""担当の時間切れ: claims that nobody worked on fall back to everybody, in sight."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select, update

from procedures.values import ReceiptNumber, StepId
from store.tables import task


@dataclass(frozen=True)
class Lapsed:
    """時間切れの担当: a task that is everybody's again."""

    receipt_number: ReceiptNumber
    step: StepId


def release_lapsed(connection: Connection) -> tuple[Lapsed, ...]:
    """担当を外す: every open task whose lease ran out. A page opened before is outdated from now on."""
    statement = (
        update(task)
        .where(task.c.closed_at.is_(None), task.c.assignee.is_not(None), task.c.lease_until <= func.now())
        .values(assignee=None, lease_until=None, version=task.c.version + 1)
        .returning(task.c.receipt_number, task.c.step)
    )
    return tuple(Lapsed(*row) for row in connection.execute(statement))


def next_end(connection: Connection) -> timedelta | None:
    """次の時間切れまで: of the leases that run now, by this database's clock; None: nobody holds a task."""
    held = select(func.min(task.c.lease_until) - func.now()).where(
        task.c.closed_at.is_(None), task.c.assignee.is_not(None)
    )
    left: timedelta | None = connection.execute(held).scalar_one()
    return left
