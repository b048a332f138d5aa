"""様式を描く in a real Chromium: a sheet of the library stays as it is; a small one is drawn by mouse, another by keys.

What is saved is read with the library's own loader; its blank, printed as a PDF, is sorted by what reads scans.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pypdfium2
import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from activities.ocr import sorting
from activities.ocr.pages import open_scan
from api.counter import the_administrator
from api.views import Visitor
from sheets.document import Sheet
from sheets.loader import SheetLibrary

KNOWN = SheetLibrary.read()
ADMINISTRATOR = Visitor(account_id=UUID(int=9), officer_name="管理 夏男", is_administrator=True)
DRAW = "/admin/sheets/draw"
LANGUAGES = ("ja", "en", "zh", "ko")


@pytest.fixture
def place(application: FastAPI, address: str) -> Iterator[str]:
    application.dependency_overrides[the_administrator] = lambda: ADMINISTRATOR
    yield address
    application.state.counter.darkroom.close()


@pytest.fixture
def page(browser: Browser, place: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=place, locale="ja-JP", viewport={"width": 1280, "height": 1000}, accept_downloads=True
    )
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    assert not [each for each in complaints if "422" not in each], "the browser complains"


def saved(page: Page, folder: Path) -> Sheet:
    """What the library reads once the downloaded document stands in it."""
    with page.expect_download() as download:
        page.get_by_role("button", name="文書を保存する").click()
    name = page.locator("#id").input_value()
    home = folder / name
    home.mkdir()
    download.value.save_as(home / "sheet.yaml")
    return SheetLibrary.read(folder).current(name)


def sorted_blank(page: Page, folder: Path, sheet: Sheet) -> sorting.SortedPage:
    """What the reader of scans takes the printed blank for."""
    with page.expect_download() as download:
        page.get_by_role("button", name="白紙のPDFを受け取る").click()
    download.value.save_as(folder / "blank.pdf")
    library = SheetLibrary({(sheet.id, sheet.version): sheet}, {sheet.id: sheet.version})
    with open_scan((folder / "blank.pdf").read_bytes()) as scan:
        return sorting.sort_page(scan.page(0), library)


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f'[name="{name}"]').fill(value)


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def worded(place: str, word: str) -> dict[str, str]:
    return {f"{place}.{language}": word for language in LANGUAGES}


# --- nothing is changed, nothing changes ------------------------------------------------------------------------------


@pytest.mark.parametrize("known", KNOWN.all(), ids=lambda known: known.id)
def test_a_sheet_of_the_library_that_nobody_changed_is_saved_as_it_was(
    page: Page, known: Sheet, tmp_path: Path
) -> None:
    page.goto(f"{DRAW}?start={known.id}")
    assert saved(page, tmp_path) == known
    expect(page.locator("#right")).to_contain_text("文書に誤りはありません")


@pytest.mark.parametrize("known", KNOWN.all(), ids=lambda known: known.id)
def test_it_is_saved_so_without_a_script_too(browser: Browser, place: str, known: Sheet, tmp_path: Path) -> None:
    context = browser.new_context(base_url=place, locale="ja-JP", java_script_enabled=False, accept_downloads=True)
    plain = context.new_page()
    plain.goto(f"{DRAW}?start={known.id}")
    expect(plain.locator("#board")).to_be_hidden()
    assert saved(plain, tmp_path) == known
    context.close()


def test_a_saved_document_is_taken_up_again(page: Page, tmp_path: Path) -> None:
    draft = tmp_path / "sheet.yaml"
    draft.write_text("id: begun\nfields:\n  - {id: one, kind: digits, comb: [3, 1], maximum: 2000}\n")
    page.goto(DRAW)
    page.locator("summary", has_text="すでにある様式").click()
    page.locator("#saved").set_input_files(draft)
    page.locator("form[action$=open] button").click()
    expect(page.locator("#id")).to_have_value("begun")
    expect(page.locator("#fields-0-comb")).to_have_value("3, 1")


# --- drawn with a mouse -----------------------------------------------------------------------------------------------


class Mouse:
    """A hand at the drawing, in millimetres of the paper."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        page = self.page
        page.locator("#drawing").scroll_into_view_if_needed()
        area = page.locator("#drawing").bounding_box()
        assert area is not None
        (x, y), (to_x, to_y) = (
            (area["x"] + left / 210 * area["width"], area["y"] + top / 297 * area["height"])
            for left, top in (start, end)
        )
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move((x + to_x) / 2, (y + to_y) / 2)
        page.mouse.move(to_x, to_y)
        page.mouse.up()

    def draw(self, mode: str, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.get_by_role("radio", name=mode, exact=True).check()
        self.page.locator("#new-kind").select_option(kind)
        before = self.page.locator("[data-part]").count()
        self.drag(start, end)
        expect(self.page.locator("[data-part]")).not_to_have_count(before)


def a_scan() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (420, 594), (200, 30, 30)).save(picture, "PNG")
    return picture.getvalue()


def test_a_small_sheet_is_drawn_over_a_scan_with_a_mouse(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(DRAW)
    page.locator("#scan").set_input_files({"name": "scan.png", "mimeType": "image/png", "buffer": a_scan()})
    expect(page.locator("#underlay")).to_be_visible()
    seen = page.evaluate("[...document.getElementById('underlay').getContext('2d').getImageData(700, 1000, 1, 1).data]")
    assert seen == [200, 30, 30, 255]
    mouse = Mouse(page)
    mouse.draw("欄を描く", "digits", (52, 60), (84, 67))
    mouse.draw("表を描く", "day", (40, 100), (51, 151))
    mouse.draw("表に列を描く", "time", (60, 110), (84, 116))
    expect(page.locator("#underlay")).to_be_visible()
    page.get_by_role("radio", name="選ぶ・動かす").check()
    mouse.drag((54, 63), (74, 73))
    unfold(page)
    fill(page, {"id": "mouse_sheet", "version": "1", "fields.0.id": "person.number", "tables.0.id": "row"})
    fill(page, {"tables.0.columns.0.id": "day", "tables.0.columns.1.id": "start", "tables.0.columns.1.minimum": "6:00"})
    for where in ("title", "fields.0.label", "tables.0.columns.0.label", "tables.0.columns.1.label"):
        fill(page, worded(where, "欄 1: a"))
    page.locator("#belongs_to").select_option("person_month")
    page.locator("#department").select_option("health")
    page.locator("#new-check").select_option("days")
    page.get_by_role("button", name="突合を加える").click()
    page.locator("#checks-0-table").select_option("row")
    page.locator("#checks-0-column option[value=day]").wait_for(state="attached")
    page.locator("#checks-0-column").select_option("day")
    sheet = saved(page, tmp_path)
    field, table = sheet.fields[0], sheet.tables[0]
    assert (field.id, field.kind, field.comb, field.x, field.y) == ("person.number", "digits", (6,), 72, 70)
    assert (table.top, table.rows, [column.id for column in table.columns]) == (100, 7, ["day", "start"])
    assert (table.columns[1].x, table.columns[1].comb, table.columns[1].minimum) == (60, (2, 2), 360)
    assert [check.kind for check in sheet.checks] == ["days"]
    found = sorted_blank(page, tmp_path, sheet)
    assert found.kind == "sheet"
    assert found.label
    assert (found.label.sheet, found.label.version) == ("mouse_sheet", 1)


def test_a_shape_is_made_larger_at_its_corner(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(f"{DRAW}?start=health_check")
    mouse = Mouse(page)
    mouse.drag((55, 44), (55, 44))
    mouse.drag((52 + 8 * 5.4 - 0.2, 47.8), (52 + 5 * 5.4, 47.8))
    expect(page.locator("#fields-0-comb")).to_have_value("5")
    page.locator("#pad button[data-move=wider]").click()
    page.locator("#pad button[data-move=down]").click()
    expect(page.locator("#fields-0-comb")).to_have_value("6")
    expect(page.locator("#fields-0-y")).to_have_value("42.5")


# --- drawn with keys --------------------------------------------------------------------------------------------------


class Keys:
    """Hands that have no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str, *, back: bool = False) -> None:
        """Tab on until the focus is there."""
        for _ in range(200):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        pytest.fail(f"the keyboard does not reach {selector}")

    def write(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self.to(f'[name="{name}"]')
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(value)

    def choose(self, name: str, value: str) -> None:
        self.to(f'[name="{name}"]')
        for _ in range(30):
            if self.page.locator(f'[name="{name}"]').input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{name} has no {value}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


def test_a_small_sheet_is_drawn_with_keys_alone(page: Page, tmp_path: Path) -> None:
    page.goto(DRAW)
    keys = Keys(page)
    keys.write({"id": "key_sheet", "version": "1"})
    keys.choose("belongs_to", "person")
    keys.choose("department", "health")
    keys.write(worded("title", "鍵盤"))
    keys.choose("-kind", "tick")
    keys.to("button[value='add:fields']")
    keys.press("Enter")
    page.locator("[data-place='fields.0']:focus").wait_for()
    keys.press("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    page.locator("#fields-0-id:focus").wait_for()
    keys.write({"fields.0.id": "yes", **worded("fields.0.label", "はい")})
    keys.to("button[value='add:fields']")
    keys.press("Enter")
    page.locator("[data-place='fields.1']:focus").wait_for()
    keys.press("Enter")
    keys.write({"fields.1.id": "no", **worded("fields.1.label", "いいえ")})
    keys.choose("-check", "one_tick")
    keys.to("button[value='add:checks']")
    keys.press("Enter")
    page.locator("[data-part='checks.0'] input:focus").wait_for()
    keys.press("Space", "Tab", "Space")
    keys.to("button[value=save]")
    with page.expect_download() as download:
        keys.press("Enter")
    home = tmp_path / "key_sheet"
    home.mkdir()
    download.value.save_as(home / "sheet.yaml")
    sheet = SheetLibrary.read(tmp_path).current("key_sheet")
    yes, no = sheet.fields
    assert (yes.x, yes.y, yes.width, yes.height) == (53, 40.5, 5.5, 5.5)
    assert (no.kind, no.y) == ("tick", 50.5)
    assert [check.model_dump() for check in sheet.checks] == [{"kind": "one_tick", "cells": ("yes", "no")}]
    found = sorted_blank(page, tmp_path, sheet)
    assert (found.kind, found.label.sheet if found.label else None) == ("sheet", "key_sheet")


def test_delete_takes_a_field_out(page: Page) -> None:
    page.goto(f"{DRAW}?start=health_check")
    keys = Keys(page)
    keys.to("[data-place='fields.1']")
    keys.press("Delete")
    expect(page.locator("[data-part^='fields.']")).to_have_count(23)
    expect(page.locator("#fields-1-id")).to_have_value("examined.month")


# --- what is wrong ----------------------------------------------------------------------------------------------------


def test_each_mistake_is_told_at_its_field_in_words(page: Page) -> None:
    page.goto(f"{DRAW}?start=club_work_report")
    unfold(page)
    fill(page, {"fields.0.comb": "", "fields.1.x": "190", "tables.0.rows": "60", "tables.0.columns.1.label.ko": ""})
    page.get_by_role("button", name="検査する").last.click()
    expect(page.locator("#error-summary")).to_be_focused()
    for name in ("fields-0-comb", "fields-1-x", "tables-0-rows", "tables-0-columns-1-label-ko"):
        expect(page.locator(f"#{name}")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#{name}-error")).to_contain_text("＊")
        expect(page.locator(f"#error-summary a[href='#{name}']")).to_be_visible()
    page.locator("#error-summary a[href='#fields-1-x']").click()
    expect(page.locator("#fields-1-x")).to_be_focused()


def test_a_wrong_draft_is_neither_saved_nor_printed(place: str) -> None:
    for action in ("save", "print", "check"):
        answer = httpx.post(place + DRAW, data={"-action": action, "id": "Wrong"}, headers={"accept-language": "ja"})
        assert (answer.status_code, "content-disposition" in answer.headers) == (422, False)
        assert "英小文字で始め" in answer.text


def test_what_a_scanner_would_misread_is_told(page: Page) -> None:
    page.goto(f"{DRAW}?start=health_check")
    page.locator("#part-fields-1 > summary").click()
    fill(page, {"fields.1.y": "45"})
    page.get_by_role("button", name="検査する").last.click()
    expect(page.locator("#right")).to_contain_text("person.number と person.name が重なっています。")


# --- scans and blanks -------------------------------------------------------------------------------------------------


def test_the_first_page_of_a_pdf_is_laid_under_and_kept_nowhere(
    page: Page, application: FastAPI, tmp_path: Path
) -> None:  # fmt: skip
    pdf = application.state.counter.press(["<svg width='210mm' height='297mm'><rect width='999' height='999'/></svg>"])
    page.goto(DRAW)
    page.locator("#scan").set_input_files({"name": "scan.pdf", "mimeType": "application/pdf", "buffer": pdf})
    expect(page.locator("#underlay")).to_be_visible()
    page.locator("#scan").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-nothing"})
    expect(page.locator("#drawing-said")).to_contain_text("この画像を開けません")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7 broken", b"\x89PNG broken"])
def test_what_is_no_scan_is_refused(place: str, data: bytes) -> None:
    assert httpx.post(f"{place}{DRAW}/scan", files={"file": ("scan", data)}).status_code == 422


def test_a_blank_names_the_month_and_the_club_it_is_for(place: str) -> None:
    asked = {"month": "2026-11", "group": "012", "person": "", "second": "en"}
    answer = httpx.get(f"{place}/admin/sheets/club_work_report/blank.pdf", params=asked, timeout=60)
    assert answer.headers["content-type"] == "application/pdf"
    with open_scan(answer.content) as scan:
        found = sorting.sort_page(scan.page(0), KNOWN)
    assert found.label
    assert (found.label.month, found.label.group, found.label.person) == ("2026-11", "012", None)
    text = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()
    assert "2026年11月分" in text
    assert "Personnel number" in text


@pytest.mark.parametrize("asked", [{"month": "2026-13"}, {"group": "x"}, {"second": "fr"}])
def test_a_blank_for_nobody_is_explained(place: str, asked: dict[str, str]) -> None:
    answer = httpx.get(f"{place}/admin/sheets/health_check/blank.pdf", params=asked, headers={"accept-language": "ja"})
    assert answer.status_code == 422
    assert "空けておくこともできます" in answer.text


def test_the_list_shows_every_sheet(place: str) -> None:
    answer = httpx.get(f"{place}/admin/sheets", headers={"accept-language": "ja"})
    assert all(known.title.ja in answer.text for known in KNOWN.all())
    assert httpx.get(f"{place}/admin/sheets/nothing/blank.pdf").status_code == 404
    assert httpx.get(f"{place}{DRAW}", params={"start": "nothing"}).status_code == 404
