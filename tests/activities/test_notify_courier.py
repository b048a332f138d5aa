"""配達係: every mail is sent once, retried, never lost, and seen when it comes back; over a real SMTP conversation."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from post_office import HIMEJI, PostOffice, Resident

from machine.visitor import wait_for
from store import notices


@pytest.fixture(scope="module", autouse=True)
def courier(office: PostOffice) -> Iterator[None]:
    """One at work for all of these tests."""
    office.start_courier()
    yield
    office.end_couriers()


def sent(row: dict[str, Any]) -> bool:
    return bool(row["status"] == "sent")


def status(wanted: str) -> Any:
    return lambda row: row["status"] == wanted


def test_a_mail_goes_out_encrypted_with_a_login_and_says_how_to_stop(office: PostOffice) -> None:
    resident = office.resident()
    office.tell(resident)

    row = office.await_delivery(resident, sent, "the mail to be sent")

    [mail] = office.mails(resident.email)
    headers, token = mail["headers"], office.key.delivery_token(row["id"])
    assert (mail["encrypted"], mail["login"]) == (True, "madoguchi")
    assert mail["return_path"] == f"bounces+{token}@city.example"
    assert headers["message-id"] == f"<{token}@city.example>"
    assert headers["auto-submitted"] == "auto-generated"
    assert headers["content-language"] == "ja"
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://.*/notices/stop/[0-9a-f]{48}>", headers["list-unsubscribe"])
    assert parsedate_to_datetime(headers["date"]).replace(microsecond=0) == row["created_at"].replace(microsecond=0)
    assert f"/cases/{resident.receipt_number}" in mail["text"]
    assert headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("ja", "【姫路市】 申請内容の確認のお願い"),
        ("en", "[Himeji City] Please check your application"),
        ("zh", "【姬路市】 请确认您的申请内容"),
        ("ko", "[히메지시] 신청 내용을 확인해 주세요"),
    ],
)
def test_a_mail_speaks_the_residents_language(office: PostOffice, language: Any, subject: str) -> None:
    resident = office.resident(language)
    office.tell(resident)
    office.await_delivery(resident, sent, "the mail to be sent")
    assert [mail["subject"] for mail in office.mails(resident.email)] == [subject]


def test_nobody_is_told_who_does_not_want_it_has_no_address_or_never_verified_it(office: PostOffice) -> None:
    muted, stopped, unverified, told = (office.resident(verified=each) for each in (True, True, False, True))
    office.owner.execute("update contact set muted = '{correction}' where account_id = %s", (muted.account_id,))
    office.owner.execute("update contact set muted = '{*}' where account_id = %s", (stopped.account_id,))

    for resident in (muted, stopped, unverified, told):
        office.tell(resident, "sent_back")
    office.tell(muted, "delivered")

    assert [row["kind"] for row in office.deliveries(muted)] == ["delivered"], "another topic than the muted one"
    assert office.deliveries(stopped) == office.deliveries(unverified) == []
    assert len(office.deliveries(told)) == 1


def test_a_notice_that_is_not_committed_mails_nobody(office: PostOffice) -> None:
    resident = office.resident()
    with office.database.transaction(HIMEJI) as connection:
        notices.tell(connection, resident.receipt_number, "sent_back")
        connection.rollback()
    assert office.deliveries(resident) == []


def test_a_server_that_says_later_gets_the_same_mail_later(office: PostOffice) -> None:
    resident = office.resident(fault="greylist")
    office.tell(resident)

    row = office.await_delivery(resident, sent, "the second attempt")

    assert row["attempts"] == 2
    assert row["error"] is None
    assert len(office.mails(resident.email)) == 1


def test_a_connection_lost_within_the_mail_is_tried_again(office: PostOffice) -> None:
    resident = office.resident(fault="drop")
    office.tell(resident)
    office.await_delivery(resident, lambda row: row["attempts"] >= 2 and row["error"] == "unreachable", "two attempts")

    office.set_fault(resident.email)

    office.await_delivery(resident, sent, "the mail to be sent")
    assert len(office.mails(resident.email)) == 1


def test_a_mail_that_could_not_be_sent_for_two_days_is_given_up(office: PostOffice) -> None:
    resident = office.resident(fault="busy")
    office.tell(resident, hours_ago=49)

    row = office.await_delivery(resident, status("failed"), "the courier to give up")

    assert (row["error"], row["attempts"]) == ("busy", 1)
    assert office.contact(resident)["bounced_at"] is None, "the address may be right"


def test_a_refused_address_gets_no_more_mails_until_it_is_verified_again(office: PostOffice) -> None:
    resident = office.resident(fault="refuse")
    office.tell(resident)

    row = office.await_delivery(resident, status("bounced"), "the refusal to be written down")

    assert (row["error"], row["attempts"]) == ("no_such_address", 1)
    assert office.contact(resident)["bounce"] == "no_such_address"
    office.tell(resident, "delivered")
    assert len(office.deliveries(resident)) == 1, "told in the portal only"


def test_a_full_mailbox_is_tried_again_and_no_reason_to_give_up_the_address(office: PostOffice) -> None:
    resident = office.resident(fault="full")
    office.tell(resident)
    office.await_delivery(resident, lambda row: row["error"] == "busy", "the first attempt")
    office.set_fault(resident.email)
    office.await_delivery(resident, sent, "the mailbox to be emptied")
    assert office.contact(resident)["bounced_at"] is None


def test_a_report_of_failure_marks_mail_and_address(office: PostOffice) -> None:
    resident = office.resident(fault="bounce")
    office.tell(resident)
    office.await_delivery(resident, sent, "the mail to be taken")
    report = the_report(office, resident)

    assert "no_such_address" in office.bounce(report)

    assert office.delivery(resident)["status"] == "bounced"
    assert office.contact(resident)["bounce"] == "no_such_address"


def test_a_report_is_recognised_by_the_message_id_it_returns_too(office: PostOffice) -> None:
    resident = office.resident(fault="bounce")
    office.tell(resident)
    office.await_delivery(resident, sent, "the mail to be taken")
    report = re.sub(rb"(?m)^To: bounces\+.*$", b"To: bounces@city.example", the_report(office, resident), count=1)

    office.bounce(report)

    assert office.delivery(resident)["status"] == "bounced"


def test_a_report_about_an_earlier_mail_does_not_stop_an_address_verified_since(office: PostOffice) -> None:
    resident = office.resident(fault="bounce")
    office.tell(resident)
    office.await_delivery(resident, sent, "the mail to be taken")
    office.owner.execute("update contact set verified_at = now() where account_id = %s", (resident.account_id,))

    office.bounce(the_report(office, resident))

    assert office.delivery(resident)["status"] == "bounced"
    assert office.contact(resident)["bounced_at"] is None


def test_what_is_no_report_of_ours_changes_nothing(office: PostOffice) -> None:
    resident = office.resident(fault="bounce")
    office.tell(resident)
    row = office.await_delivery(resident, sent, "the mail to be taken")
    report, token = the_report(office, resident), office.key.delivery_token(row["id"]).encode()
    forged = report.replace(token, token[:-4] + (b"0000" if token[-4:] != b"0000" else b"1111"))
    delayed = report.replace(b"Action: failed", b"Action: delayed")
    vacation = b"From: x@y.example\nTo: bounces+" + token + b"@city.example\nSubject: away\n\nBack on Monday.\n"

    for other in (forged, delayed, vacation, b"", b"\xff\xfe\x00"):
        assert "Nothing was changed" in office.bounce(other)

    assert office.delivery(resident)["status"] == "sent"
    assert office.contact(resident)["bounced_at"] is None


def the_report(office: PostOffice, resident: Resident) -> bytes:
    """What the mail server sent back to the return path."""
    [mail] = office.mails(resident.email)
    [returned] = office.mails(mail["return_path"])
    return office.mail.get(f"/_sandbox/mails/{returned['id']}.eml").content


def test_a_code_goes_to_the_address_that_waits_for_it_and_nowhere_else(office: PostOffice) -> None:
    resident = office.resident("en")
    new = f"new-{resident.email}"
    office.ask_code(resident, new, salt=b"salt of this test")

    office.await_delivery(resident, sent, "the code to be sent")

    [mail] = office.mails(new)
    assert office.key.code(resident.account_id, new, b"salt of this test") in mail["text"]
    assert "list-unsubscribe" not in mail["headers"], "nobody subscribed to codes"
    assert office.mails(resident.email) == []
    stored = str(office.contact(resident))
    assert office.key.code(resident.account_id, new, b"salt of this test") not in stored


def test_a_code_that_ran_out_or_was_replaced_is_not_mailed(office: PostOffice) -> None:
    resident = office.resident()
    office.ask_code(resident, resident.email, resident.email, minutes=0)

    wait_for(
        lambda: [row["status"] for row in office.deliveries(resident)],
        lambda found: found == ["cancelled", "cancelled"], "both to be dropped", 30,
    )  # fmt: skip
    assert office.mails(resident.email) == []


def test_a_refused_code_says_so_and_leaves_the_verified_address_alone(office: PostOffice) -> None:
    resident = office.resident()
    office.set_fault(f"wrong-{resident.email}", "refuse")
    office.ask_code(resident, f"wrong-{resident.email}")

    row = office.await_delivery(resident, status("bounced"), "the refusal")

    assert row["error"] == "no_such_address"
    assert office.contact(resident)["bounced_at"] is None
