"""期限の停止・督促: a correction stops the clock of case and task; who is told that time runs out, and that it did."""

from datetime import datetime, time, timedelta
from typing import Any

import httpx

from machine.layout import Layout, url
from machine.visitor import Visitor, wait_for
from procedures.calendar import EVERY_WEEKDAY, JAPAN, business_days_between, due_at
from tests.api.scenes import Books, Newcomer, screening_under_review
from tests.workflows.conftest import PassTime

REVIEW, HEAD = "health:health_review", "health:head"


def day(text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(JAPAN).date()


def sent_back_nine_business_days_ago(books: Books, number: str) -> None:
    """So long it has been with the resident; four business days were left then."""
    today = datetime.now(JAPAN).date()
    day = next(d for n in range(40) if business_days_between(d := today - timedelta(n), today, EVERY_WEEKDAY) == 9)
    stopped = datetime.combine(day, time(10), JAPAN)
    books.write(
        "update case_file set suspended_at = %s, due_at = %s where receipt_number = %s",
        stopped, due_at(stopped, 4, EVERY_WEEKDAY), number,
    )  # fmt: skip


def corrected(resident: Visitor, number: str) -> dict[str, Any]:
    draft = resident.post(f"/api/cases/{number}/correction")
    resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": draft["answers"] | {"phone": "079-221-2112"}})
    resident.submit(draft["id"])
    return resident.await_case(number, "under_review")


def test_a_correction_of_nine_business_days_moves_the_deadlines_of_case_and_task_by_nine(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    officer.decide(officer.task_of(number), "send_back", marks={"phone": "一桁足りません。"}, reason="電話番号")
    resident.await_case(number, "awaiting_correction")
    pass_time(number, timedelta(days=12))
    sent_back_nine_business_days_ago(books, number)
    before = day(resident.case(number)["due_at"])
    assert resident.case(number)["business_days_left"] == 4, "the clock stands still"

    case = corrected(resident, number)

    assert business_days_between(before, day(case["due_at"]), EVERY_WEEKDAY) == 9
    assert case["business_days_left"] == 4
    task = officer.task_of(number)
    assert task["due_at"] == case["due_at"]
    assert (case["suspended_days"], task["suspended_days"]) == (9, 9)
    assert "補正の間、9開庁日止まっていました" in officer.http.get(f"/tasks/{task['id']}").text
    assert "補正で9開庁日停止" in officer.http.get(f"/inbox?number={number}").text
    assert "補正の間、9開庁日止まっていました" in resident.http.get(f"/cases/{number}").text


def test_a_case_that_ends_while_its_clock_stands_still_is_not_late(
    newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    officer.decide(officer.task_of(number), "send_back", marks={"phone": "一桁足りません。"}, reason="電話番号")
    resident.await_case(number, "awaiting_correction")
    books.write(
        "update case_file set suspended_at = now() - interval '20 days', due_at = now() - interval '15 days'"
        " where receipt_number = %s", number,
    )  # fmt: skip
    late = officer.get("/api/statistics?procedure=cancer_screening")["total"]["closed_late"]

    pass_time(number, timedelta(days=15))

    case = resident.await_case(number, "rejected")
    assert case["reason"] == "correction_overdue"
    assert officer.get("/api/statistics?procedure=cancer_screening")["total"]["closed_late"] == late


# --- who is told ------------------------------------------------------------------------------------------------------


def notices(officer: Visitor, number: str) -> list[str]:
    mine = [each for each in officer.get("/api/inbox/notices") if each["receipt_number"] == number]
    return [each["kind"] for each in reversed(mine)]


def test_the_holder_is_reminded_and_then_the_head_learns_of_it_too(newcomer: Newcomer, pass_time: PassTime) -> None:
    resident, holder, colleague, head = newcomer(), newcomer(REVIEW), newcomer(REVIEW), newcomer(HEAD)
    stranger = newcomer("health:mailing")
    number = screening_under_review(resident)
    task = holder.task_of(number)
    held = holder.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    until = (datetime.now(JAPAN) + timedelta(days=30)).date().isoformat()
    holder.post(f"/api/tasks/{task['id']}/hold", {"version": held["version"], "until": until, "reason": "調査"})

    pass_time(number, timedelta(days=30))

    found = wait_for(lambda: notices(holder, number), lambda told: len(told) == 2, "the holder to be told twice")
    assert found == ["task_due_soon", "task_overdue"]
    assert notices(head, number) == ["task_overdue"]
    assert notices(colleague, number) == notices(stranger, number) == [], "somebody else holds it"
    assert notices(newcomer("resident_counter:head"), number) == []


def test_where_nobody_holds_a_task_all_of_its_function_are_told_but_for_who_stepped_aside(
    newcomer: Newcomer, pass_time: PassTime
) -> None:
    resident, one, other, aside = newcomer(), newcomer(REVIEW), newcomer(REVIEW), newcomer(REVIEW)
    number = screening_under_review(resident)
    task = aside.task_of(number)
    aside.http.post(f"/tasks/{task['id']}/recusal")

    pass_time(number, timedelta(days=30))

    wait_for(lambda: notices(one, number), lambda told: len(told) == 2, "both notices")
    assert notices(one, number) == notices(other, number) == ["task_due_soon", "task_overdue"]
    assert notices(aside, number) == []
    assert one.get("/api/session")["unread_notices"] == 1, "the news of the case, not its history"
    ids = [each["id"] for each in one.get("/api/inbox/notices")]
    one.post("/api/inbox/notices/read", {"ids": ids})
    assert one.get("/api/session")["unread_notices"] == 0
    assert other.get("/api/session")["unread_notices"] == 1, "nobody reads for another"


def test_an_officer_with_an_address_gets_one_mail_of_a_kind_a_day_and_nothing_personal_in_it(
    town: Layout, newcomer: Newcomer, pass_time: PassTime, books: Books
) -> None:
    resident, head = newcomer(), newcomer(HEAD)
    account = head.get("/api/session")["account_id"]
    address = f"head-{account}@city.example"
    books.write("update officer set mail = %s where account_id = %s", address, account)
    numbers = [screening_under_review(resident) for _ in range(2)]

    for number in numbers:
        pass_time(number, timedelta(days=30))
        wait_for(lambda: notices(head, number), lambda told: told == ["task_overdue"], "escalation")  # noqa: B023

    sent = books.rows("select kind, status, id from notice_delivery where account_id = %s", account)
    assert [row["kind"] for row in sent] == ["task_overdue"]
    mail = wait_for(lambda: mails_to(town, address), bool, "the mail")
    assert len(mail) == 1
    assert all(number not in str(mail) for number in numbers)
    assert "/inbox/notices" in mail[0]["text"]
    shown = str(head.get("/api/account/notices"))
    assert "task_overdue" not in shown, "what an officer is told is not for the resident's own page"


def mails_to(layout: Layout, address: str) -> list[Any]:
    """What the sandbox's mail server took for this address."""
    found: list[Any] = httpx.get(f"{url(layout.ports.mailbox)}/_sandbox/mails", params={"to": address}).json()
    return found
