"""番人: starts a list of processes in order, keeps them running, and ends exactly what it started."""

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from machine.ports import holder, is_free
from machine.program import Child, Identity, MachineError, Program, ReadyCheck, end, end_session, spawn

FREE_SPACE = 500_000_000
"""Bytes; the database, Temporal's file and the documents must never meet a full disk half-way."""
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A process that ran this long starts again without waiting longer than the first time."""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Unit:
    """One process to keep: how it starts, when it is ready (`furnish` follows once), and after whom.

    With `job=True` it is expected to end with status 0, and that is when it is ready.
    """

    program: Program
    ready: ReadyCheck = lambda: True
    after: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    prepare: Callable[[], None] = _nothing
    furnish: Callable[[], None] = _nothing
    job: bool = False
    patience: float = 180.0

    @property
    def name(self) -> str:
        return self.program.name


@dataclass
class _Running:
    unit: Unit
    child: Child
    since: float
    ready: bool = False
    crashes: int = 0
    again_at: float | None = None


Report = Callable[[str], None]


@dataclass
class Supervisor(AbstractContextManager["Supervisor"]):
    """Owns one folder: its lock, the records of what it started (`run/`), and the processes themselves.

    Start it in the thread that outlives it: the kernel ends the children when that thread dies.
    """

    folder: Path
    report: Report
    on_ready: Callable[[str, float], None] = lambda _name, _seconds: None
    longest_pause: float = LONGEST_BACKOFF
    """Seconds before a process that crashed again and again is started once more."""
    _started: list[_Running] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _ending: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __enter__(self) -> "Supervisor":
        self._run.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._end_orphans()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._stack.close()

    @property
    def _run(self) -> Path:
        return self.folder / "run"

    def start(self, units: Sequence[Unit]) -> None:
        """Starts every unit as soon as those it comes after are ready; returns when all are."""
        check_space(self.folder)
        check_ports(units)
        begun = time.monotonic()
        waiting, starting, ready = list(units), list[_Running](), set[str]()
        while waiting or starting:
            for unit in [unit for unit in waiting if set(unit.after) <= ready]:
                waiting.remove(unit)
                starting.append(self._begin(unit))
            for running in [running for running in starting if self._is_ready(running)]:
                starting.remove(running)
                running.ready = True
                ready.add(running.unit.name)
                self.on_ready(running.unit.name, time.monotonic() - begun)
            time.sleep(0.01)
        if self._watch is None:
            self._watch = threading.Thread(target=self._keep, name="supervisor", daemon=True)
            self._watch.start()

    def stop(self) -> None:
        """Ends all, those first that nobody else needs; each gets its grace, then SIGKILL."""
        self._ending.set()
        if self._watch is not None:
            self._watch.join()
        while self._started:
            names = {name for running in self._started for name in running.unit.after}
            leaves = [running for running in self._started if running.unit.name not in names] or self._started[-1:]
            for running in leaves:
                running.child.ask()
            for running in leaves:
                running.child.finish()
                self._forget(running)

    def running(self) -> dict[str, int]:
        """Name and process id of each process that should be up."""
        with self._lock:
            return {running.unit.name: running.child.identity.pid for running in self._started}

    def _begin(self, unit: Unit) -> _Running:
        unit.prepare()
        running = _Running(unit, self._spawn(unit), time.monotonic())
        with self._lock:
            self._started.append(running)
        return running

    def _spawn(self, unit: Unit) -> Child:
        child = spawn(unit.program)
        record = self._record(unit.name)
        record.with_suffix(".new").write_text(json.dumps(asdict(child.identity) | {"mark": unit.program.mark}))
        record.with_suffix(".new").rename(record)
        return child

    def _is_ready(self, running: _Running) -> bool:
        unit, child = running.unit, running.child
        if unit.job:
            return self._has_done(running)
        if not child.running:
            raise MachineError(
                f"{unit.name} ended with status {child.process.returncode} before it was ready; its log is "
                f"{unit.program.log}:\n{child.last_words()}"
            )
        if time.monotonic() - running.since > unit.patience:
            raise MachineError(
                f"{unit.name} was not ready after {unit.patience:.0f} seconds; its log is {unit.program.log}:\n"
                f"{child.last_words()}"
            )
        if not unit.ready():
            return False
        unit.furnish()
        return True

    def _has_done(self, running: _Running) -> bool:
        child = running.child
        if child.running:
            return False
        self._forget(running)
        if child.process.returncode:
            raise MachineError(
                f"{running.unit.name} failed with status {child.process.returncode}; its log is "
                f"{running.unit.program.log}:\n{child.last_words()}"
            )
        return True

    def _keep(self) -> None:
        """Starts again what crashed, later each time."""
        while not self._ending.wait(0.1):
            for running in list(self._started):
                if running.ready and not running.child.running:
                    self._revive(running)

    def _revive(self, running: _Running) -> None:
        now = time.monotonic()
        if running.again_at is None:
            running.crashes = 0 if now - running.since > STEADY_SECONDS else running.crashes
            wait = min(FIRST_BACKOFF * 2**running.crashes, self.longest_pause)
            running.again_at = now + wait
            running.crashes += 1
            status = running.child.process.returncode
            self.report(
                f"{running.unit.name} ended with status {status}; starting it again in {wait:g} s "
                f"({running.unit.program.log})"
            )
        elif now >= running.again_at:
            end_session(running.child.identity.pid, marked=running.unit.program.mark)
            try:
                running.unit.prepare()
                running.child = self._spawn(running.unit)
            except (MachineError, OSError) as error:
                self.report(f"{running.unit.name} could not be started again: {error}")
            running.since, running.again_at = now, None

    def _forget(self, running: _Running) -> None:
        with self._lock:
            self._started.remove(running)
        self._record(running.unit.name).unlink(missing_ok=True)

    def _record(self, name: str) -> Path:
        return self._run / f"{name}.json"

    def _take_lock(self) -> None:
        """flock(2): the kernel lets go when the holder dies, however it dies, so no lock is ever stale."""
        path = self.folder / "machine.lock"
        handle = self._stack.enter_context(path.open("a+"))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._stack.close()
            raise MachineError(
                f"This clone is already running (process {path.read_text().strip() or 'unknown'}): "
                f"use that one, or end it with Ctrl-C in its terminal."
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()

    def _end_orphans(self) -> None:
        """What an earlier run left behind after kill -9: ours only if id and start time both fit."""
        for record in sorted(self._run.glob("*.json")):
            entry = json.loads(record.read_text())
            if end(Identity(entry["pid"], entry["started"])):
                self.report(f"{record.stem} was still ending from an earlier run; it is gone now")
            end_session(entry["pid"], marked=entry["mark"])
            record.unlink()


def check_space(folder: Path, needed: int = FREE_SPACE) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise MachineError(
            f"The disk under {folder} has only {free // 1_000_000} MB left; free at least {needed // 1_000_000} MB "
            f"and start again."
        )


def check_ports(units: Iterable[Unit]) -> None:
    for unit in units:
        for port in unit.ports:
            if not is_free(port):
                raise MachineError(
                    f"Port {port}, which {unit.name} needs, is held by {holder(port)}: end that, or shift all our "
                    f"ports with MADOGUCHI_PORT_BASE=18000 (any free range of eighteen)."
                )
