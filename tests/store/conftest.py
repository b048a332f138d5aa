"""保存先の試験: a database of its own in the town's cluster, migrated by the product's own command."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, insert

from machine.layout import Layout, environment
from machine.postgres import Role
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, credentials
from store.cases import CaseRow
from store.credentials import CARD, Certificate, Credential, CredentialKey
from store.database import Database
from store.receipts import new_receipt_number
from store.settings import StoreSettings
from store.tables import case_file

HIMEJI, TATSUNO = MunicipalityCode("282014"), MunicipalityCode("282294")


@contextmanager
def migrated(town: Layout, name: str) -> Iterator[StoreSettings]:
    """移行済みのデータベース: one of its own in the town's cluster."""
    town.postgres.create_database(name)
    url = f"postgresql+psycopg://{Role.APP}@127.0.0.1:{town.ports.postgres}/{name}"
    surroundings = environment(town) | {"MADOGUCHI_STORE_DATABASE_URL": url}
    program = Path(sys.prefix) / "bin" / "madoguchi"
    subprocess.run([program, "migrate"], env=surroundings, cwd=town.clone, check=True, capture_output=True)
    yield StoreSettings(
        database_url=url,
        password_file=town.postgres.password_file(Role.APP),
        owner_password_file=town.postgres.password_file(Role.OWNER),
        objects_url=town.objects.as_uri(),
        master_key_file=town.secrets / "master_key",
        pool_size=4,
    )
    town.postgres.drop_database(name)


@pytest.fixture(scope="session")
def settings(town: Layout, worker_id: str) -> Iterator[StoreSettings]:
    with migrated(town, f"store_{worker_id}_{os.getpid()}") as settings:
        yield settings


@pytest.fixture(scope="session")
def database(settings: StoreSettings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    database.close()


@pytest.fixture
def owner(town: Layout, settings: StoreSettings) -> Iterator[psycopg.Connection]:
    """The database's owner, who may look behind row-level security."""
    with town.postgres.connect(Role.OWNER, settings.database_url.rsplit("/", 1)[1]) as connection:
        yield connection


def an_account(connection: Connection) -> UUID:
    """A new account, by a certificate nobody else has."""
    return a_registered_card(connection).account_id


def a_card() -> Certificate:
    """A certificate nobody else has."""
    return Certificate(CredentialKey(CARD, os.urandom(20), str(int.from_bytes(os.urandom(4)))))


def a_registered_card(connection: Connection) -> Credential:
    return credentials.open_account(connection, a_card())


def a_case(connection: Connection, municipality: MunicipalityCode = HIMEJI) -> CaseRow:
    """A received certificate case."""
    now = datetime.now(UTC)
    case = CaseRow(
        receipt_number=ReceiptNumber(new_receipt_number(municipality, now.date())),
        account_id=an_account(connection),
        procedure=ProcedureId("residence_certificate"),
        version=1,
        department="residents",
        language="ja",
        status="received",
        step=None,
        reason=None,
        epoch=1,
        received_at=now,
        due_at=now + timedelta(days=3),
        suspended_at=None,
        closed_at=None,
    )
    write_case(connection, case, {"copies": 1})
    return case


def write_case(connection: Connection, case: CaseRow, answers: Mapping[str, object]) -> None:
    """The case and its first submission as rows: nothing of what `open_case` sets going."""
    connection.execute(insert(case_file).values({name: getattr(case, name) for name in CaseRow.__annotations__}))
    cases.file_revision(
        connection, case.receipt_number, 1, content=b"{}", answers=answers, cms=None, draft_id=UUID(int=0)
    )
