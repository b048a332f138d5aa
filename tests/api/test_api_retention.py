"""保存期間 in the town: the nightly run purges what is over, passes over what is held, and everybody is told."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from temporalio.client import Client

from machine.layout import environment
from machine.postgres import DATABASE, Role
from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER
from store.database import Database
from store.keys import CaseKeys
from store.settings import StoreSettings
from tests.api.scenes import Books, Newcomer, account, actions, delivered, screening_under_review, soon
from tests.conftest import Meet
from tests.histories.record import fetched, readable

ADMIN = "/api/administration"
REASON = "令和8年(行ウ)第12号の係属中"


@pytest.fixture
def administrator(newcomer: Newcomer) -> Visitor:
    return newcomer("administrator")


AnotherProcess = Callable[[], CaseKeys]


@pytest.fixture
def another_process(books: Books) -> Iterator[AnotherProcess]:
    """The case keys as a process finds them that knows none yet."""
    town = books.layout
    database = Database(
        StoreSettings(
            database_url=f"postgresql+psycopg://{Role.APP}@127.0.0.1:{town.ports.postgres}/{DATABASE}",
            password_file=town.postgres.password_file(Role.APP), objects_url=town.objects.as_uri(),
            master_key_file=town.secrets / "master_key",
        )
    )  # fmt: skip
    yield lambda: CaseKeys(database, town.secrets / "master_key")
    database.close()


def closed(resident: Visitor, *, number: str | None = None) -> str:
    """A case that was withdrawn: closed, without an officer."""
    number = number or screening_under_review(resident)
    resident.post(f"/api/cases/{number}/withdrawal")
    return str(resident.await_case(number, "withdrawn")["receipt_number"])


def aged(books: Books, *numbers: str) -> None:
    """As if they had been closed forty years ago."""
    books.write(
        "update case_file set closed_at = now() - interval '40 years' where receipt_number = any(%s)", [*numbers]
    )


def is_purged(books: Books, number: str) -> bool:
    return bool(books.rows("select 1 from case_file where receipt_number = %s and purged_at is not null", number))


def run(administrator: Visitor) -> dict[str, Any]:
    """The next run from its beginning to its end; one that is under way ends first."""
    seen = {each["id"] for each in administrator.get(f"{ADMIN}/retention")["runs"]}

    def another() -> dict[str, Any] | None:
        runs = administrator.post(f"{ADMIN}/retention/runs")["runs"]
        return next((each for each in runs if each["id"] not in seen and each["finished_at"]), None)

    return dict(soon(another, bool, "the run ends", 90))


def test_a_case_at_the_end_of_its_retention_is_purged_and_whoever_asks_is_told(
    meet: Meet, administrator: Visitor, books: Books, another_process: AnotherProcess
) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    case = delivered(hanako, officer)
    number, document = case["receipt_number"], case["documents"][0]
    file = (
        books.layout.objects
        / books.rows("select object_key from document where id = %s", document["id"])[0]["object_key"]
    )
    history = asyncio.run(fetched(books.layout, another_process(), number))
    aged(books, number)
    assert file.exists()

    done = run(administrator)

    assert done["purged"] >= 1
    assert not file.exists()
    for where in (f"/api/cases/{number}", f"/api/cases/{number}/receipt"):
        answer = hanako.http.get(where)
        assert (answer.status_code, answer.json()["title"]) == (410, "case_purged"), where
    page = hanako.http.get(f"/cases/{number}", headers={"Accept-Language": "en"})
    assert page.status_code == 410
    assert "retention period" in page.text
    assert officer.http.get(f"/api/inbox/cases/{number}").status_code == 410
    assert number not in {each["receipt_number"] for each in hanako.get("/api/cases")}
    assert hanako.get(f"/api/verification/{document['verification_code']}")["outcome"] == "valid"
    with pytest.raises(LookupError, match="destroyed"):
        asyncio.run(readable(history, another_process()))
    shown = administrator.get(f"{ADMIN}/cases/{number}")
    assert (shown["history"], shown["events"]) == ("shredded", [])
    assert "purged" in actions(shown)
    verified = subprocess.run(
        [f"{sys.prefix}/bin/madoguchi", "audit", "verify", "--case", number], env=environment(books.layout),
        cwd=books.layout.clone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout


def test_a_held_case_is_passed_over_until_the_hold_is_lifted(
    administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    held, other = closed(newcomer()), closed(newcomer())
    wanted = {"receipt_numbers": [held, held, "282014-000000-22222"], "reason": REASON}
    assert administrator.post(f"{ADMIN}/holds", wanted) == [
        {"receipt_number": held, "outcome": "held"},
        {"receipt_number": "282014-000000-22222", "outcome": "not_found"},
    ]
    assert administrator.post(f"{ADMIN}/holds", wanted)[0]["outcome"] == "held_already"
    aged(books, held, other)

    first = run(administrator)

    assert (is_purged(books, held), is_purged(books, other)) == (False, True)
    assert first["held"] >= 1
    (hold,) = administrator.get(f"{ADMIN}/cases/{held}/holds")
    assert (hold["reason"], hold["lifted_at"]) == (REASON, None)
    assert held in {each["receipt_number"] for each in administrator.get(f"{ADMIN}/retention")["holds"]}
    lifted = administrator.post(f"{ADMIN}/holds/lifting", {"receipt_numbers": [held, other], "reason": "判決が確定"})
    assert [each["outcome"] for each in lifted] == ["lifted", "case_purged"]
    log = books.rows("select action, actor, facts from audit where receipt_number = %s order by seq", held)
    assert [each["action"] for each in log][-2:] == ["hold_placed", "hold_lifted"]
    assert log[-1]["actor"] == f"officer:{account(administrator)}"
    assert REASON not in str(log), "the log stays, so it names nobody"

    run(administrator)

    assert is_purged(books, held)
    assert administrator.http.get(f"{ADMIN}/cases/{held}/holds").status_code == 410


def test_a_case_that_cannot_be_purged_holds_nobody_up_and_is_tried_again(
    administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    stuck, other = closed(newcomer()), closed(newcomer())
    aged(books, other)
    books.write("update case_file set closed_at = now() - interval '41 years' where receipt_number = %s", stuck)
    books.write("create table clings (id bigint references notice(id))")
    books.write("insert into clings select id from notice where receipt_number = %s limit 1", stuck)
    try:
        first = run(administrator)
        assert (is_purged(books, stuck), is_purged(books, other)) == (False, True)
        assert {"receipt_number": stuck, "cause": "IntegrityError"} in first["failures"]
        assert books.of_case(stuck)["submission"] == 1, "what could not go whole did not go at all"
    finally:
        books.write("drop table clings")
    run(administrator)
    assert is_purged(books, stuck)


def test_the_pages_hold_a_case_and_lift_it(administrator: Visitor, newcomer: Newcomer) -> None:
    number = closed(newcomer())
    refused = administrator.http.post("/admin/retention/holds", data={"receipt_numbers": number, "reason": ""})
    assert refused.status_code == 422
    assert number in refused.text
    listed = administrator.http.post(
        "/admin/retention/holds", data={"receipt_numbers": f"{number.lower()}、\n", "reason": REASON, "act": "place"}
    )
    assert "保存を続けます" in listed.text
    assert re.search(rf"/admin/cases/{number}#holds", administrator.http.get("/admin/retention").text)
    there = f"/admin/cases/{number}"
    assert REASON in administrator.http.get(there).text
    lifted = administrator.http.post(
        f"{there}/holds", data={"act": "lift", "reason": "判決が確定"}, follow_redirects=True
    )
    assert "判決が確定" in lifted.text
    assert administrator.get(f"{ADMIN}{there.removeprefix('/admin')}/holds")[0]["lifted_reason"] == "判決が確定"


def test_only_administrators_hold_cases_and_see_what_is_due(newcomer: Newcomer) -> None:
    for visitor in (newcomer(), newcomer("health_review"), newcomer("auditor")):
        assert visitor.http.get("/admin/retention").status_code == 403
        assert visitor.http.post("/admin/retention/holds", data={}).status_code == 403


def test_the_schedule_runs_every_night(books: Books) -> None:
    async def described() -> list[tuple[int, int]]:
        client = await Client.connect(books.layout.temporal.address, namespace=books.layout.temporal.namespace)
        found = (await client.get_schedule_handle("retention-282014").describe()).schedule
        return [(each.hour[0].start, each.minute[0].start) for each in found.spec.calendars]

    assert asyncio.run(described()) == [(2, 30)]
