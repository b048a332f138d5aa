"""一括処理の実行: each case of an order goes through the very use case its officer would have gone through.

Carried out in a web process, for a workflow. The officer's duties are looked up anew for each part: who lost a duty
meanwhile decides nothing any more. An item's id is its command's or message's id, so that whatever is carried out
again after a crash happens once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import anyio.to_thread
from temporalio import activity

from api.bulk.orders import BulkSaid
from api.counter import Counter, as_visitor
from api.desk import handover, tasks
from api.desk.tasks import DecisionWanted, permitted, require_impartial
from api.messaging import messages
from api.problems import Problem, problem, taken_in
from api.repair.work import carry_out
from api.views import Visitor
from procedures.values import MunicipalityCode
from store import bulks, commands, people, repairs
from store import tasks as task_rows
from store.bulks import BulkItem, BulkRow, ItemOutcome
from workflows.contracts import BulkInput, BulkPart, BulkShown

Do = Callable[[], bool]
"""What is to be done for one case. False: it is told, and has not answered yet. Raises Problem."""


@dataclass(frozen=True)
class Order:
    """一括処理の指示: whose, in which city, and what they wrote for it."""

    city: MunicipalityCode
    officer: Visitor
    row: BulkRow
    said: BulkSaid


class BulkWork:
    """一括処理の実行: one per web process."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @activity.defn
    async def carry_out_bulk(self, part: BulkPart) -> None:
        """実行: some cases, one after the other; one that cannot be done keeps no other from being done."""
        begun = await anyio.to_thread.run_sync(partial(self._begun, part))
        for position, do in begun:
            activity.heartbeat()
            await anyio.to_thread.run_sync(partial(self._carry_out, part, position, do))

    @activity.defn
    async def count_unanswered(self, bulk: BulkInput) -> int:
        """返答待ちの件数, after what came in since has been taken over."""
        return await anyio.to_thread.run_sync(partial(self._answered, bulk))

    @activity.defn
    async def show_bulk(self, shown: BulkShown) -> None:
        """状態を示す."""
        await anyio.to_thread.run_sync(partial(self._show, shown))

    def _begun(self, part: BulkPart) -> list[tuple[int, Do]]:
        """What is left of this part: of it, an attempt before may have done some."""
        with self._counter.database.reading(part.municipality) as connection:
            row = bulks.read(connection, part.bulk_id)
            repair = repairs.read(connection, part.bulk_id) if row is None else None
            items = bulks.items(connection, part.bulk_id, part.first, part.count) if row else ()
            found = None if row is None else people.officer_now(connection, row.account_id)
            broken = repairs.items(connection, part.bulk_id, part.first, part.count) if repair else ()
        if repair is not None:
            mend = partial(carry_out, self._counter, part.municipality, repair)
            return [(item.position, partial(mend, item)) for item in broken if item.outcome is None]
        if row is None:
            return []
        officer = as_visitor(found) if found else Visitor(account_id=row.account_id)
        order = Order(part.municipality, officer, row, BulkSaid.model_validate(row.said))
        return [(item.position, partial(self._do, order, item)) for item in items if item.outcome is None]

    def _carry_out(self, part: BulkPart, position: int, do: Do) -> None:
        outcome, reason = _outcome(do)
        with self._counter.database.transaction(part.municipality) as connection:
            bulks.settle(connection, part.bulk_id, position, outcome, reason)

    def _do(self, order: Order, item: BulkItem) -> bool:
        """False: decided, and the case has not answered yet. Raises Problem."""
        counter, city, officer = self._counter, order.city, order.officer
        match order.row.kind:
            case "approve" | "send_back":
                return self._decide(order, item)
            case "assign":
                self._assign(order, item)
            case "message":
                side = messages.officer_side(counter, city, officer)
                messages.write(side, item.receipt_number, order.said.body, message_id=item.id)
            case "export":
                with counter.database.reading(city) as connection:
                    require_impartial(connection, officer.account_id, permitted(connection, officer, item.task_id))
        return True

    def _decide(self, order: Order, item: BulkItem) -> bool:
        """As the officer would: take the task as it was seen, then decide it; a refusal leaves it as it was."""
        with self._counter.database.reading(order.city) as connection:
            told = commands.find(connection, item.id)
        if told is not None:
            return taken_in(told.status, told.error)
        version, taken = self._taken(order, item)
        wanted = DecisionWanted(
            version=version, decision="approve" if order.row.kind == "approve" else "send_back",
            reason=order.said.reason, marks=order.said.marks,
        )  # fmt: skip
        try:
            return tasks.decide(self._counter, order.city, order.officer, item.task_id, wanted, item.id)
        except Problem:
            if taken:
                tasks.release(self._counter, order.city, order.officer, item.task_id, version)
            raise

    def _taken(self, order: Order, item: BulkItem) -> tuple[int, bool]:
        """担当: the version to decide, and whether it was taken for this. A crash may have left it taken already."""
        with self._counter.database.reading(order.city) as connection:
            row = permitted(connection, order.officer, item.task_id)
        mine = row.assignee == order.officer.account_id and not _ran_out(row)
        if mine and row.version in (item.version, item.version + 1):
            return row.version, False
        if row.version != item.version:
            raise problem("task_closed" if row.closed_at else "task_taken")
        return tasks.claim(self._counter, order.city, order.officer, item.task_id, row.version), True

    def _assign(self, order: Order, item: BulkItem) -> None:
        with self._counter.database.reading(order.city) as connection:
            row = permitted(connection, order.officer, item.task_id)
        heir = order.said.officer
        if heir is None:
            raise problem("no_colleague")
        if row.assignee != heir:
            handover.assign(self._counter, order.city, order.officer, item.task_id, row.version, heir)

    def _answered(self, bulk: BulkInput) -> int:
        with self._counter.database.transaction(bulk.municipality) as connection:
            return bulks.answered(connection, bulk.bulk_id)

    def _show(self, shown: BulkShown) -> None:
        with self._counter.database.transaction(shown.municipality) as connection:
            bulks.show(connection, shown.bulk_id, shown.state)


def _outcome(do: Do) -> tuple[ItemOutcome, str | None]:
    try:
        return ("done" if do() else "sent"), None
    except Problem as refused:
        return "refused", refused.code


def _ran_out(row: task_rows.TaskRow) -> bool:
    return row.lease_until is not None and row.lease_until < datetime.now(UTC)
