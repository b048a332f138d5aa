"""ポートの持ち主: which process holds a TCP port, as far as we may look."""

import socket
from pathlib import Path

LISTEN = "0A"


def is_free(port: int) -> bool:
    """SO_REUSEADDR, as every server sets it: connections that are only dying away do not count."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """For a sentence: "nginx (process 123)"; another user's process stays unnamed unless we are root."""
    inodes = _inodes(port)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and not inodes.isdisjoint(sockets(entry)):
            return f"{(entry / 'comm').read_text().strip()} (process {entry.name})"
    return "another program"


def _inodes(port: int) -> frozenset[str]:
    """proc(5), /proc/net/tcp: local address in field 1, state in 3, inode in 9."""
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        rows = (line.split() for line in path.read_text().splitlines()[1:]) if path.exists() else ()
        found |= {row[9] for row in rows if row[3] == LISTEN and int(row[1].rpartition(":")[2], 16) == port}
    return frozenset(found)


def sockets(process: Path) -> frozenset[str]:
    """The inodes of its sockets; empty where we may not look."""
    try:
        names = [_target(link) for link in (process / "fd").iterdir()]
    except OSError:
        return frozenset()
    return frozenset(name.removeprefix("socket:[").removesuffix("]") for name in names if name.startswith("socket:["))


def _target(link: Path) -> str:
    """Files close while we look; the one that lists the folder always does."""
    try:
        return str(link.readlink())
    except OSError:
        return ""
