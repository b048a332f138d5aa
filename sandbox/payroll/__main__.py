"""起動: `python -m sandbox.payroll FOLDER --port N`."""

import argparse
from pathlib import Path

from sandbox.legacy.system import Hours
from sandbox.payroll.application import create_application
from sandbox.serving import bind, serve


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.payroll", description="An old payroll system.")
    parser.add_argument("folder", type=Path, help="where its account and its book live")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--seed", type=int, default=1, help="of the clubs and their people, as for their sheets")
    parser.add_argument("--hours", type=Hours.read, default=Hours(), help="07:00-22:00; always, when not given")
    parser.add_argument("--idle", type=float, default=600.0, help="seconds after which a session ends")
    given = parser.parse_args()
    listener, address = bind("payroll", given.port)
    application = create_application(given.folder, given.seed, hours=given.hours, idle_seconds=given.idle)
    serve(application, listener, address)


if __name__ == "__main__":
    main()
