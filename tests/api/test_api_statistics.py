"""統計: who sees which numbers; periods; the page and its files."""

import csv
import io
from typing import Any

import pytest

from tests.api.scenes import Books, Newcomer, screening_under_review

OF_2026 = "since=2026-01-01&until=2026-12-31"


def procedures(found: dict[str, Any]) -> set[str]:
    return {each["procedure"] for each in found["procedures"]}


def test_an_officer_sees_the_departments_of_his_duties_and_an_administrator_all(newcomer: Newcomer) -> None:
    health, counter = newcomer("health:health_review"), newcomer("resident_counter:certificate_review")
    administrator = newcomer("administrator")
    screening_under_review(newcomer())

    seen = health.get("/api/statistics")
    assert {each["department"] for each in seen["procedures"]} == {"health"}
    assert seen["total"]["received"] == sum(each["received"] for each in seen["procedures"]) > 0
    assert "cancer_screening" not in procedures(counter.get("/api/statistics"))
    assert "cancer_screening" in procedures(administrator.get("/api/statistics"))
    for path in ("/api/statistics", "/statistics", "/statistics/results.csv"):
        assert counter.http.get(f"{path}?department=health").status_code == 403, path
        assert administrator.http.get(f"{path}?department=health").status_code == 200, path
        assert newcomer().http.get(path).status_code == 403, path


def test_only_an_administrator_sees_what_other_officers_did(newcomer: Newcomer, books: Books) -> None:
    one, other, administrator = (newcomer(each) for each in ("health:health_review",) * 2 + ("administrator",))
    case = screening_under_review(newcomer())
    one.decide(one.task_of(case), "approve")

    mine = one.get("/api/statistics")["officers"]
    assert [(each["approved"], each["decided"], each["holding"]) for each in mine] == [(1, 1, 0)]
    assert other.get("/api/statistics")["officers"] == []
    everybody = administrator.get("/api/statistics")["officers"]
    assert mine[0] in everybody
    assert "cancer_screening" in {each["procedure"] for each in one.get("/api/statistics")["steps"]}


@pytest.mark.parametrize("asked", ["since=2026-02-01&until=2026-01-31", "since=1999-12-31", "since=2020-01-01&until=2023-12-31"])  # fmt: skip # noqa: E501
def test_a_period_that_cannot_be_counted_is_refused_with_a_sentence(newcomer: Newcomer, asked: str) -> None:
    officer = newcomer("health:health_review")
    refused = officer.http.get(f"/api/statistics?{asked}")
    assert (refused.status_code, refused.json()["title"]) == (422, "period_malformed")
    shown = officer.http.get(f"/statistics?{asked}")
    assert shown.status_code == 422
    assert "期間を確かめてください" in shown.text
    assert officer.http.get(f"/statistics/pace.csv?{asked}").status_code == 422


def test_a_period_is_a_month_or_days_and_every_bucket_is_there(newcomer: Newcomer) -> None:
    officer = newcomer("health:health_review")
    february = officer.get("/api/statistics?month=2024-02")
    assert february["period"] == {"first": "2024-02-01", "last": "2024-02-29"}
    assert [each["start"] for each in february["course"]][::28] == ["2024-02-01", "2024-02-29"]
    assert (february["grain"], february["total"]["received"], february["total"]["median"]) == ("day", 0, None)
    weeks = officer.get("/api/statistics?since=2026-01-01&until=2026-02-28")["course"]
    assert [each["start"] for each in weeks[:2]] == ["2026-01-01", "2026-01-05"]
    assert len(officer.get(f"/api/statistics?{OF_2026}")["course"]) == 12


def test_the_file_holds_what_the_page_shows_in_the_readers_language(newcomer: Newcomer) -> None:
    officer = newcomer("health:health_review")
    screening_under_review(newcomer())
    view = officer.get("/api/statistics?procedure=cancer_screening")

    answer = officer.http.get("/statistics/results.csv?procedure=cancer_screening&lang=en")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[2:4] == ["Received", "Closed"]
    assert rows[-1][0] == "Total"
    assert int(rows[-1][2]) >= view["total"]["received"] > 0
    assert officer.http.get("/statistics/everything.csv").status_code == 404
