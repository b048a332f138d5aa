"""What the tests of real processes share; every wait has a deadline."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from machine.program import start_time


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Polls until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


@dataclass(frozen=True)
class Keeper:
    """keeper.py, running in a folder."""

    folder: Path
    process: subprocess.Popen[str]

    @property
    def started(self) -> dict[str, int]:
        """Process ids by name, with the worker's own forgotten child."""
        eventually(
            lambda: (self.folder / "up.json").exists() and (self.folder / "worker.log").read_text().endswith("\n")
        )
        forgotten = int((self.folder / "worker.log").read_text().split()[-1])
        return json.loads((self.folder / "up.json").read_text()) | {"forgotten": forgotten}


def gone(pid: int) -> bool:
    """Ended; a zombie that PID 1 has yet to reap counts."""
    return start_time(pid) is None
