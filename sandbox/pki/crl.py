"""失効リスト: whole lists and one part per municipality (RFC 5280 5)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.pki import names
from sandbox.pki.authorities import Authority, authority_key_identifier
from sandbox.pki.control import Revocation
from sandbox.pki.profiles import tlv
from sandbox.pki.registry import Registry

FIRST_OF_LARGE: Final = 1 << 25
"""The serial of a large list's first entry; the others follow. JPKI's own serials have 27 bits and lie above."""
_SHA256_RSA: Final = bytes.fromhex("300d06092a864886f70d01010b0500")
_CEASED: Final = bytes.fromhex("300c300a0603551d1504030a0105")
"""reasonCode cessationOfOperation, as one crlEntryExtension."""
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


def large(authority: Authority, count: int, municipality: str | None = None, *, at: datetime | None = None) -> bytes:
    """大きな失効リスト (DER): `count` entries with the serials from FIRST_OF_LARGE up, for benchmarks.

    Issued an hour before `at` (now). Written by hand: a builder would take minutes for what is done here in a moment.
    """
    issued = (at or datetime.now(UTC)) - timedelta(hours=1)
    entry_end = _utc(issued - timedelta(days=1)) + _CEASED
    entries = b"".join(tlv(0x30, _integer(FIRST_OF_LARGE + n) + entry_end) for n in range(count))
    parts = [
        _integer(1), _SHA256_RSA, authority.certificate.subject.public_bytes(),
        _utc(issued), _utc(issued + timedelta(days=1)), tlv(0x30, entries) if count else b"",
        tlv(0xA0, tlv(0x30, _extensions(authority, municipality, issued))),
    ]  # fmt: skip
    body = tlv(0x30, b"".join(parts))
    signature = authority.key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    return tlv(0x30, body + _SHA256_RSA + tlv(0x03, b"\0" + signature))


def _extensions(authority: Authority, municipality: str | None, issued: datetime) -> bytes:
    found: list[tuple[x509.ExtensionType, bytes]] = [
        (authority_key_identifier(authority.certificate), b""),
        (x509.CRLNumber(int(issued.timestamp())), b""),
    ]
    if municipality:
        found.append((_part(authority, municipality), tlv(0x01, b"\xff")))
    return b"".join(
        tlv(0x30, _oid(extension.oid) + critical + tlv(0x04, extension.public_bytes())) for extension, critical in found
    )


def _oid(oid: x509.ObjectIdentifier) -> bytes:
    """id-ce identifiers only: 2.5.29.n."""
    return tlv(0x06, bytes([0x55, 0x1D, int(oid.dotted_string.removeprefix("2.5.29."))]))


def _integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _utc(at: datetime) -> bytes:
    return tlv(0x17, at.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())
