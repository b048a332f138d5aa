"""予算: what one delivered certificate of residence may cost, in counts. Never in time."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf.message import Message
from psycopg import Connection
from rich.console import Console
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.client import Client, WorkflowHistory

from machine.demo import ANSWERS, appoint_officers
from machine.layout import Layout
from machine.postgres import DATABASE, Role
from machine.up import up
from sandbox.people import HANAKO
from store.database import Database
from store.keys import CaseKeys
from store.settings import StoreSettings
from tests.bench.errand import People, Watch, run_errand
from workflows.codec import ENCODING, CaseCodec, data_converter

MOST_EVENTS = 45
MOST_STATEMENTS = 80
"""All that the application's role sends from draft to delivery, but BEGIN and COMMIT; logins come before."""
CASES = 3
"""The least of them counts: now and then the counter does its rounds, with or without cases."""
NOT_COUNTED = [
    "BEGIN%",
    "COMMIT",
    # the relay's look at what is due, once a second, with or without cases
    "UPDATE command SET attempts=(command.attempts + $1::INTEGER), next_attempt_at=%",
    # said by a trigger within the statements counted here (migration 0004); nobody sends it
    "SELECT pg_notify(%",
    # the courier's look at what is due
    "%with picked as%from notice_delivery%",
]


# --- history ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivered:
    """交付済みの案件: its number and its whole history, as the server keeps it."""

    receipt_number: str
    history: WorkflowHistory


@pytest.fixture(scope="module")
def keys(town: Layout) -> Iterator[CaseKeys]:
    database = Database(_store(town))
    yield CaseKeys(database, town.secrets / "master_key")
    database.close()


@pytest.fixture(scope="module")
def delivered(town: Layout, keys: CaseKeys) -> Delivered:
    with People.meet(town) as people, Watch(town) as watch:
        receipt_number = run_errand(people, watch)
    return Delivered(receipt_number, asyncio.run(_history(town, keys, receipt_number)))


async def _history(layout: Layout, keys: CaseKeys, workflow_id: str) -> WorkflowHistory:
    address, namespace = layout.temporal.address, layout.temporal.namespace
    client = await Client.connect(address, namespace=namespace, data_converter=data_converter(keys))
    handle = client.get_workflow_handle(workflow_id)
    assert await handle.result() == "delivered"
    return await handle.fetch_history()


def test_a_delivered_case_leaves_a_short_history(delivered: Delivered) -> None:
    events = delivered.history.events
    assert len(events) <= MOST_EVENTS, "\n".join(f"{event.event_id} {event.event_type}" for event in events)


def test_the_server_keeps_nothing_readable_of_a_case(delivered: Delivered) -> None:
    """Search attributes stay plain (four keywords), and so does the SDK's own note on which local activity ran."""
    readable = [payload for payload in _payloads(delivered.history) if payload.metadata["encoding"] != ENCODING]
    assert [payload for payload in readable if not _is_local_activity_note(payload)] == []
    assert _personal(b"".join(event.SerializeToString() for event in delivered.history.events).decode("latin-1")) == []


def test_even_a_decrypted_history_holds_no_personal_data(delivered: Delivered, keys: CaseKeys) -> None:
    codec = CaseCodec(keys, delivered.receipt_number)
    said = "".join(payload.data.decode() for payload in asyncio.run(codec.decode(_payloads(delivered.history))))
    assert delivered.receipt_number in said, "nothing was decrypted"
    assert _personal(said) == []


def _personal(text: str) -> list[str]:
    """What of the resident stands in this text, however JSON may write it."""
    facts = [*HANAKO.name.split("\u3000"), *HANAKO.kana.split("\u3000"), *HANAKO.latin.split(), HANAKO.address]
    facts += [HANAKO.address.removeprefix("兵庫県姫路市"), HANAKO.person_id, str(ANSWERS["phone"])]
    facts += [HANAKO.birth_date.strftime(style) for style in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d")]
    spelled = {fact: (fact, json.dumps(fact)[1:-1], fact.encode().decode("latin-1")) for fact in facts}
    return [fact for fact, spellings in spelled.items() if any(each in text for each in spellings)]


def _store(layout: Layout) -> StoreSettings:
    return StoreSettings(
        database_url=f"postgresql+psycopg://{Role.APP}@127.0.0.1:{layout.ports.postgres}/{DATABASE}",
        password_file=layout.postgres.password_file(Role.APP),
        objects_url=layout.objects.as_uri(),
        master_key_file=layout.secrets / "master_key",
    )


def _payloads(history: WorkflowHistory) -> list[Payload]:
    return [payload for event in history.events for payload in _within(event)]


def _within(message: Message) -> Iterator[Payload]:
    """Every payload of a message but search attributes, which the server must be able to read."""
    if isinstance(message, Payload):
        yield message
    elif not isinstance(message, SearchAttributes):
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            is_map = field.message_type.GetOptions().map_entry
            values = value.values() if is_map else value if field.is_repeated else [value]
            for each in values:
                if isinstance(each, Message):
                    yield from _within(each)


def _is_local_activity_note(payload: Payload) -> bool:
    note = json.loads(payload.data) if payload.metadata["encoding"] == b"json/plain" else None
    return isinstance(note, dict) and {"seq", "activity_id", "activity_type"} <= set(note)


# --- statements -------------------------------------------------------------------------------------------------------


@pytest.fixture
def quiet_town(tmp_path: Path) -> Iterator[Layout]:
    """A town where nobody else is: the server counts statements by text and role, not by case."""
    layout = Layout.ephemeral(tmp_path / "town")
    with up(layout, Console(quiet=True)):
        appoint_officers(layout)
        yield layout


def test_a_delivered_case_takes_few_statements(quiet_town: Layout) -> None:
    with People.meet(quiet_town) as people, Watch(quiet_town) as watch, _admin(quiet_town) as admin:
        run_errand(people, watch)
        counts = [_counted(people, watch, admin) for _ in range(CASES)]
    least = min(counts, key=lambda count: sum(count.values()))
    listed = "\n".join(f"{calls:4} {query}" for query, calls in sorted(least.items(), key=lambda each: -each[1]))
    assert sum(least.values()) <= MOST_STATEMENTS, f"{sum(least.values())} statements:\n{listed}"
    assert sum(least.values()) > MOST_STATEMENTS / 2, f"too few to be true:\n{listed}"


def _admin(layout: Layout) -> Connection:
    return layout.postgres.connect(Role.ADMIN)


def _counted(people: People, watch: Watch, admin: Connection) -> dict[str, int]:
    """Calls by query text of one case."""
    admin.execute("SELECT pg_stat_statements_reset()")
    run_errand(people, watch)
    rows = admin.execute(
        "SELECT query, sum(calls) FROM pg_stat_statements WHERE userid = %s::regrole"
        " AND query NOT LIKE ALL(%s) GROUP BY query",
        [str(Role.APP), NOT_COUNTED],
    )
    return {" ".join(query.split())[:160]: int(calls) for query, calls in rows}
