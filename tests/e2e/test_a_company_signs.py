"""事業者の署名: a person logs in by card, and the company's certificate file signs at the same card agent."""

import re

from playwright.sync_api import expect

from machine.layout import Layout
from sandbox.companies import DATA_WORKS
from sandbox.people import HANAKO
from tests.api.test_api_partner import PARTNER, partner
from tests.conftest import Meet
from tests.e2e.conftest import Sit


def test_a_company_signs_its_registration_with_its_file(town: Layout, meet: Meet, sit_down: Sit) -> None:
    file = town.pki / "companies" / f"{DATA_WORKS.key}.p12"
    draft_id = meet(HANAKO).fill_in(PARTNER, partner())
    page = sit_down(HANAKO, width=375).log_in(f"/drafts/{draft_id}/review")
    expect(page.get_by_text("法人・団体の電子証明書で電子署名をします").first).to_be_visible()
    page.get_by_role("button", name="電子証明書で署名して申請する").click()

    expect(page.get_by_text("見本データ工房").first).to_be_visible()
    expect(page.get_by_label("使うカード")).to_have_count(0)
    page.get_by_label(re.compile("電子証明書ファイル")).set_input_files(file)
    page.get_by_label("ファイルのパスワード").fill("not this one")
    page.get_by_role("button", name="署名する").click()
    expect(page.get_by_role("alert")).to_contain_text("ファイルを開けません")

    page.get_by_label(re.compile("電子証明書ファイル")).set_input_files(file)
    page.get_by_label("ファイルのパスワード").fill(DATA_WORKS.passphrase)
    page.get_by_role("button", name="署名する").click()
    expect(page).to_have_url(re.compile(r"/cases/282014-\d{6}-\w{5}"))
