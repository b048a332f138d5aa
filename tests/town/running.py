"""街: starts one town for all test processes, hands out its layout, and ends it with the test run."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from machine.layout import CLONE, Layout, Ports

PATIENCE = 300.0
"""Seconds. Thirteen programs start in ten on an idle machine; a busy one is no fault of theirs."""
_STARTED: list[subprocess.Popen[bytes]] = []
"""Towns this process started: kept so that their ends are noticed."""


def layout_of(folder: Path) -> Layout:
    """The layout of the town in this folder; its ports are chosen once."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = folder / "ports"
    if not chosen.exists():
        chosen.write_text(" ".join(map(str, astuple(Ports.free()))))
    return Layout(CLONE, folder, Ports(*map(int, chosen.read_text().split())), fast=True)


@contextmanager
def shared_town(folder: Path) -> Iterator[Layout]:
    """One town for every process that asks with this folder; the last one to leave closes it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        _count(folder, +1)
        if not (folder / "pid").exists():
            _start(folder)
    try:
        yield layout_of(folder)
    finally:
        with _locked(folder):
            if _count(folder, -1) == 0:
                _stop(folder)


def _start(folder: Path) -> None:
    """The town lives in a process of its own and watches whether the test run is still there."""
    layout_of(folder)
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    command = [sys.executable, "-m", "tests.town", str(folder), str(owner)]
    with (folder / "main.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=CLONE, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _STARTED.append(process)
    (folder / "pid").write_text(str(process.pid))
    deadline = time.monotonic() + PATIENCE
    while not (folder / "ready").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            said = (folder / "main.log").read_text() + (folder / "town.log").read_text()
            raise RuntimeError(f"The town did not come up; see {folder}:\n{said[-3000:]}")
        time.sleep(0.05)


def _stop(folder: Path) -> None:
    pid = int((folder / "pid").read_text())
    os.kill(pid, 15)
    deadline = time.monotonic() + 30
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process still runs; one of our own that ended is collected."""
    for process in _STARTED:
        process.poll()
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _count(folder: Path, step: int) -> int:
    file = folder / "visitors"
    count = int(file.read_text()) + step if file.exists() else step
    file.write_text(str(count))
    return count
