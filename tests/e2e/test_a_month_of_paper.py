"""紙から給与まで: a scanner's file goes through the pages of people into the payroll, which shows what was written."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from commands.batch_truth import differences, said
from machine.layout import Layout, environment
from machine.visitor import Visitor
from sandbox.scans.truth import Truth, Written
from sheets.values import value
from tests.api.scenes import Books
from tests.api.sheet_scenes import APPROVAL, CORRECTION
from tests.e2e.conftest import Open
from tests.town.back_office import SHEET, BackOffice, open_office
from tests.town.mixed_pile import NAME, mixed_pile

MONTH, SHEETS = "2026-08", 4
LONG = 120_000
"""Milliseconds, for what machines do meanwhile."""


@pytest.fixture(scope="module")
def office(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    with open_office(town, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def pile(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("mixed")
    truth = mixed_pile(folder, SHEET, MONTH, SHEETS)
    command = [Path(sys.prefix) / "bin" / "madoguchi", "sheets", "roster", folder / "roster.csv"]
    subprocess.run(command, env=environment(town), cwd=town.clone, check=True, capture_output=True)
    return folder / NAME, truth


def hand_in(page: Page, file: Path, name: str) -> str:
    """Through the form; the batch's address."""
    form = page.get_by_label("この一括の名前")
    if not form.is_visible():
        page.get_by_text("スキャンを読み込む").click()
    page.get_by_label("様式").select_option(SHEET.id)
    form.fill(name)
    page.get_by_label("スキャンしたファイル").set_input_files(file)
    page.get_by_role("button", name="読み込む").click()
    page.wait_for_url(re.compile("/sheets/batches/"))
    return page.url


def chip(page: Page, says: str) -> None:
    """The state beside the heading, without anybody asking for the page again."""
    expect(page.locator("#heading")).to_contain_text(says, timeout=LONG)


def reload_until(page: Page, says: str | re.Pattern[str]) -> None:
    """As people without a script do."""
    for _ in range(400):
        if page.get_by_text(says).first.is_visible():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.value || ''"))


def type_in(page: Page, text: str) -> None:
    """What stood there is selected."""
    page.keyboard.press("Delete")
    page.keyboard.type(text.strip())
    page.keyboard.press("Enter")


def correct(page: Page, written: Written) -> None:
    """One sheet, by keys alone: first what is doubtful, then what its writer worked out wrongly."""
    final, seen = said(SHEET, written), set()
    while (cell := focused(page)) != "finish":
        assert cell not in seen, f"it came back to {cell}"
        seen.add(cell)
        type_in(page, final[cell])
    for each in SHEET.cells:
        if each.id not in seen and value(each.kind, final[each.id]) != value(each.kind, written.cells[each.id] or ""):
            go_back_to(page, each.id)
            type_in(page, final[each.id])
            assert focused(page) == "finish"
    there = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != there)


def go_back_to(page: Page, cell: str) -> None:
    for _ in range(400):
        if focused(page) == cell:
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"no key leads to {cell}")


def test_a_pile_goes_through_the_pages_of_people_into_the_payroll(
    office: BackOffice, pile: tuple[Path, Truth], newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    (file, truth), clerk, colleague, head = pile, newcomer(CORRECTION), newcomer(CORRECTION), newcomer(APPROVAL)
    page = open_window(clerk, "/sheets")
    address = hand_in(page, file, "8月分 勤務報告書")
    batch, path = address.rsplit("/", 1)[1], address.removeprefix(office.town.public_url)
    page.evaluate("window.opened_once = true")

    page.get_by_role("button", name="一時停止する").click()
    chip(page, "一時停止中")
    plain = open_window(colleague, path, width=375, javascript=False)
    expect(plain.locator("#heading")).to_contain_text("一時停止中")
    plain.get_by_role("button", name="再開する").click()
    expect(plain.locator("#heading")).to_contain_text("読取り中")
    page.evaluate("window.opened_once = true")
    reload_until(plain, re.compile(r"読み終わるまで、およそ\d+分です。"))
    chip(page, "訂正待ち")
    expect(page.get_by_text(f"{SHEETS} 枚を人が確かめます。")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="白紙")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="別の書類")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="同じ紙の二度目の読取り")).to_be_visible()
    assert page.evaluate("window.opened_once"), "it was the same page all the time"

    clerks = open_window(clerk, path)
    clerks.get_by_role("link", name="次のシートを確かめる").press("Enter")
    corrected = 0
    while "/sheets/pages/" in clerks.url:
        (found,) = books.rows("select number from sheet_page where id = %s", clerks.url.rsplit("/", 1)[1])
        written = truth.pages[found["number"] - 1].written
        assert written is not None
        correct(clerks, written)
        corrected += 1
    assert corrected == SHEETS
    reload_until(plain, "変更した合計の二人目の確認を待っています")
    plain.get_by_role("link", name="次のシートを確かめる").click()
    while "/sheets/pages/" in plain.url:
        there = plain.url
        plain.get_by_role("button", name="変更が正しいことを確認した").click()
        plain.wait_for_url(lambda url, there=there: url != there)
    chip(page, "承認待ち")

    approving = open_window(head, path)
    approving.get_by_role("link", name="合計を見て承認する").click()
    approving.get_by_role("button", name="この内容で承認する").click()
    chip(page, "入力中")
    chip(page, "完了")
    expect(page.locator(".madoguchi-parts-legend")).to_contain_text(f"入力済み {SHEETS}")
    assert page.evaluate("window.opened_once"), "it was the same page all the time"
    report = page.context.request.get(page.url + "/files/report.pdf")
    assert report.body().startswith(b"%PDF")
    payroll = page.context.request.get(page.url + "/files/payroll.csv").body().decode("cp932")
    people = {each.written.person for each in truth.pages if each.written}
    assert {person for person in people if person in payroll} == people
    assert office.handed_over(UUID(batch)) == {}
    assert list(differences(SHEET, truth, office.slips(truth), {})) == []


def test_a_pile_is_stopped_by_its_page(
    office: BackOffice, pile: tuple[Path, Truth], newcomer: Callable[..., Visitor], open_window: Open
) -> None:
    clerk, before = newcomer(CORRECTION), office.slips(pile[1])
    page = open_window(clerk, "/sheets", width=375)
    hand_in(page, pile[0], "まちがえて読み込んだもの")
    page.get_by_role("button", name="一時停止する").click()
    chip(page, "一時停止中")
    page.get_by_text("この一括を中止する").click()
    page.get_by_role("button", name="中止する", exact=True).click()
    chip(page, "中止")
    expect(page.get_by_role("button", name="再開する")).to_have_count(0)
    expect(page.get_by_role("link", name="次のシートを確かめる")).to_have_count(0)
    assert office.slips(pile[1]) == before
