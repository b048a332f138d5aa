"""検査する: `python -m faults.checker places.json`: every finding, one a line; status 0 only where there is none."""

import asyncio
import sys
from pathlib import Path

from faults.checker.reading import Places, read
from faults.checker.rules import findings


def main() -> int:
    """検査: of a city that is up and at rest."""
    found = list(findings(asyncio.run(read(Places.read(Path(sys.argv[1]))))))
    sys.stdout.writelines(f"{each}\n" for each in found)
    sys.stdout.write(f"{len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
