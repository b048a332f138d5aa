"""修復の実行: each case of a signed order is told what was signed, by a command whose id is the item's.

Carried out in a web process, for `BulkWorkflow`, as officers' orders are. Whoever asked and whoever signed must still
be administrators: an order does not outlive their right.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from api.counter import Counter, as_visitor
from api.problems import problem, taken_in
from api.repair import adopting
from api.repair.outlook import is_needed, steps_of
from api.repair.said import RepairOrder
from procedures.loader import Library
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import cases, commands, people, repairs
from store.commands import CommandKind
from store.repairs import RepairItem, RepairRow

COMMANDS: Mapping[str, CommandKind] = {
    "go_back": "go_back",
    "pass_over": "settle",
    "answer": "settle",
    "hold": "hold",
    "resume": "resume",
    "terminate": "terminate",
    "rerun": "rerun",
    "adopt_version": "adopt_version",
}


def carry_out(counter: Counter, city: MunicipalityCode, row: RepairRow, item: RepairItem) -> bool:
    """実行 of one case. False: its command is written, and the case has not answered yet. Raises Problem."""
    said = RepairOrder.model_validate(row.said)
    with counter.database.transaction(city) as connection:
        told = commands.find(connection, item.id)
        if told is None:
            _require_administrators(connection, row)
            _require_open(connection, item)
            payload = _payload(connection, counter.library, item.receipt_number, said)
            command = commands.write(connection, city, item.receipt_number, COMMANDS[row.kind], payload, item.id)
            _say(connection, row, item)
    if told is not None:
        return taken_in(told.status, told.error)
    return counter.tell(command)


def _require_open(connection: Connection, item: RepairItem) -> None:
    """Raises Problem: nothing is said of a case that is closed."""
    case = cases.read(connection, item.receipt_number)
    if case is None or case.closed_at is not None:
        raise problem("case_closed")


def _payload(
    connection: Connection, library: Library, number: ReceiptNumber, said: RepairOrder
) -> Mapping[str, object]:  # fmt: skip
    """指令の中身. Raises Problem: the case can not go on by the version that was signed."""
    case = repairs.states(connection, [number])[number]
    if said.goes_on and is_needed(steps_of(library, case), StepId(said.step or "")):
        raise problem("step_needed")
    match said.kind:
        case "adopt_version":
            return adopting.payload(connection, library, case, said.versions.get(ProcedureId(case.procedure)))
        case "go_back":
            return {"step": said.step}
        case "pass_over":
            return {"step": said.step, "outcome": "done"}
        case "answer":
            refused = {"reason": "answered_by_hand"} if said.outcome == "refused" else {}
            return {"step": said.step, "outcome": said.outcome, **refused}
        case _:
            return {}


def _require_administrators(connection: Connection, row: RepairRow) -> None:
    """Both of them, now. Raises Problem."""
    for account_id in (row.account_id, row.approved_by):
        found = None if account_id is None else people.officer_now(connection, account_id)
        if found is None or "administrator" not in as_visitor(found).functions:
            raise problem("not_administrators")


def _say(connection: Connection, row: RepairRow, item: RepairItem) -> None:
    """監査: who asked, who signed, and what; the reason stands in the order."""
    said = RepairOrder.model_validate(row.said)
    facts = {"repair": str(row.id), "kind": row.kind, "outcome": said.outcome, "approved_by": str(row.approved_by)}
    actor = f"officer:{row.account_id}"
    cases.say(connection, item.receipt_number, "repaired", actor=actor, step=said.step, facts=facts)
