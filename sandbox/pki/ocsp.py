"""OCSPレスポンダ: answers of RFC 6960, signed by a delegated responder: good, revoked or unknown."""

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from sandbox.pki.authorities import Authority
from sandbox.pki.control import Revocation
from sandbox.pki.registry import Registry

_STALE = timedelta(days=10)


class Responder:
    """OCSPレスポンダ of one authority; `answer` takes and returns DER."""

    def __init__(self, registry: Registry, authority: Authority) -> None:
        self._registry = registry
        self._authority = authority
        self._hashes: dict[str, tuple[bytes, bytes]] = {}

    def answer(self, request: bytes, *, stale: bool = False) -> bytes:
        try:
            asked = ocsp.load_der_ocsp_request(request)
        except ValueError:
            return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if (asked.issuer_name_hash, asked.issuer_key_hash) != self._issuer(asked.hash_algorithm.name):
            return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return self._signed(asked, datetime.now(UTC) - (_STALE if stale else timedelta()))

    def _signed(self, asked: ocsp.OCSPRequest, now: datetime) -> bytes:
        status, revocation = self._status(asked.serial_number)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                asked.serial_number,
                asked.hash_algorithm,
                status,
                this_update=now,
                next_update=now + timedelta(minutes=15),
                revocation_time=revocation.at if revocation else None,
                revocation_reason=x509.ReasonFlags[revocation.reason] if revocation else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._authority.responder)
            .certificates([self._authority.responder])
        )
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._authority.responder_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _status(self, serial: int) -> tuple[ocsp.OCSPCertStatus, Revocation | None]:
        name = self._authority.spec.id
        revocation = self._registry.revocations(name).get(serial)
        if revocation:
            return ocsp.OCSPCertStatus.REVOKED, revocation
        known = self._registry.knows(name, serial)
        return (ocsp.OCSPCertStatus.GOOD if known else ocsp.OCSPCertStatus.UNKNOWN), None

    def _issuer(self, algorithm: str) -> tuple[bytes, bytes]:
        if algorithm not in self._hashes:
            issuer = self._authority.certificate
            key = issuer.public_key()
            if not isinstance(key, rsa.RSAPublicKey):
                raise TypeError("The test authorities have RSA keys.")
            parts = issuer.subject.public_bytes(), key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
            name, point = (hashlib.new(algorithm, part, usedforsecurity=False).digest() for part in parts)
            self._hashes[algorithm] = name, point
        return self._hashes[algorithm]


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
