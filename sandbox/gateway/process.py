"""起動と終了: a sandbox neighbour as a process of its own, for tests and demonstrations."""

import subprocess
import sys
from pathlib import Path


class NeighbourProcess:
    """隣人の過程: started on construction; usable as a context manager, which ends it."""

    def __init__(self, module: str, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", module, str(folder), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        assert self._process.stdout is not None  # noqa: S101 - asked for in the line above
        # The neighbour prints its address once it is bound; connections wait in its backlog until it serves.
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self._close()
            raise RuntimeError(f"{module} did not start; its own message is above")

    def __enter__(self) -> "NeighbourProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """終了: asks it to stop and waits."""
        self._process.terminate()
        self._close()

    def kill(self) -> None:
        """強制終了: SIGKILL, as a power cut would."""
        self._process.kill()
        self._close()

    def _close(self) -> None:
        self._process.wait(timeout=10)
        if self._process.stdout:
            self._process.stdout.close()
