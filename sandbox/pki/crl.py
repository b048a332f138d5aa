"""失効リスト: whole lists and one part per municipality (RFC 5280 5)."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.pki import names
from sandbox.pki.authorities import Authority, authority_key_identifier
from sandbox.pki.control import Revocation
from sandbox.pki.registry import Registry

_STALE = timedelta(days=10)


def revocation_list(
    registry: Registry, authority: Authority, municipality: str | None, *, stale: bool = False
) -> bytes:
    """失効リスト (DER): issued an hour ago, the next one a day later; `stale` shifts both ten days back.

    Every test certificate belongs to the first municipality's part.
    """
    issued = datetime.now(UTC) - timedelta(hours=1) - (_STALE if stale else timedelta())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(issued)
        .next_update(issued + timedelta(days=1))
        .add_extension(authority_key_identifier(authority.certificate), critical=False)
        .add_extension(x509.CRLNumber(int(issued.timestamp())), critical=False)
    )
    if municipality:
        builder = builder.add_extension(_part(authority, municipality), critical=True)
    if municipality in (None, names.MUNICIPALITIES[0]):
        for serial, revocation in registry.revocations(authority.spec.id).items():
            builder = builder.add_revoked_certificate(_entry(serial, revocation))
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _part(authority: Authority, municipality: str) -> x509.IssuingDistributionPoint:
    point = x509.DirectoryName(names.distribution_point(authority.spec.use, municipality))
    return x509.IssuingDistributionPoint(
        full_name=[point],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )


def _entry(serial: int, revocation: Revocation) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(serial)
        .revocation_date(revocation.at)
        .add_extension(x509.CRLReason(x509.ReasonFlags[revocation.reason]), critical=False)
        .build()
    )
