"""配達係の試練: killed at the worst moment, two at once, a server that is away: nothing is lost."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from post_office import PostOffice

from machine.postgres import Role
from machine.visitor import wait_for


@pytest.fixture(autouse=True)
def couriers(office: PostOffice) -> Iterator[None]:
    """Each test starts its own."""
    yield
    office.end_couriers()


def sent(row: dict[str, Any]) -> bool:
    return bool(row["status"] == "sent")


def test_two_couriers_send_each_mail_once_over_one_connection_each(office: PostOffice) -> None:
    residents = [office.resident() for _ in range(60)]
    couriers = [office.start_courier(MADOGUCHI_MAIL_MOST_PER_MINUTE="600") for _ in range(2)]
    looking = (
        "select count(*) as n from pg_stat_activity where datname = current_database() and usename = %s and query <> ''"
    )
    wait_for(lambda: office.rows(looking, str(Role.APP))[0]["n"], lambda n: n >= len(couriers), "both to look", 60)

    for resident in residents:
        office.tell(resident)

    for resident in residents:
        office.await_delivery(resident, sent, "every mail to be sent")
    mails = [mail for mail in office.mails() if mail["to"] in {resident.email for resident in residents}]
    assert sorted(mail["to"] for mail in mails) == sorted(resident.email for resident in residents)
    assert len({mail["headers"]["message-id"] for mail in mails}) == len(residents)
    assert len({mail["peer"] for mail in mails}) == len(couriers), "both worked, each over one connection"


def test_a_courier_killed_between_the_servers_250_and_our_commit_loses_nothing(office: PostOffice) -> None:
    resident = office.resident()
    # The row cannot become `sent` while this lock is held: the courier has its 250 by then and waits to say so.
    office.owner.execute(
        "create or replace function hold() returns trigger language plpgsql as"
        " $$ begin perform pg_advisory_xact_lock(250); return new; end $$;"
        "create trigger hold before update on notice_delivery for each row when (new.status = 'sent')"
        " execute function hold()"
    )
    office.owner.execute("select pg_advisory_lock(250)")
    try:
        courier = office.start_courier()
        office.tell(resident)
        waiting = "select count(*) as n from pg_locks where locktype = 'advisory' and not granted"
        wait_for(lambda: office.rows(waiting)[0]["n"], lambda n: n == 1, "the courier to hold its 250", 30)
        assert len(office.mails(resident.email)) == 1
        courier.send_signal(signal.SIGKILL)
        courier.wait(timeout=10)
        assert office.delivery(resident)["status"] == "waiting"
    finally:
        office.owner.execute("select pg_advisory_unlock(250)")
        office.owner.execute("drop trigger hold on notice_delivery")

    office.start_courier()
    office.await_delivery(resident, sent, "the next courier to send it again")

    mails = office.mails(resident.email)
    assert len(mails) == 2, "once again, and no more"
    assert len({mail["headers"]["message-id"] for mail in mails}) == 1, "known for the same mail"
    assert len({office.mail.get(f"/_sandbox/mails/{mail['id']}.eml").content for mail in mails}) == 1


def test_a_server_that_is_away_delays_and_loses_nothing(office: PostOffice) -> None:
    resident = office.resident()
    office.tell(resident)
    away = office.start_courier(MADOGUCHI_MAIL_PORT="1")
    office.await_delivery(resident, lambda row: row["error"] == "unreachable", "an attempt")
    away.kill()

    office.start_courier()

    office.await_delivery(resident, sent, "the mail to be sent")


def test_no_address_and_no_name_stands_in_the_log(office: PostOffice) -> None:
    resident = office.resident(fault="refuse")
    office.tell(resident)
    courier = office.start_courier()
    office.await_delivery(resident, lambda row: row["status"] == "bounced", "the refusal to be written down")
    courier.terminate()
    _, said = courier.communicate(timeout=20)
    assert "550" in said, "it does say what happened"
    assert resident.email not in said
    assert courier.returncode == 0
