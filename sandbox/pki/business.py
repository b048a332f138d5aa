"""事業者の電子証明書: written where its authority's entry says, handed over as a file with a passphrase (PKCS#12)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from sandbox.companies import Company
from sandbox.pki import lookalikes, profiles
from sandbox.pki.anchors import crl_url, ocsp_url
from sandbox.pki.authorities import Authority, key_usage, stable_serial
from sandbox.pki.names import distinguished_name
from sandbox.pki.profiles import Term

_REGISTRY_OFFICE: Final = "見本法務局（試験用）"
_TITLE_TAG, _REGISTRY_OFFICE_TAG = 4, 6


def certificate(issuer: Authority, company: Company, key: rsa.RSAPublicKey, term: Term, base: str) -> x509.Certificate:
    """事業者の証明書: the texts at the places of the issuer's entry, revocation by the issuer's own services."""
    spec = issuer.spec
    builder = (
        profiles.begin(issuer, _subject(company, spec.entry), key, stable_serial(f"company {company.key}", 63), term)
        .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(_policies(spec.policies), critical=False)
    )
    for extension, critical in (*_alternative_name(company, spec.entry), *_own_extensions(company, issuer)):
        builder = builder.add_extension(extension, critical=critical)
    if "crl" in spec.services:
        point = x509.UniformResourceIdentifier(crl_url(base, spec.id))
        builder = builder.add_extension(profiles.distribution(point), critical=False)
    if "ocsp" in spec.services:
        builder = builder.add_extension(profiles.ocsp_access(ocsp_url(base, spec.id)), critical=False)
    return profiles.finish(builder, issuer)


def bundle(company: Company, key: rsa.RSAPrivateKey, issued: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """PKCS#12: as authorities hand certificates to businesses."""
    secret = BestAvailableEncryption(company.passphrase.encode())
    return pkcs12.serialize_key_and_certificates(company.key.encode(), key, issued, [issuer], secret)


def _texts(company: Company) -> dict[str, str]:
    return {
        "name": company.name,
        "corporate_number": company.corporate_number,
        "representative": company.representative,
        "office": company.office,
    }


def _written(company: Company, entry: Mapping[str, Any], within: str) -> list[tuple[x509.ObjectIdentifier, str]]:
    """The attributes an authority writes in one of its two names."""
    texts = _texts(company)
    return [
        (x509.ObjectIdentifier(place["oid"]), place.get("prefix", "") + texts[what])
        for what, place in entry["subject"].items()
        if place["within"] == within
    ]


def _subject(company: Company, entry: Mapping[str, Any]) -> x509.Name:
    latin = [
        (NameOID.ORGANIZATION_NAME, company.latin),
        (NameOID.COMMON_NAME, company.representative_latin),
    ]
    written = _written(company, entry, "subject")
    return distinguished_name((NameOID.COUNTRY_NAME, "JP"), *(written or latin))


def _alternative_name(company: Company, entry: Mapping[str, Any]) -> Iterable[tuple[x509.ExtensionType, bool]]:
    written = _written(company, entry, "alternative_name")
    if written:
        name = distinguished_name((NameOID.COUNTRY_NAME, "JP"), *written)
        yield x509.SubjectAlternativeName([x509.DirectoryName(name)]), False


def _policies(policies: Iterable[str]) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies])


def _own_extensions(company: Company, issuer: Authority) -> Iterable[tuple[x509.ExtensionType, bool]]:
    """商業登記 has three extensions of its own; the second is critical."""
    if issuer.spec.id != "registrar":
        return
    yield _own(lookalikes.POLICIES_JP, _policies(issuer.spec.policies).public_bytes()), False
    yield _own(lookalikes.REGISTRAR, profiles.utf8("東京法務局登記官（試験用）")), True
    texts = {0: company.name, 2: company.office, 3: company.representative}
    members = {tag: profiles.utf8(text) for tag, text in texts.items()}
    members[1] = profiles.tlv(0x13, company.registered_number.encode())
    members[_TITLE_TAG] = profiles.utf8(company.title)
    members[_REGISTRY_OFFICE_TAG] = profiles.utf8(_REGISTRY_OFFICE)
    content = b"".join(profiles.tlv(0xA0 | tag, members[tag]) for tag in sorted(members))
    yield _own(lookalikes.REGISTERED_CORPORATION, profiles.tlv(0x30, content)), False


def _own(oid: str, der: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), der)
