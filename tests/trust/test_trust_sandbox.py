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
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

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
        return self._judged(certificate, key, use or Use(kind))

    def check_company(self, company: str, use: Use = Use.BUSINESS_SIGNING) -> SignatureCheck:
        place = self.folder / "companies"
        secret = json.loads((place / f"{company}.json").read_text())["passphrase"]
        key, certificate, _ = pkcs12.load_key_and_certificates((place / f"{company}.p12").read_bytes(), secret.encode())
        assert certificate is not None
        return self._judged(certificate, key, use)

    def _judged(self, certificate: x509.Certificate, key: object, use: Use) -> SignatureCheck:
        assert isinstance(key, rsa.RSAPrivateKey)
        now = datetime.now(UTC)
        anchors = AnchorRegistry.load(self.folder / "anchors.json", allow_sandbox=True)
        with RevocationChecker(RevocationSettings(timeout=2)) as revocation:
            signature = signed(CONTENT, certificate, key, at=now.replace(microsecond=0))
            verifier = SignatureVerifier(anchors, revocation)
            return verifier.check(CONTENT, signature, use=use, received_at=now, procedure="smart_city_partner")


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
        ("hanako_phone", Outcome.VALID, None),
        ("kenji_renewed", Outcome.VALID, None),
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


@pytest.mark.parametrize("kind", ["signing", "authentication"])
def test_hanakos_smartphone_is_told_from_her_card(sandbox: Sandbox, kind: str) -> None:
    phone, card = sandbox.check("hanako_phone", kind), sandbox.check("hanako", kind)
    assert phone.certificate is not None
    assert card.certificate is not None
    assert (phone.certificate.medium, card.certificate.medium) == ("smartphone", "card")
    assert phone.certificate.serial != card.certificate.serial
    assert phone.person == card.person


@pytest.mark.parametrize(
    ("company", "name", "number", "representative", "anchor"),
    [
        ("data_works", "株式会社見本データ工房", "5999901000011", "見本　創", "registrar"),
        ("university", "学校法人見本学園　見本大学", "9999905000029", "学園　知子", "tdb-type-a"),
        ("transit", "見本交通株式会社", "4999901000037", "路線　進", "e-probatio-ps2"),
        ("surveyors", "見本測量合同会社", None, "測量　正", "aosign-g2"),
    ],
)
def test_each_look_alike_of_a_business_authority_is_believed(
    sandbox: Sandbox, company: str, name: str, number: str | None, representative: str, anchor: str
) -> None:
    check = sandbox.check_company(company)
    assert check.outcome is Outcome.VALID, check.detail
    said = check.organization
    assert said is not None
    assert (said.name, said.corporate_number, said.representative) == (name, number, representative)
    assert check.evidence.anchor_id == anchor


def test_a_revoked_company_and_a_company_in_a_residents_place_are_refused(sandbox: Sandbox) -> None:
    assert sandbox.check_company("closed_factory").reason is Reason.REVOKED
    assert sandbox.check_company("data_works", Use.SIGNING).reason is Reason.WRONG_CERTIFICATE_KIND
    assert sandbox.check("hanako", "signing", Use.BUSINESS_SIGNING).reason is Reason.WRONG_CERTIFICATE_KIND


def test_a_company_whose_list_cannot_be_had_is_unknown(sandbox: Sandbox) -> None:
    sandbox.control("mode", service="crl", mode="down")
    assert sandbox.check_company("university").outcome is Outcome.UNKNOWN
    assert sandbox.check_company("surveyors").outcome is Outcome.VALID, "its authority answers by OCSP"
    sandbox.control("mode", service="crl", mode="up")
    assert sandbox.check_company("university").outcome is Outcome.VALID
