"""計測: processor time and memory of processes, their children included (proc(5))."""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

OURSELVES = "bench"


@dataclass
class Reading:
    """計測値: what several blocks took together: processor seconds by process name (OURSELVES = the measurer)."""

    times: int = 0
    seconds: float = 0.0
    cpu: Counter[str] = field(default_factory=Counter)

    def milliseconds(self, *names: str) -> float:
        """Mean processor time of these processes for one block."""
        return 1000 * sum(self.cpu[name] for name in names) / max(self.times, 1)


@dataclass(frozen=True)
class Meter:
    """計器: `pids` by name (a supervisor's); `but` are children that belong to the measurer."""

    pids: Mapping[str, int]
    but: Collection[int] = ()

    @contextmanager
    def adding(self, reading: Reading) -> Iterator[None]:
        """Adds what the block takes."""
        before, own, begun = self._spent(), time.process_time(), time.monotonic()
        yield
        reading.cpu[OURSELVES] += time.process_time() - own
        reading.seconds += time.monotonic() - begun
        for name, spent in self._spent().items():
            reading.cpu[name] += spent - before[name]
        reading.times += 1

    def peak_megabytes(self) -> dict[str, tuple[float, int, float]]:
        """Of each: the process itself, how many children, and the largest of them (VmHWM)."""
        return {name: _peaks(self._tree(pid)) for name, pid in self.pids.items()}

    def _spent(self) -> dict[str, float]:
        return {name: sum(map(_cpu_seconds, self._tree(pid))) for name, pid in self.pids.items()}

    def _tree(self, pid: int) -> list[psutil.Process]:
        root = psutil.Process(pid)
        return [each for each in (root, *root.children(recursive=True)) if each.pid not in self.but]


def _cpu_seconds(process: psutil.Process) -> float:
    """Its own and that of the children it has already buried."""
    with suppress(psutil.NoSuchProcess):
        spent = process.cpu_times()
        return float(spent.user + spent.system + spent.children_user + spent.children_system)
    return 0.0


def _peaks(tree: list[psutil.Process]) -> tuple[float, int, float]:
    root, *children = (_peak_megabytes(each.pid) for each in tree)
    return root, len(children), max(children, default=0.0)


def _peak_megabytes(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
