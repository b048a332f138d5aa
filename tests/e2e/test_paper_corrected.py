"""帳票の訂正 in a real browser: by keys alone; and as a plain form where there is no script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from machine.visitor import Visitor
from tests.api.scenes import Books
from tests.api.sheet_scenes import APPROVAL, CORRECTION, enlist, pile
from tests.e2e.conftest import Open


@pytest.fixture(autouse=True)
def roster(books: Books) -> None:
    enlist(books)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.value"))


def test_a_clerk_corrects_a_pile_by_keys_alone(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    clerk, made = newcomer(CORRECTION), pile(books, 2)
    page = open_window(clerk, f"/sheets/batches/{made.batch}")
    page.get_by_role("link", name="次のシートを確かめる").press("Enter")
    expect(page).to_have_url(re.compile(made.pages[0]))

    keys = page.keyboard
    assert focused(page) == "row02.end", "the first doubtful cell comes first"
    expect(page.locator("#lens-label")).to_contain_text("2行目 終業")
    expect(page.locator("#lens-choices")).to_contain_text("13:15")
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        keys.press(key)
    assert focused(page) == "person.number"
    keys.press("n")
    assert focused(page) == "row02.end"
    assert page.locator('[id="person.number"]').input_value() == "012000", "a number's zeros stay"
    keys.press("k")
    assert page.locator('[id="row02.end"]').input_value() == "13:15"
    keys.press("Escape")
    keys.press("n")
    assert focused(page) == "row03.hours", "N goes on without having looked"
    keys.press("Shift+Tab")
    keys.press("ArrowUp")
    assert focused(page) == "row02.break"
    keys.press("ArrowLeft")
    with page.expect_response(re.compile(made.pages[0])):
        keys.press("Enter")
    assert focused(page) == "row03.hours"
    hours = page.locator("[data-total='total.hours']")
    expect(hours).to_have_attribute("data-agrees", "unknown")
    keys.type("500")
    expect(hours).to_have_attribute("data-agrees", "no")
    keys.press("Backspace")
    keys.press("Backspace")
    keys.type("15")
    expect(hours).to_have_attribute("data-agrees", "yes")
    keys.press("Enter")
    assert focused(page) == "total.hours"
    keys.press("Enter")
    assert focused(page) == "finish", "nothing is left to look at: the button"
    expect(page.locator("[data-left]")).to_have_attribute("data-left", "0")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(made.pages[1]))
    (done,) = books.rows("select state from sheet_page where id = %s", made.pages[0])
    assert done == {"state": "corrected"}
    kept = books.rows(
        "select cell, corrected from sheet_cell where page_id = %s and corrected_at is not null order by position",
        made.pages[0],
    )  # fmt: skip
    assert {each["cell"]: each["corrected"] for each in kept} == {
        "row02.end": "1815", "row03.hours": "0515", "total.hours": "01545",
    }  # fmt: skip


def test_what_its_writer_added_up_wrongly_is_kept_so_by_three_more_keys(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    clerk, (sheet,) = newcomer(CORRECTION), pile(books).pages
    page = open_window(clerk, f"/sheets/pages/{sheet}")
    despite = page.get_by_role("checkbox", name="合わないところは、紙に書かれたとおりです")
    assert focused(page) == "row02.end"
    page.keyboard.press("Enter")
    page.keyboard.type("500")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(despite).to_be_visible()
    assert focused(page) == "finish"
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_be_visible()
    expect(despite).to_be_focused()
    for key in (" ", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("/sheets/batches/"))
    assert books.rows("select state from sheet_page where id = %s", sheet) == [{"state": "corrected"}]


def test_without_a_script_it_is_a_form(newcomer: Callable[..., Visitor], open_window: Open, books: Books) -> None:
    clerk, (sheet,) = newcomer(CORRECTION), pile(books).pages
    page = open_window(clerk, f"/sheets/pages/{sheet}", width=375, javascript=False)
    expect(page.get_by_text("確認が必要な欄：")).to_be_visible()
    page.get_by_role("button", name="確定して次のシートへ").click()
    expect(page.get_by_text("まだ確かめていない欄があるため")).to_be_visible()
    page.get_by_label("3行目 勤務時間 （確認が必要）").fill("5:15")
    for box in page.get_by_role("checkbox", name=re.compile("^確認 ")).all():
        box.check()
    page.get_by_role("button", name="確定して次のシートへ").click()
    expect(page).to_have_url(re.compile("/sheets/batches/"))
    assert books.rows("select state from sheet_page where id = %s", sheet) == [{"state": "corrected"}]


def test_somebody_else_confirms_a_changed_total_and_a_third_approves(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books
) -> None:
    clerk, colleague, head = newcomer(CORRECTION), newcomer(CORRECTION), newcomer(APPROVAL)
    made = pile(books, read={"total.hours": "01645"})
    (sheet,) = made.pages
    texts = {"row03.hours": "515", "total.hours": "1545"}
    clerk.post(
        f"/api/sheets/pages/{sheet}/corrections", {"version": 0, "finish": True, "texts": texts, "seen": ["row02.end"]}
    )
    own = open_window(clerk, f"/sheets/pages/{sheet}")
    expect(own.get_by_text("ご自身が変更したため")).to_be_visible()
    page = open_window(colleague, f"/sheets/pages/{sheet}")
    expect(page.get_by_text("16:45 → 15:45")).to_be_visible()
    page.get_by_role("button", name="変更が正しいことを確認した").click()
    expect(page).to_have_url(re.compile("/sheets/batches/"))
    books.write("update sheet_batch set state = 'approving' where id = %s", made.batch)
    approving = open_window(head, f"/sheets/batches/{made.batch}", javascript=False)
    approving.get_by_role("link", name="合計を見て承認する").click()
    expect(approving.get_by_text("15:45").first).to_be_visible()
    approving.get_by_role("button", name="この内容で承認する").click()
    expect(approving.get_by_text("ロボットが一件ずつ入力し")).to_be_visible()
