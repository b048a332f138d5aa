"""鍵の更新: a new master key wraps, the older ones stay readable, and a rotation that was cut short goes on."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from machine.layout import Layout, environment
from procedures.values import MunicipalityCode, ReceiptNumber
from store import master_keys
from store.database import Database
from store.keys import CaseKeys
from store.master_keys import FIRST, SETTLED, MasterKeyUnknown, RotationRefused
from store.notice_key import NoticeKey
from store.rotation import PART, Rotation
from store.settings import StoreSettings
from tests.store.conftest import HIMEJI, TATSUNO, a_case, migrated
from tests.store.test_keys import write_key
from workflows.codec import CaseCodec

CITIES = (HIMEJI, TATSUNO)
AT_ONCE = timedelta()


@pytest.fixture(scope="module")
def settings(town: Layout) -> Iterator[StoreSettings]:
    """A database whose keys no other test makes."""
    with migrated(town, f"rotation_{os.getpid()}") as settings:
        yield settings


@pytest.fixture(scope="module")
def database(settings: StoreSettings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    database.close()


@pytest.fixture
def ring(tmp_path: Path, owner: psycopg.Connection) -> Path:
    """A master key as an installation begins with, and no case keys."""
    owner.execute("delete from case_key")
    file = tmp_path / "master_key"
    file.write_bytes(os.urandom(32))
    return file


def cases(database: Database, ring: Path, count: int, city: MunicipalityCode = HIMEJI) -> list[ReceiptNumber]:
    keys = CaseKeys(database, ring)
    with database.transaction(city) as connection:
        made = [a_case(connection, city).receipt_number for _ in range(count)]
        for each in made:
            write_key(connection, each, keys)
    return made


def wraps(database: Database, ring: Path) -> dict[str, int]:
    return {held.key.id: held.wraps for held in Rotation(database, ring, CITIES).held()}


def rotate(database: Database, ring: Path) -> str:
    rotation = Rotation(database, ring, CITIES)
    made = rotation.begin()
    assert made is not None
    list(rotation.rewrap(AT_ONCE))
    return made.id


def encoded(keys: CaseKeys, context: WorkflowSerializationContext, data: bytes) -> list[Payload]:
    return asyncio.run(CaseCodec(keys).with_context(context).encode([Payload(data=data)]))


def decoded(keys: CaseKeys, context: WorkflowSerializationContext, payloads: list[Payload]) -> list[bytes]:
    return [each.data for each in asyncio.run(CaseCodec(keys).with_context(context).decode(payloads))]


def test_what_was_written_before_a_rotation_is_read_after_it(database: Database, ring: Path) -> None:
    number = cases(database, ring, 1)[0]
    before, context = CaseKeys(database, ring), WorkflowSerializationContext("default", number)
    sealed = encoded(before, context, b"a case's outcome")
    rotate(database, ring)
    for keys in (before, CaseKeys(database, ring)):
        assert decoded(keys, context, sealed) == [b"a case's outcome"]


def test_what_a_workflow_without_a_case_wrote_is_read_after_a_rotation_and_after_the_key_is_gone(
    database: Database, ring: Path
) -> None:
    before, context = CaseKeys(database, ring), WorkflowSerializationContext("default", "reconciliation-282014")
    old = encoded(before, context, b"every five minutes")
    rotate(database, ring)
    after = CaseKeys(database, ring)
    new = encoded(after, context, b"still")
    assert old[0].metadata["key"] != new[0].metadata["key"]
    aged(ring)
    Rotation(database, ring, CITIES).retire(FIRST)
    for keys in (before, after, CaseKeys(database, ring)):
        assert decoded(keys, context, [*old, *new]) == [b"every five minutes", b"still"]


def test_mails_from_before_a_rotation_stay_good(database: Database, ring: Path) -> None:
    running, account, delivery, salt = NoticeKey(ring), uuid4(), uuid4(), os.urandom(16)
    code, stop = running.code(account, "a@example.jp", salt), running.stop_token(account, "a@example.jp")
    token = running.delivery_token(delivery)
    rotate(database, ring)
    for key in (running, NoticeKey(ring)):
        assert key.stop_token(account, "a@example.jp") != stop
        assert key.is_code(code, account, "a@example.jp", salt)
        assert key.is_stop_token(stop, account, "a@example.jp")
        assert not key.is_stop_token(stop, account, "b@example.jp")
        assert key.read_delivery_token(token) == delivery
        assert key.read_delivery_token(key.delivery_token(delivery)) == delivery
        assert key.read_delivery_token(uuid4().hex + token[32:]) is None


def test_a_process_that_runs_wraps_with_the_new_key_and_reads_what_another_wrapped(
    database: Database, ring: Path
) -> None:
    running, reader = CaseKeys(database, ring), CaseKeys(database, ring)
    made = rotate(database, ring)
    with database.transaction(HIMEJI) as connection:
        number = a_case(connection).receipt_number
        write_key(connection, number, running)
    assert wraps(database, ring) == {FIRST: 0, made: 1}
    assert reader.fetch(number) == running.cached(number)


def test_a_rotation_goes_through_every_city_in_parts(database: Database, ring: Path) -> None:
    here, there = cases(database, ring, PART + 1), cases(database, ring, 2, TATSUNO)
    secrets = {each: CaseKeys(database, ring).fetch(each) for each in (*here, *there)}
    rotation = Rotation(database, ring, CITIES)
    made = rotation.begin()
    assert made is not None
    assert list(rotation.rewrap(AT_ONCE)) == [PART, 1, 2]
    assert wraps(database, ring) == {FIRST: 0, made.id: PART + 3}
    assert {each: CaseKeys(database, ring).fetch(each) for each in secrets} == secrets


def test_a_rotation_killed_half_way_goes_on_without_another_key(
    town: Layout, settings: StoreSettings, database: Database, ring: Path
) -> None:
    numbers = cases(database, ring, 3 * PART)
    command = [str(Path(sys.prefix) / "bin" / "madoguchi"), "keys", "rotate"]
    surroundings = environment(town) | {
        "MADOGUCHI_STORE_DATABASE_URL": settings.database_url, "MADOGUCHI_STORE_MASTER_KEY_FILE": str(ring),
    }  # fmt: skip
    process = subprocess.Popen(command, env=surroundings, cwd=town.clone, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "made" in process.stdout.readline()
    assert f"{PART} of {3 * PART}" in process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = wraps(database, ring)
    assert len(left) == 2
    assert 0 < left[FIRST] <= 2 * PART
    assert len({CaseKeys(database, ring).fetch(each).id for each in numbers}) == 3 * PART
    done = subprocess.run(command, env=surroundings, cwd=town.clone, capture_output=True, text=True, check=True)
    assert "going on with it" in done.stdout
    assert list(wraps(database, ring).values()) == [0, 3 * PART]
    assert len({CaseKeys(database, ring).fetch(each).id for each in numbers}) == 3 * PART


def test_the_file_is_its_owners_alone_and_is_replaced_whole(database: Database, ring: Path) -> None:
    ring.with_name("master_key.new").write_text("cut sho")
    rotate(database, ring)
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert [each.name for each in ring.parent.iterdir()] == ["master_key"]
    assert next(each["id"] for each in json.loads(ring.read_text())["keys"]) == FIRST


def test_a_case_wrapped_elsewhere_with_a_key_that_is_not_here_says_what_to_copy(
    database: Database, ring: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = elsewhere / "master_key"
    other.write_bytes(ring.read_bytes())
    made = master_keys.add(other)
    running = CaseKeys(database, ring)
    number = cases(database, other, 1)[0]
    with pytest.raises(MasterKeyUnknown, match=f"{made.id}.*Copy the file"):
        running.fetch(number)
    ring.write_bytes(other.read_bytes())
    assert running.fetch(number) == CaseKeys(database, other).fetch(number)


def test_a_key_is_retired_only_when_it_wraps_nothing_and_nobody_can_be_using_it(database: Database, ring: Path) -> None:
    number = cases(database, ring, 1)[0]
    rotation = Rotation(database, ring, CITIES)
    with pytest.raises(RotationRefused, match="still wraps 1 "):
        rotation.retire(FIRST)
    made = rotate(database, ring)
    with pytest.raises(RotationRefused, match="less than an hour"):
        rotation.retire(FIRST)
    with pytest.raises(RotationRefused, match="still wraps 1 "):
        rotation.retire(made)
    old = ring.read_bytes()
    aged(ring)
    rotation.retire(FIRST)
    assert json.loads(old)["keys"][0]["secret"] not in ring.read_text()
    assert [held.key.secret is None for held in rotation.held()] == [True, False]
    assert CaseKeys(database, ring).fetch(number)


def aged(ring: Path) -> None:
    """As if the newest key had been made long enough ago."""
    rows = json.loads(ring.read_text())
    rows["keys"][-1]["made_at"] = (datetime.now(UTC) - SETTLED - timedelta(seconds=1)).isoformat()
    ring.write_text(json.dumps(rows))


def test_a_broken_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "master_key"
    for content in (b"short", b'{"keys": []}', b'{"keys": [{"id": "first", "made_at": null, "secret": "AAAA"}]}'):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="master key"):
            master_keys.MasterKeys(file)
