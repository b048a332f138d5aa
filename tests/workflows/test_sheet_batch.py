"""帳票の一括: from scanned files to what the payroll shows, with real readers, a real robot and the real server."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from PIL import ImageDraw

from activities.documents.blank_sheets import printed
from commands.batch_truth import differences
from machine.layout import Layout, environment
from sandbox.scans.truth import Truth
from sheets.drawing import page
from sheets.label import Label
from store import sheet_batches, sheet_pages
from store.sheet_batches import BatchRow, payroll_key, report_key
from store.sheet_pages import Named
from tests.town.back_office import HIMEJI, SHEET, BackOffice, made, open_office
from training import corrected
from workflows import schedules


@pytest.fixture(scope="module")
def office(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    with open_office(town, tmp_path_factory.mktemp("office")) as office:
        yield office


def test_a_pile_is_read_corrected_approved_and_in_the_payroll_as_it_was_written(
    office: BackOffice, tmp_path: Path
) -> None:
    truth = made(tmp_path / "pile", "2026-10", 2)
    batch = office.take(tmp_path / "pile")
    officers = office.officers(truth)
    office.approve(batch, officers)
    assert office.await_state(batch, "finished", "stopped").state == "finished"
    handed_over = office.handed_over(batch)
    assert list(differences(SHEET, truth, office.slips(truth), handed_over)) == []
    assert len(handed_over) < 3
    assert office.objects.get(report_key(HIMEJI, batch)).startswith(b"%PDF")
    assert office.objects.get(payroll_key(HIMEJI, batch)).startswith("職員番号".encode("cp932"))
    assert "boxes" in typed(office, "sheets", "examples", "--to", str(tmp_path / "examples"))
    assert len(corrected.read(tmp_path / "examples").learning.labels) > 20


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("pile")
    return folder, made(folder, "2026-07", 2)


def states(office: BackOffice, batch: UUID) -> list[str]:
    return [page.state for page in office.pages(batch)]


def test_killed_at_any_moment_each_sheet_is_read_and_entered_once(office: BackOffice, pile: tuple[Path, Truth]) -> None:
    folder, truth = pile
    batch = office.take(folder)
    officers = office.officers(truth)

    office.await_that(lambda: True if "waiting" in (seen := states(office, batch)) and len(set(seen)) > 1 else None)
    office.kill("worker-sheets")  # while it reads
    before = {page.id for page in office.pages(batch) if page.state != "waiting"}
    assert before, "nothing was read before the kill"
    office.approve(batch, officers)

    office.await_that(lambda: True if "entered" in states(office, batch) else None)
    office.kill("worker-robots")  # while it types
    office.kill("worker-sheets")
    assert office.await_state(batch, "finished", "stopped").state == "finished"
    handed_over = office.handed_over(batch)
    assert list(differences(SHEET, truth, office.slips(truth), handed_over)) == []
    assert set(states(office, batch)) <= {"entered", "handed_over", "set_aside"}


def test_a_paused_batch_begins_nothing_and_a_stopped_one_keeps_what_was_entered(
    office: BackOffice, pile: tuple[Path, Truth]
) -> None:
    folder, truth = pile
    batch = office.take(folder)
    office.pace(batch, "pause")
    office.await_that(lambda: True if office.row(batch).paused else None)
    office.pace(batch, "stop")
    row = office.await_state(batch, "finished", "stopped")
    assert (row.state, row.paused) == ("stopped", False)
    assert len({slip["officer"] for slip in office.slips(truth)}) == len(office.slips(truth))


def a_blank_sheet(month: str) -> bytes:
    """A printed sheet nobody has written on, as PDF."""
    label = Label(sheet=SHEET.id, version=SHEET.version, month=month, group="001")
    return printed([page(SHEET, label, ())])


def spoiled(month: str) -> bytes:
    """The same with something over its symbol, scanned, as PDF."""
    scan = pypdfium2.PdfDocument(a_blank_sheet(month))[0].render(scale=200 / 72).to_pil().convert("L")
    left, top, right, bottom = (
        each / 25.4 * 200 for each in (SHEET.qr.x - 2, SHEET.qr.y - 2, SHEET.qr.right + 2, SHEET.qr.bottom + 2)
    )
    ImageDraw.Draw(scan).rectangle((left, top, right, bottom), fill=255)
    out = io.BytesIO()
    scan.save(out, "PDF", resolution=200)
    return out.getvalue()


def test_a_page_without_its_symbol_goes_on_once_a_person_says_whose_it_is(
    office: BackOffice, pile: tuple[Path, Truth], tmp_path: Path
) -> None:
    folder, truth = pile
    shutil.copy(folder / "roster.csv", tmp_path)
    (tmp_path / "spoiled.pdf").write_bytes(spoiled("2026-03"))
    batch = office.take(tmp_path)
    office.await_state(batch, "correcting")
    (page,) = office.pages(batch)
    assert (page.kind, page.fault) == ("unreadable", "label_unreadable")

    named = Named(SHEET.version, truth.clubs[0].number, None, "2026-03")
    with office.database.transaction(HIMEJI) as connection:
        sheet_pages.name(connection, page.id, page.version, office.officers(truth).first, named, 3)
    office.kill("worker-sheets")  # what was said is in the database
    office.look_again(batch)
    again = office.await_that(lambda: found if (found := office.pages(batch)[0]).kind else None)
    assert (again.kind, again.group_number, again.month) == ("sheet", truth.clubs[0].number, "2026-03")
    assert again.image_key != page.image_key
    office.await_state(batch, "correcting", "approving")


def newest(office: BackOffice, source: str) -> BatchRow | None:
    with office.database.reading(HIMEJI) as connection:
        return next((row for row in sheet_batches.newest(connection, 5) if row.source == source), None)


def test_what_lies_in_the_folder_at_night_is_taken_in_once(office: BackOffice) -> None:
    folder = office.town.scans / HIMEJI
    folder.mkdir(parents=True, exist_ok=True)
    scan = folder / "scan.pdf"
    for _ in range(2):
        scan.write_bytes(a_blank_sheet("2026-05"))
        os.utime(scan, (1_700_000_000, 1_700_000_000))
        office.await_that(lambda: taken_in(office, scan))
    batch = office.await_that(lambda: newest(office, "folder"))
    office.await_state(batch.id, "correcting", "approving")
    assert [each.number for each in office.pages(batch.id)] == [1]
    with office.database.reading(HIMEJI) as connection:
        assert [row.name for row in sheet_batches.newest(connection, 50)].count(batch.name) == 1


def taken_in(office: BackOffice, scan: Path) -> bool | None:
    """A Schedule hears of an end a moment after it, and until then begins nothing: asked again and again."""
    office.run(lambda client: schedules.begin(client, schedules.sheet_intake_id(HIMEJI)))
    return None if scan.exists() else True


def test_a_mail_brought_twice_is_one_batch_and_one_without_scans_is_none(office: BackOffice) -> None:
    mail = EmailMessage()
    mail.set_content("勤務報告書を送ります。")
    nothing = sent(office, mail)
    mail.add_attachment(a_blank_sheet("2026-04"), maintype="application", subtype="pdf", filename="001.pdf")
    first, second = sent(office, mail), sent(office, mail)
    assert "Nothing was taken" in nothing
    assert first == second
    batch = office.await_that(lambda: newest(office, "mail"))
    office.await_state(batch.id, "correcting", "approving")
    assert str(batch.id) in first


def sent(office: BackOffice, mail: EmailMessage) -> str:
    """What the command says that a mail server pipes it to."""
    return typed(office, "sheets", "mail", given=mail.as_bytes())


def typed(office: BackOffice, *words: str, given: bytes = b"") -> str:
    """What a command says, in the office's surroundings."""
    command = [Path(sys.prefix) / "bin" / "madoguchi", *words]
    done = subprocess.run(
        command, env=environment(office.town), cwd=office.town.clone, input=given, check=True, capture_output=True
    )
    return done.stdout.decode()
