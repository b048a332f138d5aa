"""案件鍵: wrapped by the master key, found again by another process, gone for good once deleted."""

import pytest
from sqlalchemy import Connection, delete, insert

from machine.layout import Layout
from procedures.values import ReceiptNumber
from store.database import Database
from store.keys import CaseKeys
from store.tables import case_key
from tests.store.conftest import HIMEJI, a_case


def write_key(connection: Connection, receipt_number: ReceiptNumber, keys: CaseKeys) -> None:
    made = keys.make(receipt_number)
    named = {"key_id": made.id, "wrapped": made.wrapped, "master_key": made.master_key}
    connection.execute(insert(case_key).values(receipt_number=receipt_number, **named))


def test_another_process_finds_the_key_and_the_row_does_not_show_it(town: Layout, database: Database) -> None:
    mine, other = (CaseKeys(database, town.secrets / "master_key") for _ in range(2))
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        write_key(connection, case.receipt_number, mine)
    key = mine.cached(case.receipt_number)
    assert key is not None
    assert other.cached(case.receipt_number) is None
    assert other.fetch(f"{case.receipt_number}-recall-x") == key
    with database.transaction(HIMEJI) as connection:
        row = connection.execute(case_key.select().where(case_key.c.receipt_number == case.receipt_number)).one()
    assert key.secret not in row.wrapped


def test_a_destroyed_key_cannot_be_had_again(town: Layout, database: Database) -> None:
    keys = CaseKeys(database, town.secrets / "master_key")
    with database.transaction(HIMEJI) as connection:
        case = a_case(connection)
        write_key(connection, case.receipt_number, keys)
        connection.execute(delete(case_key).where(case_key.c.receipt_number == case.receipt_number))
    with pytest.raises(LookupError, match="destroyed"):
        CaseKeys(database, town.secrets / "master_key").fetch(case.receipt_number)
