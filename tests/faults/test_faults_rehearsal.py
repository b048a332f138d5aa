"""訓練: what docs/operations.md has an administrator walk through: fifty cases broken, seen and repaired; the keys."""

import subprocess
import sys
from io import StringIO
from typing import Any

from rich.console import Console

from machine.layout import Layout, environment
from machine.rehearsal import BROKEN_STEP, break_step, mend_step
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO
from tests.api.scenes import Books, Newcomer
from tests.faults.conftest import Meet, Neighbours

FIFTY = 50
ADMIN = "/api/administration"


def command(layout: Layout, *argv: str) -> tuple[int, str]:
    """`madoguchi …`: its status, and what it said."""
    program = [f"{sys.prefix}/bin/madoguchi", *argv]
    ran = subprocess.run(
        program, env=environment(layout), cwd=layout.clone, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def stuck_at(administrator: Visitor, numbers: set[str]) -> set[str]:
    """Which of these the console shows as waiting for the register."""
    lines = administrator.get(f"{ADMIN}/stuck")["lines"]
    return {line["receipt_number"] for line in lines if line["step"] == BROKEN_STEP} & numbers


def test_fifty_cases_are_broken_on_purpose_seen_and_repaired_in_one_order(
    neighbours: Neighbours, newcomer: Newcomer, meet: Meet, books: Books
) -> None:
    town, console = neighbours.layout, Console(file=StringIO())
    asker, signer = newcomer("administrator"), newcomer("administrator")

    numbers = set(break_step(town, FIFTY, console))

    assert len(numbers) == FIFTY
    wait_for(lambda: stuck_at(asker, numbers), lambda seen: seen == numbers, "all of them in the console", 120)
    mend_step(town, console)
    view = {"procedure": "residence_certificate", "status": "awaiting_neighbour", "step": BROKEN_STEP}
    repair = asker.post(f"{ADMIN}/repairs", {"kind": "go_back", "step": BROKEN_STEP, "reason": "訓練", "view": view})
    found = {item["receipt_number"]: item["outlook"] for item in repair["items"]}
    assert numbers <= found.keys()
    assert all(found[number]["again"] == [BROKEN_STEP] for number in numbers)
    signer.post(f"{ADMIN}/repairs/{repair['id']}/approval", {})

    hanako = meet(HANAKO)

    def statuses() -> dict[str, Any]:
        listed = hanako.get("/api/cases")
        return {line["receipt_number"]: line["status"] for line in listed if line["receipt_number"] in numbers}

    wait_for(statuses, lambda seen: set(seen.values()) == {"awaiting_payment"}, "all of them to go on", 120)
    redone = "select count(*) as n from audit where receipt_number = any(%s) and action = 'begun_again'"
    assert books.rows(redone, list(numbers)) == [{"n": FIFTY}]

    status, said = command(town, "replay", "--procedure", "residence_certificate")
    assert status == 0, said
    status, said = command(town, "keys", "rotate")
    assert status == 0, said
    for number in sorted(numbers)[:3]:  # their histories are read with keys that another master key wraps now
        assert asker.get(f"{ADMIN}/cases/{number}")["history"] == "read"
        hanako.post(f"/api/cases/{number}/withdrawal", {})
        hanako.await_case(number, "withdrawn")
