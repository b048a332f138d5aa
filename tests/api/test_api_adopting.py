"""新しい版へ移す by the API: open cases go on by the version in force; what is done stays done."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from test_api_partner import COUNCIL, LEGAL_CONSENT, REVIEW
from test_api_repairs import REPAIRS, administrators, finished, signed

from machine.layout import Layout, environment
from machine.visitor import Visitor
from store.settings import StoreSettings
from tests.api.last_year import LastYear, in_force
from tests.api.scenes import Books, Newcomer, actions, screening_under_review, soon

__all__ = ["administrators"]


@pytest.fixture
def last_year(town: Layout, books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[LastYear]:
    for name, value in environment(town).items():
        monkeypatch.setenv(name, value)
    found = LastYear(books, StoreSettings())
    yield found
    found.close()


def at_review(books: Books, number: str) -> None:
    steps = "select status, step from case_file where receipt_number = %s"
    soon(lambda: books.rows(steps, number)[0], lambda row: row["step"] == "review", "the review", 60)


def test_an_open_case_goes_on_by_the_version_in_force_and_its_diff_was_seen_before(
    newcomer: Newcomer, administrators: tuple[Visitor, Visitor], books: Books, last_year: LastYear
) -> None:
    asker, signer = administrators
    old, new = last_year.file(), screening_under_review(newcomer())
    at_review(books, old)

    repair = asker.post(REPAIRS, {"kind": "adopt_version", "reason": "要綱の改正", "cases": [old, new]})

    first, second = (item["outlook"] for item in repair["items"])
    assert (first["version"]["before"], first["version"]["after"]) == (1, 2)
    assert (first["version"]["added"], first["version"]["dropped"]) == (["council", "legal"], [])
    assert second["obstacle"] == "version_not_newer"
    signer.post(f"{REPAIRS}/{repair['id']}/approval", {})
    outcomes = [(item["outcome"], item["reason"]) for item in finished(asker, repair)["items"]]
    assert outcomes == [("done", None), ("refused", "version_not_newer")]
    assert books.rows("select version from case_file where receipt_number = %s", old) == [{"version": 2}]

    reviewer = newcomer(REVIEW)
    task = reviewer.task_of(old)
    assert actions(reviewer.get(f"/api/tasks/{task['id']}")).count("version_adopted") == 1
    reviewer.decide(task, "approve")
    for duty in (COUNCIL, LEGAL_CONSENT):  # levels that the version it was filed under has not
        assert newcomer(duty).task_of(old)["step"] in ("council", "legal")
    (again,) = signed(administrators, {"kind": "adopt_version", "cases": [old]})["items"]
    assert (again["outcome"], again["reason"]) == ("refused", "version_not_newer")


def without_review(process: dict[str, Any]) -> dict[str, Any]:
    return process | {"steps": [step for step in process["steps"] if step["id"] != "review"]}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (lambda process: without_review(process), "StepGone"),
        (lambda process: process | {"version": 1}, "VersionNotNewer"),
        (lambda process: process | {"procedure": "happy_pass"}, "VersionNotNewer"),
    ],
)
def test_the_case_itself_refuses_a_version_it_cannot_go_on_by(
    books: Books, last_year: LastYear, changes: Any, error: str
) -> None:
    number = last_year.file()
    at_review(books, number)

    books.tell(number, "adopt_version", json.dumps({"process": changes(in_force().model_dump(mode="json"))}))

    told = "select status, error from command where receipt_number = %s and kind = 'adopt_version'"
    row = soon(lambda: books.rows(told, number)[0], lambda row: row["status"] != "pending", "its answer")
    assert (row["status"], row["error"]) == ("refused", error)
    assert books.rows("select version from case_file where receipt_number = %s", number) == [{"version": 1}]
