"""Real processes only; every wait has a deadline."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keeping import Keeper

from machine.layout import CLONE
from machine.supervisor import Supervisor


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[[], Keeper]]:
    """Starts keepers in one folder; kills what a failed test leaves."""
    keepers: list[Keeper] = []

    def start() -> Keeper:
        (tmp_path / "up.json").unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("keeper.py")), str(tmp_path)],
            env={"PYTHONPATH": str(CLONE), "PATH": os.environ["PATH"]}, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        keepers.append(Keeper(tmp_path, process))
        return keepers[-1]

    yield start
    for keeper in keepers:
        keeper.process.kill()
        keeper.process.communicate()
    if keepers:
        with Supervisor(tmp_path, lambda _line: None):
            """Ends what the killed ones left, as the next start would."""
