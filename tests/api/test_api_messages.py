"""メッセージ by the API: both sides write, both read, nobody else; sent once, and not for ever after the end."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from machine.visitor import Visitor
from sandbox.people import HANAKO, KENJI, OFFICER
from tests.api.scenes import HIMEJI, PDF, Books, Newcomer, screening_under_review, under_review, unpaid
from tests.conftest import Meet


def write(visitor: Visitor, path: str, body: str = "", **more: Any) -> Any:
    files = [("files", each) for each in more.pop("files", ())]
    return visitor.http.post(path, data={"body": body, **more}, files=files or None)


def of_case(receipt_number: str) -> str:
    return f"/api/cases/{receipt_number}/messages"


def at_desk(receipt_number: str) -> str:
    return f"/api/inbox/cases/{receipt_number}/messages"


@pytest.fixture
def case(newcomer: Newcomer) -> tuple[Visitor, str]:
    """A resident nobody else uses, and a screening application of theirs that waits for an officer."""
    resident = newcomer()
    return resident, screening_under_review(resident)


@pytest.fixture
def reviewer(newcomer: Newcomer) -> Visitor:
    return newcomer("health_review")


def test_both_sides_write_and_read_and_are_told(case: tuple[Visitor, str], reviewer: Visitor, books: Books) -> None:
    resident, receipt = case
    assert write(resident, of_case(receipt), "いつごろ終わりますか。").status_code == 201
    assert [each["count"] for each in reviewer.get("/api/inbox/messages") if each["receipt_number"] == receipt] == [1]

    seen = reviewer.post(f"{at_desk(receipt)}/read")
    assert [each["body"] for each in seen["messages"]] == ["いつごろ終わりますか。"]
    assert receipt not in {each["receipt_number"] for each in reviewer.get("/api/inbox/messages")}
    assert write(reviewer, at_desk(receipt), "明日の予定です。").status_code == 201

    line = next(each for each in resident.get("/api/cases") if each["receipt_number"] == receipt)
    assert line["unread"] == 1
    question, answer = resident.get(of_case(receipt))["messages"]
    assert question["read_at"] is not None
    assert (answer["author"], answer["author_name"], answer["read_at"]) == ("officer", None, None)
    resident.post(f"{of_case(receipt)}/read")
    assert resident.get("/api/cases")[0]["unread"] == 0
    assert reviewer.get(at_desk(receipt))["messages"][1]["read_at"] is not None

    told = books.rows("select kind from notice where receipt_number = %s and kind = 'message'", receipt)
    assert len(told) == 1, "The resident is told of the officer's message, nobody of the resident's"
    said = "select actor, facts from audit where receipt_number = %s and action = 'message_sent' order by seq"
    lines = books.rows(said, receipt)
    assert [line["actor"].split(":")[0] for line in lines] == ["resident", "officer"]
    assert [line["facts"] for line in lines] == [{}, {}], "The audit log says that, never what"


def test_a_double_click_sends_once(case: tuple[Visitor, str], books: Books) -> None:
    resident, receipt = case
    message_id = resident.get(of_case(receipt))["next_id"]

    def press(_: int) -> int:
        return write(resident, of_case(receipt), "一度だけ", id=message_id, files=[("a.pdf", PDF)]).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(4))) == {201}
    assert press(5) == 201

    assert [each["body"] for each in resident.get(of_case(receipt))["messages"]] == ["一度だけ"]
    assert len(books.rows("select 1 from message_attachment where message_id = %s", message_id)) == 1
    assert len(books.rows("select 1 from audit where receipt_number = %s and action = 'message_sent'", receipt)) == 1


def test_the_id_of_somebody_elses_message_is_refused(case: tuple[Visitor, str], newcomer: Newcomer) -> None:
    resident, receipt = case
    message_id = resident.get(of_case(receipt))["next_id"]
    write(resident, of_case(receipt), "わたしの", id=message_id)
    other = newcomer()
    others = screening_under_review(other)

    answer = write(other, of_case(others), "ほかの人の", id=message_id)

    assert (answer.status_code, answer.json()["title"]) == (409, "message_id_taken")
    assert other.get(of_case(others))["messages"] == []


def test_files_go_both_ways_and_to_nobody_else(
    case: tuple[Visitor, str], reviewer: Visitor, newcomer: Newcomer
) -> None:
    resident, receipt = case
    sent = write(resident, of_case(receipt), files=[("../診断書.pdf", PDF)]).json()
    (file,) = sent["messages"][0]["attachments"]
    assert (file["name"], file["media_type"], file["bytes"]) == ("診断書.pdf", "application/pdf", len(PDF))

    mine = f"{of_case(receipt)}/attachments/{file['id']}"
    theirs = f"{at_desk(receipt)}/attachments/{file['id']}"
    for side, path in ((resident, mine), (reviewer, theirs)):
        got = side.http.get(path)
        assert (got.status_code, got.content) == (200, PDF)
        assert got.headers["content-disposition"].startswith("attachment")
    stranger, librarian = newcomer(), newcomer("certificate_review")
    assert stranger.http.get(mine).status_code == 404
    assert stranger.http.get(theirs).status_code == 403
    assert librarian.http.get(theirs).status_code == 404


@pytest.mark.parametrize(
    ("body", "files", "why"),
    [
        ("", [], "message_empty"),
        (" \r\n　", [], "message_empty"),
        ("あ" * 5001, [], "message_too_long"),
        ("六つ", [("a.pdf", PDF)] * 6, "message_too_many_files"),
        ("実行", [("a.pdf", b"MZ\x90\x00" + b"\0" * 200)], "attachment_refused"),
        ("途中まで", [("a.pdf", PDF[:120])], "file_broken"),
    ],
    ids=["nothing", "only spaces", "too long", "six files", "a program", "cut off"],
)
def test_what_cannot_be_sent_is_refused_in_words(
    case: tuple[Visitor, str], body: str, files: list[tuple[str, bytes]], why: str
) -> None:
    resident, receipt = case
    answer = write(resident, of_case(receipt), body, files=files)
    assert (answer.status_code, answer.json()["title"]) == (422, why)
    assert resident.get(of_case(receipt))["messages"] == []


def test_of_a_message_that_is_refused_no_file_is_kept(case: tuple[Visitor, str], books: Books) -> None:
    resident, receipt_number = case
    folder = books.layout.objects / HIMEJI / "messages"
    before = set(folder.glob("*"))

    refused = write(resident, of_case(receipt_number), "二つ", files=[("a.pdf", PDF), ("b.pdf", b"MZ\x90\x00")])

    assert refused.status_code == 422
    assert set(folder.glob("*")) == before


def test_strangers_and_other_departments_find_nothing(case: tuple[Visitor, str], newcomer: Newcomer) -> None:
    _, receipt = case
    assert newcomer().http.get(of_case(receipt)).status_code == 404
    assert write(newcomer(), of_case(receipt), "こんにちは").status_code == 404
    elsewhere = newcomer("library:health_review")
    assert elsewhere.http.get(at_desk(receipt)).status_code == 404
    assert write(elsewhere, at_desk(receipt), "こんにちは").status_code == 404
    assert receipt not in {each["receipt_number"] for each in elsewhere.get("/api/inbox/messages")}


def test_a_case_without_a_task_can_be_answered_too(meet: Meet) -> None:
    """It waits for its fee: no officer has a task of it, but somebody must be able to answer."""
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt = unpaid(hanako)["receipt_number"]

    write(hanako, of_case(receipt), "支払い方法を教えてください。")

    assert receipt in {each["receipt_number"] for each in officer.get("/api/inbox/messages")}
    assert write(officer, at_desk(receipt), "カードでお願いします。").status_code == 201


def test_a_closed_case_takes_messages_for_thirty_days(meet: Meet, books: Books) -> None:
    kenji, officer = meet(KENJI), meet(OFFICER)
    receipt = under_review(kenji)
    officer.decide(officer.task_of(receipt), "reject", reason="対象外です。")
    kenji.await_case(receipt, "rejected")
    assert write(kenji, of_case(receipt), "理由を詳しく教えてください。").status_code == 201

    books.write("update case_file set closed_at = now() - interval '31 days' where receipt_number = %s", receipt)

    thread = kenji.get(of_case(receipt))
    assert (thread["may_write"], len(thread["messages"])) == (False, 1)
    for side, path in ((kenji, of_case(receipt)), (officer, at_desk(receipt))):
        answer = write(side, path, "まだありますか。", id=str(uuid4()))
        assert (answer.status_code, answer.json()["title"]) == (409, "messages_closed")
