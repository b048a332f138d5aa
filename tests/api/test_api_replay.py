"""再生 by the API, the pages and the command: can open cases go on with the program that runs now?"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from machine.layout import Layout, environment
from machine.visitor import Visitor
from tests.api.scenes import KAKOGAWA, SCREENING, Books, Newcomer, screening_under_review, soon

REPLAYS = "/api/administration/replays"
RECORDED = Path(__file__).parents[1] / "histories"
DELIVERED = RECORDED / "a_certificate_delivered.json.gz"


@workflow.defn(name="CaseWorkflow")
class OfAnotherProgram:
    """A case workflow as another program would have begun it: with a pause."""

    @workflow.run
    async def run(self, _: dict[str, Any]) -> None:
        await workflow.sleep(timedelta(days=1))


def begun_by_another_program(town: Layout, books: Books, receipt_number: str) -> None:
    """In the place of a case's workflow, one that a program with other commands began."""
    (started,) = books.rows("select payload from command where receipt_number = %s and kind = 'start'", receipt_number)

    async def begin() -> None:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        await client.get_workflow_handle(receipt_number).terminate("another program begins it")
        queue = f"other-{uuid4()}"
        runner = UnsandboxedWorkflowRunner()
        async with Worker(client, task_queue=queue, workflows=[OfAnotherProgram], workflow_runner=runner):
            handle = await client.start_workflow(
                OfAnotherProgram.run, started["payload"], id=receipt_number, task_queue=queue
            )
            async for event in handle.fetch_history_events(wait_new_event=True):
                if event.HasField("timer_started_event_attributes"):
                    return

    asyncio.run(begin())


def told(administrator: Visitor, **wanted: str) -> dict[str, Any]:
    """A replay from its beginning to its end."""
    begun = administrator.post(REPLAYS, wanted)

    def look() -> dict[str, Any]:
        return dict(administrator.get(f"{REPLAYS}/{begun['id']}"))

    return dict(soon(look, lambda found: found["finished_at"], "the replay ends", 120))


def counts(found: Mapping[str, Any]) -> tuple[int, int, int]:
    return found["deterministic"], found["would_break"], found["unknown"]


def command(town: Layout, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.prefix) / "bin" / "madoguchi"
    return subprocess.run(
        [program, "replay", *arguments], env=environment(town), cwd=town.clone, capture_output=True, text=True
    )


def without_an_installation(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As continuous integration runs it: no setting, no server, no key."""
    program = Path(sys.prefix) / "bin" / "madoguchi"
    return subprocess.run([program, "replay", *arguments], env={}, capture_output=True, text=True)


def test_an_open_case_can_go_on_and_nothing_happens_to_it(newcomer: Newcomer, books: Books) -> None:
    number = screening_under_review(newcomer())
    before = books.of_case(number)

    found = told(newcomer("administrator"), receipt_number=number)

    assert counts(found) == (1, 0, 0)
    assert (found["total"], found["breaking"], found["untold"]) == (1, [], [])
    assert books.of_case(number) == before


def test_a_case_that_would_go_another_way_is_told_with_the_place(
    newcomer: Newcomer, town: Layout, books: Books
) -> None:
    number = screening_under_review(newcomer())
    begun_by_another_program(town, books, number)

    found = told(newcomer("administrator"), receipt_number=number)

    assert counts(found) == (0, 1, 0)
    (case,) = found["breaking"]
    assert (case["receipt_number"], case["reason"], case["event"]) == (number, "other_command", 5)
    assert case["recorded"] == {"kind": "timer", "name": None}
    assert case["came"]["kind"] == "local_activity"
    assert "TMPRL1100" in case["detail"]


def test_a_case_whose_key_was_destroyed_or_whose_history_is_gone_is_never_good(
    newcomer: Newcomer, books: Books, town: Layout
) -> None:
    administrator, shredded = newcomer("administrator"), screening_under_review(newcomer())
    books.write("delete from case_key where receipt_number = %s", shredded)

    found = told(administrator, receipt_number=shredded)

    assert counts(found) == (0, 0, 1)
    assert [(case["receipt_number"], case["reason"]) for case in found["untold"]] == [(shredded, "key_destroyed")]
    ended = command(town, "--case", shredded)
    assert (ended.returncode, "its key was destroyed" in ended.stdout) == (2, True)
    gone = command(town, "--case", "282014-200101-23456")
    assert (gone.returncode, "there is no history" in gone.stdout) == (2, True)


def test_all_open_cases_of_a_procedure_are_asked_about_once(newcomer: Newcomer, books: Books) -> None:
    administrator, other = newcomer("administrator"), newcomer("administrator")
    numbers = {screening_under_review(newcomer()) for _ in range(3)}

    first, second = (each.post(REPLAYS, {"procedure": SCREENING})["id"] for each in (administrator, other))
    found = told(administrator, procedure=SCREENING)

    if found["id"] == first:
        assert first == second, "while one is under way, it stays the only one"
    asked = books.rows("select receipt_number, outcome from replay_case where replay_id = %s", found["id"])
    assert numbers <= {row["receipt_number"] for row in asked}
    assert all(row["outcome"] for row in asked)
    assert found["total"] == sum(counts(found)) == len(asked)
    missed = books.rows(
        "select 1 from case_file f where procedure = %s and closed_at is null and municipality = '282014'"
        " and received_at < (select asked_at from replay where id = %s)"
        " and not exists (select from replay_case c where c.replay_id = %s and c.receipt_number = f.receipt_number)",
        SCREENING, found["id"], found["id"],
    )  # fmt: skip
    assert not missed, "open before it was asked, and still"
    assert found["id"] in {each["id"] for each in administrator.get(REPLAYS)}


def test_a_case_or_procedure_that_is_not_there_is_not_found(newcomer: Newcomer, books: Books) -> None:
    administrator = newcomer("administrator")
    for wanted in ({"receipt_number": "282014-200102-23456"}, {"procedure": "nothing"}):
        answer = administrator.http.post(REPLAYS, json=wanted)
        assert (answer.status_code, answer.json()["title"]) == (404, "not_found")
    assert not books.rows("select from replay where receipt_number = '282014-200102-23456'")


def test_another_municipalitys_cases_and_replays_do_not_exist(newcomer: Newcomer, books: Books) -> None:
    number = screening_under_review(newcomer())
    theirs = books.account(KAKOGAWA)
    books.write("insert into officer (account_id, municipality, name) values (%s, %s, '加古川')", theirs, KAKOGAWA)
    (other,) = books.rows(
        "insert into replay (municipality, account_id) values (%s, %s) returning id", KAKOGAWA, theirs
    )  # fmt: skip
    administrator = newcomer("administrator")
    assert administrator.http.get(f"{REPLAYS}/{other['id']}").status_code == 404
    assert counts(told(administrator, receipt_number=number)) == (1, 0, 0)


def test_an_administrator_asks_on_a_page_and_reads_the_answer(newcomer: Newcomer) -> None:
    administrator, number = newcomer("administrator"), screening_under_review(newcomer())
    shown = administrator.http.get(f"/admin/cases/{number}").text
    assert f'name="receipt_number" value="{number}"' in shown

    begun = administrator.http.post("/admin/replays", data={"receipt_number": number})

    assert begun.status_code == 303
    place = begun.headers["location"]
    page = soon(lambda: administrator.http.get(place).text, lambda text: "続けられます" in text, "the page says so")
    assert number in page
    assert place in administrator.http.get("/admin/replays").text
    refused = administrator.http.post("/admin/replays", data={"procedure": "nothing"})
    assert (refused.status_code, "確認を始められませんでした" in refused.text) == (404, True)


def test_only_administrators_ask(newcomer: Newcomer) -> None:
    for visitor in (newcomer(), newcomer("health:health_review"), newcomer("residents:administrator")):
        asked = visitor.http.post("/admin/replays", data={})
        assert asked.status_code == 403
        assert visitor.http.get("/admin/replays").status_code == 403
        assert visitor.http.get(f"/admin/replays/{uuid4()}/events").status_code == 403


def test_the_command_ends_well_only_where_all_go_on(newcomer: Newcomer, town: Layout, books: Books) -> None:
    good, bad = screening_under_review(newcomer()), screening_under_review(newcomer())
    ended = command(town, "--case", good)
    assert (ended.returncode, ended.stdout) == (0, "1 deterministic, 0 would break, 0 cannot be told.\n"), ended.stderr
    begun_by_another_program(town, books, bad)

    ended = command(town, "--procedure", SCREENING, "--per-second", "200")

    assert ended.returncode == 1
    assert f"{bad} would break" in ended.stdout
    assert f"{good} " not in ended.stdout
    assert int(re.search(r"(\d+) deterministic", ended.stdout)[1]) >= 1  # type: ignore[index]


def test_without_an_option_batches_are_among_what_is_replayed(town: Layout) -> None:
    ended = command(town, "--per-second", "500")
    said = re.search(r"(\d+) deterministic", ended.stdout)
    assert said, ended.stderr
    assert int(said[1]) >= 1, "the watch over leases is always open"
    assert "leases-282014 " not in ended.stdout


def test_recorded_histories_need_no_installation(tmp_path: Path) -> None:
    files = [str(file) for file in sorted(RECORDED.glob("*.json.gz"))]
    ended = without_an_installation(*(part for file in files for part in ("--history", file)))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(files)} deterministic" in ended.stdout
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    assert without_an_installation("--history", str(DELIVERED), "--history", str(broken)).returncode == 2


@pytest.mark.parametrize(
    "arguments", [("--case", "282014-200101-23456", "--procedure", SCREENING), ("--procedure", "nothing")]
)
def test_a_question_that_makes_no_sense_is_never_good(arguments: tuple[str, ...], town: Layout) -> None:
    assert command(town, *arguments).returncode == 2
