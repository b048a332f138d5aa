"""公印付き文書の検証: PDFs sealed against the sandbox PKI over HTTP, then altered, appended to, revoked."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from asn1crypto.keys import PrivateKeyInfo
from certificate_workshop import NOW, Authority, jpki_name, revocation_list, rsa_key
from cryptography import x509 as certificates
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sandbox.pki import control
from sandbox.pki.server import running
from trust.anchors import Anchor, AnchorRegistry, Use
from trust.document import DocumentCheck, DocumentOutcome, check_document
from trust.revocation import RevocationChecker


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("pki")
    with running(folder) as base:
        yield folder, base


@pytest.fixture(scope="module")
def anchors(pki: tuple[Path, str]) -> AnchorRegistry:
    return AnchorRegistry.load(pki[0] / "anchors.json", allow_sandbox=True)


@pytest.fixture(scope="module")
def plain() -> bytes:
    out = io.BytesIO()
    pdf = writer.PdfFileWriter()
    words = generic.StreamObject(stream_data=b"BT /F1 20 Tf 72 700 Td (This is to certify.) Tj ET")
    pdf.insert_page(writer.PageObject(contents=pdf.add_object(words), media_box=(0, 0, 595, 842)))
    pdf.write(out)
    return out.getvalue()


Seal = Callable[..., bytes]


def asn1(certificate: certificates.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def asn1_of(path: Path) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(path.read_bytes())[2])


@pytest.fixture(scope="module")
def seal(pki: tuple[Path, str]) -> Seal:
    folder, base = pki

    def sealed(pdf: bytes, *, level: str = "B-LT", field: str = "Seal") -> bytes:
        signer = SimpleSigner.load_pkcs12(folder / "seal.p12", passphrase=(folder / "seal.password").read_bytes())
        roots = [asn1_of(folder / "ca" / f"{name}.pem") for name in ("lgpki-seal", "timestamp")]
        context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="require")
        lasting = level in ("B-LT", "B-LTA")
        metadata = PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=lasting,
            use_pades_lta=level == "B-LTA",
            validation_context=context if lasting else None,
        )
        stamper = None if level == "B-B" else HTTPTimeStamper(f"{base}/tsa")
        out = io.BytesIO()
        PdfSigner(metadata, signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
        return out.getvalue()

    return sealed


@pytest.fixture(scope="module")
def sealed(seal: Seal, plain: bytes) -> bytes:
    return seal(plain)


@pytest.fixture
def online() -> Iterator[RevocationChecker]:
    with RevocationChecker() as revocation:
        yield revocation


def test_a_sealed_document_is_valid_offline_from_what_it_embeds(sealed: bytes, anchors: AnchorRegistry) -> None:
    check = check_document(sealed, anchors, revocation=None)
    assert check.outcome is DocumentOutcome.VALID, check
    assert check.intact
    assert check.covers_whole_file
    assert check.trusted
    assert check.long_term
    assert check.anchor_id == "lgpki-seal"
    assert check.seal is not None
    assert "Mayor of Himeji TEST" in check.seal.subject
    assert check.sealed_at is not None
    assert abs(check.sealed_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_it_stays_valid_when_the_seal_certificate_has_expired_but_not_its_timestamp(
    pki: tuple[Path, str], plain: bytes, anchors: AnchorRegistry, tmp_path: Path
) -> None:
    office = Authority("office", "seal", jpki_name("Office CA"))
    brief = office.issue("mayor", ends=NOW + timedelta(hours=1))
    context = ValidationContext(
        trust_roots=[asn1(office.certificate), asn1_of(pki[0] / "ca" / "timestamp.pem")],
        crls=[revocation_list(office)],
        allow_fetching=True,
        revocation_mode="require",
    )
    store = SimpleCertificateStore.from_certs([asn1(office.certificate)])
    key = PrivateKeyInfo.load(rsa_key("mayor").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    signer = SimpleSigner(signing_cert=asn1(brief), signing_key=key, cert_registry=store)
    metadata = PdfSignatureMetadata(
        field_name="Seal",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        validation_context=context,
    )
    out = io.BytesIO()
    PdfSigner(metadata, signer, timestamper=HTTPTimeStamper(f"{pki[1]}/tsa")).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(plain)), output=out
    )
    timestamps = anchors[Use.TIMESTAMP].anchors
    both = AnchorRegistry([Anchor.model_validate(office.anchor()), *timestamps])
    tomorrow = NOW + timedelta(days=1)
    check = check_document(out.getvalue(), both, revocation=None, now=tomorrow)
    assert (check.outcome, check.long_term) == (DocumentOutcome.VALID, True), check
    undated = AnchorRegistry([Anchor.model_validate(office.anchor())])
    assert check_document(out.getvalue(), undated, revocation=None, now=tomorrow).outcome is DocumentOutcome.UNKNOWN


def test_when_the_timestamp_has_expired_too_nobody_can_tell(sealed: bytes, anchors: AnchorRegistry) -> None:
    check = check_document(sealed, anchors, revocation=None, now=NOW + timedelta(days=365 * 5))
    assert (check.outcome, check.intact, check.sealed_at) == (DocumentOutcome.UNKNOWN, True, None)


def test_a_document_timestamp_on_top_is_seal_maintenance(seal: Seal, plain: bytes, anchors: AnchorRegistry) -> None:
    check = check_document(seal(plain, level="B-LTA"), anchors, revocation=None)
    assert (check.outcome, check.covers_whole_file) == (DocumentOutcome.VALID, True)


def test_without_embedded_revocation_data_it_is_unknown_offline_and_valid_online(
    seal: Seal, plain: bytes, anchors: AnchorRegistry, online: RevocationChecker
) -> None:
    short = seal(plain, level="B-T")
    offline = check_document(short, anchors, revocation=None)
    assert (offline.outcome, offline.long_term) == (DocumentOutcome.UNKNOWN, False)
    assert check_document(short, anchors, revocation=online).outcome is DocumentOutcome.VALID


def test_without_a_timestamp_nothing_is_said_about_when(
    seal: Seal, plain: bytes, anchors: AnchorRegistry, online: RevocationChecker
) -> None:
    check = check_document(seal(plain, level="B-B"), anchors, revocation=online)
    assert (check.outcome, check.sealed_at) == (DocumentOutcome.VALID, None)


def test_one_changed_byte_is_altered(sealed: bytes, anchors: AnchorRegistry) -> None:
    forged = sealed.replace(b"This is to certify.", b"This is to certifY.")
    assert forged != sealed
    check = check_document(forged, anchors, revocation=None)
    assert (check.outcome, check.intact, check.seal) == (DocumentOutcome.ALTERED, False, None)


def test_a_page_appended_after_sealing_is_altered(sealed: bytes, anchors: AnchorRegistry) -> None:
    pdf = IncrementalPdfFileWriter(io.BytesIO(sealed))
    words = generic.StreamObject(stream_data=b"BT /F1 20 Tf 72 700 Td (I owe you nothing.) Tj ET")
    pdf.insert_page(writer.PageObject(contents=pdf.add_object(words), media_box=(0, 0, 595, 842)))
    out = io.BytesIO()
    pdf.write(out)
    check = check_document(out.getvalue(), anchors, revocation=None)
    assert (check.outcome, check.intact) == (DocumentOutcome.ALTERED, True)
    assert not check.covers_whole_file


def test_a_second_seal_is_altered(seal: Seal, sealed: bytes, anchors: AnchorRegistry) -> None:
    check = check_document(seal(sealed, level="B-B", field="Again"), anchors, revocation=None)
    assert check.outcome is DocumentOutcome.ALTERED


def test_a_seal_of_an_authority_we_do_not_know_is_untrusted(sealed: bytes, anchors: AnchorRegistry) -> None:
    others = [a for store in anchors.stores.values() for a in store.anchors if a.id != "lgpki-seal"]
    check = check_document(sealed, AnchorRegistry(others), revocation=None)
    assert (check.outcome, check.intact, check.trusted) == (DocumentOutcome.UNTRUSTED, True, False)


def test_a_timestamp_of_an_authority_we_do_not_know_dates_nothing(sealed: bytes, anchors: AnchorRegistry) -> None:
    others = [a for store in anchors.stores.values() for a in store.anchors if a.id != "timestamp"]
    assert check_document(sealed, AnchorRegistry(others), revocation=None).sealed_at is None


def test_a_seal_revoked_before_it_was_used_is_revoked_when_we_may_ask(
    pki: tuple[Path, str], sealed: bytes, anchors: AnchorRegistry, online: RevocationChecker
) -> None:
    control.revoke(pki[0], "mayor", "seal", datetime.now(UTC) - timedelta(days=1))
    try:
        assert check_document(sealed, anchors, revocation=online).outcome is DocumentOutcome.REVOKED
    finally:
        control.restore(pki[0], "mayor", "seal")


def test_a_seal_revoked_afterwards_leaves_the_document_valid(
    pki: tuple[Path, str], sealed: bytes, anchors: AnchorRegistry, online: RevocationChecker
) -> None:
    control.revoke(pki[0], "mayor", "seal", datetime.now(UTC) + timedelta(minutes=1))
    try:
        assert check_document(sealed, anchors, revocation=online).outcome is DocumentOutcome.VALID
    finally:
        control.restore(pki[0], "mayor", "seal")


def test_a_document_without_a_seal_is_unsealed(plain: bytes, anchors: AnchorRegistry) -> None:
    assert check_document(plain, anchors, revocation=None) == DocumentCheck(
        outcome=DocumentOutcome.UNSEALED, detail="the PDF carries no seal"
    )


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"[" * 100_000, b"%PDF-1.7\n" + b"<<" * 99_999])
def test_what_is_no_pdf_is_unreadable(file: bytes, anchors: AnchorRegistry) -> None:
    assert check_document(file, anchors, revocation=None).outcome is DocumentOutcome.UNREADABLE


def test_a_file_too_large_is_not_even_opened(sealed: bytes, anchors: AnchorRegistry) -> None:
    check = check_document(sealed, anchors, revocation=None, maximum_bytes=1000)
    assert check.outcome is DocumentOutcome.UNREADABLE
    assert "1000 bytes" in check.detail


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.data())
def test_no_damage_makes_a_document_valid_or_raises(
    sealed: bytes, anchors: AnchorRegistry, choices: st.DataObject
) -> None:
    """Bytes changed, cut or doubled anywhere under the seal."""
    at = choices.draw(st.integers(0, sealed.index(b"/Contents <") - 1))
    put = choices.draw(st.binary(max_size=6).filter(lambda put: put != sealed[at : at + 3]))
    damaged = sealed[:at] + put + sealed[at + 3 :]
    assert check_document(damaged, anchors, revocation=None).outcome is not DocumentOutcome.VALID
