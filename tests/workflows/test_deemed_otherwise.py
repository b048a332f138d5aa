"""みなし、ほかの法律なら: rejection by law, and a period that a correction does not stop, in a house of their own.

No procedure of the city's library is rejected by law; the product's own workers run here on a copy that has one.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from machine.layout import Layout, environment
from machine.temporal import Temporal
from machine.visitor import wait_for
from procedures import deadlines
from procedures.calendar import EVERY_WEEKDAY
from procedures.loader import LIBRARY, Library
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import credentials, documents, drafts, people
from store.cases import CaseRow, read, timeline
from store.filing import Opening, open_case
from store.people import Duty
from store.receipts import new_receipt_number
from store.tables import task
from tests.api.annex import free_port
from tests.api.scenes import LANDSCAPE, Books, landscape
from tests.store.conftest import a_card
from wiring.foundation import Foundation
from wiring.workers import worker
from workflows.case_workflow import CaseWorkflow
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, CaseInput, Decision

Furnish = Callable[..., Foundation]
# What a worker's activities talk to neighbours with lives as long as its process, which here is the test's.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
NOBODYS = MunicipalityCode("990001")
"""No relay of the town looks after it: this house starts its own cases."""
SAID = "{ja: 定め, en: rule, zh: 规定, ko: 규정}"
REJECTION = f"""
rejection:
  title: {{ja: みなし却下の通知書, en: Notice of rejection by law, zh: 视为驳回通知书, ko: 간주 각하 통지서}}
  grounds:
    - {{id: unfit, reason: {SAID}, law: {SAID}}}

retention:"""


@dataclass(frozen=True)
class House:
    """一軒の窓口: the product's workers on another library, beside a Temporal server of their own."""

    foundation: Foundation
    client: Client

    def file(self) -> tuple[ReceiptNumber, CaseInput]:
        """A notification, as `submit` would write it down."""
        now, database = datetime.now(UTC), self.foundation.database
        procedure = self.foundation.library.current(LANDSCAPE)
        number = new_receipt_number(NOBODYS, now.date())
        assert procedure.deemed is not None
        decides = deadlines.deemed_at(procedure.deemed[1], now, EVERY_WEEKDAY)
        start = CaseInput(receipt_number=number, municipality=NOBODYS, process=procedure.process())
        answers = landscape()
        with database.transaction(NOBODYS) as connection:
            account = credentials.open_account(connection, a_card()).account_id
            draft = drafts.start(
                connection,
                account_id=account,
                procedure=ProcedureId(procedure.id),
                version=1,
                language="ja",
                answers=answers,
            )
            case = CaseRow(
                receipt_number=number, account_id=account, procedure=ProcedureId(procedure.id), version=1,
                department=procedure.department.id, language="ja", status="received", step=None, reason=None, epoch=1,
                received_at=now, due_at=decides - timedelta(days=2), suspended_at=None, closed_at=None,
                deemed_at=decides,
            )  # fmt: skip
            opening = Opening(
                municipality=NOBODYS, case=case, content=b"{}", answers=answers, cms=None, draft_id=draft,
                draft_revision=1, key=self.foundation.keys.make(number), start=start.model_dump(mode="json"),
            )  # fmt: skip
            assert open_case(connection, opening) is not None
        return number, start

    async def live(self, number: ReceiptNumber, start: CaseInput, *, sent_back: bool = False) -> str:
        """Start the case, let an officer send it back where wanted, and let forty days pass."""
        async with working(self.client, self.foundation):
            handle = await self.client.start_workflow(CaseWorkflow.run, start, id=number, task_queue=CASES_QUEUE)
            if sent_back:
                decision = await asyncio.to_thread(self._send_back, number)
                await handle.execute_update(CaseWorkflow.decide, decision)
            await TimeSkipper(self.client).fast_forward(handle, timedelta(days=40))
            return str(await asyncio.wait_for(handle.result(), 60))

    def _send_back(self, number: ReceiptNumber) -> Decision:
        """What an officer decides on the task that was opened."""

        def opened() -> UUID | None:
            with self.foundation.database.reading(NOBODYS) as connection:
                found = connection.execute(select(task.c.id).where(task.c.receipt_number == number))
                return found.scalar_one_or_none()

        task_id = wait_for(opened, lambda found: found is not None, "the task")
        assert task_id is not None
        with self.foundation.database.transaction(NOBODYS) as connection:
            officer = credentials.open_account(connection, a_card()).account_id
            people.appoint(connection, officer, "差戻　子", [Duty("town_planning", "landscape_review")])
        return Decision(
            command_id=uuid4(), task_id=task_id, step=StepId("review"), epoch=1, officer=officer, outcome="send_back"
        )


@asynccontextmanager
async def working(client: Client, foundation: Foundation) -> AsyncIterator[None]:
    workers = [worker(client, queue, foundation) for queue in (CASES_QUEUE, DOCUMENTS_QUEUE)]
    running = [asyncio.create_task(each.run()) for each in workers]
    try:
        yield
    finally:
        for each in workers:
            await each.shutdown()
        await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
def furnished(town: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Furnish]:
    """`furnished(("old", "new"), …)`: the house, its notification changed so."""
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library)
    for name, value in environment(town).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MADOGUCHI_DOCUMENT_LIBRARY", str(library))
    with Temporal.beside(tmp_path, free_port()) as server, ExitStack() as stack:
        monkeypatch.setenv("MADOGUCHI_TEMPORAL_ADDRESS", server.address)

        def furnish(*edits: tuple[str, str]) -> Foundation:
            file = library / LANDSCAPE / "procedure.yaml"
            source = file.read_text("utf-8")
            for old, new in edits:
                assert old in source
                source = source.replace(old, new)
            file.write_text(source, "utf-8")
            foundation = Foundation()
            foundation.library = Library.read(library)
            stack.callback(foundation.database.close)
            return foundation

        yield furnish


def lived(foundation: Foundation, *, sent_back: bool = False) -> tuple[ReceiptNumber, str]:
    """A case of this house, from its filing to its end."""

    async def live() -> tuple[ReceiptNumber, str]:
        house = House(foundation, await foundation.connect())
        number, start = house.file()
        return number, await house.live(number, start, sent_back=sent_back)

    return asyncio.run(live())


def test_a_case_the_law_rejects_ends_with_a_sealed_notice_that_names_the_law(furnished: Furnish, books: Books) -> None:
    foundation = furnished(("outcome: accept", "outcome: reject"), ("\nretention:", REJECTION))
    number, closing = lived(foundation)

    assert closing == "rejected"
    with foundation.database.reading(NOBODYS) as connection:
        case, said = read(connection, number), timeline(connection, number)
        (notice,) = documents.of_case(connection, number)
    assert case is not None
    assert (case.status, case.reason, case.deemed_outcome) == ("rejected", "deemed", "reject")
    assert [line.action for line in said if line.action.startswith("deemed")] == ["deemed_rejected"]
    assert "rejected" not in [line.action for line in said], "no officer rejected it"
    outcomes = books.rows("select outcome, decided_by from task where receipt_number = %s", number)
    assert outcomes == [{"outcome": "deemed_rejected", "decided_by": None}]
    told = books.rows("select kind from notice where receipt_number = %s", number)
    assert told == [{"kind": "rejected"}]
    stored = foundation.objects.get(notice.object_key)
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(stored)).pages)
    assert "景観法第18条第1項" in printed.replace("\n", "")
    assert notice.sealed


def test_a_period_that_runs_on_ends_while_the_resident_corrects(furnished: Furnish, books: Books) -> None:
    foundation = furnished(
        ("correction: suspends", "correction: runs_on"), ("correction_days: 30", "correction_days: 60")
    )
    number, closing = lived(foundation, sent_back=True)

    assert closing == "delivered"
    with foundation.database.reading(NOBODYS) as connection:
        case, said = read(connection, number), [line.action for line in timeline(connection, number)]
    assert case is not None
    assert (case.deemed_outcome, case.suspended_at, case.epoch) == ("accept", None, 1)
    assert [each for each in said if each in ("sent_back", "law_warned", "deemed_accepted", "document_issued")] == [
        "sent_back", "law_warned", "deemed_accepted", "document_issued",
    ]  # fmt: skip
    assert books.rows("select outcome from task where receipt_number = %s", number) == [{"outcome": "send_back"}]
