"""自分のデータ: a resident takes a copy of everything, and then leaves, in a real browser."""

import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from machine.browser import Someone
from machine.demo import visitor
from machine.layout import Layout
from sandbox.people import APPROVER, KENJI, OFFICER, SAKURA, Person
from tests.api.scenes import screening_under_review
from tests.e2e.conftest import Sit


def a_case_of(town: Layout, person: Person, **answers: object) -> str:
    with visitor(town, person) as at_home:
        return screening_under_review(at_home.log_in(), **answers)


def downloaded(page: Page, button: str, folder: Path) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile(button)).first.click()
    file = folder / downloading.value.suggested_filename
    downloading.value.save_as(file)
    return file.read_bytes()


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_a_resident_takes_a_copy_of_everything_and_of_nobody_else(
    town: Layout, sit_down: Sit, tmp_path: Path, width: int, javascript: bool
) -> None:
    mine = a_case_of(town, SAKURA, notes="さくらの事情です")
    others = a_case_of(town, KENJI, notes="健二だけの事情です")
    sakura = sit_down(SAKURA, width=width, javascript=javascript)
    page = sakura.log_in("/account/export")

    page.get_by_role("button", name="書き出しを始める").click()
    if javascript:
        expect(page.get_by_role("button", name="書き出しを始める")).to_be_visible(timeout=90_000)
    else:
        sakura.read_until("書き出しを始める")

    data = json.loads(downloaded(page, "JSONをダウンロード", tmp_path))
    written = json.dumps(data, ensure_ascii=False)
    assert mine in {case["receipt_number"] for case in data["cases"]}
    assert "さくらの事情です" in written
    assert others not in written
    assert "健二だけの事情です" not in written
    pdf = PdfReader(io.BytesIO(downloaded(page, "PDFをダウンロード", tmp_path)))
    said = "".join("".join(each.extract_text() for each in pdf.pages).split())
    assert mine in said
    assert "さくらの事情です" in said


def test_a_resident_leaves_and_the_same_card_finds_an_empty_counter(
    town: Layout, sit_down: Sit, tmp_path: Path
) -> None:
    desk, approver = sit_down(OFFICER), sit_down(APPROVER)
    old = a_case_of(town, SAKURA)
    desk.log_in("/inbox")
    for left in still_open(town):
        decided(desk, left, "却下する")
    sakura = sit_down(SAKURA, width=375)
    page = sakura.log_in("/account/export")
    page.get_by_role("link", name="利用者登録の抹消の案内を見る").click()
    expect(page.get_by_text("申請の記録は法令で定められた期間だけ保存します").first).to_be_visible()
    page.get_by_role("button", name="申請を始める").click()
    receipt_number = wish(page)

    decided(desk, receipt_number, "承認する")
    sakura.read_until(re.compile("利用者登録抹消決定通知書"))
    assert downloaded(page, "ダウンロード", tmp_path).startswith(b"%PDF")
    approver.log_in("/inbox")
    decided(approver, receipt_number, "承認する")

    sakura.read_until(re.compile("ログインする"))
    page = sakura.log_in("/my")
    expect(page.get_by_text("申請はまだありません")).to_be_visible()
    expect(page.get_by_text("以前に利用者登録を抹消した方")).to_be_visible()
    page.goto(f"{town.public_url}/cases/{old}")
    expect(page.get_by_text("ページが見つかりません")).to_be_visible()


def still_open(town: Layout) -> list[str]:
    with visitor(town, SAKURA) as at_home:
        cases = at_home.log_in().get("/api/cases")
        return [case["receipt_number"] for case in cases if case["status"] == "under_review"]


def wish(page: Page) -> str:
    """Agree to everything, check, file; the receipt number."""
    for _ in range(4):
        boxes = page.locator("form#draft input[type=checkbox]")
        for number in range(boxes.count()):
            boxes.nth(number).check()
        if page.get_by_role("button", name=re.compile("申請する")).count():
            break
        page.get_by_role("button", name=re.compile("確認へ進む|次へ")).first.click()
    page.get_by_role("button", name=re.compile("申請する")).first.click()
    expect(page).to_have_url(re.compile(r"/cases/282014-\d{6}-\w{5}"))
    return page.url.rsplit("/", 1)[1].split("?")[0]


def decided(officer: Someone, receipt_number: str, button: str) -> str:
    """At the desk: claim the case's task and decide."""
    page = officer.claim(receipt_number)
    if button == "却下する":
        page.locator("summary", has_text=button).click()
        page.get_by_label(re.compile("却下の理由")).fill("期限が過ぎているため")
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()
    return receipt_number
