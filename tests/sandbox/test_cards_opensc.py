"""OpenSC: somebody else's program, unmodified, must recognise our card, read it and sign with it."""

import os
import subprocess
from pathlib import Path

import pytest

from sandbox import cards
from sandbox.people import HANAKO

PKCS11 = ("pkcs11-tool", "--sign", "--mechanism", "SHA256-RSA-PKCS")


@pytest.fixture
def opensc(stack: cards.Stack):
    """Runs one of OpenSC's tools, or openssl, against the virtual reader with Hanako's card on it."""
    stack.lay("hanako")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PCSCLITE_CSOCK_NAME": str(stack.socket), "LC_ALL": "C"}
        return subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment)

    yield run
    stack.restore("hanako")


def test_opensc_knows_it_for_a_jpki_card(opensc) -> None:
    assert opensc("opensc-tool", "-n").stdout.strip() == "jpki"


def test_opensc_finds_pins_keys_and_certificates(opensc) -> None:
    found = opensc("pkcs15-tool", "-D").stdout
    for name in (
        "PIN [User Authentication PIN]", "PIN [Digital Signature PIN]",
        "Private RSA Key [User Authentication Key]", "Private RSA Key [Digital Signature Key]",
        "X.509 Certificate [User Authentication Certificate]", "X.509 Certificate [Digital Signature Certificate CA]",
    ):  # fmt: skip
        assert name in found
    assert tries(found) == ["3", "5"]


@pytest.mark.parametrize(
    ("certificate", "slot", "pin"), [("01", "0", HANAKO.auth_pin), ("02", "1", HANAKO.sign_pin)], ids=["login", "sign"]
)
def test_opensc_signs_and_openssl_verifies_with_the_certificate_read(
    opensc, tmp_path: Path, certificate: str, slot: str, pin: str
) -> None:
    message, signature, key = tmp_path / "message", tmp_path / "signature", tmp_path / "key.pem"
    message.write_text("住民票の写しの交付請求")
    read = opensc(
        "pkcs15-tool", "--read-certificate", certificate, "--auth-id", certificate, "--verify-pin", "--pin", pin
    )
    (tmp_path / "certificate.pem").write_text(read.stdout)
    key.write_text(opensc("openssl", "x509", "-in", str(tmp_path / "certificate.pem"), "-pubkey", "-noout").stdout)
    signed = opensc(
        *PKCS11, "--slot", slot, "--login", "--pin", pin, "--id", certificate, "-i", str(message), "-o", str(signature)
    )
    assert signed.returncode == 0, signed.stderr
    checked = opensc("openssl", "dgst", "-sha256", "-verify", str(key), "-signature", str(signature), str(message))
    assert checked.stdout.strip() == "Verified OK"


def test_opensc_cannot_read_the_signing_certificate_without_its_pin(opensc) -> None:
    assert "BEGIN CERTIFICATE" not in opensc("pkcs15-tool", "--read-certificate", "02").stdout
    assert "BEGIN CERTIFICATE" in opensc("pkcs15-tool", "--read-certificate", "01").stdout


def test_opensc_sees_a_wrong_pin_cost_a_try_and_the_right_one_give_it_back(opensc) -> None:
    def verify(pin: str) -> subprocess.CompletedProcess[str]:
        return opensc("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", pin)

    assert "PIN code or key incorrect" in verify("9999").stderr
    assert tries(opensc("pkcs15-tool", "-D").stdout) == ["2", "5"]
    assert verify(HANAKO.auth_pin).returncode == 0
    assert tries(opensc("pkcs15-tool", "-D").stdout) == ["3", "5"]


def test_opensc_sees_a_blocked_pin_as_blocked(opensc) -> None:
    for _ in range(4):
        last = opensc("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "9999")
    assert "Reference data not usable" in last.stderr  # ISO 7816-4's words for 6984
    assert tries(opensc("pkcs15-tool", "-D").stdout) == ["0", "5"]


def tries(listing: str) -> list[str]:
    return [line.rsplit(" ", 1)[1] for line in listing.splitlines() if "Tries left" in line]
