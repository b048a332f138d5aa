"""故障の見え方: what a resident reads while a neighbour cannot tell, and how an administrator gets the case moving."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from machine.browser import Someone, seated
from machine.layout import Layout
from sandbox.people import ADMINISTRATOR, HANAKO, Person
from tests.e2e.conftest import Sit
from tests.faults.conftest import Neighbours


@pytest.fixture
def sit_down(stricken: Layout, browser: Browser) -> Iterator[Sit]:
    with ExitStack() as stack:

        def someone(person: Person) -> Someone:
            return stack.enter_context(seated(browser, person, stricken.public_url))

        yield someone


def test_a_case_waits_in_sight_while_certificates_cannot_be_checked_and_goes_on_when_they_can(
    neighbours: Neighbours, sit_down: Sit
) -> None:
    hanako, administrator = sit_down(HANAKO), sit_down(ADMINISTRATOR)
    page, desk = hanako.start_certificate(), administrator.log_in("/admin/cases")
    hanako.fill_in_certificate()
    neighbours.pki("ocsp", "down")
    neighbours.pki("crl", "down")
    page.get_by_role("button", name=re.compile("署名")).click()
    hanako.sign()

    hanako.read_until("電子証明書の確認待ち")
    expect(page.get_by_text(re.compile("受付日時は変わらず")).first).to_be_visible()
    receipt_number = page.url.rsplit("/", 1)[1].split("?")[0]
    desk.reload()
    row = desk.get_by_role("row", name=re.compile(receipt_number))
    expect(row).to_contain_text("外部システムの回答待ち")

    neighbours.mend()
    row.get_by_role("button", name="いま再試行する").click()
    hanako.read_until(re.compile("600円"))
