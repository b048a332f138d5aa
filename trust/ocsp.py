"""OCSP: asking for and believing one certificate's status (RFC 6960; nonce RFC 9654). No I/O here."""

import secrets
from collections.abc import Callable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from trust.anchors import Anchor
from trust.certificate import validity, verified
from trust.evidence import (
    Doubt,
    NotServed,
    RevocationAnswer,
    RevocationEvidence,
    Stale,
    good,
    require_fresh,
    revoked,
)
from trust.settings import RevocationSettings

NONCE_BYTES = 32


def question(serial: int, anchor: Anchor, settings: RevocationSettings) -> ocsp.OCSPRequest:
    """An unsigned request for one certificate of this authority, with a fresh nonce. Its number is enough."""
    sha1 = settings.ocsp_hash == "sha1"
    algorithm = hashes.SHA1() if sha1 else hashes.SHA256()  # noqa: S303 — a name for the certificate, see settings
    issuer = ocsp.OCSPRequestBuilder().add_certificate(anchor.authority, anchor.authority, algorithm).build()
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        issuer.issuer_name_hash, issuer.issuer_key_hash, serial, algorithm
    )
    return builder.add_extension(x509.OCSPNonce(secrets.token_bytes(NONCE_BYTES)), critical=False).build()


def question_bytes(request: ocsp.OCSPRequest) -> bytes:
    return request.public_bytes(Encoding.DER)


def answer(
    request: ocsp.OCSPRequest,
    evidence: RevocationEvidence,
    anchor: Anchor,
    settings: RevocationSettings,
    now: datetime,
    unrevoked: Callable[[x509.Certificate], bool],
) -> RevocationAnswer:
    """The status in a response to `request`. Raises Doubt unless it is authentic, fresh and about that certificate.

    `unrevoked` is asked about a delegated responder whose certificate does not say that it needs no such check.
    """
    response = ocsp.load_der_ocsp_response(evidence.body)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Doubt(f"the responder answered {response.response_status.name}")
    responder = _require_signed(response, anchor, now)
    _require_nonce(request, response, settings)
    single = _about(request, response)
    if response.produced_at_utc > now + settings.skew:
        raise Stale("it is dated in the future")
    require_fresh(
        single.this_update_utc,
        single.next_update_utc,
        now=now,
        maximum_age=settings.ocsp_maximum_age,
        skew=settings.skew,
    )
    if responder != anchor.authority and not _needs_no_check(responder) and not unrevoked(responder):
        raise Doubt("its responder may itself be revoked: it has neither ocsp-nocheck nor an answer of its own")
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return good(evidence)
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED and single.revocation_time_utc:
        return revoked(single.revocation_time_utc, single.revocation_reason, evidence)
    raise NotServed("the responder does not know this certificate")


def _require_signed(response: ocsp.OCSPResponse, anchor: Anchor, now: datetime) -> x509.Certificate:
    responder = _responder(response, anchor, now)
    digest = response.signature_hash_algorithm
    if not verified(responder, response.signature, response.tbs_response_bytes, digest):
        raise Doubt("its signature is wrong")
    return responder


def _responder(response: ocsp.OCSPResponse, anchor: Anchor, now: datetime) -> x509.Certificate:
    """The authority itself, or a responder it delegated to (RFC 6960 §4.2.2.2)."""
    if _is_named(response, anchor.authority):
        return anchor.authority
    for candidate in response.certificates:
        if _is_named(response, candidate) and _is_delegated(candidate, anchor, now):
            return candidate
    raise Doubt("it is not signed by a responder of this authority")


def _is_named(response: ocsp.OCSPResponse, candidate: x509.Certificate) -> bool:
    if response.responder_key_hash is not None:
        # responderID byKey is the SHA-1 of the key, which is also how this identifier is computed.
        return x509.SubjectKeyIdentifier.from_public_key(candidate.public_key()).digest == response.responder_key_hash
    return candidate.subject == response.responder_name


def _is_delegated(candidate: x509.Certificate, anchor: Anchor, now: datetime) -> bool:
    try:
        purposes = candidate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    current = validity(candidate, now) == "valid"
    return current and ExtendedKeyUsageOID.OCSP_SIGNING in purposes and anchor.signed(candidate)


def _needs_no_check(responder: x509.Certificate) -> bool:
    """id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1): its authority vouches for the whole of its short life."""
    try:
        responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        return False
    return True


def _require_nonce(request: ocsp.OCSPRequest, response: ocsp.OCSPResponse, settings: RevocationSettings) -> None:
    sent = request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    received: bytes | None = None
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            received = extension.value.nonce
        elif extension.critical:
            raise Doubt(f"its critical extension {extension.oid.dotted_string} is not understood")
    if received is None and settings.nonce_required:
        raise Doubt("it carries no nonce")
    if received is not None and received != sent:
        raise Doubt("its nonce is not ours: the answer is a replay")


def _about(request: ocsp.OCSPRequest, response: ocsp.OCSPResponse) -> ocsp.OCSPSingleResponse:
    for single in response.responses:
        if (
            single.serial_number == request.serial_number
            and single.hash_algorithm.name == request.hash_algorithm.name
            and single.issuer_name_hash == request.issuer_name_hash
            and single.issuer_key_hash == request.issuer_key_hash
        ):
            return single
    raise Doubt("it is about another certificate")
