"""起動: `python -m sandbox.identity FOLDER --port N --callback URL`."""

import argparse
from pathlib import Path

from sandbox.identity.application import create_application
from sandbox.serving import bind, serve


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.identity", description="A city's identity provider.")
    parser.add_argument("folder", type=Path, help="where the client's secret and the signing key live")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--callback", required=True, help="the counter's address for answers")
    given = parser.parse_args()
    listener, address = bind("identity provider", given.port)
    application = create_application(given.folder, issuer=address, callback=given.callback)
    serve(application, listener, address)


if __name__ == "__main__":
    main()
