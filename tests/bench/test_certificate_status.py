"""日次失効確認の計測: all registered certificates of a city against one long list: seconds, and the worker's memory."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from cryptography import x509
from rich.console import Console
from rich.table import Table

from machine.layout import CLONE, Layout, Ports
from machine.readiness import polls
from machine.up import City, up
from machine.visitor import wait_for
from sandbox.pki.crl import FIRST_OF_LARGE, large
from sandbox.pki.registry import Registry
from tests.bench.meter import Meter
from tests.town.certificates import AUTHENTICATION, Registrations

pytestmark = pytest.mark.timeout(600)

ENTRIES = 200_000
REVOKED = 1_000
"""So many of the registered certificates stand on the list."""
CITIES = {"900001": 50_000, "900002": 500_000}
"""Municipality and registrations: ten times as many may not need more memory."""
AIM_SECONDS, AIM_MEGABYTES = 10.0, 500.0
WORKER = "worker-cases"


@dataclass(frozen=True)
class Run:
    """One check: registrations, seconds from start to report, the worker's peak memory before and after."""

    registrations: int
    seconds: float
    before: float
    after: float


@pytest.fixture(scope="module")
def own_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A counter of its own: half a million registrations would be in the way of the other measurements."""
    layout = Layout(CLONE, Path(tmp_path_factory.mktemp("status")) / "var", Ports.free())
    with up(layout, Console(quiet=True)) as city:
        yield city


@pytest.fixture(scope="module")
def long_list(own_city: City) -> bytes:
    registry = Registry(own_city.layout.pki)
    return large(registry.authorities[AUTHENTICATION], ENTRIES)


@pytest.fixture(scope="module")
def address(long_list: bytes) -> Iterator[str]:
    """Where the long list is fetched from: a server that does nothing else."""

    class Lists(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(long_list)))
            self.end_headers()
            self.wfile.write(long_list)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Lists) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/long.crl"
        server.shutdown()
        thread.join()


def test_half_a_million_registrations_against_a_list_of_two_hundred_thousand(
    own_city: City, address: str, long_list: bytes, console: Console
) -> None:
    _redirect(own_city.layout, address)
    runs = [_check(own_city, code, count) for code, count in CITIES.items()]
    fetched, parsed = _floor(address)
    console.print()
    console.print(_table(runs, fetched, parsed, len(long_list)))
    assert runs[-1].seconds < AIM_SECONDS
    assert runs[-1].after < AIM_MEGABYTES
    assert runs[-1].after < runs[0].after * 1.1 + 10, "memory must not grow with the registrations"


def _redirect(layout: Layout, address: str) -> None:
    """The anchor registry of this city names the long list for the login authority."""
    file = layout.pki / "anchors.json"
    named = f"http://127.0.0.1:{layout.ports.pki}/crl/{AUTHENTICATION}.crl"
    text = file.read_text()
    assert named in text, "the sandbox names its lists differently: adapt this test"
    file.write_text(text.replace(named, address))


def _check(city: City, municipality: str, count: int) -> Run:
    """By a fresh worker, so that its peak is this check's own."""
    _restart_worker(city)
    registrations = Registrations(city.layout, municipality)
    _seed(registrations, count)
    before = _peak(city)
    begun = time.monotonic()
    report = registrations.check()
    seconds = time.monotonic() - begun
    (checked,) = report["lists"]
    assert (checked["outcome"], checked["registrations"], checked["suspended"]) == ("checked", count, REVOKED)
    registrations.close()
    return Run(count, seconds, before, _peak(city))


def _seed(registrations: Registrations, count: int) -> None:
    """The last REVOKED entries of the list are registered, and behind them everybody else."""
    first = FIRST_OF_LARGE + ENTRIES - REVOKED
    registrations.seed(registrations.issuer(AUTHENTICATION), first, count)


def _restart_worker(city: City) -> None:
    killed = city.supervisor.running()[WORKER]
    os.kill(killed, signal.SIGKILL)
    ready = polls(city.layout.temporal, "cases")

    def again() -> bool:
        return city.supervisor.running().get(WORKER, killed) != killed and ready()

    wait_for(again, bool, "the worker to be started again")


def _peak(city: City) -> float:
    return Meter({WORKER: city.supervisor.running()[WORKER]}).peak_megabytes()[WORKER][0]


def _floor(address: str) -> tuple[float, float]:
    """What cannot be avoided: fetching the list, and reading every serial in it."""
    begun = time.monotonic()
    body = httpx.get(address, timeout=30).content
    fetched = time.monotonic() - begun
    begun = time.monotonic()
    assert sum(1 for entry in x509.load_der_x509_crl(body) if entry.serial_number) == ENTRIES
    return fetched, time.monotonic() - begun


def _table(runs: list[Run], fetched: float, parsed: float, size: int) -> Table:
    title = f"日次失効確認: a list of {ENTRIES:,} entries ({size / 1e6:.1f} MB), {REVOKED:,} of them registered"
    table = Table(title=title, title_justify="left")
    for column in ("registrations", "seconds", "× floor", "worker peak MB", "idle before MB"):
        table.add_column(column, justify="right")
    floor = fetched + parsed
    table.add_row("floor", f"{floor:.2f}", "1.0", "–", "–")
    for run in runs:
        ratio = f"{run.seconds / floor:.1f}"
        table.add_row(f"{run.registrations:,}", f"{run.seconds:.2f}", ratio, f"{run.after:.0f}", f"{run.before:.0f}")
    table.caption = (
        f"Floor: fetching ({fetched:.2f} s) and parsing ({parsed:.2f} s) alone. "
        f"Aim: {AIM_SECONDS:.0f} s, {AIM_MEGABYTES:.0f} MB, flat."
    )
    return table
