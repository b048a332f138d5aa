"""試験用のPC/SC一式: the virtual reader's program as a subprocess, and the hand that lays cards on it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.cards.daemon import READERS


@dataclass(frozen=True)
class Stack:
    """PC/SC一式: `socket` is pcscd's (PCSCLITE_CSOCK_NAME), `tray` the tray's; `process` runs both."""

    socket: Path
    tray: Path
    process: "subprocess.Popen[bytes]"
    readers: tuple[str, ...] = READERS

    def lay(self, card: str, fault: str = "", slot: int = 0) -> None:
        """置く: returns once the reader has noticed. Raises ValueError with the tray's sentence if it refuses."""
        self._ask("PUT", f"/slots/{slot}", {"card": card, "fault": fault})

    def take_off(self, slot: int = 0) -> None:
        """取る: the reader notices within half a second."""
        self._ask("DELETE", f"/slots/{slot}")

    def restore(self, card: str) -> None:
        """初期化: all tries and the first PINs."""
        self._ask("POST", f"/cards/{card}/restore")

    def kill_pcscd(self) -> None:
        """殺す: it is dead when this returns, and comes back by itself."""
        self._ask("POST", "/pcscd/kill")

    def slots(self) -> list[dict[str, Any]]:
        """差込口: what lies where."""
        found: list[dict[str, Any]] = self._ask("GET", "/slots")
        return found

    def _ask(self, method: str, path: str, content: object = None) -> Any:
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self.tray)), base_url="http://tray") as client:
            answer = client.request(method, path, json=content, timeout=15)
        if answer.status_code != httpx.codes.OK:
            raise ValueError(answer.json()["detail"])
        return answer.json()


@contextmanager
def running(folder: Path, place: Path, *, patience: float = 20.0) -> Iterator[Stack]:
    """PC/SCを動かしておく間: `folder` is a test JPKI, `place` a short path for the sockets. For tests."""
    command = [sys.executable, "-m", "sandbox.cards", str(folder), "--place", str(place)]
    process = subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2])  # noqa: S603 - our own module
    stack = Stack(place / "pcscd.comm", place / "tray.sock", process)
    try:
        _await(stack, time.monotonic() + patience)
        yield stack
    finally:
        process.terminate()
        process.wait(10)


def _await(stack: Stack, deadline: float) -> None:
    while not _answers(stack.tray):
        if stack.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The virtual reader did not come up; its own message is above.")
        time.sleep(0.02)


def _answers(tray: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(str(tray))
        except OSError:
            return False
    return True
