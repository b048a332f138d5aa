"""街を動かす: a whole counter with its sandbox, for the tests; ends on SIGTERM, or when the test run is gone.

python -m tests.town FOLDER OWNER_PID: writes FOLDER/ready once everything answers.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from machine.demo import appoint_officers
from machine.interrupt import interruptible
from machine.up import up
from tests.town.running import alive, layout_of


def main() -> None:
    folder, owner = Path(sys.argv[1]), int(sys.argv[2])
    layout = layout_of(folder)
    with suppress(KeyboardInterrupt), interruptible(), up(layout, Console(file=(folder / "town.log").open("a"))):
        appoint_officers(layout)
        (folder / "ready").touch()
        while alive(owner):
            time.sleep(1)


if __name__ == "__main__":
    main()
