"""python -m sandbox.cards FOLDER --port N: a card reader with every demo card, until Ctrl-C."""

import argparse
import contextlib
from pathlib import Path

from sandbox.cards.reader import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.cards", description="A virtual card reader.")
    parser.add_argument("folder", type=Path, help="the test JPKI's folder (python -m sandbox.pki makes it)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        serve(arguments.folder, arguments.host, arguments.port)


if __name__ == "__main__":
    main()
