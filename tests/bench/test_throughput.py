"""処理能力: certificates delivered per second with many people at the counter at once, and the memory it takes."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest
from rich.console import Console
from rich.table import Table

from machine.up import City
from tests.bench.errand import People, Watch, run_errand
from tests.bench.meter import Meter

pytestmark = pytest.mark.timeout(400)

IN_FLIGHT = 50
CASES = 150


def test_the_counter_serves_fifty_at_once(city: City, console: Console) -> None:
    meter = Meter(city.supervisor.running())
    with People.meet(city.layout) as people, Watch(city.layout) as watch:
        run_errand(people, watch)
        crowd = [people.again(city.layout) for _ in range(IN_FLIGHT)]
        begun = time.monotonic()
        seconds = _serve(crowd, watch)
        elapsed = time.monotonic() - begun
        for each in crowd:
            each.__exit__(None, None, None)
    for table in (_speed_table(seconds, elapsed), _memory_table(meter)):
        console.print()
        console.print(table)
    assert len(seconds) == CASES


def _serve(crowd: Sequence[People], watch: Watch) -> list[float]:
    """Every case's seconds from draft to delivery; whoever is done begins anew until all cases are delivered."""
    waiting: SimpleQueue[People] = SimpleQueue()
    for each in crowd:
        waiting.put(each)

    def deliver(_: int) -> float:
        people, begun = waiting.get(), time.monotonic()
        try:
            run_errand(people, watch)
        finally:
            waiting.put(people)
        return time.monotonic() - begun

    with ThreadPoolExecutor(len(crowd)) as threads:
        return list(threads.map(deliver, range(CASES)))


def _speed_table(seconds: Sequence[float], elapsed: float) -> Table:
    percentiles = statistics.quantiles(seconds, n=100, method="inclusive")
    table = Table(title=f"処理能力: {len(seconds)} certificates, {IN_FLIGHT} in flight", title_justify="left")
    for column in ("delivered per second", "p50 s", "p99 s", "longest s"):
        table.add_column(column, justify="right")
    row = (len(seconds) / elapsed, percentiles[49], percentiles[98], max(seconds))
    table.add_row(*(f"{value:.2f}" for value in row))
    table.caption = "Visitors and cards run on the same cores."
    return table


def _memory_table(meter: Meter) -> Table:
    table = Table(title="記憶: peak resident memory (VmHWM, MB)", title_justify="left")
    for column in ("process", "itself", "children", "largest child"):
        table.add_column(column, justify="left" if column == "process" else "right")
    for name, (own, children, largest) in meter.peak_megabytes().items():
        table.add_row(name, f"{own:.0f}", str(children or "–"), f"{largest:.0f}" if children else "–")
    return table
