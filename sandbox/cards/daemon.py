"""PC/SCの番人: the real pcscd on a private socket with vpcd as its only reader; started again whenever it dies."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from sandbox.cards import namespace

FIRST_PORT: Final = 0x8C7B
"""vpcd's first slot; the next one is on the next port. The same in every namespace, so nothing clashes."""
READERS: Final = ("Virtual PCD 00 00", "Virtual PCD 00 01")
_DRIVERS: Final = Path("/usr/lib/pcsc/drivers")
_SERIAL: Final = _DRIVERS / "serial"
_RUN: Final = Path("/run/pcscd")
_VPCD: Final = "libifdvpcd.so"
_PAUSE: Final = 0.3
_LONGEST_SOCKET: Final = 107  # sockaddr_un holds 108 bytes with the final zero
# Socket activation wants the listening socket as descriptor 3 and the daemon's own process id in LISTEN_PID.
_START: Final = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&0 </dev/null'


def require(place: Path) -> None:
    """足りないものを言う: exits with a sentence if pcscd could not run at `place`."""
    longest = place / "pcscd.comm"
    if len(os.fsencode(longest)) > _LONGEST_SOCKET:
        sys.exit(f"{longest} is too long for a socket ({_LONGEST_SOCKET} bytes at most): choose a shorter --place.")
    if not _program() or not (_SERIAL / _VPCD).exists():
        sys.exit("The virtual card reader needs pcscd and vpcd: apt-get install pcscd vsmartcard-vpcd.")


def move_in(place: Path, outside: str) -> None:
    """入居する: away from the namespaces `outside`, pcscd sees vpcd as its only driver, and no other pcscd's files.

    Exits if this process is still outside.
    """
    namespace.furnish(outside)
    namespace.show(_SERIAL, at=_DRIVERS)  # neither USB bundle nor real reader
    scratch = place / "run"
    scratch.mkdir(exist_ok=True)
    if os.geteuid() == 0 and not _RUN.exists():
        with contextlib.suppress(OSError):  # root in a user namespace only: then there is nothing to protect either
            _RUN.mkdir(mode=0o755)
    if _RUN.exists():
        namespace.show(scratch, at=_RUN)  # even on a socket of ours, pcscd writes its number there, and cleans up


def _program() -> str | None:
    return shutil.which("pcscd") or shutil.which("pcscd", path="/usr/sbin")


class Pcscd:
    """pcscd: `start` it once; it lives until `end`, or at most as long as this process, whatever ends that.

    Its own thread starts every pcscd: the kernel's parent-death signal looks at the starting thread, not the process.
    """

    def __init__(self, place: Path) -> None:
        self.socket = place / "pcscd.comm"
        self._configuration = place / "reader.conf.d"
        self._log = place / "pcscd.log"
        self._ending = threading.Event()
        self._up = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="pcscd", daemon=True)

    def start(self, patience: float = 10.0) -> None:
        """始める: returns once pcscd accepts clients and both slots wait for a card."""
        self._configure()
        self._thread.start()
        deadline = time.monotonic() + patience
        while not all(namespace.is_listening(FIRST_PORT + slot) for slot in range(len(READERS))):
            if time.monotonic() > deadline:
                sys.exit(f"pcscd did not open its virtual readers; its own messages: {self._log.read_text()[-2000:]}")
            time.sleep(0.005)

    def kill(self) -> None:
        """殺す: SIGKILL; it is back within half a second."""
        with self._up:
            self._up.wait_for(lambda: self._process is not None, timeout=5)
            if self._process is not None:
                self._process.kill()
                self._up.wait_for(lambda: self._process is None, timeout=5)

    def end(self) -> None:
        """終える."""
        self._ending.set()
        with self._up:
            if self._process is not None:
                self._process.terminate()
        self._thread.join(5)
        with self._up:
            if self._process is not None:
                self._process.kill()

    def _configure(self) -> None:
        self._configuration.mkdir(exist_ok=True)
        self._log.write_text("")
        lines = ('FRIENDLYNAME "Virtual PCD"', f"DEVICENAME /dev/null:0x{FIRST_PORT:X}",
                 f"LIBPATH {_DRIVERS / _VPCD}", f"CHANNELID 0x{FIRST_PORT:X}")  # fmt: skip
        (self._configuration / "vpcd").write_text("\n".join(lines) + "\n")

    def _keep(self) -> None:
        while not self._ending.is_set():
            process = self._spawn()
            self._set(process)
            process.wait()
            self._set(None)
            self._ending.wait(_PAUSE)

    def _set(self, process: subprocess.Popen[bytes] | None) -> None:
        with self._up:
            self._process = process
            self._up.notify_all()

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Only pcscd holds the listening socket: while it is dead, clients are told so instead of waiting."""
        command = [str(_program()), "--foreground", "--critical", "--config", str(self._configuration)]
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening, self._log.open("ab") as log:
            listening.bind(str(self.socket))
            self.socket.chmod(0o600)
            listening.listen(16)
            return subprocess.Popen(  # noqa: S603 - fixed
                ["setpriv", "--pdeathsig", "KILL", "sh", "-c", _START, "sh", *command],  # noqa: S607
                stdin=listening.fileno(), stdout=log, stderr=log,
            )  # fmt: skip
