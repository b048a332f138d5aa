"""窓口の紙の申請: an officer enters a paper with its scan, takes the fee, a colleague decides, and it is handed out."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from machine.visitor import Visitor
from sandbox.people import HANAKO
from tests.api.paper_scenes import await_case
from tests.api.scenes import PDF, today
from tests.e2e.conftest import Open

REVIEW = "resident_counter:certificate_review"
TODAY = today()


@pytest.fixture
def paper_form(tmp_path: Path) -> Path:
    file = tmp_path / "住民票の請求書.pdf"
    file.write_bytes(PDF)
    return file


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def fill_day(page: Page, name: str, day: date | tuple[str, str, str]) -> None:
    parts = (str(day.year), str(day.month), str(day.day)) if isinstance(day, date) else day
    for part, value in zip(("year", "month", "day"), parts, strict=True):
        page.locator(f'[name="{name}.{part}"]').fill(value)


def receive(page: Page) -> None:
    """受付: which procedure, how it came, when."""
    page.get_by_role("link", name="紙の申請を入力する").click()
    heading(page, "紙の申請を入力する")
    page.get_by_role("button", name="次へ進む").click()
    expect(page.get_by_role("alert")).to_contain_text("3 か所に確認が必要です")
    page.locator("#procedure").select_option(label="住民票の写しの交付請求")
    page.get_by_label("窓口", exact=True).check()
    fill_day(page, "received_on", TODAY)
    page.get_by_role("button", name="次へ進む").click()


def identify(page: Page, paper_form: Path) -> None:
    """申請書の画像、本人、本人確認."""
    heading(page, "申請書と本人")
    page.get_by_label("氏名", exact=False).first.fill(HANAKO.name)
    page.locator("#name_kana").fill("ひめじ はなこ")
    fill_day(page, "birth_date", ("平成2", "4", "12"))
    page.get_by_label("女", exact=True).check()
    page.locator("#address").fill(HANAKO.address)
    page.get_by_label("社員証").check()
    page.get_by_role("button", name="次へ進む").click()
    expect(page.get_by_role("alert")).to_contain_text("確認した書類")
    page.get_by_label("社員証").uncheck()
    page.get_by_label("運転免許証").check()
    page.locator("#paper_scan").set_input_files(paper_form)
    page.get_by_role("button", name="次へ進む").click()


def answer(page: Page) -> None:
    """申請書の記載, by the resident's own form."""
    heading(page, "必要な住民票")
    expect(page.get_by_text("申請書のとおりに入力してください。")).to_be_visible()
    page.get_by_label("個人の住民票").check()
    page.get_by_label("通数").fill("１")
    page.get_by_role("button", name="次へ進む").click()
    heading(page, "使いみち")
    page.get_by_label("銀行・ローン").check()
    page.get_by_role("button", name="次へ進む").click()
    heading(page, "受け取り方法と連絡先")
    page.get_by_label("電子交付").check()
    page.get_by_label("昼間に連絡できる電話番号").fill("079-221-2111")
    page.get_by_role("button", name="確認へ進む").click()


def file(page: Page) -> str:
    """確認して受け付ける; the receipt number."""
    heading(page, "内容の確認")
    expect(page.get_by_text("運転免許証・運転経歴証明書")).to_be_visible()
    page.get_by_role("button", name="受け付ける").click()
    expect(page).to_have_url(re.compile("/paper/cases/"))
    return page.url.rsplit("/", 1)[-1]


def task(page: Page, officer: Visitor, number: str) -> None:
    """The task of this case, taken."""
    page.goto(page.url.split("/paper")[0].split("/inbox")[0] + f"/tasks/{officer.task_of(number)['id']}")
    page.get_by_role("button", name="担当する").click()


@pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (375, False)], ids=["desk", "phone without JavaScript"]
)
def test_from_the_paper_to_the_hands_of_its_resident(
    newcomer: Callable[..., Visitor], open_window: Open, paper_form: Path, width: int, javascript: bool
) -> None:
    entering, deciding = newcomer(REVIEW, name=f"受付　{width}"), newcomer(REVIEW, name="決定　二郎")
    page = open_window(entering, "/paper", width=width, javascript=javascript)
    receive(page)
    identify(page, paper_form)
    answer(page)
    number = file(page)

    await_case(entering, number, "awaiting_payment")
    page.reload()
    expect(page.get_by_text("手数料のお支払いをお待ちしています")).to_be_visible()
    page.get_by_label("受け取った金額").fill("500")
    page.get_by_role("button", name="受け取りを記録する").click()
    expect(page.get_by_text("受け取った金額が、納めていただく手数料と違います")).to_be_visible()
    page.get_by_label("受け取った金額").fill("300")
    page.get_by_role("button", name="受け取りを記録する").click()
    page.get_by_role("link", name="領収書を表示する").click()
    expect(page.get_by_role("cell", name=re.compile("現金"))).to_be_visible()
    page.get_by_role("link", name="案件へ戻る").click()

    await_case(entering, number, "under_review")
    desk = open_window(deciding, "/inbox", width=width, javascript=javascript)
    expect(desk.locator("tbody tr", has_text=number)).to_contain_text("紙の申請")
    task(desk, deciding, number)
    expect(desk.get_by_text("電子署名はなく、職員が本人確認をしています")).to_be_visible()
    expect(desk.get_by_text("電子署名の検証")).to_have_count(0)
    expect(desk.get_by_role("cell", name="姫路　花子")).to_have_count(2)
    desk.get_by_role("button", name="承認する").click()

    await_case(entering, number, "handing_out")
    task(page, entering, number)
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("住民票の写し（PDF）を開いて印刷する")).click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")
    page.get_by_label("窓口で渡した").check()
    page.get_by_role("button", name="交付したことを記録する").click()

    await_case(entering, number, "delivered")
    page.goto(page.url.split("/inbox")[0] + f"/paper/cases/{number}")
    expect(page.get_by_text("この案件で残っている作業はありません。")).to_be_visible()
    expect(page.get_by_text("書面を窓口で渡しました")).to_be_visible()
