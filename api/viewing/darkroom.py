"""暗室: has pages of attachments drawn by a process that may be ended, so that no hostile file reaches a browser.

One process, one page at a time: PDFium serves one thread, and a page takes some tens of milliseconds. What takes longer
than `PATIENCE` is ended with its process; the next page begins a new one. Nothing that is drawn is kept.
"""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from threading import Lock, Timer
from typing import cast

from api.viewing.orders import Drawn, Failure, Wanted, receive, send

PATIENCE = 10.0
"""Seconds for one page."""
QUEUE = 20.0
"""Seconds to wait for the pages of others before this one."""
KNOWN = 1_000
"""Files whose number of pages is remembered, by their digest."""


class Busy(Exception):
    """順番待ち: too many pages are wanted at once; asking again helps."""


class Darkroom:
    """暗室: one per web process; its rasterizer begins with the first page."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._known: dict[str, Drawn] = {}

    def draw(self, data: bytes, wanted: Wanted) -> tuple[Drawn, bytes]:
        """頁を描く: the picture is empty where `failure` says why. Raises Busy."""
        if not self._lock.acquire(timeout=QUEUE):
            raise Busy
        try:
            return self._draw(data, wanted)
        finally:
            self._lock.release()

    def pages(self, sha256: str, media_type: str, read: Callable[[], bytes]) -> Drawn:
        """頁数: asked once for each file; `read` gets its bytes where they are needed. Raises Busy."""
        found = self._known.get(sha256)
        if found is None:
            found, _ = self.draw(read(), Wanted(media_type, page=0))
            self._known[sha256] = found
            if len(self._known) > KNOWN:
                self._known.pop(next(iter(self._known)), None)
        return found

    def close(self) -> None:
        """片付け."""
        with self._lock:
            self._end()

    def _draw(self, data: bytes, wanted: Wanted) -> tuple[Drawn, bytes]:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise TypeError("The rasterizer is asked through pipes.")
        limit = Timer(self._patience, process.kill)
        limit.start()
        try:
            send(process.stdin, asdict(wanted), data)
            said, picture = receive(process.stdout)
        except (EOFError, OSError):  # it fell over the file, or was ended for taking too long
            self._end()
            return Drawn(0, "unfinished"), b""
        finally:
            limit.cancel()
        return Drawn(int(str(said["pages"])), cast("Failure | None", said["failure"])), picture

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "api.viewing.rasterizer"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env={},
            )  # fmt: skip
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._process = None
