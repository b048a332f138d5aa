"""CRL: believing a revocation list and looking a certificate up in it (RFC 5280 §6.3). No I/O here."""

from collections.abc import Collection, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from trust.anchors import AUTHORITY_SIGNATURES, Anchor
from trust.certificate import distribution_points
from trust.evidence import (
    Doubt,
    RevocationAnswer,
    RevocationEvidence,
    good,
    require_fresh,
    revoked,
)
from trust.settings import RevocationSettings

UNDERSTOOD_CRITICAL = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER})


def load(body: bytes, anchor: Anchor) -> x509.CertificateRevocationList:
    """Parse a CRL and verify that this authority's key signed it. Raises Doubt; do it once per fetched list."""
    revocation_list = x509.load_der_x509_crl(body)
    if revocation_list.issuer != anchor.authority.subject:
        raise Doubt("it is issued by another authority")
    if revocation_list.signature_algorithm_oid not in AUTHORITY_SIGNATURES:
        raise Doubt("its signature algorithm is not accepted")
    if not revocation_list.is_signature_valid(anchor.authority.public_key()):  # type: ignore[arg-type]
        raise Doubt("its signature is wrong")
    for extension in revocation_list.extensions:
        if extension.critical and extension.oid not in UNDERSTOOD_CRITICAL:
            raise Doubt(f"its critical extension {extension.oid.dotted_string} is not understood")
    return revocation_list


def answer(
    revocation_list: x509.CertificateRevocationList,
    certificate: x509.Certificate,
    evidence: RevocationEvidence,
    settings: RevocationSettings,
    now: datetime,
) -> RevocationAnswer:
    """The certificate's status in a loaded list. Raises Doubt when the list is stale or covers other certificates."""
    require_current(revocation_list, distribution_points(certificate), settings, now)
    entry = revocation_list.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return good(evidence)
    return revoked(entry.revocation_date_utc, _reason(entry), evidence)


def serials(revocation_list: x509.CertificateRevocationList) -> Iterator[int]:
    """失効した発行番号: every serial of a loaded list, one at a time.

    cryptography's own iteration: 0.17 s for 200,000 entries and nothing kept; walking the DER in Python took 0.42 s,
    asn1crypto 2.2 s and 220 MB.
    """
    for entry in revocation_list:
        yield entry.serial_number


def points_named(text: str) -> tuple[x509.GeneralName, ...]:
    """配布点: a distribution point as it is written down: RFC 4514, an address, or nothing where there is none."""
    if not text:
        return ()
    if "://" in text:
        return (x509.UniformResourceIdentifier(text),)
    return (x509.DirectoryName(x509.Name.from_rfc4514_string(text)),)


def require_current(
    revocation_list: x509.CertificateRevocationList,
    points: Collection[x509.GeneralName],
    settings: RevocationSettings,
    now: datetime,
) -> None:
    """Raise Doubt unless the list is of today and covers the certificates of these distribution points."""
    if revocation_list.next_update_utc is None:
        raise Doubt("it has no nextUpdate")
    require_fresh(
        revocation_list.last_update_utc,
        revocation_list.next_update_utc,
        now=now,
        maximum_age=settings.crl_maximum_age,
        skew=settings.skew,
    )
    _require_covers(revocation_list, points)


def _require_covers(revocation_list: x509.CertificateRevocationList, points: Collection[x509.GeneralName]) -> None:
    """§6.3.3 (b)(2): a partition must be these certificates'. A list without the extension covers the authority."""
    try:
        scope = revocation_list.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return
    partial = scope.only_contains_ca_certs or scope.only_contains_attribute_certs or scope.only_some_reasons
    if partial or scope.indirect_crl or scope.relative_name:
        raise Doubt("it covers only a part of the certificates or reasons")
    if scope.full_name and not set(scope.full_name) & set(points):
        raise Doubt("it is the list of another distribution point")


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return None
