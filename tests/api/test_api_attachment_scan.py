"""ウイルス検査: a real clamd behind a real counter; what it finds or cannot tell is not taken."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.counter import SESSION_COOKIE
from api.filing.virus_scan import ScanAddressUnclear, VirusScan
from api.settings import ScanSettings
from machine.layout import Layout
from tests.api import annex as annexes
from tests.api.paper_scenes import TODAY
from tests.api.scanner import EICAR, running_clamd
from tests.api.scenes import CERTIFICATE, HAPPY_PASS, HIMEJI, PDF, Books, Newcomer

INFECTED = PDF[:-6] + EICAR + b"\n%%EOF\n"


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[str]:
    """The scanner's address, while it runs."""
    with running_clamd(tmp_path / "scan") as address:
        yield address


@pytest.fixture
def resident(town: Layout, books: Books, tmp_path: Path) -> Iterator[httpx.Client]:
    """Somebody at a counter that asks the scanner of this test, whether it runs or not."""
    changes = {"MADOGUCHI_SCAN_ADDRESS": f"unix:{tmp_path}/scan/clamd.sock", "MADOGUCHI_WEB_HOSTS": "{}"}
    with annexes.running(town, None, tmp_path, annexes.free_port(), **changes) as address:
        cookies = {SESSION_COOKIE: books.session(books.account(HIMEJI))}
        with httpx.Client(base_url=address, cookies=cookies, timeout=60) as client:
            yield client


def send(resident: httpx.Client, data: bytes) -> httpx.Response:
    draft = resident.post("/api/drafts", json={"procedure": HAPPY_PASS, "language": "ja"}).json()
    url = f"/api/drafts/{draft['id']}/attachments"
    return resident.post(url, data={"field": "card_receipt"}, files={"file": ("領収書.pdf", data)})


def test_a_virus_is_refused_in_words_and_logged_without_the_files_name(
    scanned: str, resident: httpx.Client, tmp_path: Path
) -> None:
    assert send(resident, PDF).status_code == 201

    refused = send(resident, INFECTED)

    assert (refused.status_code, refused.json()["title"]) == (422, "file_infected")
    assert "ウイルスが見つかった" in refused.json()["detail"]
    log = (tmp_path / "annex.log").read_text()
    assert "Eicar-Test-Signature" in log
    assert "領収書" not in log


def test_the_scan_of_a_paper_is_scanned_too(
    scanned: str, resident: httpx.Client, newcomer: Newcomer, books: Books
) -> None:
    resident.cookies.clear()
    resident.cookies.update(newcomer("resident_counter:certificate_review").http.cookies)
    wanted = {"procedure": CERTIFICATE, "arrival": "counter", "received_on": TODAY.isoformat(), "language": "ja"}
    draft_id = resident.post("/api/paper/drafts", json=wanted).json()["draft"]["id"]

    form = {"data": {"field": "paper_scan"}, "files": {"file": ("申請書.pdf", INFECTED)}}
    refused = resident.post(f"/api/paper/drafts/{draft_id}/attachments", **form)  # type: ignore[arg-type]

    assert (refused.status_code, refused.json()["title"]) == (422, "file_infected")
    assert books.of_draft(draft_id)["attachments"] == 0


def test_without_an_answer_from_the_scanner_nothing_is_taken(
    resident: httpx.Client, books: Books, tmp_path: Path
) -> None:
    refused = send(resident, PDF)
    assert (refused.status_code, refused.json()["title"]) == (503, "file_unchecked")
    assert "数分後" in refused.json()["detail"]

    with running_clamd(tmp_path / "scan"):
        assert send(resident, PDF).status_code == 201, "the same file, once the scanner is there"


def test_a_file_larger_than_the_scanner_takes_is_not_taken(resident: httpx.Client, tmp_path: Path) -> None:
    with running_clamd(tmp_path / "scan", largest=1):
        refused = send(resident, PDF + b"\n" * 2_000_000 + b"%%EOF\n")
    assert (refused.status_code, refused.json()["title"]) == (503, "file_unchecked")


@pytest.mark.parametrize("address", ["clamd.example", "host:", ":3310", "tcp://host:port"])
def test_an_address_that_cannot_be_meant_stops_the_start(address: str) -> None:
    with pytest.raises(ScanAddressUnclear, match="MADOGUCHI_SCAN_ADDRESS"):
        VirusScan.connect(ScanSettings(address=address))


def test_without_an_address_files_are_not_scanned() -> None:
    assert VirusScan.connect(ScanSettings()) is None
