"""失われた機械: a backup taken while people work becomes a counter elsewhere, and its open cases go on there."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from machine import backup
from machine.layout import Layout, environment
from machine.restore import put_back
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import SCREENING, Books, Newcomer, screening, screening_under_review, under_review
from tests.faults.conftest import Meet, Neighbours
from tests.faults.test_faults_crashes import once
from tests.town.beside import beside, opened


@pytest.fixture
def elsewhere(stricken: Layout, tmp_path: Path) -> Layout:
    return beside(stricken, tmp_path / "var")


def moved(visitor: Visitor, layout: Layout) -> Visitor:
    """The same person at the other counter: whatever was copied knows their session."""
    visitor.http.base_url = layout.public_url
    return visitor


@pytest.mark.timeout(400)  # a second counter starts beside the first
def test_open_cases_go_on_elsewhere_whatever_happened_between_the_copies(
    neighbours: Neighbours, newcomer: Newcomer, meet: Meet, books: Books, elsewhere: Layout, tmp_path: Path
) -> None:
    """Four cases: one open in all copies, one decided, one filed, and one filed and decided between two of them."""
    town, copy = neighbours.layout, tmp_path / "copy"
    hanako, officer = meet(HANAKO), meet(OFFICER)
    resident, doctor = newcomer(), newcomer("health_review")
    waiting = under_review(hanako)
    decided = screening_under_review(resident)

    copy.mkdir()
    temporal_at = backup.copy_temporal(town, copy)
    doctor.decide(doctor.task_of(decided), "approve")
    resident.await_case(decided, "delivered")
    both = screening_under_review(resident)
    doctor.decide(doctor.task_of(both), "approve")
    resident.await_case(both, "delivered")
    filed = resident.submit(resident.fill_in(SCREENING, screening()))
    resident.await_case(filed, "under_review")
    acknowledged(books, decided, both, filed)
    copied = backup.copy_database(town, copy)
    late = screening_under_review(resident)
    backup.copy_objects(town, copy)
    backup.copy_secrets(town, copy)
    manifest = backup.seal(town, copy, temporal_at, copied)

    restored, told = put_back(elsewhere, copy)

    assert restored == manifest
    assert int(told.split()[0]) >= 4, "two starts and two decisions, besides what others did"
    with opened(elsewhere):
        there = Books(elsewhere)
        assert there.of_case(late)["submission"] == 0, "it came after the copy of the database"
        moved(hanako, elsewhere), moved(officer, elsewhere), moved(resident, elsewhere), moved(doctor, elsewhere)
        officer.decide(officer.task_of(waiting), "approve")
        done = hanako.await_case(waiting, "delivered")
        assert hanako.download(done["documents"][0]["id"]).startswith(b"%PDF")
        doctor.decide(doctor.task_of(filed), "approve")
        resident.await_case(filed, "delivered")
        acknowledged(there, waiting, decided, both, filed)
        for number in (decided, both, filed):
            once(there, number)
        assert workflows_open(there, decided, both) == set(), "workflows that were behind have come to their end"
        verified = audited(elsewhere)
        there.close()
    assert verified == (0, "Nothing was found.")


def acknowledged(books: Books, *numbers: str) -> None:
    """Nothing is left to be told."""
    pending = "select 1 from command where receipt_number = any(%s) and status <> 'acknowledged'"
    wait_for(lambda: books.rows(pending, list(numbers)), lambda rows: not rows, "every command to be acknowledged")


def workflows_open(books: Books, *numbers: str) -> set[str]:
    """Of these cases, as the server of that counter says."""

    async def still() -> set[str]:
        temporal = books.layout.temporal
        client = await Client.connect(temporal.address, namespace=temporal.namespace)
        found = [await client.get_workflow_handle(number).describe() for number in numbers]
        return {each.id for each in found if each.status is WorkflowExecutionStatus.RUNNING}

    return wait_for(lambda: asyncio.run(still()), lambda running: not running, "workflows to end")


def audited(layout: Layout) -> tuple[int, str]:
    """`madoguchi audit verify`: its status and its last line."""
    program = Path(sys.prefix) / "bin" / "madoguchi"
    ended = subprocess.run(
        [program, "audit", "verify"], env=environment(layout), cwd=layout.clone, capture_output=True, text=True
    )
    return ended.returncode, ended.stdout.strip().splitlines()[-1]
