"""名前空間: a network and a mount namespace of our own, so that nobody outside can reach the virtual reader.

vpcd listens on every address for whoever claims to be a card. In a network namespace of its own there is no address
but a loopback that only this program and its pcscd share. The mount namespace hides pcscd's USB drivers from it: the
sandbox must never touch a real reader. Neither needs root where the kernel gives users namespaces.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Final

_GET_FLAGS: Final = 0x8913  # SIOCGIFFLAGS
_SET_FLAGS: Final = 0x8914  # SIOCSIFFLAGS
_UP: Final = 1
_SPACES: Final = (Path("/proc/self/ns/net"), Path("/proc/self/ns/mnt"))
_REFUSED: Final = (
    "The virtual card reader needs a network namespace of its own and this system refuses one: allow unprivileged user"
    " namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0) or, in a"
    " container, give it CAP_SYS_ADMIN. It never runs outside one, where anybody on the network could be its card."
)


def enter(module: str, *arguments: str) -> None:
    """入る: replaces this process by ``python -m module arguments`` inside; exits with a sentence if refused."""
    for options in _ways():
        if subprocess.run([*options, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - fixed
            os.execvp(options[0], [*options, sys.executable, "-m", module, *arguments])  # noqa: S606 - ourselves
    sys.exit(_REFUSED)


def _ways() -> list[list[str]]:
    as_root = ["unshare", "--net", "--mount"]
    as_user = [*as_root, "--map-root-user"]
    return [as_root, as_user] if os.geteuid() == 0 else [as_user]


def current() -> str:
    """今いるところ: the kernel's names for the network and the mount namespace this process is in."""
    return ",".join(os.readlink(space) for space in _SPACES)


def furnish(outside: str) -> None:
    """整える: brings the loopback up. Exits if this is still one of the namespaces `outside`."""
    if set(current().split(",")) & set(outside.split(",")):
        sys.exit(_REFUSED)
    _raise_loopback()


def show(what: Path, *, at: Path) -> None:
    """見せる: in this mount namespace the folder `what` takes the place of `at`."""
    subprocess.run(["mount", "--bind", str(what), str(at)], check=True)  # noqa: S603, S607 - fixed


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, request))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def is_listening(port: int) -> bool:
    """待ち受けているか: in this network namespace, on any IPv4 address; asks the kernel, not the port."""
    lines = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in lines)
