"""原価: processor time of one delivered certificate, beside the sum of its parts run bare between the cases."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType

from machine.layout import Layout
from machine.up import City
from tests.bench.bare_workflow import bare_workers, run_bare
from tests.bench.errand import People, Watch, run_errand
from tests.bench.floor import Part, connect, floor
from tests.bench.meter import OURSELVES, Meter, Reading

pytestmark = pytest.mark.timeout(300)

ROUNDS = 30
WARM_UP = 5
IDLE_SECONDS = 4.0
AIM = 1.5
COUNTER = ("web", "worker-cases", "worker-documents", "temporal", "postgres")
NEIGHBOURS = ("pki", "gateway", "register", "identity", "reader", "agent")


def test_the_cost_of_a_case_beside_the_sum_of_its_parts(city: City, console: Console) -> None:
    layout, case, idle = city.layout, Reading(), Reading()
    with People.meet(layout) as people, Watch(layout) as watch:
        meter = Meter(city.supervisor.running(), but=[watch.pid])
        receipt_number = [run_errand(people, watch) for _ in range(WARM_UP)][-1]
        with floor(layout, receipt_number) as bare:
            for _ in range(WARM_UP):
                for part in bare.parts:
                    part.run()
            for _ in range(ROUNDS):
                with meter.adding(case):
                    run_errand(people, watch)
                for part in bare.parts:
                    with meter.adding(part.taken):
                        part.run()
    with meter.adding(idle):
        time.sleep(IDLE_SECONDS)
    for table in (_parts_table(bare.parts, idle), _cost_table(case, bare.parts, idle)):
        console.print()
        console.print(table)
    ours, empty = asyncio.run(_event_kinds(layout, receipt_number))
    assert empty == ours, "the empty workflow is no longer like a case: change tests/bench/bare_workflow.py"


async def _event_kinds(layout: Layout, receipt_number: str) -> tuple[Counter[str], Counter[str]]:
    """The events of a case and of an empty case, by kind."""
    client = await connect(layout)
    async with bare_workers(client):
        empty = await run_bare(client)
    histories = [await handle.fetch_history() for handle in (client.get_workflow_handle(receipt_number), empty)]
    ours, theirs = (Counter(EventType.Name(event.event_type) for event in history.events) for history in histories)
    return ours, theirs


# --- tables -----------------------------------------------------------------------------------------------------------


def _parts_table(parts: Sequence[Part], idle: Reading) -> Table:
    table = Table(title=f"床: the parts run bare, mean of {ROUNDS} (CPU ms)", title_justify="left")
    for column in ("part", "itself", "Temporal", "sandbox neighbours"):
        table.add_column(column, justify="left" if column == "part" else "right")
    rows = {part.name: (_itself(part), _server(part, idle), part.taken.milliseconds(*NEIGHBOURS)) for part in parts}
    for name, row in rows.items():
        table.add_row(name, *map(_shown, row))
    table.add_section()
    table.add_row("sum", *(_shown(sum(column)) for column in zip(*rows.values(), strict=True)), style="bold")
    return table


def _cost_table(case: Reading, parts: Sequence[Part], idle: Reading) -> Table:
    render, seal, check, workflow = parts
    within = {
        "worker-documents": ("render, seal", _itself(render) + _itself(seal)),
        "worker-cases": ("check, empty workflow", _itself(check) + _itself(workflow)),
        "temporal": ("empty workflow's server", _server(workflow, idle)),
    }
    table = Table(title=f"原価: one delivered certificate, mean of {ROUNDS} (CPU ms)", title_justify="left")
    for column in ("process", "each case", "parts in it", "", "the rest"):
        table.add_column(column, justify="left" if column in ("process", "") else "right")
    for name in COUNTER:
        said, bare = within.get(name, ("", 0.0))
        cost = case.milliseconds(name)
        table.add_row(name, _shown(cost), _shown(bare), said, _shown(cost - bare))
    table.add_section()
    _add_total(table, "the counter", case, idle, COUNTER, sum(_itself(p) + _server(p, idle) for p in parts))
    table.add_section()
    for name in NEIGHBOURS:
        table.add_row(name, _shown(case.milliseconds(name)))
    table.add_section()
    everything = sum(_itself(p) + _server(p, idle) + p.taken.milliseconds(*NEIGHBOURS) for p in parts)
    _add_total(table, "all, the sandbox too", case, idle, COUNTER + NEIGHBOURS, everything)
    table.caption = f"Not in it: the visitor and the measurer, {case.milliseconds(OURSELVES):.0f} ms."
    return table


def _add_total(table: Table, title: str, case: Reading, idle: Reading, names: tuple[str, ...], bare: float) -> None:
    """What the processes would have taken in the same seconds without any case is no case's cost."""
    meanwhile = _idling(idle, case, *names)
    cost = case.milliseconds(*names) - meanwhile
    ratio = f"ratio {cost / bare:.2f} (aim ≤ {AIM})"
    table.add_row("idle meanwhile", _shown(-meanwhile))
    table.add_row(title, _shown(cost), _shown(bare), ratio, _shown(cost - bare), style="bold")


def _itself(part: Part) -> float:
    return part.taken.milliseconds(OURSELVES)


def _server(part: Part, idle: Reading) -> float:
    """Only the workflow asks the server; as with the case, what it takes when idle is no part of it."""
    if not part.name.startswith("empty workflow"):
        return 0.0
    return part.taken.milliseconds("temporal") - _idling(idle, part.taken, "temporal")


def _idling(idle: Reading, during: Reading, *names: str) -> float:
    """Milliseconds the processes would have taken in the time of one round without any work."""
    return idle.milliseconds(*names) / idle.seconds * during.seconds / during.times


def _shown(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds else "–"
