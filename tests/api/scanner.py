"""検査係: a real clamd with one signature of the test's own, for EICAR's harmless test file (eicar.org)."""

import hashlib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""In two parts, so that no scanner takes this very file for it."""
PATIENCE = 60.0

CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
StreamMaxLength {largest}M
MaxThreads 2
"""


@contextmanager
def running_clamd(folder: Path, largest: int = 25) -> Iterator[str]:
    """clamd, with the setting that leads to it; `largest` in MB is what it takes. Needs Debian's clamav-daemon."""
    signatures = folder / "signatures"
    signatures.mkdir(parents=True)
    (signatures / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (signatures / "test.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n")
    configuration = folder / "clamd.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, largest=largest))
    process = subprocess.Popen(["/usr/sbin/clamd", "--config-file", configuration])
    try:
        _await(folder / "clamd.sock", process)
        yield f"unix:{folder}/clamd.sock"
    finally:
        process.terminate()
        process.wait(30)


def _await(address: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(address):
        assert process.poll() is None, f"clamd ended; see {address.parent / 'clamd.log'}"
        assert time.monotonic() < deadline, "clamd did not come up"
        time.sleep(0.05)


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.connect(str(address))
        line.sendall(b"zPING\0")
        return line.recv(10) == b"PONG\0"
    return False
