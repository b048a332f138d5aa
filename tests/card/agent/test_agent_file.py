"""電子証明書ファイル: a company signs with its PKCS#12 file at the same agent; the file stays on this machine."""

import base64
import datetime
import subprocess
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from card.agent.file import LARGEST
from tests.card.agent.agent_city import City
from tests.card.agent.conftest import Visit, token_of

PASSWORD = "会社の合言葉 1"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def a_file(key: Key, password: str = PASSWORD) -> tuple[bytes, x509.Certificate]:
    """A company's certificate and key in a file."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TEST 株式会社")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    sealed = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"company", key, certificate, None, sealed), certificate


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def send(visit: Visit, content: bytes, password: str = PASSWORD) -> httpx.Response:
    form = {"token": token_of(visit.open()), "pin": password}
    return visit.send(form, files={"file": ("company.p12", content, "application/x-pkcs12")})


def test_a_company_signs_with_its_file(visit: Visit, city: City, key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    city.another(holders=["business"])
    page = visit.open()
    assert "sign the following with your organisation&#39;s certificate" in page.text
    assert 'type="file"' in page.text
    assert "Card to use" not in page.text
    content, certificate = a_file(key)
    done = send(visit, content)
    assert (done.status_code, done.headers["location"]) == (303, f"{city.origin}/cases/1?a=b")
    assert openssl_verifies_without_chain(base64.b64decode(city.received[0]["cms"]), tmp_path)
    assert certificate.serial_number == 7


def test_neither_file_nor_password_leaves_the_machine(visit: Visit, city: City, key: rsa.RSAPrivateKey) -> None:
    city.another(holders=["business"])
    city.answer = (409, {"detail": "busy"})
    page = send(visit, a_file(key)[0])
    assert page.status_code == 422
    assert PASSWORD not in page.text
    assert set(city.received[0]) == {"nonce", "cms"}


@pytest.mark.parametrize(
    ("content", "password", "sentence"),
    [
        ("", PASSWORD, "Choose your certificate file"),
        ("good", "wrong", "The file cannot be opened"),
        ("nonsense", PASSWORD, "The file cannot be opened"),
        ("huge", PASSWORD, "The file cannot be opened"),
        ("elliptic", PASSWORD, "holds no key and certificate that can sign"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_on_the_page(
    visit: Visit, city: City, key: rsa.RSAPrivateKey, content: str, password: str, sentence: str
) -> None:
    city.another(holders=["business"])
    files = {
        "": lambda: b"",
        "good": lambda: a_file(key)[0],
        "nonsense": lambda: b"nonsense",
        "huge": lambda: b"0" * (LARGEST + 1),
        "elliptic": lambda: a_file(ec.generate_private_key(ec.SECP256R1()))[0],
    }
    page = send(visit, files[content](), password)
    assert page.status_code == 422
    assert sentence in page.text
    assert not city.received


def test_a_request_for_a_card_takes_no_file(visit: Visit, city: City, key: rsa.RSAPrivateKey) -> None:
    page = send(visit, a_file(key)[0])
    assert page.status_code == 422
    assert not city.received


def openssl_verifies_without_chain(cms: bytes, folder: Path) -> bool:
    """The signature itself, by openssl; whose certificate it is the city checks."""
    signed, content = folder / "signature.der", folder / "content"
    signed.write_bytes(cms)
    content.write_bytes('{"部数":2}'.encode())
    command = [
        "openssl",
        "cms",
        "-verify",
        "-noverify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        signed,
        "-content",
        content,
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
