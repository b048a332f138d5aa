"""日次失効確認 while things fail: lists nobody can read, and workers that die in the middle of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor, wait_for
from sandbox.people import ADMINISTRATOR, APPROVER
from tests.faults.conftest import Meet, Neighbours
from tests.town.certificates import SIGNING, Registrations, a_municipality
from tests.town.clock import pass_time

HOUR = timedelta(hours=1)
STATUS = "/api/administration/certificate-status"
CERTIFICATES = "/api/administration/certificates"


@pytest.fixture
def town_hall(stricken: Layout) -> Iterator[Registrations]:
    with a_municipality(stricken) as found:
        yield found


def revoked_since_yesterday(town_hall: Registrations, point: str = "") -> str:
    return town_hall.register(town_hall.issuer(SIGNING), town_hall.card("yumi").serial_number, point)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("down", "unreachable"), ("silent", "unreachable"), ("garbage", "unauthentic"), ("stale", "stale")],
)
def test_a_list_that_comes_back_within_the_hour_is_checked_the_same_day(
    neighbours: Neighbours, town_hall: Registrations, mode: str, reason: str
) -> None:
    revoked = revoked_since_yesterday(town_hall)
    neighbours.pki("crl", mode)
    run_id = town_hall.start(retry_for=HOUR)

    meanwhile = town_hall.await_outcomes(run_id, "unknown")
    assert meanwhile["lists"][0]["reason"] == reason
    assert meanwhile["finished_at"] is None
    assert town_hall.state(revoked) == (None, 1, 0), "Unknown neither suspends nor confirms"

    neighbours.pki("crl", "up")
    pass_time(neighbours.layout, run_id, timedelta(minutes=16))

    run = town_hall.await_finish(run_id)
    assert [(each["outcome"], each["reason"], each["suspended"]) for each in run["lists"]] == [("checked", None, 1)]
    assert town_hall.state(revoked) == ("revoked", 0, 1)


def test_a_worker_killed_between_two_lists_leaves_the_rest_to_the_next_and_nothing_is_done_twice(
    neighbours: Neighbours, town_hall: Registrations
) -> None:
    first = revoked_since_yesterday(town_hall, "CN=first")
    good = town_hall.register(town_hall.issuer(SIGNING), town_hall.card("hanako").serial_number, "CN=second")
    neighbours.pki("crl", "slow")
    run_id = town_hall.start()
    half = town_hall.await_outcomes(run_id, "checked", "waiting")

    killed = neighbours.kill("worker-cases")
    neighbours.pki("crl", "up")
    neighbours.await_revived("worker-cases", killed)

    run = town_hall.await_finish(run_id)
    assert [each["outcome"] for each in run["lists"]] == ["checked", "checked"]
    assert run["lists"][0] == half["lists"][0], "The first list was not read again"
    assert town_hall.state(first) == ("revoked", 0, 1)
    assert town_hall.state(good) == (None, 1, 0)


def test_a_newly_revoked_officer_is_logged_out_by_the_check_and_back_only_by_an_administrator(
    neighbours: Neighbours, meet: Meet
) -> None:
    administrator, officer = meet(ADMINISTRATOR), meet(APPROVER)
    assert officer.get("/api/session")["officer_name"] == APPROVER.name
    (certificate,) = administrator.get(f"{CERTIFICATES}?officer={APPROVER.name}")

    neighbours.revoke(APPROVER)
    try:
        administrator.post(f"{STATUS}/runs")
        wait_for(lambda: officer.get("/api/session"), lambda session: session is None, "the session to end")
        with pytest.raises(CounterRefused):
            officer.log_in()
    finally:
        neighbours.restore(APPROVER)

    with pytest.raises(CounterRefused) as refused:
        officer.log_in()
    assert refused.value.problem["title"] == "certificate_revoked", "Its authority's change of mind resumes nobody"
    shown = administrator.get(f"{CERTIFICATES}/{certificate['id']}")
    assert next((e["by"], e["action"], e["reason"]) for e in shown["events"]) == ("system", "suspended", "revoked")

    administrator.post(f"{CERTIFICATES}/{certificate['id']}/resumption", {"reason": "認証局に誤りを確認した"})

    assert officer.log_in().get("/api/session")["officer_name"] == APPROVER.name


def await_rest(administrator: Visitor) -> None:
    """No check is under way: one that waits for its quarter of an hour is asked to look again at once."""

    def newest() -> dict[str, Any]:
        found: dict[str, Any] = administrator.get(STATUS)
        if found["runs"] and not found["runs"][0]["finished_at"]:
            administrator.post(f"{STATUS}/runs")
        return found

    def at_rest(found: dict[str, Any]) -> bool:
        return not found["runs"] or bool(found["runs"][0]["finished_at"])

    wait_for(newest, at_rest, "the check before to end", patience=180)


def test_two_administrators_who_start_a_check_at_once_start_one(neighbours: Neighbours, meet: Meet) -> None:
    administrator = meet(ADMINISTRATOR)
    await_rest(administrator)
    before = {run["id"] for run in administrator.get(STATUS)["runs"]}
    neighbours.pki("crl", "slow")

    def begun() -> list[str]:
        return [run["id"] for run in administrator.get(STATUS)["runs"] if run["id"] not in before]

    def pressed() -> list[str]:
        """A Schedule hears of an end a moment after it was written, and until then starts nothing."""
        administrator.post(f"{STATUS}/runs")
        return begun()

    (first,) = wait_for(pressed, bool, "the check to begin")
    administrator.post(f"{STATUS}/runs")
    administrator.post(f"{STATUS}/runs")
    neighbours.pki("crl", "up")

    def confirmed() -> bool:
        return any(run["id"] == first and run["checked"] for run in administrator.get(STATUS)["runs"])

    wait_for(confirmed, bool, "a list to be checked")
    assert begun() == [first]
