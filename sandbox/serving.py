"""待受け: how the sandbox's web neighbours listen: on the loopback address, saying where once they do."""

import socket
import sys

import uvicorn
from starlette.types import ASGIApp


def bind(who: str, port: int) -> tuple[socket.socket, str]:
    """待受けを始める: the listening socket and its address. Exits with a sentence if the port is taken."""
    # Without the protocol named, asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"The {who} cannot listen on 127.0.0.1:{port}: {error.strerror}. Choose another --port.")
    listener.listen(128)
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


def serve(application: ASGIApp, listener: socket.socket, address: str) -> None:
    """応答する: prints its address, then serves until it is told to stop. No access log: neighbours know secrets."""
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
