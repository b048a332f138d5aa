"""起動: `python -m sandbox.gateway FOLDER --port N --webhook URL`."""

import argparse
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.gateway.application import create_application


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.gateway", description="A Stripe-shaped sandbox; no money moves."
    )
    parser.add_argument("folder", type=Path, help="where the journal and the two secrets live")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--webhook", help="URL that receives the signed events")
    parser.add_argument("--dispute-after", type=float, default=5.0, help="seconds until the dispute card is disputed")
    parser.add_argument(
        "--retry", type=float, default=1.0, help="seconds before a webhook's first retry; doubles each time"
    )
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    listener = _bind(given.port)
    application = create_application(
        given.folder, webhook=given.webhook, dispute_after_seconds=given.dispute_after, retry_seconds=given.retry
    )
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    # No access log: a form's path is harmless, but nothing about payments needs to be in one.
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


def _bind(port: int) -> socket.socket:
    # Without the protocol named, asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"The payment gateway cannot listen on 127.0.0.1:{port}: {error.strerror}. Choose another --port.")
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
