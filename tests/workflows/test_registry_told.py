"""受付引継の処理: a step of a case, by the second robot at the running terminal, in a house of its own.

No procedure of the city's library tells the registry by a robot; the product's own workers run here on a copy of it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError

from activities.desk import day_in_japan
from machine.layout import Layout, environment
from machine.temporal import Temporal
from procedures.loader import LIBRARY, Library
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from sandbox.gateway.process import NeighbourProcess
from sandbox.people import HANAKO
from store import credentials, drafts, robot_entries
from store.cases import CaseRow, read, timeline
from store.evidence import keep_register_extract
from store.filing import Opening, open_case
from store.receipts import new_receipt_number
from store.robot_entries import EntryKey
from tests.api.annex import free_port
from tests.store.conftest import a_card
from wiring.foundation import Foundation
from wiring.workers import worker
from workflows.case_workflow import CaseWorkflow
from workflows.contracts import CASES_QUEUE, ROBOTS_QUEUE, CaseInput, HandSettled, Request

# What a worker's activities talk to neighbours with lives as long as its process, which here is the test's.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
NOBODYS = MunicipalityCode("990002")
"""No relay of the town looks after it: this house starts its own cases."""
MOVING_OUT = ProcedureId("moving_out")
PATIENCE = 240
ISSUE = "  - id: issue\n    kind: issue_document\n"
TELL = f"  - {{id: tell, kind: tell_registry, title: {{ja: 引継ぎ, en: Passing on, zh: 转交, ko: 인계}}}}\n{ISSUE}"


@dataclass(frozen=True)
class House:
    """一軒の窓口: its robots work at a terminal of their own."""

    foundation: Foundation
    terminal: str

    def file(self, days_ago: int = 0) -> tuple[ReceiptNumber, CaseInput]:
        """花子's moving out, as far as its register check; what is left of its way is the step that tells."""
        now, database, procedure = (
            datetime.now(UTC),
            self.foundation.database,
            self.foundation.library.current(MOVING_OUT),
        )
        number, whole = new_receipt_number(NOBODYS, now.date()), procedure.process()
        left = tuple(step for step in whole.steps if step.kind == "tell_registry")
        process = whole.model_copy(update={"steps": left})
        start = CaseInput(receipt_number=number, municipality=NOBODYS, process=process)
        with database.transaction(NOBODYS) as connection:
            account = credentials.open_account(connection, a_card()).account_id
            draft = drafts.start(
                connection, account_id=account, procedure=MOVING_OUT, version=1, language="ja", answers={}
            )  # fmt: skip
            case = CaseRow(
                receipt_number=number, account_id=account, procedure=MOVING_OUT, version=procedure.version,
                department=procedure.department.id, language="ja", status="received", step=None, reason=None, epoch=1,
                received_at=now - timedelta(days=days_ago), due_at=now + timedelta(days=3), suspended_at=None,
                closed_at=None, deemed_at=None,
            )  # fmt: skip
            opening = Opening(
                municipality=NOBODYS, case=case, content=b"{}", answers={}, cms=None, draft_id=draft, draft_revision=1,
                key=self.foundation.keys.make(number), start=start.model_dump(mode="json"),
            )  # fmt: skip
            assert open_case(connection, opening) is not None
            person = HANAKO.person_id
            keep_register_extract(
                connection, number, 1, person_id=person, subject_id=person, record={}, differences=()
            )  # fmt: skip
        return number, start

    def told(self, number: ReceiptNumber) -> list[dict[str, Any]]:
        """What stands at the terminal of a case."""
        records = httpx.get(f"{self.terminal}/_sandbox/ledger").json()["records"]
        return [each for each in records if each["receipt"] == number]

    def break_down(self, kind: str) -> None:
        fault = {"kind": kind, "path": "POST /terminal/handovers", "times": 1, "seconds": 0}
        httpx.post(f"{self.terminal}/_sandbox/faults", json=fault).raise_for_status()

    def case(self, number: ReceiptNumber) -> CaseRow:
        with self.foundation.database.reading(NOBODYS) as connection:
            found = read(connection, number)
        assert found is not None
        return found

    def actions(self, number: ReceiptNumber) -> list[str]:
        with self.foundation.database.reading(NOBODYS) as connection:
            return [line.action for line in timeline(connection, number)]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Client]:
        client = await self.foundation.connect()
        workers = [worker(client, queue, self.foundation) for queue in (CASES_QUEUE, ROBOTS_QUEUE)]
        running = [asyncio.create_task(each.run()) for each in workers]
        try:
            yield client
        finally:
            for each in workers:
                await each.shutdown()
            await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
def house(town: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library)
    file = library / MOVING_OUT / "procedure.yaml"
    source = file.read_text("utf-8")
    assert ISSUE in source
    file.write_text(source.replace(ISSUE, TELL), "utf-8")
    folder = tmp_path / "terminal"
    with NeighbourProcess("sandbox.terminal", folder) as terminal, Temporal.beside(tmp_path, free_port()) as server:
        surroundings = {
            **environment(town), "MADOGUCHI_TEMPORAL_ADDRESS": server.address,
            "MADOGUCHI_TERMINAL_BASE_URL": terminal.url, "MADOGUCHI_TERMINAL_USER_FILE": str(folder / "user"),
            "MADOGUCHI_TERMINAL_PASSWORD_FILE": str(folder / "password"),
        }  # fmt: skip
        for name, value in surroundings.items():
            monkeypatch.setenv(name, value)
        foundation = Foundation()
        foundation.library = Library.read(library)
        yield House(foundation, terminal.url)
        foundation.database.close()


async def begun(client: Client, start: CaseInput) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(
        CaseWorkflow.run, start, id=start.receipt_number, task_queue=CASES_QUEUE
    )  # fmt: skip


def test_an_accepted_case_is_told_to_the_registry_once_although_its_answer_never_came(house: House) -> None:
    number, start = house.file()
    house.break_down("drop_after")

    async def live() -> str:
        async with house.working() as client:
            return str(await asyncio.wait_for((await begun(client, start)).result(), PATIENCE))

    assert asyncio.run(live()) == "delivered"
    [told] = house.told(number)
    assert (told["person"], told["procedure"]) == (HANAKO.person_id, MOVING_OUT)
    assert house.actions(number).count("registry_told") == 1


def test_begun_again_on_another_day_it_is_the_same_handover(house: House) -> None:
    number, start = house.file()
    first = date(2026, 11, 27)
    content = {
        "receipt_number": number, "person_id": HANAKO.person_id, "procedure": MOVING_OUT,
        "received_on": day_in_japan(house.case(number).received_at).isoformat(),
        "accepted_on": first.isoformat(),
    }  # fmt: skip

    async def live() -> str:
        async with house.working() as client:
            return str(await asyncio.wait_for((await begun(client, start)).result(), PATIENCE))

    with house.foundation.database.transaction(NOBODYS) as connection:
        robot_entries.plan(connection, EntryKey("terminal", number), content, number)
    assert asyncio.run(live()) == "delivered"
    [told] = house.told(number)
    assert told["accepted"] == f"{first:%Y%m%d}"


async def failures(handle: WorkflowHandle[Any, Any]) -> int:
    """How often the robot has given up; of its waits a case tells once."""
    events = (await handle.fetch_history()).events
    return sum(event.HasField("activity_task_failed_event_attributes") for event in events)


async def settle(handle: WorkflowHandle[Any, Any]) -> None:
    """By hand, as soon as the case waits again."""
    while True:
        with suppress(WorkflowUpdateFailedError):
            settled = HandSettled(command_id=uuid4(), step=StepId("tell"), outcome="done")
            return await handle.execute_update(CaseWorkflow.settle, settled)
        await asyncio.sleep(0.1)


def test_what_a_person_has_to_look_at_leaves_the_case_in_sight_and_is_not_typed_again(house: House) -> None:
    number, start = house.file(days_ago=2)  # altered, the two days it was received and accepted on become one
    house.break_down("altered")

    async def live() -> str:
        async with house.working() as client:
            handle = await begun(client, start)
            async with asyncio.timeout(PATIENCE):
                while house.case(number).status != "awaiting_neighbour":
                    await asyncio.sleep(0.1)
                assert house.case(number).reason == "step_failed"
                await handle.execute_update(CaseWorkflow.retry_now, Request(command_id=uuid4()))
                while await failures(handle) < 2:
                    await asyncio.sleep(0.1)
                assert len(house.told(number)) == 1, "looking comes before typing"
                await settle(handle)
                return str(await handle.result())

    assert asyncio.run(live()) == "delivered"
    assert len(house.told(number)) == 1
