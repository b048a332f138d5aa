"""python -m sandbox.cards PKI_FOLDER --place DIR: virtual cards on a real pcscd, until Ctrl-C.

Clients find pcscd at DIR/pcscd.comm (PCSCLITE_CSOCK_NAME); DIR/tray.sock lays cards on its reader.
"""

import argparse
import fcntl
import signal
import socket
import sys
import threading
from pathlib import Path

from sandbox.cards import daemon, namespace
from sandbox.cards.daemon import Pcscd
from sandbox.cards.drawer import Drawer
from sandbox.cards.tray import TrayServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.cards", description="Virtual cards on a real pcscd.")
    parser.add_argument("folder", type=Path, help="the test JPKI's folder (python -m sandbox.pki makes it)")
    parser.add_argument("--place", type=Path, required=True, help="where the two sockets go; a short path")
    parser.add_argument("--outside", help=argparse.SUPPRESS)  # where we come from, once we are inside
    arguments = parser.parse_args()
    folder, place = arguments.folder.resolve(), arguments.place.resolve()
    daemon.require(place)
    if arguments.outside is None:
        outside = namespace.current()
        namespace.enter("sandbox.cards", str(folder), "--place", str(place), "--outside", outside)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "lock").open("w") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another virtual reader runs at {place}: stop it, or choose another --place.")
        daemon.move_in(place, arguments.outside)
        _serve(folder, place)


def _serve(folder: Path, place: Path) -> None:
    asked_to_end = _end_signal()
    pcscd = Pcscd(place)
    pcscd.start()
    try:
        with TrayServer(place / "tray.sock", Drawer(folder), pcscd) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            asked_to_end.recv(1)
            server.shutdown()
            server.tray.clear()
    finally:
        pcscd.end()


def _end_signal() -> socket.socket:
    """終了の合図: readable once SIGTERM or Ctrl-C came.

    Through the kernel, because a signal that arrives just before the main thread goes to sleep on a lock wakes nobody.
    """
    readable, written = socket.socketpair()
    written.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(written.detach())
    return readable


if __name__ == "__main__":
    main()
