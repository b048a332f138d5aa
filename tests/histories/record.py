"""履歴の記録: invented people walk cases through a counter of their own; what Temporal kept of each is written here.

python -m tests.histories.record [NAME…]: all of them, or those named. Payloads are written readable (they hold ids and
outcomes of nobody), so that replaying them needs no key; names of this machine are taken out.
"""

import asyncio
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory

from machine.demo import visitor
from machine.layout import Layout, environment
from machine.visitor import Visitor
from sandbox.people import APPROVER, HANAKO, OFFICER, Person
from store.database import Database
from store.keys import CaseKeys
from store.settings import StoreSettings
from tests.api import paper_scenes
from tests.api.bulk_scenes import finished, planned
from tests.api.last_year import LastYear, in_force
from tests.api.scenes import (
    Books,
    allowance,
    approve_claim,
    certificate,
    delivered,
    screening_under_review,
    soon,
    under_review,
)
from tests.api.test_api_partner import APPROVAL, COUNCIL, LEGAL_CONSENT, REVIEW, free_task
from tests.town.back_office import made, open_office
from tests.town.running import shared_town
from workflows.codec import CaseCodec, data_converter
from workflows.sheet_batch_workflow import workflow_id

FOLDER = Path(__file__).parent
COUNTER, HEALTH = "resident_counter:certificate_review", "health:health_review"


@dataclass(frozen=True)
class Town:
    """街: whoever is needed comes by."""

    layout: Layout
    books: Books
    stack: ExitStack

    def meet(self, person: Person) -> Visitor:
        return self.stack.enter_context(visitor(self.layout, person)).log_in()

    def newcomer(self, *duties: str) -> Visitor:
        return self.stack.enter_context(self.books.newcomer(*duties))


def a_certificate_delivered(town: Town) -> str:
    """Signed, paid, reviewed, issued."""
    return str(delivered(town.meet(HANAKO), town.meet(OFFICER))["receipt_number"])


def a_certificate_rejected(town: Town) -> str:
    """Paid and rejected: the fee goes back."""
    resident, officer = town.meet(HANAKO), town.meet(OFFICER)
    number = under_review(resident)
    officer.decide(officer.task_of(number), "reject", reason="対象者が確認できません。")
    resident.await_case(number, "rejected")
    return number


def a_screening_withdrawn(town: Town) -> str:
    """By the resident, while it waited for its review."""
    resident = town.newcomer()
    number = screening_under_review(resident)
    resident.post(f"/api/cases/{number}/withdrawal")
    resident.await_case(number, "withdrawn")
    return number


def a_screening_sent_back_once(town: Town) -> str:
    """Corrected, then approved: two walks through the steps."""
    resident, officer = town.newcomer(), town.newcomer(HEALTH)
    number = screening_under_review(resident)
    officer.decide(officer.task_of(number), "send_back", marks={"phone": "市外局番からお書きください。"})
    resident.await_case(number, "awaiting_correction")
    draft = resident.post(f"/api/cases/{number}/correction")
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"phone": "079-221-2112"}})
    resident.submit(draft["id"])
    resident.await_case(number, "under_review")
    officer.decide(officer.task_of(number), "approve")
    resident.await_case(number, "delivered")
    return number


def a_certificate_on_paper(town: Town) -> str:
    """Entered by one officer, decided by another, paid and handed out at the counter."""
    entering, deciding = town.newcomer(COUNTER), town.newcomer(COUNTER)
    number = paper_scenes.file(entering, paper_scenes.filled(entering, certificate()))
    paper_scenes.await_case(entering, number, "awaiting_payment")
    paper_scenes.pay(entering, number, 300)
    paper_scenes.await_case(entering, number, "under_review")
    deciding.decide(deciding.task_of(number), "approve")
    paper_scenes.await_case(entering, number, "handing_out")
    entering.decide(entering.task_of(number), "hand_out", how="in_person")
    paper_scenes.await_case(entering, number, "delivered")
    return number


def an_allowance_approved_on_two_levels(town: Town) -> str:
    """Reviewed by one officer, approved by another."""
    resident, reviewer, approver = town.meet(HANAKO), town.meet(OFFICER), town.meet(APPROVER)
    number = resident.apply("child_allowance", allowance())
    resident.await_case(number, "under_review")
    approve_claim(reviewer, number)
    approve_claim(approver, number)
    resident.await_case(number, "delivered")
    return number


def a_case_that_adopted_a_version(town: Town) -> str:
    """Filed under the version before, moved at its review, decided by the levels of the version in force."""
    last_year = LastYear(town.books, settings_of(town.layout))
    number = last_year.file()
    last_year.close()
    reviewer, council, second = (town.newcomer(duty) for duty in (REVIEW, COUNCIL, COUNCIL))
    task = reviewer.task_of(number)
    town.books.tell(number, "adopt_version", json.dumps({"process": in_force().model_dump(mode="json")}))
    moved = "select version from case_file where receipt_number = %s"
    soon(lambda: town.books.rows(moved, number)[0]["version"], lambda version: version == 2, "the new version")
    reviewer.decide(task, "approve")
    for officer in (council, second, town.newcomer(LEGAL_CONSENT), town.newcomer(APPROVAL)):
        officer.decide(free_task(officer, number), "approve")
    reviewer.decide(reviewer.task_of(number), "hand_out", how="post")
    return number


def a_bulk_order(town: Town) -> str:
    """Two cases approved by one order; the batch's own history."""
    officer = town.newcomer(HEALTH)
    numbers = [screening_under_review(town.newcomer()) for _ in range(2)]
    done = finished(officer, planned(officer, "approve", [officer.task_of(number) for number in numbers]))
    return f"bulk-{done['id']}"


def a_pile_of_paper(town: Town) -> str:
    """One club's month, from the scanner to the payroll; the batch's own history."""
    folder = town.layout.var / "pile"
    truth = made(folder, "2026-10", 1)
    with open_office(town.layout, town.layout.var / "office") as office:
        batch = office.take(folder)
        office.approve(batch, office.officers(truth))
        office.await_state(batch, "finished")
    return workflow_id(batch)


SCENES: tuple[Callable[[Town], str], ...] = (
    a_certificate_delivered,
    a_certificate_rejected,
    a_screening_withdrawn,
    a_screening_sent_back_once,
    a_certificate_on_paper,
    an_allowance_approved_on_two_levels,
    a_case_that_adopted_a_version,
    a_bulk_order,
    a_pile_of_paper,
)


def payloads(message: Message) -> Iterator[Payload]:
    """Every payload in a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = list(value.values()) if field.message_type.fields_by_name["value"].message_type else []
        else:
            inner = list(value) if field.is_repeated else [value]
        for each in inner:
            yield from payloads(each)


def anonymous(message: Message) -> None:
    """Names of processes and machines out of it."""
    for field, value in message.ListFields():
        if field.name == "identity":
            setattr(message, field.name, "worker")
        elif field.type == FieldDescriptor.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for each in value if field.is_repeated else [value]:
                anonymous(each)


async def readable(history: WorkflowHistory, keys: CaseKeys) -> WorkflowHistory:
    """The same history without encryption."""
    codec = CaseCodec(keys, history.workflow_id)
    for event in history.events:
        for payload in payloads(event):
            (plain,) = await codec.decode([payload])
            payload.CopyFrom(plain)
        anonymous(event)
    return history


async def fetched(layout: Layout, keys: CaseKeys, workflow_id: str) -> WorkflowHistory:
    where = layout.temporal
    client = await Client.connect(where.address, namespace=where.namespace, data_converter=data_converter(keys))
    handle = client.get_workflow_handle(workflow_id)
    await handle.result()
    return await handle.fetch_history()


def settings_of(layout: Layout) -> StoreSettings:
    surroundings = environment(layout)
    names = {name: f"MADOGUCHI_STORE_{name.upper()}" for name in StoreSettings.model_fields}
    given = {name: surroundings[key] for name, key in names.items() if key in surroundings}
    return StoreSettings.model_validate(given)


def keys_of(layout: Layout) -> CaseKeys:
    settings = settings_of(layout)
    return CaseKeys(Database(settings), settings.master_key_file)


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, shared_town(Path(folder) / "town") as layout, ExitStack() as stack:
        town, keys = Town(layout, Books(layout), stack), keys_of(layout)
        for scene in SCENES:
            if wanted and scene.__name__ not in wanted:
                continue
            history = asyncio.run(fetched(layout, keys, scene(town)))
            plain = asyncio.run(readable(history, keys))
            file = FOLDER / f"{scene.__name__}.json.gz"
            file.write_bytes(gzip.compress(plain.to_json().encode(), mtime=0))
            sys.stdout.write(f"{file.name}: {len(history.events)} events, {file.stat().st_size} bytes\n")
        town.books.close()


if __name__ == "__main__":
    main(sys.argv[1:])
