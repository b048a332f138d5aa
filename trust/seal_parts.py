"""公印の部品: a sealed PDF taken apart into the pieces that OpenSSL verifies. Nothing is judged here.

`trust.document` judges; this is for whoever wants to do so with programs of their own.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509 import ocsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError

from trust.anchors import Anchor, AnchorRegistry, IssuerUntrusted, Use


@dataclass(frozen=True)
class SealParts:
    """公印の部品. The seal covers the bytes before `gap_from` and those from `gap_to` on."""

    gap_from: int
    gap_to: int
    container: bytes
    """The seal: CMS, DER, detached."""
    value: bytes
    """The signature itself, which is what the timestamp stamps."""
    timestamp: bytes
    stamped_at: datetime
    authority: Anchor
    timestamp_authority: Anchor
    status: bytes | None
    """The embedded OCSP answer about the seal's certificate."""


def taken_apart(pdf: bytes, anchors: AnchorRegistry) -> SealParts | None:
    """公印の部品; None where the PDF carries no seal with a timestamp, or by nobody the registry knows."""
    reader = PdfFileReader(io.BytesIO(pdf))
    for seal in reader.embedded_regular_signatures[:1]:
        tokens = _tokens(seal)
        if not tokens:
            return None
        at: datetime = tokens[0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
        try:
            authority = anchors[Use.SEAL].for_issuer(_loaded(seal.signer_cert), at)
            clock = anchors[Use.TIMESTAMP].for_issuer(_loaded(_stamper(tokens[0])), at)
        except IssuerUntrusted:
            return None
        _, gap_from, gap_to, _ = (int(each) for each in seal.byte_range)
        return SealParts(
            gap_from=gap_from,
            gap_to=gap_to,
            container=cms.ContentInfo.load(seal.pkcs7_content).dump(),
            value=seal.signer_info["signature"].native,
            timestamp=tokens[0].dump(),
            stamped_at=at,
            authority=authority,
            timestamp_authority=clock,
            status=_about(seal.signer_cert.serial_number, _answers(reader)),
        )
    return None


def _tokens(seal: EmbeddedPdfSignature) -> list[cms.ContentInfo]:
    return [
        token
        for attribute in seal.signer_info["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]


def _stamper(token: cms.ContentInfo) -> asn1_x509.Certificate:
    named = token["content"]["signer_infos"][0]["sid"].chosen["serial_number"].native
    certificates = [entry.chosen for entry in token["content"]["certificates"]]
    return next((each for each in certificates if each.serial_number == named), certificates[0])


def _answers(reader: PdfFileReader) -> list[bytes]:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return []
    return [stream.get_object().data for stream in store.ocsps]


def _about(serial: int, answers: Iterable[bytes]) -> bytes | None:
    """The answer about that certificate."""
    return next((each for each in answers if ocsp.load_der_ocsp_response(each).serial_number == serial), None)


def _loaded(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())
