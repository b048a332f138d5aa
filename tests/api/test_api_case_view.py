"""案件の閲覧: a case of one's duties: files page by page, signature, comparison, history, the person's other cases."""

import io
import json
import shlex
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from machine.layout import Layout
from machine.visitor import Visitor
from sandbox.people import HANAKO, LI
from tests.api.scenes import (
    CERTIFICATE,
    HAPPY_PASS,
    PDF,
    Books,
    Newcomer,
    actions,
    allowance,
    happy_pass,
    screening_under_review,
    under_review,
)
from tests.conftest import Meet

REVIEW = "health:health_review"
COUNTER = "resident_counter:certificate_review"


def here(receipt_number: str, rest: str = "") -> str:
    return f"/api/inbox/cases/{receipt_number}{rest}"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def refusal(visitor: Visitor, path: str) -> tuple[int, str]:
    answer = visitor.http.get(path)
    return answer.status_code, answer.json()["title"]


PARTS = ("", "/signature", "/comparison", "/history", "/earlier", "/evidence")


@pytest.mark.parametrize("part", PARTS)
def test_a_case_of_other_duties_does_not_exist(newcomer: Newcomer, part: str) -> None:
    number = screening_under_review(newcomer())
    for stranger in (
        newcomer("health:points_review"), newcomer("resident_counter:health_review"), newcomer("*:administrator"),
        newcomer("health:expert"),
    ):  # fmt: skip
        assert refusal(stranger, here(number, part)) == (404, "not_found")
    assert newcomer().http.get(here(number, part)).status_code == 403
    assert refusal(newcomer(REVIEW), here("282014-260401-00000", part)) == (404, "not_found")


@pytest.mark.parametrize("part", PARTS)
def test_who_stepped_aside_sees_nothing_of_it_any_more_and_nobody_their_own_case(newcomer: Newcomer, part: str) -> None:
    relative = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    task = relative.task_of(number)
    relative.post(f"/api/tasks/{task['id']}/recusal", {})
    own = screening_under_review(relative)
    for case in (number, own):
        assert refusal(relative, here(case, part)) == (403, "recused")


def test_a_closed_case_stays_readable_without_a_task(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer(REVIEW)
    number = screening_under_review(resident)
    task = officer.task_of(number)
    assert officer.get(here(number))["open_task"] == task["id"]
    officer.decide(task, "approve")
    resident.await_case(number, "delivered")

    seen = officer.get(here(number))

    assert (seen["status"], seen["open_task"]) == ("delivered", None)
    assert seen["answers"]["name"] == "網干　健二"
    assert seen["documents"]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_file(meet: Meet) -> Any:
    """A case with one attached file: (the receipt number, its attachment)."""

    def file(name: str, data: bytes) -> tuple[str, dict[str, Any]]:
        hanako = meet(HANAKO)
        draft = hanako.post("/api/drafts", {"procedure": HAPPY_PASS, "language": "ja"})["id"]
        hanako.put(f"/api/drafts/{draft}/answers", {"answers": happy_pass()})
        attached = hanako.attach(draft, "card_receipt", name, data)
        return hanako.file(draft), attached

    return file


POINTS = "resident_counter:points_review"


def test_a_page_is_shown_as_a_picture_turned_and_larger(with_file: Any, newcomer: Newcomer) -> None:
    number, attached = with_file("card.pdf", PDF)
    officer = newcomer(POINTS)
    file = here(number, f"/attachments/{attached['id']}")

    assert officer.get(f"{file}/pages") == {"pages": 1, "shown": 1, "failure": None}
    answer = officer.http.get(f"{file}/pages/1")

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 1200)
    turned = officer.http.get(f"{file}/pages/1", params={"zoom": 200, "turn": 90})
    assert Image.open(io.BytesIO(turned.content)).size == (2000, 2000)
    assert officer.http.get(file).content == PDF
    for wrong in ({"zoom": 9000}, {"turn": 45}):
        assert officer.http.get(f"{file}/pages/1", params=wrong).status_code == 422
    assert refusal(officer, f"{file}/pages/2") == (404, "not_found")
    assert officer.http.get(f"{file}/pages/0").status_code == 422


def test_a_file_belongs_to_its_case(with_file: Any, newcomer: Newcomer) -> None:
    number, attached = with_file("card.pdf", PDF)
    other = screening_under_review(newcomer())
    reviewer = newcomer(REVIEW)
    for path in ("", "/pages", "/pages/1"):
        assert refusal(reviewer, here(other, f"/attachments/{attached['id']}{path}")) == (404, "not_found")
        assert refusal(reviewer, here(number, f"/attachments/{attached['id']}{path}")) == (404, "not_found")


def test_a_file_that_cannot_be_shown_says_so_and_can_be_downloaded(
    with_file: Any, newcomer: Newcomer, books: Books, town: Layout
) -> None:
    number, attached = with_file("card.pdf", PDF)
    key = books.rows("select object_key from attachment where id = %s", attached["id"])[0]["object_key"]
    stored = next(Path(town.objects).rglob(str(key).rsplit("/", 1)[-1]))
    damaged = b"%PDF-1.7\n" + b"\x00" * 500
    stored.write_bytes(damaged)
    officer = newcomer(POINTS)
    file = here(number, f"/attachments/{attached['id']}")

    assert refusal(officer, f"{file}/pages/1") == (422, "picture_impossible")
    assert officer.http.get(file).content == damaged


# --- the signature ----------------------------------------------------------------------------------------------------


def test_the_signature_is_told_in_facts_and_its_evidence_holds_outside_the_counter(
    meet: Meet, newcomer: Newcomer, town: Layout, tmp_path: Path
) -> None:
    hanako, officer = meet(HANAKO), newcomer(COUNTER)
    number = under_review(hanako)

    said = officer.get(here(number, "/signature"))

    assert (said["outcome"], said["reason"], said["unchanged"], said["revision"]) == ("valid", None, True, 1)
    assert (said["certificate"]["kind"], said["certificate"]["medium"]) == ("individual", "card")
    assert at(said["certificate"]["not_before"]) < at(said["signed_at"]) < at(said["certificate"]["not_after"])
    (check,) = said["revocation"]
    assert (check["kind"], check["address"]) == ("ocsp", "127.0.0.1")
    assert check["answered_by"]
    assert at(check["as_of"]) <= at(check["asked_at"])
    assert said["revoked_since"] is None

    answer = officer.http.get(here(number, "/evidence"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        file.extractall(tmp_path)
    assert json.loads((tmp_path / "content.json").read_text())["answers"]["phone"] == "079-221-2111"
    anchors = json.loads((town.pki / "anchors.json").read_text())["anchors"]
    (tmp_path / "anchor.pem").write_text("\n".join(each["certificate"] for each in anchors))
    (command,) = (line for line in (tmp_path / "README.txt").read_text().splitlines() if "openssl cms" in line)
    checked = subprocess.run(shlex.split(command), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "evidence_taken" in [line["action"] for line in officer.get(here(number, "/history"))]
    assert "evidence_taken" not in actions(hanako.case(number))


def test_what_was_changed_behind_the_signature_is_told(meet: Meet, newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(COUNTER)
    number = under_review(meet(HANAKO))
    books.write(
        'update submission set answers = answers || \'{"phone": "079-000-0000"}\' where receipt_number = %s', number
    )
    assert officer.get(here(number, "/signature"))["unchanged"] is False


def test_a_case_that_nobody_signed_has_no_evidence(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    assert refusal(officer, here(number, "/signature")) == (404, "nothing_signed")
    assert refusal(officer, here(number, "/evidence")) == (404, "nothing_signed")
    assert officer.get(here(number, "/comparison")) == {"signed_by": None, "rows": []}


# --- comparison -------------------------------------------------------------------------------------------------------


def rows_of(officer: Visitor, number: str) -> dict[str, dict[str, Any]]:
    return {row["attribute"]: row for row in officer.get(here(number, "/comparison"))["rows"]}


def test_what_was_typed_stands_beside_certificate_and_register_as_it_was_written(
    meet: Meet, newcomer: Newcomer
) -> None:
    hanako, officer = meet(HANAKO), newcomer("children:allowance_review")
    typed = {"address": "姫路市安田4-1", "name": "姫路 花子", "birth_date": "1990-04-13"}
    number = hanako.apply("child_allowance", allowance(1, **typed))
    hanako.await_case(number, "under_review")

    rows = rows_of(officer, number)

    assert rows["address"]["answered"] == "姫路市安田4-1"
    assert rows["address"]["certified"] == HANAKO.address
    assert rows["address"]["answer_and_certificate"] == rows["name"]["answer_and_certificate"] == "same"
    assert rows["birth_date"]["answer_and_certificate"] == rows["birth_date"]["answer_and_register"] == "differs"
    assert rows["birth_date"]["certificate_and_register"] == "same"
    assert (rows["sex"]["answered"], rows["sex"]["certified"]) == (None, "female")
    assert rows["sex"]["answer_and_certificate"] is None
    hanako.post(f"/api/cases/{number}/withdrawal")


def test_a_procedure_that_asks_no_name_compares_certificate_and_register(meet: Meet, newcomer: Newcomer) -> None:
    number = under_review(meet(LI))
    rows = rows_of(newcomer(COUNTER), number)
    assert {row["answered"] for row in rows.values()} == {None}
    assert {row["certificate_and_register"] for row in rows.values()} == {"same"}


# --- history and other cases ------------------------------------------------------------------------------------------


def test_history_names_officers_to_officers_only(newcomer: Newcomer) -> None:
    resident, hanada, shirahama = newcomer(), newcomer(REVIEW, name="花田　一"), newcomer(REVIEW, name="白浜　二")
    number = screening_under_review(resident)
    task = hanada.task_of(number)
    me = shirahama.get("/api/session")["account_id"]
    hanada.post(f"/api/tasks/{task['id']}/assignment", {"version": task["task_version"], "officer": me})

    newest, *rest = shirahama.get(here(number, "/history"))

    assert (newest["action"], newest["officer"], newest["to"]) == ("task_reassigned", "花田　一", "白浜　二")
    assert rest[-1]["action"] == "received"
    assert rest[-1]["officer"] is None
    assert "花田" not in json.dumps(resident.case(number), ensure_ascii=False)


def test_other_cases_are_listed_by_right_and_else_only_counted(meet: Meet, newcomer: Newcomer) -> None:
    resident = newcomer()
    first, second = screening_under_review(resident), screening_under_review(resident)
    officer = newcomer(REVIEW)

    seen = officer.get(here(second, "/earlier"))

    assert [each["receipt_number"] for each in seen["cases"]] == [first]
    assert seen["elsewhere"] == 0
    hanako = meet(HANAKO)
    theirs = under_review(hanako)
    mine = screening_under_review(hanako)
    found = officer.get(here(mine, "/earlier"))
    assert theirs not in json.dumps(found)
    assert found["elsewhere"] >= 1
    assert CERTIFICATE not in json.dumps(found)
    officer.post(f"/api/tasks/{officer.task_of(first)['id']}/recusal", {})
    assert officer.get(here(second, "/earlier")) == {"cases": [], "elsewhere": 1}
