"""起動: `python -m sandbox.register FOLDER --port N`."""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.register.application import create_application


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.register", description="A register of invented residents.")
    parser.add_argument("folder", type=Path, help="where the token lives")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--households", type=int, default=2_000, help="how many households to invent")
    parser.add_argument("--seed", type=int, default=282014, help="the same seed gives the same residents")
    given = parser.parse_args()
    listener = _bind(given.port)
    application = create_application(given.folder, households=given.households, seed=given.seed)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


def _bind(port: int) -> socket.socket:
    # Without the protocol named, asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"The resident register cannot listen on 127.0.0.1:{port}: {error.strerror}. Choose another --port.")
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
