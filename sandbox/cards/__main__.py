"""python -m sandbox.cards PKI_FOLDER --place DIR: virtual cards on a real pcscd, until Ctrl-C.

Clients find pcscd at DIR/pcscd.comm (PCSCLITE_CSOCK_NAME); DIR/tray.sock lays cards on its reader.
"""

import argparse
import fcntl
import signal
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
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    pcscd = Pcscd(place)
    pcscd.start()
    try:
        with TrayServer(place / "tray.sock", Drawer(folder), pcscd) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stop.wait()
            server.shutdown()
            server.tray.clear()
    finally:
        pcscd.end()


if __name__ == "__main__":
    main()
