"""転出届 by the API: a household moves together; the group is checked, signed, shown to the officer and printed."""

import subprocess
from datetime import timedelta

from machine.visitor import Visitor
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import today
from tests.conftest import Meet

MOVING_OUT = "moving_out"
TARO = {"name": "姫路　太郎", "name_kana": "ひめじ たろう", "birth_date": "昭和63年11月3日", "relation": "spouse"}
SAKURA = {"name": "姫路　さくら", "name_kana": "ﾋﾒｼﾞ ｻｸﾗ", "birth_date": "2026-05-20", "relation": "child"}


def moving_out(**changes: object) -> dict[str, object]:
    next_week = today() + timedelta(days=7)
    return {
        "name": "姫路　花子",
        "name_kana": "ひめじ　はなこ",
        "birth_date": "1990-04-12",
        "phone": "０９０１２３４５６７８",
        "email": "",
        "present_address": "兵庫県姫路市安田四丁目１番地",
        "moving_date": next_week.isoformat(),
        "postal_code": "〒5300005",
        "new_address": "大阪府大阪市北区中之島一丁目3番20号",
        "new_head": "姫路　太郎",
        "scope": "with_members",
        "members": [TARO, {"name": "", "birth_date": {"year": "", "month": "", "day": ""}}, SAKURA],
        "move_in_understood": "on",
    } | changes


def mistakes(resident: Visitor, **changes: object) -> list[tuple[str, str]]:
    draft = resident.post("/api/drafts", {"procedure": MOVING_OUT, "language": "en"})
    saved = resident.put(f"/api/drafts/{draft['id']}/answers", {"answers": moving_out(**changes)})
    return [(found["field"], found["code"]) for found in saved["problems"]]


def words_of(pdf: bytes) -> str:
    """What a reader sees of a document (poppler, a tool that shares no code with us)."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(said.stdout.decode().split())


def test_a_household_moves_out_together_and_is_told_what_comes_next(meet: Meet) -> None:
    hanako, officer = meet(HANAKO), meet(OFFICER)
    receipt_number = hanako.apply(MOVING_OUT, moving_out())
    hanako.await_case(receipt_number, "under_review")

    task = officer.task_of(receipt_number)
    members = officer.get(f"/api/tasks/{task['id']}")["answers"]["members"]
    officer.decide(task, "approve")
    case = hanako.await_case(receipt_number, "delivered")

    assert members == [
        {"name": "姫路　太郎", "name_kana": "ヒメジ　タロウ", "birth_date": "1988-11-03", "relation": "spouse"},
        {"name": "姫路　さくら", "name_kana": "ヒメジ　サクラ", "birth_date": "2026-05-20", "relation": "child"},
    ]
    notice = words_of(hanako.download(case["documents"][0]["id"]))
    assert "姫路太郎（夫または妻）" in notice
    assert "姫路さくら（子）" in notice
    assert "〒530-0005" in notice


def test_every_mistake_about_every_member_is_told_at_once(meet: Meet) -> None:
    hanako = meet(HANAKO)
    found = mistakes(hanako, phone="110", members=[{"name": "太郎"}, SAKURA | {"birth_date": "2026-02-30"}])
    assert found == [
        ("phone", "not_a_phone"),
        ("members.0.name_kana", "required"),
        ("members.0.birth_date", "required"),
        ("members.0.relation", "required"),
        ("members.1.birth_date", "not_a_date"),
    ]


def test_who_files_is_not_among_those_who_move_along(meet: Meet) -> None:
    hanako = meet(HANAKO)
    herself = SAKURA | {"name": "姫路　花子", "birth_date": "平成2年4月12日"}
    draft_id = hanako.fill_in(MOVING_OUT, moving_out(members=[herself]))

    answer = hanako.http.post(f"/api/drafts/{draft_id}/signing-request")

    assert (answer.status_code, answer.json()["title"]) == (422, "not_eligible")


def test_who_moves_alone_is_not_asked_for_members(meet: Meet) -> None:
    assert mistakes(meet(HANAKO), scope="alone") == []
