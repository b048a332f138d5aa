"""受付: a draft becomes one case, as it was read, or nothing is written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection

from machine.layout import Layout
from procedures.values import ProcedureId
from store import drafts
from store.cases import CaseRow
from store.commands import Command
from store.database import Database
from store.filing import Opening, open_case
from store.keys import CaseKeys
from store.receipts import new_receipt_number
from tests.store.conftest import HIMEJI, an_account

PARTS = ("case_file", "submission", "case_key", "command", "audit")


@pytest.fixture
def keys(town: Layout, database: Database) -> CaseKeys:
    return CaseKeys(database, town.secrets / "master_key")


def test_a_draft_two_clicks_file_at_once_is_one_case(
    database: Database, keys: CaseKeys, owner: psycopg.Connection
) -> None:
    with database.transaction(HIMEJI) as connection:
        first = opening(connection, keys)
    clicks = [first, *(again(first, keys) for _ in range(3))]
    with ThreadPoolExecutor(len(clicks)) as threads:
        found = list(threads.map(lambda each: filed(database, each), clicks))
    (command,) = (each for each in found if each is not None)
    written = [rows(owner, part, each.case.receipt_number) for each in clicks for part in PARTS]
    assert sorted(written) == [0] * 15 + [1] * 5
    draft = owner.execute("select receipt_number from draft where id = %s", [first.draft_id]).fetchone()
    assert draft == (command.receipt_number,)


def test_a_draft_that_changed_since_it_was_read_is_not_filed(
    database: Database, keys: CaseKeys, owner: psycopg.Connection
) -> None:
    with database.transaction(HIMEJI) as connection:
        read = opening(connection, keys)
        drafts.save(connection, read.draft_id, {"copies": 2}, revision=1)
    assert filed(database, read) is None
    assert [rows(owner, part, read.case.receipt_number) for part in PARTS] == [0] * 5


def filed(database: Database, opening: Opening) -> Command | None:
    with database.reading(HIMEJI) as connection:
        return open_case(connection, opening)


def rows(owner: psycopg.Connection, table: str, receipt_number: str) -> int:
    found: Any = owner.execute(f"select count(*) from {table} where receipt_number = %s", [receipt_number]).fetchone()
    return int(found[0])


def opening(connection: Connection, keys: CaseKeys) -> Opening:
    """Of a new draft."""
    account_id, procedure = an_account(connection), ProcedureId("residence_certificate")
    draft_id = drafts.start(
        connection, account_id=account_id, procedure=procedure, version=1, language="ja", answers={"copies": 1}
    )
    return _opening(account_id, draft_id, keys)


def again(first: Opening, keys: CaseKeys) -> Opening:
    """The same draft, as another click reads it: with a receipt number of its own."""
    return _opening(first.case.account_id, first.draft_id, keys)


def _opening(account_id: UUID, draft_id: UUID, keys: CaseKeys) -> Opening:
    now = datetime.now(UTC)
    case = CaseRow(
        receipt_number=new_receipt_number(HIMEJI, now.date()), account_id=account_id,
        procedure=ProcedureId("residence_certificate"), version=1, department="residents", language="ja",
        status="received", step=None, reason=None, epoch=1, received_at=now, due_at=now + timedelta(days=3),
        suspended_at=None, closed_at=None,
    )  # fmt: skip
    return Opening(
        municipality=HIMEJI, case=case, content=b"{}", answers={"copies": 1}, cms=None, draft_id=draft_id,
        draft_revision=1, key=keys.make(case.receipt_number), start={},
    )  # fmt: skip
