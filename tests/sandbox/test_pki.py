"""試験用JPKI: judged by OpenSSL and asn1crypto, not by the code that made it."""

import base64
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from sandbox import pki
from sandbox.companies import COMPANIES, Company
from sandbox.people import PEOPLE
from sandbox.pki import crl
from sandbox.pki.profiles import birth_date_text
from sandbox.pki.registry import Registry


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pki")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with pki.running(folder) as address:
        yield address


@pytest.fixture(autouse=True)
def _nothing_broken(folder: Path, base: str) -> Iterator[None]:
    yield
    (folder / "control.json").unlink(missing_ok=True)


def openssl(*arguments: str | Path, data: bytes = b"") -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode() + done.stderr.decode()


def ask(base: str, authority: str, credential: pki.Credential) -> ocsp.OCSPResponse:
    request = ocsp.OCSPRequestBuilder().add_certificate(credential.certificate, credential.issuer, hashes.SHA1())
    answer = httpx.post(f"{base}/ocsp/{authority}", content=request.build().public_bytes(Encoding.DER))
    assert answer.status_code == 200
    return ocsp.load_der_ocsp_response(answer.content)


def anchor(folder: Path, name: str) -> dict[str, object]:
    found = json.loads((folder / "anchors.json").read_text())["anchors"]
    return next(one for one in found if one["id"] == name)


def test_a_second_creation_changes_nothing(folder: Path, base: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    pki.create(folder, base)
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed <= {"create.lock"}


def test_a_new_address_keeps_keys_numbers_and_revocations(tmp_path: Path) -> None:
    pki.create(tmp_path, "http://127.0.0.1:1")
    first = pki.credential(tmp_path, "hanako", "authentication").certificate
    pki.revoke(tmp_path, "hanako", "authentication")
    pki.create(tmp_path, "http://127.0.0.1:2")
    second = pki.credential(tmp_path, "hanako", "authentication").certificate
    assert (second.serial_number, second.public_key()) == (first.serial_number, first.public_key())
    access = second.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert access[0].access_location.value.startswith("http://127.0.0.1:2/ocsp/")
    assert "revocations" in json.loads((tmp_path / "control.json").read_text())


def test_both_generations_of_an_authority_carry_the_same_name_and_different_keys(folder: Path, base: str) -> None:
    for use in ("signature", "authentication"):
        old, new = (
            x509.load_pem_x509_certificate(str(anchor(folder, f"jpki-{use}-{n}")["certificate"]).encode())
            for n in ("02", "03")
        )
        assert old.subject == new.subject == new.issuer
        assert old.public_key() != new.public_key()
        assert "O=JPKI-TEST" in new.subject.rfc4514_string()


def test_the_impostor_is_no_anchor(folder: Path, base: str) -> None:
    listed = {one["id"] for one in json.loads((folder / "anchors.json").read_text())["anchors"]}
    assert "jpki-signature-untrusted" not in listed
    impostor = pki.credential(folder, "untrusted", "signing")
    genuine = pki.credential(folder, "hanako", "signing")
    assert impostor.issuer.subject == genuine.issuer.subject
    with pytest.raises(InvalidSignature):
        impostor.certificate.verify_directly_issued_by(genuine.issuer)


def test_a_signing_certificate_has_the_profile_of_the_reference(folder: Path, base: str) -> None:
    certificate = pki.credential(folder, "hanako", "signing").certificate
    critical = {one.oid for one in certificate.extensions if one.critical}
    assert critical == {ExtensionOID.KEY_USAGE, ExtensionOID.CERTIFICATE_POLICIES}
    present = {one.oid for one in certificate.extensions}
    assert ExtensionOID.BASIC_CONSTRAINTS not in present
    assert ExtensionOID.EXTENDED_KEY_USAGE not in present
    assert ExtensionOID.AUTHORITY_INFORMATION_ACCESS not in present
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert certificate.serial_number.bit_length() == 27
    assert certificate.not_valid_after_utc.strftime("%m%d %H:%M:%S") == "0412 14:59:59"
    assert certificate.subject.rfc4514_string().endswith("L=Himeji-shi,L=Hyogo-ken,C=JP")
    assert 1600 <= len(certificate.public_bytes(Encoding.DER)) <= 2048


def test_the_six_attributes_stand_in_wire_order(folder: Path, base: str) -> None:
    der = pki.credential(folder, "hanako", "signing").certificate.public_bytes(Encoding.DER)
    names = asn1_x509.Certificate.load(der).subject_alt_name_value
    found = [(one.chosen["type_id"].dotted, one.chosen["value"].native) for one in names]
    arc = "1.2.392.200149.8.5.5."
    assert found == [
        (arc + "1", "姫路　花子"),
        (arc + "4", "419900412"),
        (arc + "3", "2"),
        (arc + "5", "兵庫県姫路市安田四丁目１番地"),
        (arc + "2", "00000"),
        (arc + "6", "0" * 14),
    ]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(1912, 7, 29), "119120729"),
        (date(1926, 12, 24), "219261224"),
        (date(1989, 1, 7), "319890107"),
        (date(1989, 1, 8), "419890108"),
        (date(2019, 5, 1), "520190501"),
    ],
)
def test_a_birth_date_is_gregorian_behind_its_era(day: date, text: str) -> None:
    assert birth_date_text(day) == text


def test_an_authentication_certificate_says_nothing_of_its_holder(folder: Path, base: str) -> None:
    certificate = pki.credential(folder, "hanako", "authentication").certificate
    assert [one.rfc4514_attribute_name for one in certificate.subject] == ["C", "CN"]
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_everybody_has_the_certificates_of_their_card(folder: Path, base: str) -> None:
    for person in PEOPLE:
        assert pki.credential(folder, person.key, "authentication")
        if person.sign_pin:
            assert pki.credential(folder, person.key, "signing")
    with pytest.raises(KeyError, match="no signing certificate"):
        pki.credential(folder, "sakura", "signing")


@pytest.mark.parametrize(
    ("holder", "kind", "authority", "status"),
    [
        ("hanako", "signing", "jpki-signature-03", "good"),
        ("yumi", "signing", "jpki-signature-03", "revoked"),
        ("yumi", "authentication", "jpki-authentication-03", "good"),
        ("old_generation", "signing", "jpki-signature-02", "good"),
        ("unregistered", "signing", "jpki-signature-03", "unknown"),
    ],
)
def test_openssl_accepts_the_ocsp_answer(
    folder: Path, base: str, holder: str, kind: str, authority: str, status: str
) -> None:
    root = folder / "ca" / f"{authority}.pem"
    serial = pki.credential(folder, holder, kind).certificate.serial_number
    said = openssl(
        "ocsp", "-sha256", "-issuer", root, "-serial", str(serial), "-CAfile", root, "-url", f"{base}/ocsp/{authority}"
    )
    assert "Response verify OK" in said
    assert f"{serial}: {status}" in said


def test_the_ocsp_answer_returns_the_nonce_and_comes_by_get_too(folder: Path, base: str) -> None:
    asked = pki.credential(folder, "hanako", "signing")
    request = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(asked.certificate, asked.issuer, hashes.SHA1())
        .add_extension(x509.OCSPNonce(b"0123456789abcdef"), critical=False)
        .build()
        .public_bytes(Encoding.DER)
    )
    path = base64.b64encode(request).decode().replace("/", "%2F").replace("+", "%2B")
    answer = httpx.get(f"{base}/ocsp/jpki-signature-03/{path}")
    assert answer.headers["content-type"] == "application/ocsp-response"
    loaded = asn1_ocsp.OCSPResponse.load(answer.content)
    assert loaded.response_data["response_extensions"][0]["extn_value"].parsed.native == b"0123456789abcdef"


def test_a_request_about_another_authority_is_refused(folder: Path, base: str) -> None:
    answer = ask(base, "jpki-signature-02", pki.credential(folder, "hanako", "signing"))
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_a_malformed_request_is_answered_as_such(base: str) -> None:
    answer = httpx.post(f"{base}/ocsp/jpki-signature-03", content=b"hello")
    status = ocsp.load_der_ocsp_response(answer.content).response_status
    assert status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert httpx.post(f"{base}/tsa", content=b"hello").status_code == 400


def test_openssl_accepts_every_revocation_list_of_the_anchors(folder: Path, base: str) -> None:
    for one in json.loads((folder / "anchors.json").read_text())["anchors"]:
        for point, url in one["revocation"]["crl"].items():
            content = httpx.get(url).content
            said = openssl(
                "crl", "-inform", "DER", "-text", "-noout", "-CAfile", folder / "ca" / f"{one['id']}.pem", data=content
            )
            assert "verify OK" in said
            revoked = "Serial Number:" in said.split("Revoked Certificates:")[-1]
            some = one["id"] == "registrar" or (
                one["id"] == "jpki-signature-03" and ("Himeji" in point or point == "*")
            )
            assert revoked == some, point


def test_a_part_of_the_list_names_the_distribution_point_of_the_certificate(folder: Path, base: str) -> None:
    certificate = pki.credential(folder, "yumi", "signing").certificate
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    name = points[0].full_name[0].value.rfc4514_string()
    lists = anchor(folder, "jpki-signature-03")["revocation"]["crl"]  # type: ignore[index]
    revocations = x509.load_der_x509_crl(httpx.get(lists[name]).content)
    part = revocations.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert part.critical
    assert part.value.full_name == points[0].full_name
    entry = revocations.get_revoked_certificate_by_serial_number(certificate.serial_number)
    assert entry is not None
    assert timedelta(hours=23) < datetime.now(UTC) - entry.revocation_date_utc < timedelta(hours=25)


def test_openssl_accepts_the_time_stamp(folder: Path, base: str, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes("住民票".encode())
    openssl("ts", "-query", "-data", tmp_path / "data", "-sha256", "-cert", "-out", tmp_path / "query")
    url = json.loads((folder / "urls.json").read_text())["tsa"]
    answer = httpx.post(url, content=(tmp_path / "query").read_bytes())
    assert answer.headers["content-type"] == "application/timestamp-reply"
    (tmp_path / "answer").write_bytes(answer.content)
    said = openssl(
        "ts", "-verify", "-queryfile", tmp_path / "query", "-in", tmp_path / "answer",
        "-CAfile", folder / "ca" / "timestamp.pem",
    )  # fmt: skip
    assert "Verification: OK" in said


def test_the_seal_opens_with_its_password_and_names_its_services(folder: Path, base: str) -> None:
    secret = (folder / "seal.password").read_bytes()
    key, certificate, issuers = pkcs12.load_key_and_certificates((folder / "seal.p12").read_bytes(), secret)
    assert key is not None
    assert certificate is not None
    certificate.verify_directly_issued_by(issuers[0])
    assert "CN=Mayor of Himeji TEST" in certificate.subject.rfc4514_string()
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    assert httpx.get(points[0].full_name[0].value).status_code == 200
    assert (folder / "seal.p12").stat().st_mode & 0o077 == 0


def test_a_certificate_can_be_revoked_and_restored_while_serving(folder: Path, base: str) -> None:
    asked = pki.credential(folder, "taro", "signing")
    httpx.post(f"{base}/_sandbox/revoke", json={"holder": "taro", "kind": "signing"}).raise_for_status()
    answer = ask(base, "jpki-signature-03", asked)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    listed = x509.load_der_x509_crl(httpx.get(f"{base}/crl/jpki-signature-03.crl").content)
    assert listed.get_revoked_certificate_by_serial_number(asked.certificate.serial_number)
    httpx.post(f"{base}/_sandbox/restore", json={"holder": "taro", "kind": "signing"}).raise_for_status()
    assert ask(base, "jpki-signature-03", asked).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_revocation_in_the_future_does_not_count_yet(folder: Path, base: str) -> None:
    pki.revoke(folder, "taro", "signing", datetime.now(UTC) + timedelta(hours=1))
    answer = ask(base, "jpki-signature-03", pki.credential(folder, "taro", "signing"))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_services_fail_on_demand(folder: Path, base: str) -> None:
    asked = pki.credential(folder, "hanako", "signing")
    url = f"{base}/ocsp/jpki-signature-03"
    pki.set_mode(folder, "ocsp", "down")
    assert httpx.post(url, content=b"").status_code == 503
    assert httpx.get(f"{base}/crl/jpki-signature-03.crl").status_code == 200
    pki.set_mode(folder, "ocsp", "silent")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url, content=b"")
    pki.set_mode(folder, "ocsp", "slow", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, content=b"", timeout=0.1)
    pki.set_mode(folder, "ocsp", "garbage")
    with pytest.raises(ValueError, match="parsing"):
        ocsp.load_der_ocsp_response(httpx.post(url, content=b"").content)
    pki.set_mode(folder, "ocsp", "stale")
    until = ask(base, "jpki-signature-03", asked).next_update_utc
    assert until is not None
    assert until < datetime.now(UTC) - timedelta(days=9)
    pki.set_mode(folder, "crl", "stale")
    old = x509.load_der_x509_crl(httpx.get(f"{base}/crl/jpki-signature-03.crl").content).next_update_utc
    assert old is not None
    assert old < datetime.now(UTC) - timedelta(days=8)


def test_the_control_panel_refuses_what_it_does_not_know(base: str) -> None:
    assert httpx.post(f"{base}/_sandbox/mode", json={"service": "mail", "mode": "down"}).status_code == 400
    assert httpx.post(f"{base}/_sandbox/revoke", json={"holder": "sakura", "kind": "signing"}).status_code == 400
    assert httpx.post(f"{base}/_sandbox/explode", json={}).status_code == 404
    assert httpx.post(f"{base}/tsa", content=b"x" * 70_000).status_code == 413


# --- smartphones, renewed cards


def test_a_smartphone_has_keys_numbers_and_policies_of_its_own(folder: Path, base: str) -> None:
    for kind, policy in (("signing", "1.2.392.200149.8.5.1.1.40"), ("authentication", "1.2.392.200149.8.5.1.3.40")):
        card, phone = (pki.credential(folder, holder, kind).certificate for holder in ("hanako", "hanako_phone"))
        assert card.public_key() != phone.public_key()
        assert card.serial_number != phone.serial_number
        (info,) = phone.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert info.policy_identifier.dotted_string == policy
        authority = "jpki-signature-03" if kind == "signing" else "jpki-authentication-03"
        assert anchor(folder, authority)["policies"][policy] == "smartphone"  # type: ignore[index]
    said = json.loads((folder / "cards" / "hanako_phone" / "card.json").read_text())
    assert (said["person"], said["label"]) == ("hanako", "smartphone")


def number(credential: pki.Credential) -> dict[str, str]:
    issuer = credential.issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return {"issuer_key_id": issuer.digest.hex(), "serial": str(credential.certificate.serial_number)}


@pytest.mark.parametrize("kind", ["authentication", "signing"])
def test_a_renewed_card_names_the_certificate_it_replaced(folder: Path, base: str, kind: str) -> None:
    old, new = (number(pki.credential(folder, holder, kind)) for holder in ("kenji", "kenji_renewed"))
    answer = httpx.post(f"{base}/previous", json=new)
    assert (answer.status_code, answer.json()) == (200, old)
    assert httpx.post(f"{base}/previous", json=old).status_code == 404


@pytest.mark.parametrize(("holder", "birthdays"), [("kenji", 5), ("kenji_renewed", 6)])
def test_a_card_lasts_to_the_fifth_birthday_and_a_renewed_one_to_the_sixth(
    folder: Path, base: str, holder: str, birthdays: int
) -> None:
    certificate = pki.credential(folder, holder, "signing").certificate
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    assert ends.strftime("%m%d") == "0208"
    first = begins.year if (begins.month, begins.day) < (2, 8) else begins.year + 1
    assert ends.year - first + 1 == birthdays


def test_the_previous_number_fails_on_demand_and_refuses_nonsense(folder: Path, base: str) -> None:
    asked = number(pki.credential(folder, "kenji_renewed", "signing"))
    assert httpx.post(f"{base}/previous", json=asked | {"serial": "12x"}).status_code == 400
    assert httpx.post(f"{base}/previous", json=asked | {"issuer_key_id": "00"}).status_code == 400
    pki.set_mode(folder, "previous", "down")
    assert httpx.post(f"{base}/previous", json=asked).status_code == 503


# --- businesses


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.key)
def test_openssl_opens_the_file_of_every_company_and_believes_its_certificate(
    folder: Path, base: str, tmp_path: Path, company: Company
) -> None:
    place = folder / "companies" / f"{company.key}.p12"
    opened = openssl("pkcs12", "-in", place, "-nodes", "-passin", f"pass:{company.passphrase}")
    assert "BEGIN PRIVATE KEY" in opened
    (tmp_path / "company.pem").write_text(opened[opened.index("-----BEGIN CERTIFICATE") :])
    root = folder / "ca" / f"{company.issuer}.pem"
    said = openssl("verify", "-ignore_critical", "-CAfile", root, tmp_path / "company.pem")
    assert said.endswith("OK\n")
    assert json.loads(place.with_suffix(".json").read_text())["passphrase"] == company.passphrase
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(place.read_bytes(), b"guess")


def test_a_registered_company_is_written_as_the_ministry_writes_it(folder: Path, base: str) -> None:
    """registeredCorporationInfo by asn1crypto: explicitly tagged texts, the number without its check digit."""
    certificate = pki.credential(folder, "data_works", "business_signing").certificate
    registrar = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.2.392.100300.1.1.2"))
    assert registrar.critical
    info = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.2.392.100300.1.1.3"))
    assert not info.critical
    assert isinstance(info.value, x509.UnrecognizedExtension)
    said = openssl("asn1parse", "-inform", "DER", "-i", data=info.value.value)
    assert [line.split("cont [ ")[1][0] for line in said.splitlines() if "cont [" in line] == list("012346")
    assert "PRINTABLESTRING   :999901000011" in said
    assert "株式会社見本データ工房".encode() in info.value.value
    critical = {one.oid.dotted_string for one in certificate.extensions if one.critical}
    assert critical == {"1.2.392.100300.1.1.2", ExtensionOID.KEY_USAGE.dotted_string}


def test_each_look_alike_says_test_and_where_it_writes_the_organisation(folder: Path, base: str) -> None:
    entries = json.loads((folder / "anchors.json").read_text())["anchors"]
    business = [one for one in entries if one["use"] == "business_signing"]
    assert [one["id"] for one in business] == ["registrar", "tdb-type-a", "e-probatio-ps2", "aosign-g2"]
    for one in business:
        subject = x509.load_pem_x509_certificate(one["certificate"].encode()).subject
        assert "TEST" in subject.rfc4514_string()
        assert one["subject"]["name"]
        assert one["sandbox"]


def test_a_company_can_be_revoked_while_serving(folder: Path, base: str) -> None:
    transit = pki.credential(folder, "transit", "business_signing").certificate.serial_number
    httpx.post(f"{base}/_sandbox/revoke", json={"holder": "transit", "kind": "business_signing"}).raise_for_status()
    listed = x509.load_der_x509_crl(httpx.get(f"{base}/crl/e-probatio-ps2.crl").content)
    assert listed.get_revoked_certificate_by_serial_number(transit) is not None


# --- large lists


@pytest.mark.parametrize("count", [0, 20, 30_000])
def test_openssl_accepts_a_large_revocation_list(folder: Path, base: str, count: int) -> None:
    authority = Registry(folder).authorities["jpki-signature-03"]
    content = crl.large(authority, count, "Himeji-shi")
    said = openssl("crl", "-inform", "DER", "-noout", "-CAfile", folder / "ca" / "jpki-signature-03.pem", data=content)
    assert "verify OK" in said
    revocations = x509.load_der_x509_crl(content)
    assert len(revocations) == count
    serials = (crl.FIRST_OF_LARGE - 1, crl.FIRST_OF_LARGE, crl.FIRST_OF_LARGE + count - 1, crl.FIRST_OF_LARGE + count)
    found = [revocations.get_revoked_certificate_by_serial_number(serial) is not None for serial in serials]
    assert found == [False, count > 0, count > 0, False]
    if count:
        assert revocations[0].extensions.get_extension_for_class(x509.CRLReason).value.reason
    part = revocations.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert part.critical


def test_a_large_list_is_the_same_for_the_same_moment(folder: Path, base: str) -> None:
    authority, at = Registry(folder).authorities["jpki-authentication-03"], datetime(2026, 11, 23, tzinfo=UTC)
    assert crl.large(authority, 100, at=at) == crl.large(authority, 100, at=at)
    whole = x509.load_der_x509_crl(crl.large(authority, 100, at=at))
    assert whole.last_update_utc == at - timedelta(hours=1)
    with pytest.raises(x509.ExtensionNotFound):
        whole.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
