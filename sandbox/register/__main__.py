"""起動: `python -m sandbox.register FOLDER --port N`."""

import argparse
from pathlib import Path

from sandbox.register.application import create_application
from sandbox.serving import bind, serve


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.register", description="A register of invented residents.")
    parser.add_argument("folder", type=Path, help="where the token lives")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--households", type=int, default=2_000, help="how many households to invent")
    parser.add_argument("--seed", type=int, default=282014, help="the same seed gives the same residents")
    given = parser.parse_args()
    listener, address = bind("resident register", given.port)
    application = create_application(given.folder, households=given.households, seed=given.seed)
    serve(application, listener, address)


if __name__ == "__main__":
    main()
