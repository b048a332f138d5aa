"""申請書の読取り in a real browser: read, what is doubtful confirmed beside its picture, filed as it is written."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from sheets.filing import stated, taken
from sheets.loader import SheetLibrary
from sheets.results import FilingResult
from tests.api.scenes import Books
from tests.e2e.conftest import Open
from tests.e2e.test_a_paper_at_the_counter import file, heading, receive
from tests.town.back_office import one_form, open_reading

REVIEW = "resident_counter:certificate_review"
FORM = SheetLibrary.read().current("paper_residence_certificate")
SEED = 2


@pytest.fixture(scope="module", autouse=True)
def reading(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with open_reading(town, tmp_path_factory.mktemp("reading")):
        yield


def true_of(written: dict[str, str | None]) -> dict[str, str]:
    """What is written on the paper, by place."""
    assert isinstance(FORM.result, FilingResult)
    assert FORM.result.stated is not None
    texts = {cell.id: written.get(cell.id) or "" for cell in FORM.cells}
    answers = {each.answer: taken(FORM, each, texts) or "" for each in FORM.result.answers}
    words = stated(FORM, FORM.result.stated, texts).items()
    return answers | {f"stated.{name}": word or "" for name, word in words}


def was_read(page: Page) -> Page:
    """Looks again until it was read, as whoever has no script does."""
    again = page.get_by_role("link", name="最新の状況を見る")

    def look() -> bool:
        if again.count():
            page.reload()
        return page.get_by_role("button", name="確かめた内容を入力する").count() > 0

    wait_for(look, bool, "what was read", 180)
    return page


def put_right(line: Locator, place: str, true: str) -> None:
    """As an officer types what stands on the paper, and says that they have looked."""
    if place == "stated.birth_date":
        for part, value in zip(("year", "month", "day"), true.split("-"), strict=True):
            line.locator(f'[name="{place}.{part}"]').fill(value)
    elif line.locator("select").count():
        line.locator("select").select_option(true)
    elif line.locator('input[value="1"]').count():
        line.locator(f'[name="{place}"]').set_checked(true == "1")
    else:
        line.locator(f'[name="{place}"]').fill(true)
    line.get_by_role("checkbox", name=re.compile("^確認 ")).check()


@pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (375, False)], ids=["desk", "phone without JavaScript"]
)
def test_a_paper_is_read_confirmed_and_filed_as_it_is_written(
    newcomer: Callable[..., Visitor], open_window: Open, books: Books, width: int, javascript: bool
) -> None:
    scanned, written = one_form(FORM, SEED)
    true, officer = true_of(written.cells), newcomer(REVIEW)
    page = open_window(officer, "/paper", width=width, javascript=javascript)
    receive(page)
    heading(page, "申請書と本人")
    page.locator("#paper_scan").set_input_files(
        {"name": "申請書.pdf", "mimeType": "application/pdf", "buffer": scanned}
    )
    page.get_by_role("button", name="申請書を読み取る").click()
    heading(page, "読取りの確認")
    was_read(page)

    page.get_by_role("button", name="確かめた内容を入力する").click()
    expect(page.get_by_role("alert")).to_contain_text("か所に確認が必要です")
    lines = page.locator(".madoguchi-read")
    expect(lines).to_have_count(len(true))
    for at in range(len(true)):
        line = lines.nth(at)
        place = line.locator("[name]").first.get_attribute("name") or ""
        place = place.removesuffix(".year")
        expect(line.locator("svg.madoguchi-piece")).to_be_visible()
        if line.get_attribute("data-standing") != "sure":
            put_right(line, place, true[place])
    page.get_by_role("button", name="確かめた内容を入力する").click()

    heading(page, "申請書と本人")
    assert page.locator("#name").input_value() == true["stated.name"]
    page.get_by_label("女", exact=True).check()
    page.get_by_label("運転免許証").check()
    page.get_by_role("button", name="次へ進む").click()
    expect(page).to_have_url(re.compile("/review$"))
    number = file(page)
    (filed,) = books.rows("select content from submission where receipt_number = %s", number)
    content = json.loads(bytes(filed["content"]))
    answers = {name: _said(value) for name, value in content["answers"].items() if value is not False}
    due = {name: word for name, word in true.items() if not name.startswith("stated.") and word}
    assert answers | {"phone": answers["phone"].replace("-", "")} == due
    assert len(content["scans"]) == 1, "the case carries its scan"


def _said(value: object) -> str:
    return "1" if value is True else str(value)
