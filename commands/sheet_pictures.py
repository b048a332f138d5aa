"""帳票の画面の写真: a small pile of paper on its way from the scanner to the payroll, at each of its stations."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, expect
from rich.console import Console

from commands.batch_demo import HIMEJI, pile
from commands.batch_truth import Scripted
from machine.browser import Someone, chromium, seated
from machine.city import back_office
from machine.demo import appoint_officers
from machine.layout import Layout, environment
from machine.screenshots import FOLDER, WIDTHS
from machine.up import up
from sandbox.people import APPROVER, OFFICER
from sandbox.scans.truth import Truth
from sheets.document import Sheet
from sheets.loader import SheetLibrary
from store import offices
from store.database import Database
from store.settings import StoreSettings

MONTH, SHEETS = "2026-10", 8
OTHERS = 0.2
"""Of the pages, each: blank, foreign, twice. More than in a month's pile, so that a small one has some."""
PATIENCE = 600.0
"""Seconds: pictures are often taken on a machine that does other things, too."""
PATIENCE_MS = 1000 * PATIENCE


def take_pictures() -> None:
    """Open a town with its back office, bring a pile of paper through it, and keep what its officers saw."""
    sheet = SheetLibrary.read().current("club_work_report")
    with tempfile.TemporaryDirectory() as folder:
        paper, layout = Path(folder) / "paper", Layout.ephemeral(Path(folder) / "var")
        truth = pile(paper, sheet, MONTH, SHEETS, duplicates=OTHERS, blanks=OTHERS, foreign=OTHERS)
        with up(layout, Console(quiet=True), patience=PATIENCE) as city:
            appoint_officers(layout)
            city.supervisor.start([replace(unit, patience=PATIENCE) for unit in back_office(layout)])
            command = [str(Path(sys.prefix) / "bin" / "madoguchi"), "sheets", "roster", str(paper / "roster.csv")]
            subprocess.run(command, env=environment(layout), cwd=layout.clone, check=True, capture_output=True)  # noqa: S603
            with (
                chromium() as browser,
                seated(browser, OFFICER, layout.public_url) as officer,
                seated(browser, APPROVER, layout.public_url) as approver,
                _opened(layout) as database,
            ):
                for each in (officer, approver):
                    each.page.set_default_timeout(PATIENCE_MS)
                _walk(officer, approver, database, sheet, truth, paper)


def _walk(
    officer: Someone, approver: Someone, database: Database, sheet: Sheet, truth: Truth, paper: Path
) -> None:  # fmt: skip
    page = officer.log_in("/sheets")
    _shoot(page, "sheets-hand-in")
    batch = _hand_in(page, sheet, [each for each in sorted(paper.iterdir()) if each.name.startswith(MONTH)])
    page.get_by_text(re.compile("読み終わるまで")).wait_for(timeout=PATIENCE_MS)
    _shoot(page, "batch-reading")
    _await(page, "訂正待ち")
    _shoot(page, "batch-correcting")
    _shoot(page, "sheets", "/sheets")
    _shoot(page, "sheet", f"/sheets/batches/{batch}/next")
    _scripted(database, sheet, truth).correct(batch)
    officer.open(f"/sheets/batches/{batch}").get_by_role("button", name="一時停止する").click()
    _shoot(page, "batch-paused")
    page.get_by_role("button", name="再開する").click()
    _await(page, "承認待ち")
    approving = approver.log_in(f"/sheets/batches/{batch}/approval")
    _shoot(approving, "approval")
    approving.get_by_role("button", name="この内容で承認する").click()
    page.get_by_text(re.compile("入力が終わるまで")).wait_for(timeout=PATIENCE_MS)
    _shoot(page, "batch-entering")
    _await(page, "完了")
    _shoot(page, "batch-finished")


def _hand_in(page: Page, sheet: Sheet, files: list[Path]) -> UUID:
    page.get_by_label("様式").select_option(sheet.id)
    page.get_by_label("この一括の名前").fill("10月分 勤務報告書")
    page.get_by_label("スキャンしたファイル").set_input_files(files)
    page.get_by_role("button", name="読み込む").click()
    page.wait_for_url(re.compile("/sheets/batches/"))
    return UUID(page.url.rsplit("/", 1)[1])


def _await(page: Page, says: str) -> None:
    expect(page.locator("#heading")).to_contain_text(says, timeout=PATIENCE_MS)


def _scripted(database: Database, sheet: Sheet, truth: Truth) -> Scripted:
    """The officer corrects; the approver only confirms totals, and may approve."""
    with database.reading(HIMEJI) as connection:
        accounts = {each.name: each.account_id for each in offices.everybody(connection)}
    return Scripted(database, HIMEJI, sheet, truth, accounts[OFFICER.name], accounts[APPROVER.name])


@contextmanager
def _opened(layout: Layout) -> Iterator[Database]:
    told = environment(layout)
    database = Database(
        StoreSettings(
            database_url=told["MADOGUCHI_STORE_DATABASE_URL"],
            password_file=Path(told["MADOGUCHI_STORE_PASSWORD_FILE"]),
            objects_url=told["MADOGUCHI_STORE_OBJECTS_URL"],
            master_key_file=Path(told["MADOGUCHI_STORE_MASTER_KEY_FILE"]),
        )
    )
    try:
        yield database
    finally:
        database.close()


def _shoot(page: Page, name: str, path: str | None = None) -> None:
    """At both widths, of one moment as nearly as can be."""
    if path is not None:
        page.goto("/".join(page.url.split("/", 3)[:3]) + path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": max(WIDTHS), "height": 900})
