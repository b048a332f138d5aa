"""日次失効確認 on the real server: what the lists of the sandbox's authorities say about registered certificates."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from machine.layout import Layout
from machine.visitor import wait_for
from tests.town.certificates import AUTHENTICATION, QUARTER, SIGNING, Registrations, a_municipality
from trust.certificate import distribution_points

PassTime = Callable[[str, timedelta], None]


@pytest.fixture
def town_hall(town: Layout) -> Iterator[Registrations]:
    """A municipality of this test's own."""
    with a_municipality(town) as found:
        yield found


def place(town_hall: Registrations, holder: str) -> str:
    """The distribution point on a demo person's card, as it is written down at login."""
    (point,) = distribution_points(town_hall.card(holder))
    return str(point.value.rfc4514_string())


def test_whoever_a_list_names_is_suspended_and_everybody_else_is_not(town_hall: Registrations) -> None:
    issuer, point = town_hall.issuer(SIGNING), place(town_hall, "yumi")
    revoked = town_hall.register(issuer, town_hall.card("yumi").serial_number, point)
    good = town_hall.register(issuer, town_hall.card("hanako").serial_number, point)
    elsewhere = town_hall.register(town_hall.issuer(AUTHENTICATION), town_hall.card("yumi").serial_number)

    run = town_hall.check()

    assert town_hall.state(revoked) == ("revoked", 0, 1)
    assert town_hall.state(good) == (None, 1, 0)
    assert town_hall.state(elsewhere) == (None, 1, 0), "the same number of another authority"
    assert [(each["outcome"], each["registrations"], each["suspended"]) for each in run["lists"]] == [
        ("checked", 1, 0),
        ("checked", 2, 1),
    ]
    assert run["registrations"] == 3


def test_the_next_day_suspends_nobody_twice(town_hall: Registrations) -> None:
    issuer = town_hall.issuer(SIGNING)
    revoked = town_hall.register(issuer, town_hall.card("yumi").serial_number, place(town_hall, "yumi"))
    good = town_hall.register(issuer, town_hall.card("hanako").serial_number, place(town_hall, "yumi"))
    town_hall.check()

    again = town_hall.check()

    assert town_hall.state(revoked) == ("revoked", 0, 1)
    assert town_hall.state(good) == (None, 1, 0)
    assert [(each["registrations"], each["suspended"]) for each in again["lists"]] == [(1, 0)]


def test_a_list_nobody_can_read_stops_no_other_and_is_reported_as_not_confirmed(town_hall: Registrations) -> None:
    unreadable = town_hall.register(secrets.token_bytes(20), 1, "CN=an authority nobody knows")
    revoked = town_hall.register(
        town_hall.issuer(SIGNING), town_hall.card("yumi").serial_number, place(town_hall, "yumi")
    )

    run = town_hall.check()

    assert town_hall.state(revoked) == ("revoked", 0, 1)
    assert town_hall.state(unreadable) == (None, 1, 0), "unknown is not revoked either"
    unknown = next(each for each in run["lists"] if each["outcome"] == "unknown")
    assert (unknown["reason"], unknown["checked_at"]) == ("no_source", None)
    assert "anchor registry" in unknown["detail"]


def test_what_is_unknown_is_asked_again_every_quarter_of_an_hour_until_the_limit(
    town_hall: Registrations, town: Layout, pass_time: PassTime
) -> None:
    town_hall.register(secrets.token_bytes(20), 1)
    run_id = town_hall.start(retry_after=QUARTER, retry_for=timedelta(minutes=31))
    opened = town_hall.await_outcomes(run_id, "unknown")
    assert opened["finished_at"] is None

    pass_time(run_id, timedelta(minutes=16))
    assert town_hall.report(run_id)["finished_at"] is None
    pass_time(run_id, timedelta(minutes=16))

    assert town_hall.await_finish(run_id)["lists"][0]["outcome"] == "unknown"
    assert town_hall.activities(run_id) == ["check_status_lists"] * 3


def test_a_run_over_many_lists_has_a_short_history(town_hall: Registrations) -> None:
    issuer = town_hall.issuer(SIGNING)
    for number in range(30):
        town_hall.register(issuer, 10_000_000_000 + number, f"CN=place {number}")

    run = town_hall.check()

    assert [each["outcome"] for each in run["lists"]] == ["checked"] * 30
    assert town_hall.activities(run["id"]) == ["check_status_lists"]


def test_a_municipality_without_registered_certificates_has_a_report_too(town_hall: Registrations) -> None:
    run = town_hall.check()
    assert (run["registrations"], run["lists"]) == (0, [])


def test_an_impatient_administrator_need_not_wait_a_quarter_of_an_hour(town_hall: Registrations) -> None:
    town_hall.register(secrets.token_bytes(20), 1)
    run_id = town_hall.start(retry_after=QUARTER, retry_for=timedelta(minutes=20))
    town_hall.await_outcomes(run_id, "unknown")

    town_hall.hurry(run_id)

    wait_for(lambda: len(town_hall.activities(run_id)), lambda rounds: rounds == 2, "another round")
