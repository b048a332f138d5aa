"""試験の土台: one town (every real server, once) for all tests that need more than their own room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from playwright.sync_api import Browser
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from machine.browser import chromium
from machine.demo import visitor
from machine.layout import Layout
from machine.visitor import Visitor
from sandbox.people import Person
from tests.api.scenes import Books, Newcomer
from tests.town.running import shared_town

Meet = Callable[[Person], Visitor]

DEFAULT_TIMEOUT_CONFIG.read = DEFAULT_TIMEOUT_CONFIG.connect = 30
"""Seconds a test waits that names no number: two cores carry a dozen servers, and five seconds say nothing of them."""


OFFICES = (
    "tests/workflows/test_sheet_batch.py", "tests/e2e/test_a_month_of_paper.py",
    "tests/commands/test_batch_commands.py",
)  # fmt: skip
"""They open the town's back office, and a town has one."""


class ByFile(LoadScopeScheduling):
    """分担: a file stays in one process, which starts its browser and servers once; so does all of tests/faults.

    The walk through every page is by far the longest file and needs no server: its tests are shared out one by one.

    Those wait for each other anyway; meanwhile another process runs the rest. Not by `xdist_group`: pytest 9.2 builds
    node ids anew, and the groups that pytest-xdist 3.8 writes into them never arrive.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/faults/"):
            return "faults"
        if nodeid.startswith(OFFICES):
            return "office"
        return nodeid if nodeid.startswith("tests/ui/test_browser.py") else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Layout]:
    """A whole counter with its sandbox, shared by every test process."""
    base = tmp_path_factory.getbasetemp()
    root = base if worker_id == "master" else base.parent
    with shared_town(Path(root) / "town") as layout:
        yield layout


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Not for the session: Playwright's event loop would stand in the way of every other test."""
    with chromium() as running:
        yield running


@pytest.fixture
def meet(town: Layout) -> Iterator[Meet]:
    """`meet(HANAKO)`: that person at the counter, logged in with their card."""
    with ExitStack() as stack:
        yield lambda person: stack.enter_context(visitor(town, person)).log_in()


@pytest.fixture
def books(town: Layout) -> Iterator[Books]:
    found = Books(town)
    yield found
    found.close()


@pytest.fixture
def newcomer(books: Books) -> Iterator[Newcomer]:
    """`newcomer()`: a resident nobody else uses; `newcomer("health_review")`: an officer with that function."""
    with ExitStack() as stack:
        yield lambda *duties, **more: stack.enter_context(books.newcomer(*duties, **more))
