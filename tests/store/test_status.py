"""失効確認の記録: what a run counts, whom it suspends, and that doing it again changes nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from procedures.values import MunicipalityCode
from store import credentials, registrations, status
from store.credentials import CARD, SMARTPHONE, SUBJECT, Certificate, Credential, CredentialKey
from store.database import Database
from store.status import ListKey
from tests.store.conftest import HIMEJI, TATSUNO

EVERY_LIST = 10_000
"""More than any run of these tests has: others register certificates in this municipality, too."""
HERE, THERE = "CN=Himeji-shi CRLDP", "CN=Aioi-shi CRLDP"


class Office:
    """A city of one test: its own authority, so that other tests' certificates do not count."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.issuer = os.urandom(20)
        self.run = f"certificate-status-282014-{os.urandom(4).hex()}"

    def registered(self, serial: int, point: str = HERE, kind: str = CARD, days: int = 100) -> Credential:
        certificate = Certificate(
            CredentialKey(kind, self.issuer, str(serial)), point, datetime.now(UTC) + timedelta(days=days)
        )
        return credentials.open_account(self.connection, certificate)

    def logged_in(self, credential: Credential) -> None:
        self.connection.execute(
            text(
                "insert into session (token_hash, account_id, credential_id, expires_at)"
                " values (:token, :account, :credential, now() + interval '1 hour')"
            ),
            {"token": os.urandom(32), "account": credential.account_id, "credential": credential.id},
        )

    def sessions(self, credential: Credential) -> int:
        found = "select count(*) from session where credential_id = :id"
        return int(self.connection.execute(text(found), {"id": credential.id}).scalar_one())

    def lists(self) -> dict[str, int]:
        """Of our authority: registrations by distribution point."""
        found = status.unconfirmed_lists(self.connection, self.run, 1000)
        return {each.distribution_point: each.registrations for each in found if each.issuer_key_id == self.issuer}

    def suspend(self, *serials: int) -> int:
        return status.suspend_revoked(self.connection, self.issuer, [str(serial) for serial in serials])

    def state(self, credential: Credential) -> str | None:
        found = registrations.of_id(self.connection, credential.id)
        assert found is not None
        return found.suspension

    def events(self, credential: Credential) -> list[tuple[str, str, str | None]]:
        found = registrations.events(self.connection, credential.id)
        return [(each.actor, each.action, each.reason) for each in reversed(found)]

    def summary(self) -> status.StatusRun:
        return next(run for run in status.runs(self.connection, 1000) if run.id == self.run)


@contextmanager
def an_office(database: Database, municipality: MunicipalityCode = HIMEJI) -> Iterator[Office]:
    with database.transaction(municipality) as connection:
        yield Office(connection)


def test_a_run_counts_what_can_log_in_by_list(database: Database) -> None:
    with an_office(database) as office:
        office.registered(1)
        office.registered(2, kind=SMARTPHONE)
        office.registered(3, THERE)
        office.registered(4, kind=SUBJECT)
        office.registered(5, days=-1)
        credentials.suspend(office.connection, office.registered(6).id, "removed", actor="holder")

        status.open_run(office.connection, office.run)

        assert office.lists() == {HERE: 2, THERE: 1}


def test_opening_a_run_again_neither_counts_anew_nor_forgets_what_was_checked(database: Database) -> None:
    with an_office(database) as office:
        office.registered(1)
        status.open_run(office.connection, office.run)
        status.mark_checked(office.connection, office.run, ListKey(office.issuer, HERE), 0)
        office.registered(2)

        status.open_run(office.connection, office.run)

        assert office.lists() == {}
        assert ListKey(office.issuer, HERE) not in status.unchecked(office.connection, office.run)


def test_a_run_somebody_abandoned_is_closed_by_the_next(database: Database) -> None:
    with an_office(database) as office:
        status.open_run(office.connection, "certificate-status-282014-abandoned")
        status.open_run(office.connection, office.run)

        open_runs = [run.id for run in status.runs(office.connection, 1000) if run.finished_at is None]

        assert open_runs == [office.run]


def test_a_revoked_certificate_is_suspended_once_and_its_sessions_are_over(database: Database) -> None:
    with an_office(database) as office:
        revoked, good = office.registered(1), office.registered(2)
        for each in (revoked, revoked, good):
            office.logged_in(each)

        assert office.suspend(1, 77, 78) == 1
        assert office.suspend(1, 77, 78) == 0, "it is suspended already"

        assert (office.state(revoked), office.state(good)) == ("revoked", None)
        assert (office.sessions(revoked), office.sessions(good)) == (0, 1)
        assert office.events(revoked)[1:] == [("system", "suspended", "revoked")]
        assert [action for _, action, _ in office.events(good)] == ["registered"]


def test_the_same_serial_of_another_authority_is_somebody_elses(database: Database) -> None:
    with an_office(database) as office:
        ours, issuer = office.registered(1), office.issuer
        office.issuer = os.urandom(20)
        theirs, office.issuer = office.registered(1), issuer

        assert office.suspend(1) == 1

        assert (office.state(ours), office.state(theirs)) == ("revoked", None)


def test_another_municipalitys_registration_is_not_touched(database: Database) -> None:
    with an_office(database, TATSUNO) as tatsuno:
        theirs, issuer = tatsuno.registered(1), tatsuno.issuer
    with an_office(database) as himeji:
        himeji.issuer = issuer
        assert himeji.suspend(1) == 0
    with an_office(database, TATSUNO) as tatsuno:
        assert tatsuno.state(theirs) is None


def test_an_unknown_list_says_why_and_a_checked_one_never_becomes_unknown_again(database: Database) -> None:
    with an_office(database) as office:
        office.registered(1)
        status.open_run(office.connection, office.run)
        key = ListKey(office.issuer, HERE)

        status.mark_unknown(office.connection, office.run, key, "unreachable", "nobody answers")
        told = [each for each in status.unconfirmed_lists(office.connection, office.run, EVERY_LIST) if each.reason]
        assert [(each.reason, each.detail, each.registrations) for each in told] == [
            ("unreachable", "nobody answers", 1)
        ]
        assert status.hold_list(office.connection, office.run, key)

        status.mark_checked(office.connection, office.run, key, 3)
        status.mark_unknown(office.connection, office.run, key, "unreachable", "too late")
        assert not status.hold_list(office.connection, office.run, key)
        assert office.lists() == {}


def test_the_report_sums_its_lists_and_counts_who_could_not_be_confirmed(database: Database) -> None:
    with an_office(database) as office:
        for serial, point in ((1, HERE), (2, HERE), (3, THERE)):
            office.registered(serial, point)
        status.open_run(office.connection, office.run)
        before = office.summary()
        status.mark_checked(office.connection, office.run, ListKey(office.issuer, HERE), office.suspend(2))
        status.finish_run(office.connection, office.run)
        after = office.summary()

        assert (after.checked - before.checked, after.suspended - before.suspended) == (1, 1)
        assert before.unconfirmed - after.unconfirmed == 2
        assert before.finished_at is None
        assert after.finished_at is not None


def test_when_a_certificate_was_last_confirmed_follows_from_its_list(database: Database) -> None:
    with an_office(database) as office:
        credential = office.registered(1)
        status.open_run(office.connection, office.run)
        found = registrations.of_id(office.connection, credential.id)
        assert found is not None
        assert found.confirmed_at is None

        status.mark_checked(office.connection, office.run, ListKey(office.issuer, HERE), 0)

        found = registrations.of_id(office.connection, credential.id)
        assert found is not None
        assert found.confirmed_at is not None


def test_who_logs_in_while_the_suspension_waits_is_logged_out_with_it(database: Database) -> None:
    """A login holds the certificate until it is over; the suspension waits and then sees that session too."""
    with an_office(database) as office:
        credential, issuer = office.registered(1), office.issuer

    def suspend() -> None:
        with database.transaction(HIMEJI) as connection:
            status.suspend_revoked(connection, issuer, ["1"])

    with database.transaction(HIMEJI) as connection:
        login = Office(connection)
        assert credentials.hold(connection, CredentialKey(CARD, issuer, "1")) is not None
        batch = Thread(target=suspend)
        batch.start()
        _await_lock(database)
        login.logged_in(credential)
    batch.join(timeout=10)
    with an_office(database) as office:
        assert (office.state(credential), office.sessions(credential)) == ("revoked", 0)


def _await_lock(database: Database) -> None:
    """Until somebody waits for a row."""
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    waiting = text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )
    while datetime.now(UTC) < deadline:
        with database.reading(HIMEJI) as connection:
            if connection.execute(waiting).scalar_one():
                return
    raise TimeoutError("The suspension never waited for the login.")


@pytest.mark.parametrize("suspension", ["revoked", "administrator"])
def test_an_administrator_resumes_with_a_reason(database: Database, suspension: str) -> None:
    with an_office(database) as office:
        credential = office.registered(1)
        credentials.suspend(office.connection, credential.id, suspension, actor="system")

        assert status.resume(office.connection, credential.id, actor="officer:1", reason="名義の確認が済んだ")
        assert not status.resume(office.connection, credential.id, actor="officer:1", reason="もう一度")

        assert office.state(credential) is None
        assert office.events(credential)[-1] == ("officer:1", "resumed", "名義の確認が済んだ")


@pytest.mark.parametrize("suspension", ["removed", "renewed"])
def test_what_its_holder_gave_up_is_not_resumed_by_an_administrator(database: Database, suspension: str) -> None:
    with an_office(database) as office:
        credential = office.registered(1)
        credentials.suspend(office.connection, credential.id, suspension, actor="holder")
        assert not status.resume(office.connection, credential.id, actor="officer:1", reason="試す")
        assert office.state(credential) == suspension


def test_registrations_are_read_in_pages_without_the_suspended(database: Database) -> None:
    with an_office(database) as office:
        for serial in (1, 2, 3, 4):
            office.registered(serial)
        office.suspend(3)
        key, seen, after = ListKey(office.issuer, HERE), [], ""
        while page := status.serials_of(office.connection, key, after=after, limit=2):
            seen += page
            after = page[-1]
        assert seen == ["1", "2", "4"]


def test_an_officers_certificate_is_found_by_a_part_of_the_name(database: Database) -> None:
    with an_office(database) as office:
        credential = office.registered(1)
        _appointed(office.connection, credential.account_id, "検索　百合子")
        for name in ("検索", "検索 百合", "検索百合子", "　百合子"):
            found = registrations.of_officers(office.connection, name, 10)
            assert [each.id for each in found] == [credential.id], name
        assert registrations.of_officers(office.connection, "検%子", 10) == ()


def test_a_residents_certificate_is_found_by_its_number_only(database: Database) -> None:
    with an_office(database) as office:
        credential, serial = office.registered(987_654_321), "987654321"
        assert [each.id for each in registrations.by_serial(office.connection, serial, office.issuer, 10)] == [
            credential.id
        ]
        assert registrations.by_serial(office.connection, serial, os.urandom(20), 10) == ()
        assert credential.id in {each.id for each in registrations.by_serial(office.connection, serial, None, 10)}


def _appointed(connection: Connection, account_id: UUID, name: str) -> None:
    statement = "insert into officer (account_id, name) values (:id, :name)"
    connection.execute(text(statement), {"id": account_id, "name": name})


def test_the_history_of_a_certificate_cannot_be_rewritten(database: Database) -> None:
    rewriting = text("update credential_event set reason = 'nothing happened'")
    with an_office(database) as office, pytest.raises(DBAPIError, match="permission denied"):
        office.connection.execute(rewriting)
