"""資格: registered once, suspended with its sessions, moved only where nothing is lost."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Connection

from store import cases, credentials, people
from store.credentials import Certificate, Credential
from store.database import Database
from store.people import Duty
from tests.store.conftest import HIMEJI, TATSUNO, a_card, a_case, a_registered_card

HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(HIMEJI) as opened:
        yield opened


def logged_in(connection: Connection, known: Credential) -> bytes:
    token = os.urandom(32)
    people.open_session(connection, token, known.account_id, known.id, HOUR)
    return token


def test_of_two_first_logins_at_once_one_account_is_opened(database: Database) -> None:
    card = a_card()

    def arrive(_: int) -> object:
        with database.transaction(HIMEJI) as connection:
            known = credentials.hold(connection, card.key) or credentials.open_account(connection, card)
            return known.account_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(arrive, range(4)))) == 1


def test_a_suspended_certificate_loses_its_sessions_and_no_others(connection: Connection) -> None:
    first = a_registered_card(connection)
    second = credentials.attach(connection, a_card(), first.account_id)
    lost, kept = logged_in(connection, first), logged_in(connection, second)

    assert credentials.suspend(connection, first.id, "administrator", actor="officer:x", reason="紛失の届出")

    assert people.find_session(connection, lost, HOUR) is None
    assert people.find_session(connection, kept, HOUR) is not None
    assert not credentials.suspend(connection, first.id, "revoked", actor="system"), "once is enough"
    held = {each.id: each.suspension for each in credentials.of_account(connection, first.account_id)}
    assert held == {first.id: "administrator", second.id: None}


def test_restoring_brings_back_only_what_its_holder_removed(connection: Connection) -> None:
    removed, stopped = a_registered_card(connection), a_registered_card(connection)
    credentials.suspend(connection, removed.id, "removed", actor="holder")
    credentials.suspend(connection, stopped.id, "administrator", actor="officer:x")

    for each in (removed, stopped):
        credentials.restore(connection, each.id, actor="holder")

    found = [credentials.of_account(connection, each.account_id)[0].suspension for each in (removed, stopped)]
    assert found == [None, "administrator"]


def test_an_account_with_a_case_a_draft_or_an_office_is_not_empty(connection: Connection) -> None:
    empty, officer = a_registered_card(connection), a_registered_card(connection)
    case = a_case(connection)
    people.appoint(connection, officer.account_id, "窓口　一郎", [Duty("health", "health_review")])

    assert credentials.is_empty(connection, empty.account_id)
    assert not credentials.is_empty(connection, officer.account_id)
    kept = cases.read(connection, case.receipt_number)
    assert kept is not None
    assert not credentials.is_empty(connection, kept.account_id)


def test_what_a_signing_request_keeps_of_a_certificate_comes_back_whole() -> None:
    card, former = a_card(), a_card()
    whole = Certificate(card.key, "CN=CRL,C=JP", None, former.key)
    assert Certificate.unpacked(whole.packed()) == whole
    assert Certificate.unpacked(card.packed()) == card


def test_the_story_of_a_certificate_only_grows(database: Database, owner: psycopg.Connection) -> None:
    with database.transaction(HIMEJI) as connection:
        known = a_registered_card(connection)
        credentials.suspend(connection, known.id, "renewed", actor="system")
    rows = owner.execute(
        "select action, actor, reason from credential_event where credential_id = %s order by id", [known.id]
    ).fetchall()
    assert rows == [("registered", "holder", None), ("suspended", "system", "renewed")]
    rights = owner.execute(
        "select privilege_type from information_schema.role_table_grants"
        " where table_name = 'credential_event' and grantee = 'madoguchi_app'"
    ).fetchall()
    assert {right for (right,) in rights} == {"SELECT", "INSERT"}


def test_a_card_registered_in_one_city_is_nobodys_in_another(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        known = a_registered_card(connection)
        card = credentials.of_account(connection, known.account_id)[0]
    with database.transaction(TATSUNO) as connection:
        assert credentials.of_account(connection, card.account_id) == ()
