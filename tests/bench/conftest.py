"""計測の土台: one durable counter for all measurements, and the table they are printed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from machine.demo import appoint_officers
from machine.layout import CLONE, Layout, Ports
from machine.up import City, up


@pytest.fixture(scope="session")
def console() -> Console:
    return Console(width=110, highlight=False)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """As `make run` starts it: every commit reaches the disk. The tests' own town gives that up for speed."""
    layout = Layout(CLONE, Path(tmp_path_factory.mktemp("bench")) / "var", Ports.free())
    with up(layout, Console(quiet=True)) as city:
        appoint_officers(layout)
        yield city
