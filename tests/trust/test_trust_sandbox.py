"""試験用JPKIとの検証: the sandbox PKI as a process of its own, its cards, faults and revocations over HTTP."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from certificate_workshop import signed
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from trust.anchors import AnchorRegistry, Use
from trust.reasons import Reason
from trust.revocation import RevocationChecker, RevocationSettings
from trust.signature import Outcome, SignatureCheck, SignatureVerifier

CONTENT = b'{"nonce":"sandbox"}'


class Sandbox:
    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder, base

    def control(self, switch: str, **change: str) -> None:
        httpx.post(f"{self.base}/_sandbox/{switch}", json=change).raise_for_status()

    def check(self, card: str, kind: str = "signing", use: Use | None = None) -> SignatureCheck:
        place = self.folder / "cards" / card
        facts = json.loads((place / "card.json").read_text())
        certificate = x509.load_der_x509_certificate((place / f"{kind}.der").read_bytes())
        key = load_pem_private_key((self.folder / "keys" / f"{facts[kind]['key']}.pem").read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        now = datetime.now(UTC)
        anchors = AnchorRegistry.load(self.folder / "anchors.json", allow_sandbox=True)
        with RevocationChecker(RevocationSettings(timeout=2)) as revocation:
            signature = signed(CONTENT, certificate, key, at=now.replace(microsecond=0))
            verifier = SignatureVerifier(anchors, revocation)
            return verifier.check(CONTENT, signature, use=use or Use(kind), received_at=now)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox-pki")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "sandbox.pki", str(folder), "--port", str(port)])
    base = f"http://127.0.0.1:{port}"
    try:
        _await(f"{base}/_sandbox/control", process)
        yield Sandbox(folder, base)
    finally:
        process.terminate()
        process.wait(10)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the sandbox PKI ended while starting; read its output above"
        try:
            httpx.get(url, timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the sandbox PKI did not answer within 60 seconds")


@pytest.mark.parametrize(
    ("card", "outcome", "reason"),
    [
        ("hanako", Outcome.VALID, None),
        ("substituted", Outcome.VALID, None),
        ("old_generation", Outcome.VALID, None),
        ("expired", Outcome.INVALID, Reason.EXPIRED),
        ("untrusted", Outcome.INVALID, Reason.ISSUER_UNTRUSTED),
        ("wrong_policy", Outcome.INVALID, Reason.POLICY_NOT_ACCEPTED),
        ("yumi", Outcome.INVALID, Reason.REVOKED),
        ("unregistered", Outcome.UNKNOWN, Reason.REVOCATION_UNKNOWN),
    ],
)
def test_each_card_of_the_sandbox_gets_its_answer(
    sandbox: Sandbox, card: str, outcome: Outcome, reason: Reason | None
) -> None:
    check = sandbox.check(card)
    assert (check.outcome, check.reason) == (outcome, reason), check.detail


def test_hanakos_card_says_who_she_is(sandbox: Sandbox) -> None:
    person = sandbox.check("hanako").person
    assert person is not None
    assert (person.name, str(person.birth_date)) == ("姫路　花子", "1990-04-12")
    substituted = sandbox.check("substituted").person
    assert substituted is not None
    assert substituted.name_substituted == (4,)


def test_the_two_certificates_of_a_card_are_not_interchangeable(sandbox: Sandbox) -> None:
    assert sandbox.check("hanako", "authentication").outcome is Outcome.VALID
    for kind, use in (("authentication", Use.SIGNING), ("signing", Use.AUTHENTICATION)):
        assert sandbox.check("hanako", kind, use).reason is Reason.WRONG_CERTIFICATE_KIND


def test_a_fault_of_the_responder_falls_to_the_list_and_both_to_unknown(sandbox: Sandbox) -> None:
    for mode in ("down", "silent", "garbage", "stale"):
        sandbox.control("mode", service="ocsp", mode=mode)
        check = sandbox.check("hanako")
        assert (check.outcome, check.evidence.revocation[0].kind) == (Outcome.VALID, "crl"), mode
        assert sandbox.check("yumi").reason is Reason.REVOKED, mode
        sandbox.control("mode", service="crl", mode=mode)
        assert sandbox.check("hanako").outcome is Outcome.UNKNOWN, mode
        assert sandbox.check("yumi").outcome is Outcome.UNKNOWN, mode
        sandbox.control("mode", service="crl", mode="up")
    sandbox.control("mode", service="ocsp", mode="up")
    assert sandbox.check("hanako").outcome is Outcome.VALID


def test_a_certificate_revoked_meanwhile_is_refused_until_restored(sandbox: Sandbox) -> None:
    sandbox.control("revoke", holder="taro", kind="signing")
    assert sandbox.check("taro").reason is Reason.REVOKED
    assert sandbox.check("taro", "authentication").outcome is Outcome.VALID
    sandbox.control("restore", holder="taro", kind="signing")
    assert sandbox.check("taro").outcome is Outcome.VALID
