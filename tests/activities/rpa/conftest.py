"""ロボットの試験の土台: one database and one payroll for a file."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from workplace import OldServer, Workplace

from machine.layout import Layout
from sandbox.gateway.process import NeighbourProcess
from store.database import Database
from tests.store.conftest import migrated


@pytest.fixture(scope="module")
def workplace(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with migrated(town, f"robots_{os.getpid()}") as settings:
        database = Database(settings)
        yield Workplace.of(settings, database, tmp_path_factory.mktemp("objects"))
        database.close()


@pytest.fixture(scope="module")
def payroll_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OldServer]:
    folder = tmp_path_factory.mktemp("payroll")
    with NeighbourProcess("sandbox.payroll", folder) as process:
        yield OldServer(process.url, folder)


@pytest.fixture
def payroll(payroll_server: OldServer) -> OldServer:
    """The payroll, in order."""
    payroll_server.mend()
    return payroll_server


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for a file: a window belongs to the loop it was opened in."""
    with asyncio.Runner() as runner:
        yield runner
