"""カードとログイン: what PC/SC, a login and a certificate check cost, beside the same RSA operation in this process."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from rich.table import Table

from card.jpki import JpkiCard
from card.pcsc import PcscReader
from machine.demo import visitor
from machine.up import City
from sandbox import cards, pki
from sandbox.people import HANAKO
from trust.anchors import AnchorRegistry, Use
from trust.revocation import RevocationChecker, RevocationSettings
from trust.signature import SignatureVerifier

pytestmark = pytest.mark.timeout(300)

CONTENT = b"what is signed"
LOGINS, VISITORS = 200, 8


def mean_ms(work: Callable[[], object], times: int) -> float:
    """Milliseconds of one `work`, after two that warm it up."""
    for _ in range(2):
        work()
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return 1000 * (time.perf_counter() - begun) / times


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A test JPKI whose responder and lists answer."""
    place = tmp_path_factory.mktemp("pki")
    with pki.running(place):
        yield place


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[PcscReader]:
    place = Path(tempfile.mkdtemp(prefix="pcsc"))
    with cards.running(folder, place) as stack:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(stack.socket)
        stack.lay("hanako")
        yield PcscReader(stack.readers[0])
    shutil.rmtree(place)


def test_a_card_behind_pcscd_beside_the_bare_operation(folder: Path, reader: PcscReader, console: Console) -> None:
    key = pki.credential(folder, "hanako", "authentication").key
    floor = mean_ms(lambda: key.sign(CONTENT, padding.PKCS1v15(), hashes.SHA256()), 300)
    table = Table(title="カード: one interaction over PC/SC, virtual card", title_justify="left", min_width=72)
    for column in ("", "ms", "of one RSA-2048 signature"):
        table.add_column(column, justify="right" if column else "left")
    rows = {"RSA-2048 signature in this process": floor, **_at_the_card(reader)}
    for name, spent in rows.items():
        table.add_row(name, f"{spent:.2f}", f"{spent / floor:.1f}×")
    table.caption = "A real card takes longer: its own processor signs, often over NFC."
    console.print()
    console.print(table)


def _at_the_card(reader: PcscReader) -> dict[str, float]:
    with JpkiCard(reader.open()) as card:
        signer = card.unlock("authentication", HANAKO.auth_pin)
        signing = mean_ms(lambda: signer.sign(CONTENT), 200)
        reading = mean_ms(card.authentication_certificate, 100)

    def whole() -> None:
        with JpkiCard(reader.open()) as fresh:
            fresh.unlock("authentication", HANAKO.auth_pin).sign(CONTENT)

    return {
        "signature by the card": signing,
        "certificate read from the card": reading,
        "connect, PIN, certificate, signature, reset": mean_ms(whole, 20),
    }


def test_certificates_checked_per_second(folder: Path, console: Console) -> None:
    anchors = AnchorRegistry.load(folder / "anchors.json", allow_sandbox=True)
    certificate = pki.credential(folder, "hanako", "authentication").certificate.public_bytes(Encoding.DER)
    table = Table(title="証明書の確認: chain, use, policy, validity and revocation", title_justify="left", min_width=72)
    for column in ("", "per second", "ms"):
        table.add_column(column, justify="right" if column else "left")
    for name, age in (("OCSP asked every time", 0.0), ("OCSP answer kept for a minute", 60.0)):
        with RevocationChecker(RevocationSettings(ocsp_cache_age=age)) as checker:
            verifier = SignatureVerifier(anchors, checker)

            def check(by: SignatureVerifier = verifier) -> None:
                found = by.check_certificate(certificate, use=Use.AUTHENTICATION, at=datetime.now(UTC))
                assert found.outcome == "valid", found.detail

            spent = mean_ms(check, 200)
        table.add_row(name, f"{1000 / spent:.0f}", f"{spent:.2f}")
    table.caption = "The sandbox's responder, in Python and on the same cores, is part of the first row."
    console.print()
    console.print(table)


def test_logins_per_second(city: City, console: Console) -> None:
    visitors = [visitor(city.layout, HANAKO) for _ in range(VISITORS)]
    for each in visitors:
        each.log_in()
    begun = time.monotonic()
    with ThreadPoolExecutor(VISITORS) as crowd:
        list(crowd.map(lambda turn: visitors[turn % VISITORS].log_in(), range(LOGINS)))
    elapsed = time.monotonic() - begun
    for each in visitors:
        each.http.close()
    table = Table(title=f"ログイン: {LOGINS} logins, {VISITORS} at once", title_justify="left", min_width=72)
    table.add_column("per second", justify="right")
    table.add_row(f"{LOGINS / elapsed:.1f}")
    table.caption = "Cards in the visitors' own process; web server, database and responder share two cores with them."
    console.print()
    console.print(table)
