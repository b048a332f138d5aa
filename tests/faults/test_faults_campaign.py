"""故障演習, short: a city of its own is broken by one fixed seed; afterwards the independent checker finds nothing."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

from faults.campaign.forms import FORMS, RESIDENTS
from faults.campaign.plan import plan
from faults.campaign.saboteur import WEIGHTS, targets
from machine.layout import CLONE

SEED, CASES, KILLS = 20261129, 12, 10


def test_ten_kills_and_twelve_cases_leave_nothing_lost_doubled_or_contradicted(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    sizes = ["--seed", SEED, "--cases", CASES, "--kills", KILLS, "--minutes", 0.4, "--rest", 1.5, "--folder", folder]
    done = subprocess.run(
        [sys.executable, "-m", "faults", *map(str, sizes)], cwd=CLONE, capture_output=True, text=True, timeout=290,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert (folder / "counts.json").exists(), said
    counts = json.loads((folder / "counts.json").read_text())
    assert done.stdout.startswith(f"seed {SEED}: "), "whoever sees it fail can do it again"
    assert counts["findings"] == [], said
    assert sum(counts["kills"].values()) == KILLS
    assert counts["cases"] == CASES
    assert counts["resets"] > 3 * CASES, "every case is begun again from wherever it stood, too"
    assert done.returncode == 0


def test_the_same_seed_plans_the_same_campaign() -> None:
    def planned(seed: int) -> list[object]:
        cases = [
            (each.procedure, each.resident.key, each.ending, each.begin_at) for each in plan(Random(seed), 200, 60)
        ]
        return [*cases, *targets(Random(seed), 210)]

    assert planned(7) == planned(7)
    assert planned(7) != planned(8)


def test_a_campaign_files_every_procedure_of_the_library_and_kills_every_process() -> None:
    library = {each.parent.name for each in (CLONE / "procedures/library").glob("*/procedure.yaml")}
    assert set(FORMS) == set(RESIDENTS) == library, "a procedure came or left: see faults/campaign/forms.py"
    assert {each.procedure for each in plan(Random(1), len(library), 60)} == library
    assert set(targets(Random(1), len(WEIGHTS))) == set(WEIGHTS)
