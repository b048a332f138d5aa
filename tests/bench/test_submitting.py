"""計測: a hundred residents submit at once, beside a bare FastAPI with one INSERT on the same machine in the same run.

The aim is a ratio of at most three. Both run as one uvicorn process with as many database connections; the load comes
from a process of its own. Rounds alternate, and each waits until the cases of the one before are at rest: what the
workflows do afterwards is on the same cores, but is nobody's wait for an answer. While a round runs, it does compete.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from api.counter import SESSION_COOKIE
from machine.layout import environment
from machine.postgres import DATABASE, Role
from machine.readiness import answers
from machine.up import City
from machine.visitor import wait_for
from procedures.loader import Library
from tests.api.annex import free_port
from tests.api.scenes import HIMEJI, SCREENING, Books, screening
from tests.bench.meter import Meter, Reading

pytestmark = pytest.mark.timeout(600)

RESIDENTS = 100
EACH = 4
"""Submissions of each resident in a round, one after another."""
ROUNDS = 3
MOST_BUSY = 0.6
"""The generator may be busy for this share of a round; beyond, it would be what is measured."""


@dataclass(frozen=True)
class Round:
    """一回: seconds of every answer, of the whole, and the generator's processor seconds."""

    seconds: list[float]
    elapsed: float
    processor: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    def percentile(self, which: int) -> float:
        return 1000 * statistics.quantiles(self.seconds, n=100, method="inclusive")[which - 1]


@pytest.fixture
def books(city: City) -> Iterator[Books]:
    found = Books(city.layout)
    yield found
    found.close()


@pytest.fixture
def bare(city: City, tmp_path: Path) -> Iterator[int]:
    """The bare application's port; its table lies in the counter's own database."""
    layout, port = city.layout, free_port()
    with layout.postgres.connect(Role.OWNER) as owner:
        owner.execute(
            "create table if not exists bare_submission"
            " (id bigserial primary key, note text, at timestamptz default now())"
        )
    secret = layout.postgres.password_file(Role.OWNER).read_text().strip()
    address = f"postgresql+psycopg://{Role.OWNER}:{secret}@127.0.0.1:{layout.ports.postgres}/{DATABASE}"
    command = [sys.executable, "-m", "tests.bench.bare_insert", str(port), address]
    with (tmp_path / "bare.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=layout.clone, env=environment(layout), stdout=log, stderr=log)
    try:
        ready = answers(f"http://127.0.0.1:{port}/openapi.json")
        wait_for(ready, bool, "the bare application")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_a_hundred_residents_submit_at_once(city: City, books: Books, bare: int, console: Console) -> None:
    people = Residents(books)
    web = Meter({"web": city.supervisor.running()["web"], "postgres": city.supervisor.running()["postgres"]})
    ours, theirs, reading = [], [], Reading()
    for port in (bare, city.layout.ports.web):  # warm: imports, connections, statements
        crowd(port, people.lines(port, bare, 2))
    people.come_to_rest()
    for _ in range(ROUNDS):
        theirs.append(crowd(bare, people.lines(bare, bare, EACH)))
        lines = people.lines(city.layout.ports.web, bare, EACH)
        with web.adding(reading):
            ours.append(crowd(city.layout.ports.web, lines))
        people.come_to_rest()
    console.print()
    console.print(table(ours, theirs, reading))
    assert all(each.processor < MOST_BUSY * each.elapsed for each in (*ours, *theirs)), (
        "the generator is the bottleneck"
    )


class Residents:
    """百人の住民, each with a session and as many drafts as are asked for."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.accounts = [books.account() for _ in range(RESIDENTS)]
        self.sessions = [books.session(account) for account in self.accounts]
        self.version = Library.read().current(SCREENING).version

    def lines(self, port: int, bare: int, each: int) -> list[list[str]]:
        if port == bare:
            return [[_request(bare, "/submission", "")] * each for _ in self.accounts]
        return [self._drafts(port, *who, each) for who in zip(self.accounts, self.sessions, strict=True)]

    def _drafts(self, port: int, account: str, session: str, each: int) -> list[str]:
        made = self.books.rows(
            "insert into draft (municipality, account_id, procedure, version, language, answers)"
            " select %s, %s, %s, %s, 'ja', %s::jsonb from generate_series(1, %s) returning id",
            HIMEJI, account, SCREENING, self.version, json.dumps(screening()), each,
        )  # fmt: skip
        return [_request(port, f"/api/drafts/{row['id']}/submission", session) for row in made]

    def come_to_rest(self) -> None:
        """Every case waits for an officer."""
        busy = "select count(*) as busy from case_file where status in ('received', 'checking')"
        wait_for(lambda: self.books.rows(busy)[0]["busy"], lambda busy: busy == 0, "the cases to come to rest", 180)


def _request(port: int, path: str, session: str) -> str:
    cookie = f"cookie: {SESSION_COOKIE}={session}\r\n" if session else ""
    return f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{cookie}content-length: 0\r\n\r\n"


def crowd(port: int, lines: list[list[str]]) -> Round:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.crowd"], input=json.dumps({"port": port, "lines": lines}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(ran.stdout)
    assert told["statuses"] == {"201": sum(map(len, lines))}, told["statuses"]
    return Round(told["seconds"], told["elapsed"], told["processor"])


def table(ours: list[Round], theirs: list[Round], reading: Reading) -> Table:
    found = Table(title=f"申請: {RESIDENTS} residents at once, {EACH} submissions each", title_justify="left")
    for column in ("", "per second", "p50 ms", "p99 ms", "generator busy"):
        found.add_column(column, justify="right" if column else "left")
    rows = {"submission": ours, "bare INSERT": theirs}
    for name, rounds in rows.items():
        found.add_row(name, *(f"{_middle(rounds, each):.{digits}f}" for each, digits in _COLUMNS))
    ratios = [_middle(theirs, "rate") / _middle(ours, "rate"), _middle(ours, 50) / _middle(theirs, 50)]
    ratios.append(_middle(ours, 99) / _middle(theirs, 99))
    found.add_row("ratio", *(f"{each:.2f}" for each in ratios))
    done = RESIDENTS * EACH * len(ours)
    cost = {name: 1000 * reading.cpu[name] / done for name in ("web", "postgres")}
    found.caption = (
        f"Median of {ROUNDS} rounds. Processor ms per submission: web {cost['web']:.2f},"
        f" PostgreSQL {cost['postgres']:.2f} (background starts and the workflows' own writes included)."
    )
    return found


_COLUMNS: tuple[tuple[str | int, int], ...] = (("rate", 0), (50, 1), (99, 1), ("busy", 2))


def _middle(rounds: list[Round], what: str | int) -> float:
    def value(each: Round) -> float:
        if isinstance(what, int):
            return each.percentile(what)
        return each.rate if what == "rate" else each.processor / each.elapsed

    return statistics.median(map(value, rounds))
