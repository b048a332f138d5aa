"""プログラム: one operating-system process that we start, recognise again, and end exactly."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

MARK = "MADOGUCHI_MACHINE"
"""The environment variable that tells our processes, and their children, from everybody else's."""

HANDED = "{handed}"


ReadyCheck = Callable[[], bool]


class MachineError(Exception):
    """The machine cannot go on; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Identity:
    """A process id alone is reused; together with its start time (clock ticks since boot) it is not."""

    pid: int
    started: int


@dataclass(frozen=True)
class Program:
    """What to start. `log` receives stdout and stderr; `grace` is in seconds, then SIGKILL."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    folder: Path = Path("/")
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    handed: Path | None = None
    """A folder the user may not be able to reach by its path: opened by us, written HANDED in `argv`."""

    @property
    def mark(self) -> str | None:
        return self.environment.get(MARK)


@dataclass(frozen=True)
class Child:
    """A started program: the leader of its own session, so the terminal's Ctrl-C does not reach it."""

    program: Program
    process: subprocess.Popen[bytes]
    identity: Identity

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ask(self) -> None:
        """Asks the leader to end; it takes its own children with it."""
        if self.running:
            self.process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        self.ask()
        self.finish()

    def finish(self) -> None:
        """Waits for at most the grace, kills, and then ends what is left of the session."""
        try:
            self.process.wait(self.program.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end_session(self.identity.pid, marked=self.program.mark)

    def last_words(self, lines: int = 12) -> str:
        """The end of the log, for an error a person reads."""
        text = self.program.log.read_text(errors="replace") if self.program.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def spawn(program: Program) -> Child:
    """Starts it. The kernel sends `stop_signal` if the thread that called this dies, so even kill -9
    of the supervisor leaves no orphan (PR_SET_PDEATHSIG through setpriv: no code between fork and exec)."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        log = stack.enter_context(program.log.open("ab"))
        handle = None if program.handed is None else os.open(program.handed, os.O_RDONLY | os.O_DIRECTORY)
        if handle is not None:
            stack.callback(os.close, handle)
        process = subprocess.Popen(  # noqa: S603
            [*_dying_with_us(program), *(part.replace(HANDED, f"/proc/self/fd/{handle}") for part in program.argv)],
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=program.user,
            group=program.user,
            extra_groups=None if program.user is None else [],
            pass_fds=() if handle is None else (handle,),
            start_new_session=True,
        )
    return Child(program, process, Identity(process.pid, start_time(process.pid) or 0))


def _dying_with_us(program: Program) -> tuple[str, ...]:
    return ("/usr/bin/setpriv", "--pdeathsig", program.stop_signal.name.removeprefix("SIG"), "--")


def wait_until(child: Child, ready: ReadyCheck, seconds: float = 30.0) -> None:
    """Polls `ready` until it holds; a child that ends, or a deadline, becomes an error with its last words."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.running:
            raise MachineError(
                f"{child.program.name} ended with status {child.process.returncode} before it was ready; "
                f"the end of {child.program.log}:\n{child.last_words()}"
            )
        if time.monotonic() > deadline:
            raise MachineError(
                f"{child.program.name} was not ready after {seconds:.0f} seconds; look into {child.program.log}"
                f":\n{child.last_words()}"
            )
        time.sleep(0.02)


def start_time(pid: int) -> int | None:
    """Clock ticks since boot, or None when there is no such process or only its zombie."""
    stat = _stat(pid)
    return None if stat is None or stat[0] == "Z" else int(stat[19])


def alive(identity: Identity) -> bool:
    return start_time(identity.pid) == identity.started


def end(identity: Identity, ask: signal.Signals = signal.SIGTERM, grace: float = 10.0) -> bool:
    """Ends a process that is not our child (an orphan of an earlier run); False if it was already gone."""
    if not alive(identity):
        return False
    for number, seconds in ((ask, grace), (signal.SIGKILL, grace)):
        _send(identity.pid, number)
        deadline = time.monotonic() + seconds
        while alive(identity) and time.monotonic() < deadline:
            time.sleep(0.02)
    return True


def end_session(session: int, *, marked: str | None) -> None:
    """Kills what is left of a session whose leader has ended, if it carries our mark."""
    if marked is None:
        return
    needle = f"{MARK}={marked}".encode()
    for pid in _members(session):
        if needle in _environment(pid).split(b"\0"):
            _send(pid, signal.SIGKILL)


def _members(session: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    stats = ((pid, _stat(pid)) for pid in pids if pid != session)
    return [pid for pid, stat in stats if stat is not None and int(stat[3]) == session and stat[0] != "Z"]


def _stat(pid: int) -> list[str] | None:
    """proc(5): the fields of /proc/PID/stat after the command, which may itself contain blanks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
