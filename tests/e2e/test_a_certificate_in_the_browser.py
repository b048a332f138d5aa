"""住民票の写し: from the catalogue to the sealed PDF, by hand, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from machine.layout import Layout
from machine.pdf_check import validate_independently
from sandbox.people import HANAKO, OFFICER
from tests.e2e.conftest import Sit


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["phone", "without JavaScript"])
def test_a_resident_applies_signs_pays_and_downloads(
    town: Layout, sit_down: Sit, tmp_path: Path, width: int, javascript: bool
) -> None:
    hanako = sit_down(HANAKO, width=width, javascript=javascript)
    page = hanako.start_certificate()
    hanako.fill_in_certificate()
    expect(page.get_by_role("definition").filter(has_text="079-221-2111")).to_be_visible()
    page.get_by_role("button", name=re.compile("署名")).click()
    expect(page.get_by_text("世帯全員")).to_be_visible()
    hanako.sign()

    expect(page).to_have_url(re.compile(r"/cases/282014-\d{6}-\w{5}"))
    receipt_number = page.url.rsplit("/", 1)[1].split("?")[0]
    hanako.read_until(re.compile("600円"))
    hanako.pay()
    hanako.read_until("審査")

    officer = sit_down(OFFICER)
    officer.log_in("/inbox")
    desk = officer.claim(receipt_number)
    desk.get_by_role("button", name="承認する").click()

    hanako.read_until(re.compile("ダウンロード"))
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("ダウンロード")).first.click()
    file = tmp_path / "certificate.pdf"
    downloading.value.save_as(file)
    validation = validate_independently(file, town.pki / "anchors.json")
    assert validation.valid, str(validation)

    page.goto(f"{town.public_url}/verify")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form:has(input[type=file]) button").click()
    expect(page.get_by_text(re.compile("有効")).first).to_be_visible()


def test_a_form_with_mistakes_says_where_and_what_to_enter(sit_down: Sit) -> None:
    page = sit_down(HANAKO).start_certificate()
    page.get_by_label("通数").fill("9")
    page.get_by_role("button", name="次へ進む").click()

    copies = page.get_by_label("通数")
    expect(copies).to_have_attribute("aria-invalid", "true")
    described = copies.get_attribute("aria-describedby") or ""
    said = " ".join(page.locator(f"#{each}").inner_text() for each in described.split())
    assert "5以下の数を入力してください" in said
    expect(copies).to_have_value("9")
