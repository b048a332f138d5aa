"""python -m sandbox.pki FOLDER --port N: opens the test PKI until Ctrl-C."""

import argparse
import contextlib
from pathlib import Path

from sandbox.pki.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.pki", description="The test JPKI: OCSP, CRL, time stamps.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        serve(arguments.folder, arguments.host, arguments.port)


if __name__ == "__main__":
    main()
