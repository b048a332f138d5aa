"""案件を見る: a reviewer goes through a whole case in a real browser: at a desk, on a phone, by keys, scriptless."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfWriter

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from sandbox.people import HANAKO
from tests.api.scenes import allowance, today
from tests.conftest import Meet
from tests.e2e.conftest import Open, window
from tests.e2e.test_a_case_through_its_levels import fill_in_the_sheet, take
from tests.e2e.test_for_everyone import AXE, FOUND, WIDE, Keyboard

REVIEW, EXPERT = "children:allowance_review", "health:expert"
People = Callable[..., Visitor]
SIZE = "(picture => picture.complete ? [picture.naturalWidth, picture.naturalHeight] : [0, 0])(document.querySelector('#viewer-sheet img'))"  # noqa: E501
WIDER = "(sheet => sheet.scrollWidth > sheet.clientWidth)(document.querySelector('#viewer-sheet'))"
CHILD = {
    "name": "姫路　さくら", "name_kana": "ヒメジ　サクラ", "birth_date": "2026-05-20", "relation": "child",
    "living": "together",
}  # fmt: skip


def scanned(pages: int) -> bytes:
    """A PDF of scanned sheets, each with as many bars as its number."""
    writer = PdfWriter()
    for number in range(1, pages + 1):
        sheet, out = Image.new("L", (420, 594), "white"), io.BytesIO()
        for bar in range(number):
            ImageDraw.Draw(sheet).rectangle((40, 40 + bar * 60, 380, 70 + bar * 60), fill="black")
        sheet.save(out, "PDF", resolution=50)
        writer.append(io.BytesIO(out.getvalue()))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@dataclass(frozen=True)
class Case:
    """花子's claim with two files, and what she typed otherwise than her certificate says."""

    hanako: Visitor
    number: str


@pytest.fixture
def case(meet: Meet) -> Iterator[Case]:
    hanako = meet(HANAKO)
    typed = {"occupation": "employee", "birth_date": "1990-04-21", "address": "姫路市安田4-1"}
    draft = hanako.post("/api/drafts", {"procedure": "child_allowance", "language": "en"})["id"]
    answers = allowance(1, **typed) | {"children": [CHILD]}
    hanako.put(f"/api/drafts/{draft}/answers", {"answers": answers})
    hanako.attach(draft, "health_insurance", "資格確認書.pdf", scanned(4))
    photograph = io.BytesIO()
    Image.new("RGB", (800, 500), "skyblue").save(photograph, "JPEG")
    hanako.attach(draft, "health_insurance", "裏面.jpg", photograph.getvalue())
    number = hanako.file(draft)
    hanako.await_case(number, "under_review")
    yield Case(hanako, number)
    hanako.http.post(f"/api/cases/{number}/withdrawal")


def drawn(page: Page) -> tuple[int, int]:
    """The size of the picture in the viewer, once it is there."""
    width, height = wait_for(lambda: page.evaluate(SIZE), lambda size: size[0] > 0, "a picture in the viewer", 20)
    return width, height


def part(page: Page, name: str) -> Any:
    return page.locator("section, aside", has=page.get_by_role("heading", name=name, exact=True)).last


@pytest.mark.parametrize("width", [1280, 375])
def test_a_reviewer_goes_through_a_whole_case(case: Case, newcomer: People, open_window: Open, width: int) -> None:
    reviewer, expert = newcomer(REVIEW, name=f"網干　{width}"), newcomer(EXPERT, name=f"医師　{width}")
    reviewer.post("/api/inbox/message-templates", {
        "department": "children", "name": f"書類の不足 {case.number}",
        "texts": {"ja": "{受付番号}の書類", "en": "About {受付番号}, “{手続名}”: one document is missing."},
    })  # fmt: skip
    task = reviewer.task_of(case.number)
    page = open_window(reviewer, f"/tasks/{task['id']}", width=width)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    _look_at_the_files(page, width)
    _compare(page)
    _read_the_signature(page)
    take(page)
    _write_a_note(page)
    _ask_the_expert(page, case.number, reviewer, expert, open_window, width)
    _write_to_the_resident(page, case)
    fill_in_the_sheet(page)

    page.get_by_role("link", name="判断へ").click()
    expect(page.locator("#decision")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")  # where the bar stands in its place and covers nothing
    page.evaluate(AXE.read_text())
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in page.evaluate(FOUND)] == []
    assert not page.evaluate(WIDE)
    page.get_by_role("button", name="承認する").click()
    expect(page).to_have_url(re.compile("/inbox"))
    assert not complaints

    page.goto(page.url.replace("/inbox", f"/inbox/cases/{case.number}"))
    expect(page.get_by_text("あなたの判断を待つ作業はありません")).to_be_visible()
    expect(part(page, "内部メモ")).to_contain_text("住所は表記の違いだけ。")
    expect(part(page, "これまでの経過")).to_contain_text(f"網干　{width}")
    seen = open_window(case.hanako, f"/cases/{case.number}", width=width).content()
    assert "住所は表記の違いだけ" not in seen
    assert "30,000" not in seen


def _look_at_the_files(page: Page, width: int) -> None:
    viewer = page.locator("#viewer")
    if width == 1280:
        left, right = page.locator("#answers").bounding_box(), page.locator("#attachments").bounding_box()
        assert left is not None
        assert right is not None
        assert abs(left["y"] - right["y"]) < 20, "answers and attachments do not stand side by side"
    drawn(page)
    viewer.get_by_role("link", name="次のページ").click()
    expect(viewer.get_by_role("status")).to_have_text("2 / 4 ページ")
    expect(page.locator("#viewer-next")).to_be_focused()
    natural, _ = drawn(page)
    viewer.get_by_role("link", name="大きく").click()
    expect(page.locator("#viewer-sheet")).to_have_attribute("data-zoom", "150")
    assert drawn(page)[0] > natural
    assert page.evaluate(WIDER)
    viewer.get_by_role("link", name="右に回す").click()
    expect(page.locator("#viewer-sheet img")).to_have_attribute("src", re.compile("turn=90"))
    across, down = drawn(page)
    assert across > down
    viewer.get_by_label("ページ番号").fill("4")
    viewer.get_by_role("button", name="表示").click()
    expect(viewer.get_by_role("status")).to_have_text("4 / 4 ページ")
    viewer.get_by_role("link", name="裏面.jpg").click()
    expect(viewer.get_by_role("link", name="裏面.jpg")).to_have_attribute("aria-current", "true")
    with page.expect_download() as downloading:
        viewer.get_by_role("link", name="ダウンロード").click()
    assert downloading.value.suggested_filename == "裏面.jpg"


def _compare(page: Page) -> None:
    rows = part(page, "照合").locator("tbody tr")
    expect(rows.filter(has_text="生年月日")).to_contain_text("申請と証明書が異なります")
    expect(rows.filter(has_text="生年月日")).to_contain_text("1990年4月21日")
    expect(rows.filter(has_text="住所")).to_contain_text("一致")
    expect(rows.filter(has_text="住所")).to_contain_text("姫路市安田4-1")
    expect(part(page, "申請の内容").get_by_role("link", name="相違あり")).to_have_count(1)


def _read_the_signature(page: Page) -> None:
    signature = part(page, "電子署名")
    expect(signature).to_contain_text("署名の後に変わっていません")
    expect(signature).to_contain_text("マイナンバーカードの署名用電子証明書")
    signature.get_by_text("署名と検証の詳しい記録").click()
    expect(signature).to_contain_text("OCSP Responder")
    with page.expect_download() as downloading:
        signature.get_by_role("link", name=re.compile("署名の証拠を保存する")).click()
    with zipfile.ZipFile(downloading.value.path()) as file:
        assert {"content.json", "signature.p7s", "certificate.der"} <= set(file.namelist())


def _write_a_note(page: Page) -> None:
    for said in ("まちがい", "住所は表記の違いだけ。"):
        page.get_by_label("新しいメモ").fill(said)
        page.get_by_role("button", name="メモを残す").click()
    notes = part(page, "内部メモ")
    expect(notes).to_contain_text("開示請求の対象")
    notes.locator("li", has_text="まちがい").get_by_role("button", name="このメモを取り下げる").click()
    gone = part(page, "内部メモ").locator("li", has_text="取下げ済み")
    expect(gone.get_by_text("まちがい")).to_be_hidden()
    gone.get_by_text("取り下げられたメモ").click()
    expect(gone.get_by_text("まちがい")).to_be_visible()


def _ask_the_expert(page: Page, number: str, reviewer: Visitor, expert: Visitor, open_window: Open, width: int) -> None:
    asking = part(page, "意見照会")
    asking.get_by_text("ほかの課や外部有識者に意見を求める").click()
    asking.get_by_label("照会先").select_option(label="保健所健康課 · 外部有識者")
    asking.get_by_label("聞きたいこと").fill(f"発育の記録に気になる点はありますか。{width}")
    asking.get_by_label("住所", exact=True).check()
    asking.get_by_label("資格確認書.pdf").check()
    day = today() + timedelta(days=7)
    for label, figure in (("年", day.year), ("月", day.month), ("日", day.day)):
        asking.get_by_label(label, exact=True).fill(str(figure))
    asking.get_by_label("回答が届くまで承認しない").check()
    asking.get_by_role("button", name="意見を照会する").click()
    expect(part(page, "判断")).to_contain_text("回答が届くか、照会を取り下げるまで承認できません。")

    theirs = open_window(expert, "/inbox", width=width)
    asked = reviewer.get(f"/api/inbox/cases/{number}/opinions")[0]["id"]
    theirs.locator(f"a[href='/inbox/opinions/{asked}']").click()
    expect(theirs.get_by_text(f"気になる点はありますか。{width}")).to_be_visible()
    expect(part(theirs, "申請の内容（抜粋）")).to_contain_text("姫路市安田4-1")
    assert "ヒメジ　ハナコ" not in theirs.content()
    drawn(theirs)
    theirs.get_by_label("賛成").check()
    theirs.get_by_role("textbox", name=re.compile("意見")).fill("ありません。")
    theirs.get_by_role("button", name="回答を送る").click()
    expect(theirs.get_by_text("ありません。")).to_be_visible()

    page.reload()
    expect(part(page, "意見照会")).to_contain_text(f"医師　{width}")


def _write_to_the_resident(page: Page, case: Case) -> None:
    page.locator("summary", has_text="メッセージを書く").click()
    page.get_by_label("定型文").select_option(label=f"書類の不足 {case.number}")
    page.get_by_role("button", name="文を入れる").click()
    body = page.get_by_role("textbox", name=re.compile("^メッセージ"))
    expect(body).to_have_value(re.compile(f"About {case.number}, “Child allowance”"))
    page.get_by_role("button", name="メッセージを送る").click()
    expect(part(page, "申請者とのメッセージ")).to_contain_text(f"About {case.number}")


def test_everything_works_without_javascript(case: Case, newcomer: People, open_window: Open) -> None:
    reviewer = newcomer(REVIEW)
    reviewer.post("/api/inbox/message-templates", {
        "department": "children", "name": f"日程 {case.number}", "texts": {"ja": "来週ご連絡します。"},
    })  # fmt: skip
    task = reviewer.task_of(case.number)
    page = open_window(reviewer, f"/tasks/{task['id']}", javascript=False)

    page.get_by_role("link", name="次のページ").click()
    expect(page.get_by_text("2 / 4 ページ")).to_be_visible()
    page.get_by_role("link", name="左に回す").click()
    page.get_by_role("link", name="大きく").click()
    expect(page.locator("#viewer-sheet")).to_have_attribute("data-zoom", "150")
    picture = page.locator("#viewer-sheet img").get_attribute("src") or ""
    assert "turn=270" in picture
    answer = page.request.get(page.url.split("/tasks/")[0] + picture)
    width, height = Image.open(io.BytesIO(answer.body())).size
    assert width > height
    page.get_by_label("ページ番号").fill("4")
    page.get_by_role("button", name="表示").click()
    expect(page.get_by_text("4 / 4 ページ")).to_be_visible()

    page.get_by_role("button", name="担当する").click()
    page.get_by_label("認定する月額").fill("いくらか")
    page.get_by_role("button", name="審査欄を保存する").click()
    expect(page.get_by_role("heading", name="審査欄を保存していません")).to_be_visible()
    expect(page.get_by_label("認定する月額")).to_have_value("いくらか")
    expect(page.get_by_text("整数を数字で入力してください")).to_be_visible()
    fill_in_the_sheet(page)

    page.get_by_label("新しいメモ").fill("確認済み")
    page.get_by_role("button", name="メモを残す").click()
    expect(page.locator(".madoguchi-notes")).to_contain_text("確認済み")
    page.locator("summary", has_text="メッセージを書く").click()
    page.get_by_role("textbox", name=re.compile("^メッセージ")).fill("お世話になります。")
    page.get_by_label("定型文").select_option(label=f"日程 {case.number}")
    page.get_by_role("button", name="文を入れる").click()
    expect(page.get_by_text("まだ送っていません")).to_be_visible()
    written = page.get_by_role("textbox", name=re.compile("^メッセージ"))
    expect(written).to_have_value("お世話になります。\n\n来週ご連絡します。")
    page.get_by_role("link", name="審査に戻る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("児童手当の認定請求")


def test_two_reviewers_do_not_overwrite_each_other_and_see_what_the_other_wrote(
    case: Case, newcomer: People, open_window: Open
) -> None:
    reviewer = newcomer(REVIEW, name="網干　二窓")
    task = reviewer.task_of(case.number)
    first = open_window(reviewer, f"/tasks/{task['id']}")
    take(first)
    second = open_window(reviewer, f"/tasks/{task['id']}")
    fill_in_the_sheet(first)
    second.get_by_label("認定する月額").fill("10000")
    second.get_by_role("button", name="審査欄を保存する").click()
    expect(second.get_by_text("ほかの職員が先に審査欄を保存しました")).to_be_visible()
    expect(second.get_by_label("認定する月額")).to_have_value("10000")
    expect(second.locator("#review-monthly_amount--elsewhere")).to_contain_text("30,000")
    expect(second.locator("#review-form").locator("..")).to_contain_text("網干　二窓")


ACROSS = "document.getElementById('viewer-sheet').scrollLeft"
"""How far to the right the reader has drawn the picture, in pixels."""


def test_the_keyboard_alone_looks_at_the_file_and_comes_to_the_decision(
    case: Case, newcomer: People, town: Layout, browser: Browser
) -> None:
    reviewer = newcomer(REVIEW)
    task = reviewer.task_of(case.number)
    with window(browser, town, reviewer, viewport={"width": 1280, "height": 900}, locale="ja-JP") as page:
        page.goto(f"{town.public_url}/tasks/{task['id']}")
        keys, count = Keyboard(page), page.locator("#viewer").get_by_role("status")
        keys.to("#viewer-sheet")
        for key, said in (("PageDown", "2"), ("PageDown", "3"), ("PageUp", "2")):
            page.keyboard.press(key)
            expect(count).to_have_text(f"{said} / 4 ページ")
            expect(page.locator("#viewer-sheet")).to_be_focused()
        for zoom in ("150", "200"):
            page.keyboard.press("+")
            expect(page.locator("#viewer-sheet")).to_have_attribute("data-zoom", zoom)
        page.wait_for_function(f"{ACROSS} === 0")
        page.evaluate("document.getElementById('viewer-sheet').scrollLeft = 10_000")
        page.keyboard.press("-")
        expect(page.locator("#viewer-sheet")).to_have_attribute("data-zoom", "150")
        page.wait_for_function(f"{ACROSS} > 0")
        page.keyboard.press("-")
        expect(page.locator("#viewer-sheet")).to_have_attribute("data-zoom", "100")
        page.keyboard.press("r")
        expect(page.locator("#viewer-sheet img")).to_have_attribute("src", re.compile("turn=90"))
        page.reload()
        keys.press("#viewer-next")
        expect(count).to_have_text("2 / 4 ページ")
        expect(page.locator("#viewer-next")).to_be_focused()
        page.evaluate("document.querySelector('.madoguchi-casebar > a').focus()")
        page.keyboard.press("Enter")
        expect(page.locator("#decision")).to_be_in_viewport()
        keys.press("form[action$='/claim'] button")
        expect(page.get_by_role("button", name="承認する")).to_be_visible()


def test_at_four_hundred_percent_the_bar_covers_nothing(
    case: Case, newcomer: People, town: Layout, browser: Browser
) -> None:
    """1280 by 1024 at 400 % is 320 by 256 (WCAG 1.4.10, 2.4.11)."""
    reviewer = newcomer(REVIEW)
    task = reviewer.task_of(case.number)
    zoomed: dict[str, Any] = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
    with window(browser, town, reviewer, **zoomed) as page:
        page.goto(f"{town.public_url}/tasks/{task['id']}")
        assert not page.evaluate(WIDE)
        assert page.evaluate("getComputedStyle(document.querySelector('.madoguchi-casebar')).position") == "static"


def test_a_department_keeps_its_templates(newcomer: People, open_window: Open, tmp_path: Path) -> None:
    officer = newcomer("digital:partner_review")
    name = f"定型 {tmp_path.name}"
    page = open_window(officer, "/inbox", width=375)
    page.get_by_role("link", name="メッセージの定型文").click()
    page.get_by_role("link", name="定型文を加える").click()
    page.get_by_label("名前").fill(name)
    page.get_by_label("文（日本語）").fill("{氏名}様")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("heading", name="保存していません")).to_be_visible()
    expect(page.get_by_label("名前")).to_have_value(name)
    page.get_by_label("文（日本語）").fill("{受付番号}について")
    page.get_by_label("文（한국어）").fill("{受付番号} 안내")
    page.get_by_role("button", name="保存する").click()
    row = page.locator("tbody tr", has_text=name)
    expect(row).to_contain_text("日本語 · 한국어")
    row.get_by_role("link").click()
    page.locator("summary", has_text="この定型文を削除する").click()
    page.get_by_role("button", name="削除する").click()
    expect(page.get_by_text(name)).to_have_count(0)
