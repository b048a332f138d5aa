"""故障の試験の土台: a town of their own, whose neighbours fail one after the other, one test at a time."""

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from machine.demo import visitor
from machine.layout import Layout, url
from machine.readiness import accepts, answers, polls
from machine.visitor import Visitor, wait_for
from sandbox.people import Person
from tests.api.scenes import Books, Ledger, Newcomer
from tests.town.running import shared_town


class Neighbours:
    """隣人と処理: makes those of one town fail, and mends them again."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._ports = layout.ports

    def pki(self, service: str, mode: str) -> None:
        """ocsp, crl or tsa: up, down, silent, garbage, stale."""
        body = {"service": service, "mode": mode}
        assert httpx.post(f"{url(self._ports.pki)}/_sandbox/mode", json=body).is_success

    def revoke(self, person: Person) -> None:
        """The authority revokes what this person logs in with."""
        self._revocation("revoke", person)

    def restore(self, person: Person) -> None:
        self._revocation("restore", person)

    def _revocation(self, action: str, person: Person) -> None:
        body = {"holder": person.key, "kind": "authentication"}
        assert httpx.post(f"{url(self._ports.pki)}/_sandbox/{action}", json=body).is_success

    def register(self, kind: str, times: int) -> None:
        body = {"kind": kind, "times": times}
        assert httpx.post(f"{url(self._ports.register)}/_sandbox/faults", json=body).is_success

    def gateway(self, kind: str, **more: object) -> None:
        assert httpx.post(f"{url(self._ports.gateway)}/_sandbox/faults", json={"kind": kind, **more}).is_success

    def mend(self) -> None:
        for service in ("ocsp", "crl", "tsa"):
            self.pki(service, "up")
        httpx.delete(f"{url(self._ports.register)}/_sandbox/faults")
        httpx.delete(f"{url(self._ports.gateway)}/_sandbox/faults")

    def reconcile(self) -> None:
        """照合 now, instead of at the next five minutes."""

        async def trigger() -> None:
            client = await Client.connect(self.layout.temporal.address, namespace=self.layout.temporal.namespace)
            await client.get_schedule_handle("reconciliation-282014").trigger()

        asyncio.run(trigger())

    def pid(self, name: str) -> int:
        """As the supervisor recorded it."""
        return int(json.loads((self.layout.var / "run" / f"{name}.json").read_text())["pid"])

    def freeze(self, name: str) -> None:
        """It is there and answers nobody, until it is killed."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def kill(self, name: str) -> int:
        """kill -9; the supervisor starts it again."""
        killed = self.pid(name)
        os.kill(killed, signal.SIGKILL)
        return killed

    def await_revived(self, name: str, killed: int) -> None:
        ready = {
            "web": answers(f"{self.layout.public_url}/readyz"),
            "gateway": answers(url(self._ports.gateway)),
            "temporal": accepts(self._ports.temporal),
            "worker-cases": polls(self.layout.temporal, "cases"),
        }[name]
        wait_for(lambda: self.pid(name) != killed and ready(), bool, f"{name} to be started again")

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """The process is there and does not answer."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


Meet = Callable[[Person], Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These wait much and work little: they begin first and share the time with all others."""
    items.sort(key=lambda item: Path(__file__).parent not in item.path.parents)


@pytest.fixture(scope="session")
def stricken(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Layout]:
    base = tmp_path_factory.getbasetemp()
    root = base if worker_id == "master" else base.parent
    with shared_town(Path(root) / "faults-town") as layout:
        yield layout


@pytest.fixture
def neighbours(stricken: Layout) -> Iterator[Neighbours]:
    """One test at a time, whichever process it runs in; everything is mended before and after."""
    found = Neighbours(stricken)
    with (stricken.var / "faults.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found.mend()
        yield found
        found.mend()


@pytest.fixture
def books(stricken: Layout) -> Iterator[Books]:
    found = Books(stricken)
    yield found
    found.close()


@pytest.fixture
def ledger(stricken: Layout) -> Ledger:
    return Ledger(stricken)


@pytest.fixture
def newcomer(books: Books) -> Iterator[Newcomer]:
    with ExitStack() as stack:
        yield lambda *functions: stack.enter_context(books.newcomer(*functions))


@pytest.fixture
def meet(stricken: Layout, neighbours: Neighbours) -> Iterator[Meet]:
    with ExitStack() as stack:
        yield lambda person: stack.enter_context(visitor(stricken, person)).log_in()
