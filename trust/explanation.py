"""検証の説明: what the evidence of a signature check says, for people: the certificate, who was asked, who answered.

Nothing is judged here: the evidence was judged when it was kept (`trust.signature`). Whatever cannot be read any more
is left out.
"""

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from trust import cades, certificate
from trust.anchors import Anchor, AnchorRegistry, Medium, Use
from trust.evidence import RevocationEvidence
from trust.signature import SignatureEvidence, SignatureSettings


@dataclass(frozen=True)
class CertificateUsed:
    """使われた証明書: which, whose authority's, on what medium, and from when to when it is valid."""

    use: Use
    medium: Medium | None
    anchor: Anchor
    serial: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Asked:
    """失効確認の一回: `host` was asked, `answered_by` signed the answer, which is of `as_of`."""

    kind: str
    asked_at: datetime
    host: str
    answered_by: str | None
    as_of: datetime | None
    revoked_at: datetime | None


def certificate_used(evidence: SignatureEvidence, anchors: AnchorRegistry) -> CertificateUsed | None:
    """使われた証明書; None where none was believed, or its authority has left the registry."""
    anchor = next((each for use in Use for each in anchors[use].anchors if each.id == evidence.anchor_id), None)
    if evidence.certificate is None or anchor is None:
        return None
    holder = x509.load_der_x509_certificate(evidence.certificate)
    facts = certificate.facts(holder, anchor.use, anchor.medium(certificate.policies(holder)))
    return CertificateUsed(anchor.use, facts.medium, anchor, facts.serial, facts.not_before, facts.not_after)


def asked(evidence: RevocationEvidence, serial: int | None) -> Asked:
    """失効確認の一回, as its answer says."""
    host = urlsplit(evidence.url).hostname or ""
    plain = Asked(evidence.kind, evidence.fetched_at, host, None, None, None)
    with suppress(ValueError):
        return _ocsp(evidence, host) if evidence.kind == "ocsp" else _crl(evidence, host, serial)
    return plain


def is_unchanged(content: bytes, cms: bytes) -> bool:
    """不変: whether these are the bytes that the signature's own digest is of."""
    try:
        envelope = cades.read(cms, SignatureSettings().maximum_bytes)
    except ValueError:
        return False
    return hmac.compare_digest(hashlib.new(envelope.digest.name, content).digest(), envelope.message_digest)


def _ocsp(evidence: RevocationEvidence, host: str) -> Asked:
    response = ocsp.load_der_ocsp_response(evidence.body)
    single = next(iter(response.responses))
    revoked_at = single.revocation_time_utc if single.certificate_status is ocsp.OCSPCertStatus.REVOKED else None
    return Asked("ocsp", evidence.fetched_at, host, _responder(response), single.this_update_utc, revoked_at)


def _responder(response: ocsp.OCSPResponse) -> str | None:
    if response.responder_name is not None:
        return _common_name(response.responder_name)
    named = (each.subject for each in response.certificates if _key_hash(each) == response.responder_key_hash)
    return next((_common_name(each) for each in named), None)


def _key_hash(holder: x509.Certificate) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(holder.public_key()).digest


def _crl(evidence: RevocationEvidence, host: str, serial: int | None) -> Asked:
    found = x509.load_der_x509_crl(evidence.body)
    entry = None if serial is None else found.get_revoked_certificate_by_serial_number(serial)
    revoked_at = None if entry is None else entry.revocation_date_utc
    return Asked("crl", evidence.fetched_at, host, _common_name(found.issuer), found.last_update_utc, revoked_at)


def _common_name(name: x509.Name) -> str:
    """The most telling part: the common name, else the innermost unit, else all of it."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME):
        if parts := name.get_attributes_for_oid(oid):
            return str(parts[-1].value)
    return name.rfc4514_string()
