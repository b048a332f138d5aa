"""受信箱: narrowed, counted, searched and paged by the API and on the page; the address is the whole view."""

import re

import pytest

from tests.api.scenes import Books, Newcomer, screening_under_review

REVIEW = "health_review"


def claim(officer, task: dict) -> None:  # type: ignore[no-untyped-def]
    officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})


def ids(tasks: list[dict]) -> set[str]:
    return {task["id"] for task in tasks}


def test_a_claimed_task_is_mine_and_a_colleagues_until_its_lease_runs_out(newcomer: Newcomer, books: Books) -> None:
    one, other = newcomer(REVIEW), newcomer(REVIEW)
    task = one.task_of(screening_under_review(newcomer()))
    free_before = one.get("/api/inbox/counts")["holdings"]["free"]

    claim(one, task)

    assert task["id"] in ids(one.get("/api/tasks?holding=mine"))
    assert task["id"] in ids(other.get("/api/tasks?holding=others"))
    assert task["id"] not in ids(other.get("/api/tasks?holding=free"))
    assert one.get("/api/inbox/counts")["holdings"]["mine"] == 1
    assert one.get("/api/inbox/counts")["holdings"]["free"] == free_before - 1

    books.write("update task set lease_until = now() - interval '1 second' where id = %s", task["id"])

    assert task["id"] in ids(one.get("/api/tasks?holding=mine"))
    assert task["id"] in ids(other.get("/api/tasks?holding=free"))


def test_overdue_near_and_told_are_flags_with_counts(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    task = officer.task_of(screening_under_review(newcomer()))
    for flag, change in (
        ("overdue", "due_at = now() - interval '1 minute'"),
        ("soon", "due_at = now() + interval '1 minute'"),
        ("escalated", "escalated = true"),
        ("doubtful", "findings = '{other_cases_open}'"),
    ):
        before = officer.get("/api/inbox/counts")["flags"][flag]
        assert task["id"] not in ids(officer.get(f"/api/tasks?flag={flag}"))
        books.write(f"update task set {change} where id = %s", task["id"])
        assert task["id"] in ids(officer.get(f"/api/tasks?flag={flag}"))
        assert officer.get("/api/inbox/counts")["flags"][flag] == before + 1


@pytest.mark.parametrize("written", ["{whole}", "{day}", "{tail}", "{lower}", "{wide}"])
def test_a_task_is_found_by_its_number_however_it_is_written(newcomer: Newcomer, written: str) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    officer.task_of(number)
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "ー" for c in number)
    typed = written.format(whole=number, day=number[7:], tail=number[-5:], lower=f" {number.lower()} ", wide=wide)

    found = officer.http.get("/api/tasks", params={"number": typed, "holding": "mine"}).json()

    assert [task["receipt_number"] for task in found] == [number]
    assert newcomer("mailing").http.get("/api/tasks", params={"number": typed}).json() == []


def test_the_next_page_begins_where_the_last_one_ended(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    for _ in range(3):
        officer.task_of(screening_under_review(newcomer()))
    for order in ("due", "received"):
        everything = [task["id"] for task in officer.get(f"/api/tasks?order={order}")]
        found, address = [], f"/api/tasks?order={order}&limit=1"
        while address:
            answer = officer.http.get(address)
            found += [task["id"] for task in answer.json()]
            address = answer.links.get("next", {}).get("url", "")
        assert found == everything


@pytest.mark.parametrize(
    "nonsense",
    ["holding=everybody", "flag=red", "order=name", "procedure=%00", "after=x", "after=2026-01-01_x", "limit=0",
     "limit=201", f"number={'2' * 61}"],
)  # fmt: skip
def test_a_view_nobody_offers_is_refused(newcomer: Newcomer, nonsense: str) -> None:
    answer = newcomer(REVIEW).http.get(f"/api/tasks?{nonsense}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_is_the_view_its_address_says(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    claim(officer, officer.task_of(number))
    address = "/inbox?holding=mine&procedure=cancer_screening&function=&order=received"

    page = officer.http.get(address).text

    assert re.findall(r"282014-\d{6}-\w{5}(?=</span></th>)", page).count(number) == 1
    assert '<option value="cancer_screening" selected>' in page
    assert '<option value="received" selected>' in page
    assert 'name="holding" value="mine"' in page
    assert number not in officer.http.get("/inbox?holding=free&procedure=cancer_screening").text
    assert "受付番号として読み取れません" in officer.http.get("/inbox?number=%3Cb%3E").text
    assert "この番号の案件は見つかりません" in officer.http.get("/inbox?number=ZZZZZ").text
