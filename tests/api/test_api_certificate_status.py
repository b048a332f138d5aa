"""登録された証明書の管理 by the API: administrators see the daily check and stop one certificate at once."""

import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from machine.layout import Layout, environment
from machine.visitor import Visitor
from tests.api.scenes import KAKOGAWA, Books, Newcomer, soon

STATUS = "/api/administration/certificate-status"
CERTIFICATES = "/api/administration/certificates"


def certificate_of(books: Books, visitor: Visitor) -> str:
    """The id of what this visitor logged in with."""
    account_id = visitor.get("/api/session")["account_id"]
    return str(books.rows("select id from credential where account_id = %s", account_id)[0]["id"])


def suspension(administrator: Visitor, certificate_id: str, reason: str = "カードの紛失の届出") -> httpx.Response:
    return administrator.http.post(f"{CERTIFICATES}/{certificate_id}/suspension", json={"reason": reason})


def resumption(administrator: Visitor, certificate_id: str, reason: str = "本人が来庁して確認") -> httpx.Response:
    return administrator.http.post(f"{CERTIFICATES}/{certificate_id}/resumption", json={"reason": reason})


def history(administrator: Visitor, certificate_id: str) -> list[tuple[str, str | None]]:
    found = administrator.get(f"{CERTIFICATES}/{certificate_id}")
    return [(event["action"], event["reason"]) for event in found["events"]]


def test_a_suspended_certificate_is_logged_out_at_once_and_resumed_with_a_reason(
    newcomer: Newcomer, books: Books
) -> None:
    administrator, resident = newcomer("administrator"), newcomer()
    certificate_id = certificate_of(books, resident)

    stopped = suspension(administrator, certificate_id)

    assert (stopped.status_code, stopped.json()["suspension"]) == (201, "administrator")
    assert resident.get("/api/session") is None
    assert resident.http.get("/api/cases").status_code == 401
    acting = f"officer:{administrator.get('/api/session')['account_id']}"
    assert stopped.json()["events"][0]["by"] == acting

    resumed = resumption(administrator, certificate_id)

    assert (resumed.status_code, resumed.json()["suspension"]) == (201, None)
    assert resident.get("/api/session") is None, "Whoever was logged out logs in again"
    assert history(administrator, certificate_id)[:2] == [
        ("resumed", "本人が来庁して確認"),
        ("suspended", "カードの紛失の届出"),
    ]


def test_suspending_twice_or_resuming_what_is_not_suspended_is_refused(newcomer: Newcomer, books: Books) -> None:
    administrator, resident = newcomer("administrator"), newcomer()
    certificate_id = certificate_of(books, resident)

    early = resumption(administrator, certificate_id)
    assert (early.status_code, early.json()["title"]) == (409, "not_resumable")
    suspension(administrator, certificate_id)
    again = suspension(administrator, certificate_id)
    assert (again.status_code, again.json()["title"]) == (409, "already_suspended")

    assert [action for action, _ in history(administrator, certificate_id)].count("suspended") == 1


@pytest.mark.parametrize("reason", ["", "   ", "　"])
def test_nothing_is_suspended_without_a_reason(newcomer: Newcomer, books: Books, reason: str) -> None:
    administrator, resident = newcomer("administrator"), newcomer()

    answer = suspension(administrator, certificate_of(books, resident), reason)

    assert (answer.status_code, answer.json()["title"]) == (422, "reason_required")
    assert resident.get("/api/session") is not None


def test_residents_and_officers_see_and_change_nothing(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    certificate_id = certificate_of(books, resident)
    for visitor in (newcomer(), newcomer("certificate_review"), newcomer("residents:administrator")):
        answers = (
            visitor.http.get(STATUS),
            visitor.http.post(f"{STATUS}/runs"),
            visitor.http.get(CERTIFICATES, params={"serial": "1"}),
            visitor.http.get(f"{CERTIFICATES}/{certificate_id}"),
            suspension(visitor, certificate_id),
            resumption(visitor, certificate_id),
            visitor.http.get("/admin/certificates"),
            visitor.http.get(f"/admin/certificates/{certificate_id}"),
            visitor.http.post(f"/admin/certificates/{certificate_id}/suspension", data={"reason": "試す"}),
        )
        assert {answer.status_code for answer in answers} == {403}
    assert resident.get("/api/session") is not None


def test_another_municipalitys_certificate_does_not_exist(newcomer: Newcomer, books: Books) -> None:
    administrator, account_id = newcomer("administrator"), books.account(KAKOGAWA)
    theirs = str(books.rows("select id from credential where account_id = %s", account_id)[0]["id"])

    answers = (
        administrator.http.get(f"{CERTIFICATES}/{theirs}"),
        suspension(administrator, theirs),
        resumption(administrator, theirs),
    )

    assert {answer.status_code for answer in answers} == {404}
    assert books.rows("select suspension from credential where id = %s", theirs)[0]["suspension"] is None


def test_a_certificate_is_found_by_its_number_and_an_officers_by_the_name(newcomer: Newcomer, books: Books) -> None:
    administrator, officer = newcomer("administrator"), newcomer("certificate_review")
    certificate_id = certificate_of(books, officer)
    account_id, name = officer.get("/api/session")["account_id"], f"検索{secrets.token_hex(3)}　花代"
    books.write("update officer set name = %s where account_id = %s", name, account_id)
    (kept,) = books.rows("select issuer_key_id, serial from credential where id = %s", certificate_id)

    def ids(**sought: Any) -> list[str]:
        return [each["id"] for each in administrator.http.get(CERTIFICATES, params=sought).json()]

    assert ids(officer=name[:8]) == [certificate_id]
    assert ids(serial=kept["serial"], issuer_key_id=bytes(kept["issuer_key_id"]).hex()) == [certificate_id]
    assert ids(serial=kept["serial"], issuer_key_id="00" * 20) == []
    assert ids() == [], "nothing asked, nothing shown"
    for wrong in ({"serial": "12x"}, {"issuer_key_id": "xyz"}, {"issuer_key_id": "abc"}):
        assert administrator.http.get(CERTIFICATES, params=wrong).status_code == 422, wrong
    assert administrator.http.get("/admin/certificates", params={"serial": "12x"}).status_code == 200


def test_a_check_started_now_is_reported_with_what_it_could_not_confirm(newcomer: Newcomer, books: Books) -> None:
    administrator, stranger = newcomer("administrator"), newcomer()
    unknown = "update credential set issuer_key_id = %s where id = %s"
    books.write(unknown, secrets.token_bytes(20), certificate_of(books, stranger))
    before = {run["id"] for run in administrator.get(STATUS)["runs"]}

    assert administrator.http.post(f"{STATUS}/runs").status_code == 202

    def seen() -> list[dict[str, Any]]:
        rows = books.rows(
            "select run_id, outcome, reason from status_list join status_run on status_run.id = run_id"
            " where outcome <> 'waiting' and status_run.municipality = '282014'"
        )
        return [row for row in rows if row["run_id"] not in before]

    lists = soon(seen, lambda rows: any(row["outcome"] == "unknown" for row in rows), "a list nobody can confirm")
    assert {row["reason"] for row in lists if row["outcome"] == "unknown"} == {"no_source"}
    shown = administrator.get(STATUS)
    assert shown["runs"][0]["id"] not in before
    assert "no_source" in {each["reason"] for each in shown["unconfirmed_lists"]}


def test_at_the_server_a_certificate_is_suspended_by_its_number(town: Layout, newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    certificate_id, serial = certificate_of(books, resident), str(secrets.randbits(60))
    books.write("update credential set serial = %s where id = %s", serial, certificate_id)
    suspend = ["certificates", "suspend", "--reason", "緊急の停止"]

    assert f"{serial} is suspended." in madoguchi(town, *suspend, serial)
    assert resident.get("/api/session") is None
    assert f"{serial} is suspended already." in madoguchi(town, *suspend, serial)
    assert "No registered certificates" in madoguchi(town, *suspend, "1" * 30)


def madoguchi(town: Layout, *command: str) -> str:
    program = Path(sys.prefix) / "bin" / "madoguchi"
    return subprocess.run(
        [program, *command], env=environment(town), cwd=town.clone, check=True, capture_output=True, text=True
    ).stdout
