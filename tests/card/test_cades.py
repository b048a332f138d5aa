"""CAdES署名: a card's signature over a document, judged by OpenSSL."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from next_card import NEXT_CARD, NextCard
from openssl_oracle import openssl_verifies

from card.cades import sign_detached
from card.jpki import JpkiCard

CONTENT = "住民票の写し １通".encode()
NOW = datetime(2026, 11, 23, 6, 0, 0, tzinfo=UTC)

Lay = Callable[[str], JpkiCard]


@pytest.fixture
def signed(lay: Lay) -> bytes:
    return sign_detached(lay("hanako").unlock("signing", "HANAKO1234"), CONTENT, NOW)


def test_openssl_verifies_it_as_cades(signed: bytes, folder: Path, tmp_path: Path) -> None:
    said = openssl_verifies(signed, CONTENT, folder / "ca" / "jpki-signature-03.pem", tmp_path)
    assert "CAdES Verification successful" in said


def test_openssl_refuses_it_over_other_bytes(signed: bytes, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="content verify error"):
        openssl_verifies(signed, CONTENT + b" ", folder / "ca" / "jpki-signature-03.pem", tmp_path)


def test_openssl_refuses_it_under_the_other_generation(signed: bytes, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="verify error"):
        openssl_verifies(signed, CONTENT, folder / "ca" / "jpki-signature-02.pem", tmp_path)


def test_the_content_is_not_inside_and_the_attributes_are_der(signed: bytes) -> None:
    data = cms.ContentInfo.load(signed, strict=True)["content"]
    assert data["encap_content_info"]["content"].native is None
    (signer,) = data["signer_infos"]
    attributes = signer["signed_attrs"]
    encoded = [one.dump() for one in attributes]
    assert encoded == sorted(encoded)
    values = {one["type"].native: one["values"][0] for one in attributes}
    assert set(values) == {"content_type", "signing_time", "message_digest", "signing_certificate_v2"}
    assert values["message_digest"].native == hashlib.sha256(CONTENT).digest()
    assert values["signing_time"].native == NOW
    certificate = data["certificates"][0].chosen
    identified = values["signing_certificate_v2"]["certs"][0]["cert_hash"].native
    assert identified == hashlib.sha256(certificate.dump()).digest()


def test_a_login_is_signed_in_the_same_form(lay: Lay, folder: Path, tmp_path: Path) -> None:
    login = sign_detached(lay("taro").unlock("authentication", "1234"), b"nonce", datetime.now(UTC))
    assert openssl_verifies(login, b"nonce", folder / "ca" / "jpki-authentication-03.pem", tmp_path)


def test_a_card_of_the_next_generation_signs_documents_by_its_own_scheme(tmp_path: Path) -> None:
    next_card = NextCard()
    with JpkiCard(next_card, [NEXT_CARD]) as card:
        signed = sign_detached(card.unlock("signing", "123456"), CONTENT, NOW)
    (tmp_path / "itself.pem").write_bytes(next_card.certificate.public_bytes(Encoding.PEM))
    (signer,) = cms.ContentInfo.load(signed, strict=True)["content"]["signer_infos"]
    assert signer["signature_algorithm"]["algorithm"].native == "sha384_ecdsa"
    assert "Verification successful" in openssl_verifies(signed, CONTENT, tmp_path / "itself.pem", tmp_path)
