"""お支払いのお願い: told once for each step and epoch, by one mail, however many payment pages there are."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from machine.visitor import Visitor
from sandbox.people import LI
from tests.api.scenes import Books, soon, unpaid
from tests.conftest import Meet


@pytest.fixture
def li(meet: Meet, books: Books) -> Iterator[Visitor]:
    """She wants mail."""
    visitor = meet(LI)
    account_id = visitor.get("/api/session")["account_id"]
    address = f"{uuid4().hex[:10]}@resident.example"
    books.write("delete from contact where account_id = %s", account_id)
    books.write("insert into contact (account_id, email, verified_at) values (%s, %s, now())", account_id, address)
    yield visitor
    books.write("delete from contact where account_id = %s", account_id)


def mails(books: Books, receipt_number: str) -> list[str]:
    """The kinds of mails written about a case."""
    rows = books.rows(
        "select d.kind from notice_delivery d join notice n on n.id = d.notice_id where n.receipt_number = %s"
        " and d.channel = 'mail'", receipt_number,
    )  # fmt: skip
    return [row["kind"] for row in rows]


def test_who_has_to_pay_is_told_by_one_mail_and_a_second_page_sends_no_other(li: Visitor, books: Books) -> None:
    case = unpaid(li)
    receipt_number = case["receipt_number"]
    assert mails(books, receipt_number) == ["awaiting_payment"]

    books.write("update payment set expires_at = now() where receipt_number = %s", receipt_number)
    li.post(f"/api/cases/{receipt_number}/payment")
    fresh = soon(lambda: li.case(receipt_number), lambda it: len(it["payments"]) == 2, "the second page", 60)

    assert [each["status"] for each in fresh["payments"]] == ["expired", "open"]
    assert mails(books, receipt_number) == ["awaiting_payment"]
    li.pay(fresh)
