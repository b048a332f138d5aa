"""信頼リスト: what the registry refuses, and how an issuer is found among equal names."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certificate_workshop import NOW, Authority, himeji, jpki_name
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from trust.anchors import Anchor, AnchorRegistry, AnchorsRefused, IssuerNotInForce, IssuerUntrusted, Use


def load(folder: Path, *entries: dict[str, Any], allow_sandbox: bool = True) -> AnchorRegistry:
    file = folder / "anchors.json"
    file.write_text(json.dumps({"anchors": entries}))
    return AnchorRegistry.load(file, allow_sandbox=allow_sandbox)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"sha256": "00" * 32}, "sha256 does not match"),
        ({"policies": []}, "policies is empty"),
        ({"valid_from": "2030-01-01", "valid_to": "2029-01-01"}, "valid_from is after valid_to"),
        ({"use": "everything"}, "use"),
        ({"surprise": 1}, "surprise"),
        ({"certificate": "not PEM"}, "certificate is not PEM"),
        ({"revocation": {"ocsp": "file:///etc/passwd", "crl": {}}}, "file:///etc/passwd is not an http address"),
        (
            {"revocation": {"ocsp": None, "crl": {"neither name nor address": "http://x.test/"}}},
            "neither name nor address is neither",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_the_file_and_the_reason(
    tmp_path: Path, signing: Authority, change: dict[str, Any], because: str
) -> None:
    with pytest.raises(AnchorsRefused, match=because) as refusal:
        load(tmp_path, signing.anchor(**change))
    assert f"{tmp_path / 'anchors.json'}: anchors.0" in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnchorsRefused, match=r"none\.json"):
        AnchorRegistry.load(tmp_path / "none.json")


def test_production_refuses_sandbox_anchors_by_name(tmp_path: Path, signing: Authority) -> None:
    with pytest.raises(AnchorsRefused, match="remove the sandbox anchors signing-03"):
        load(tmp_path, signing.anchor(), allow_sandbox=False)
    assert load(tmp_path, signing.anchor(sandbox=False), allow_sandbox=False)[Use.SIGNING].anchors


def test_one_key_cannot_serve_signing_and_authentication(tmp_path: Path, signing: Authority) -> None:
    with pytest.raises(AnchorsRefused, match="one key"):
        load(tmp_path, signing.anchor(), signing.anchor(id="again", use="authentication"))


def test_an_id_is_used_once(tmp_path: Path, signing: Authority) -> None:
    with pytest.raises(AnchorsRefused, match="used twice"):
        load(tmp_path, signing.anchor(), Authority("signing-02").anchor(id="signing-03"))


def test_an_end_entity_is_no_anchor(tmp_path: Path, signing: Authority) -> None:
    resident = signing.issue()
    pem, digest = resident.public_bytes(Encoding.PEM).decode(), resident.fingerprint(hashes.SHA256()).hex()
    with pytest.raises(AnchorsRefused, match="lacks"):
        load(tmp_path, signing.anchor(certificate=pem, sha256=digest))


def test_the_issuer_is_the_generation_whose_key_signed(tmp_path: Path, signing: Authority) -> None:
    old = Authority("signing-02")
    store = load(tmp_path, old.anchor(), signing.anchor())[Use.SIGNING]
    assert old.certificate.subject == signing.certificate.subject
    assert store.for_issuer(signing.issue(), NOW).id == "signing-03"
    assert store.for_issuer(old.issue(), NOW).id == "signing-02"
    with pytest.raises(IssuerUntrusted):
        store.for_issuer(Authority("impostor").issue(), NOW)


def test_a_certificate_that_names_another_key_is_not_believed(tmp_path: Path, signing: Authority) -> None:
    other = x509.SubjectKeyIdentifier.from_public_key(Authority("signing-02").private.public_key())
    names = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(other)
    store = load(tmp_path, signing.anchor())[Use.SIGNING]
    for named in ((names, False), None):
        with pytest.raises(IssuerUntrusted):
            store.for_issuer(signing.issue(extensions={x509.AuthorityKeyIdentifier: named}), NOW)


def test_each_use_has_its_own_store(tmp_path: Path, signing: Authority, login: Authority) -> None:
    registry = load(tmp_path, signing.anchor(), login.anchor())
    with pytest.raises(IssuerUntrusted):
        registry[Use.AUTHENTICATION].for_issuer(signing.issue(), NOW)
    assert registry[Use.AUTHENTICATION].for_issuer(login.issue(), NOW).id == "login-03"


def test_the_entrys_last_day_is_a_day_in_japan(tmp_path: Path, signing: Authority) -> None:
    store = load(tmp_path, signing.anchor(valid_to="2026-04-30"))[Use.SIGNING]
    certificate = signing.issue()
    last = datetime(2026, 4, 30, 14, 59, tzinfo=UTC)
    assert store.for_issuer(certificate, last).id == "signing-03"
    with pytest.raises(IssuerNotInForce, match="2026-05-01"):
        store.for_issuer(certificate, last + timedelta(minutes=1))


def test_a_distribution_point_finds_its_own_list(signing: Authority) -> None:
    anchor = Anchor.model_validate(signing.anchor("http://crl.test"))
    here, elsewhere = (x509.DirectoryName(himeji(signing, city)) for city in ("Himeji-shi", "Kobe-shi"))
    assert anchor.revocation.crl_for([here]) == "http://crl.test/signing-03/himeji.crl"
    assert anchor.revocation.crl_for([elsewhere]) == "http://crl.test/signing-03/all.crl"
    assert anchor.revocation.crl_for([]) == "http://crl.test/signing-03/all.crl"


def test_seal_and_timestamp_may_share_an_authority(tmp_path: Path) -> None:
    office = Authority("office", "seal", jpki_name("Office CA"))
    registry = load(tmp_path, office.anchor(), office.anchor(id="clock", use="timestamp"))
    assert [a.id for a in registry[Use.TIMESTAMP].in_force(NOW)] == ["clock"]
