"""起動: `python -m sandbox.identity FOLDER --port N --callback URL`."""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.identity.application import create_application


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.identity", description="A city's identity provider.")
    parser.add_argument("folder", type=Path, help="where the client's secret and the signing key live")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--callback", required=True, help="the counter's address for answers")
    given = parser.parse_args()
    listener = _bind(given.port)
    issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    application = create_application(given.folder, issuer=issuer, callback=given.callback)
    sys.stdout.write(f"{issuer}\n")
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
        sys.exit(f"The identity provider cannot listen on 127.0.0.1:{port}: {error.strerror}. Choose another --port.")
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
