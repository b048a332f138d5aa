"""起動: `python -m sandbox.gateway FOLDER --port N --webhook URL`."""

import argparse
import logging
from pathlib import Path

from sandbox.gateway.application import create_application
from sandbox.serving import bind, serve


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
    listener, address = bind("payment gateway", given.port)
    application = create_application(
        given.folder, webhook=given.webhook, dispute_after_seconds=given.dispute_after, retry_seconds=given.retry
    )
    serve(application, listener, address)


if __name__ == "__main__":
    main()
