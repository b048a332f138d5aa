"""演習する: `python -m faults --cases 200 --kills 210`; status 0 only where the checker found nothing."""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

from rich.console import Console

from faults.campaign.obstacles import has_its_own_room
from faults.campaign.report import write
from faults.campaign.running import Wanted, run
from machine.interrupt import interruptible
from machine.layout import CLONE

INSIDE = "--inside"


def main() -> int:
    """演習: in a mount namespace of its own where the system gives one."""
    if INSIDE not in sys.argv and has_its_own_room():
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-m", "faults", *sys.argv[1:], INSIDE])  # noqa: S606, S607 - ourselves
    given = _given()
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"seed {given.seed}: {given.cases} cases, {given.kills} kills in {given.minutes:g} minutes")
    wanted = Wanted(
        seed=given.seed, cases=given.cases, kills=given.kills, sabotage=60 * given.minutes, rest=60 * given.rest,
        folder=given.folder, own_room=given.inside,
    )  # fmt: skip
    with interruptible():
        outcome = run(wanted, console)
    report = write(outcome)
    (given.folder / "report.md").write_text(report)
    (given.folder / "counts.json").write_text(
        json.dumps({
            "kills": dict(outcome.saboteur.kills),
            "obstacles": dict(outcome.saboteur.met),
            "cases": len(outcome.facts.cases),
            "resets": outcome.resets,
            "findings": [str(each) for each in outcome.findings],
        }, ensure_ascii=False)
    )  # fmt: skip
    console.print(report, markup=False)
    return 1 if outcome.findings else 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults", description="Breaks a city of its own, and checks it.")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="printed first; 0 is one, too")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--kills", type=int, default=210)
    parser.add_argument("--minutes", type=float, default=10.5, help="of kills; at most half as many more")
    parser.add_argument("--rest", type=float, default=7.0, help="minutes the city may take to come to rest")
    parser.add_argument("--folder", type=Path, default=CLONE / "var" / "faults", help="must be new or empty")
    parser.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
