"""証明書プロファイル: end-entity certificates field by field as JPKI's (jpki-card.md 7.2 and 7.3)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from sandbox.pki import names
from sandbox.pki.authorities import Authority, authority_key_identifier, key_usage, stable_serial

_PERSONAL_DATA: Final = "1.2.392.200149.8.5.5"
_CPS: Final = "http://www.jpki.go.jp/cps.html"
_ERAS: Final = (
    (date(2019, 5, 1), "5"), (date(1989, 1, 8), "4"), (date(1926, 12, 25), "3"), (date(1912, 7, 30), "2"),
    (date(1868, 1, 25), "1"),
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """有効期間: both ends in UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class PersonalData:
    """基本4情報: what a signing certificate says of its holder, with the flags for characters it replaced."""

    name: str
    birth_date: date
    sex: str
    address: str
    name_substitutions: str = ""
    address_substitutions: str = ""


def birth_date_text(day: date) -> str:
    """生年月日 (EYYYYMMDD): an era digit before the Gregorian date."""
    era = next((digit for begins, digit in _ERAS if day >= begins), "0")
    return era + day.strftime("%Y%m%d")


def _other_name(arc: int, text: str) -> x509.OtherName:
    return x509.OtherName(x509.ObjectIdentifier(f"{_PERSONAL_DATA}.{arc}"), utf8(text))


def utf8(text: str) -> bytes:
    """UTF8String in DER."""
    return tlv(0x0C, text.encode())


def tlv(tag: int, content: bytes) -> bytes:
    """DER: tag, length, content (X.690 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def personal_names(data: PersonalData) -> x509.SubjectAlternativeName:
    """六つのotherName, in the order seen on the wire: .1 .4 .3 .5 .2 .6."""
    return x509.SubjectAlternativeName(
        [
            _other_name(1, data.name),
            _other_name(4, birth_date_text(data.birth_date)),
            _other_name(3, data.sex),
            _other_name(5, data.address),
            _other_name(2, data.name_substitutions or "0" * len(data.name)),
            _other_name(6, data.address_substitutions or "0" * len(data.address)),
        ]
    )


def policies(oid: str) -> x509.CertificatePolicies:
    """証明書ポリシー with the address of the practice statement."""
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), [_CPS])])


def ocsp_access(url: str) -> x509.AuthorityInformationAccess:
    """OCSPレスポンダの住所."""
    location = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)])


def distribution(point: x509.GeneralName) -> x509.CRLDistributionPoints:
    """CRL配布点."""
    return x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)])


def begin(
    issuer: Authority, subject: x509.Name, key: rsa.RSAPublicKey, serial: int, term: Term
) -> x509.CertificateBuilder:
    """What every certificate has; the caller adds its extensions."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(term.begins)
        .not_valid_after(term.ends)
    )


def finish(builder: x509.CertificateBuilder, issuer: Authority) -> x509.Certificate:
    """発行: signed by the authority."""
    builder = builder.add_extension(authority_key_identifier(issuer.certificate), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _opaque(holder: str, length: int) -> str:
    return str(int.from_bytes(hashlib.sha256(holder.encode()).digest(), "big"))[:length]


def signing_certificate(
    issuer: Authority, holder: str, key: rsa.RSAPublicKey, term: Term, *, data: PersonalData, policy: str
) -> x509.Certificate:
    """署名用電子証明書: carries the four attributes; no AIA, no basicConstraints, as the real one."""
    subject = names.distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.LOCALITY_NAME, names.PREFECTURE),
        (NameOID.LOCALITY_NAME, names.MUNICIPALITIES[0]),
        (NameOID.COMMON_NAME, term.begins.strftime("%Y%m%d%H%M%S") + _opaque(f"signing {holder}", 14)),
    )
    point = x509.DirectoryName(names.distribution_point("signing", names.MUNICIPALITIES[0]))
    serial = stable_serial(f"signing {holder}", 27)
    builder = (
        begin(issuer, subject, key, serial, term)
        .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(personal_names(data), critical=False)
        .add_extension(policies(policy), critical=True)
        .add_extension(
            x509.IssuerAlternativeName([x509.DirectoryName(names.jpki_authority_in_japanese())]),
            critical=False,
        )
        .add_extension(distribution(point), critical=False)
    )
    return finish(builder, issuer)


def authentication_certificate(
    issuer: Authority, holder: str, key: rsa.RSAPublicKey, term: Term, *, policy: str, ocsp_url: str
) -> x509.Certificate:
    """利用者証明用電子証明書: says nothing of its holder but an opaque number."""
    subject = names.distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.COMMON_NAME, _opaque(f"authentication {holder}", 23)),
    )
    point = x509.DirectoryName(names.distribution_point("authentication", names.MUNICIPALITIES[0]))
    serial = stable_serial(f"authentication {holder}", 27)
    builder = (
        begin(issuer, subject, key, serial, term)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(policies(policy), critical=True)
        .add_extension(
            x509.IssuerAlternativeName([x509.DirectoryName(names.jpki_authority_in_japanese())]),
            critical=False,
        )
        .add_extension(distribution(point), critical=False)
        .add_extension(ocsp_access(ocsp_url), critical=False)
    )
    return finish(builder, issuer)


def office_certificate(
    issuer: Authority, subject: x509.Name, key: rsa.RSAPublicKey, term: Term, *, ocsp_url: str, crl_url: str,
    timestamping: bool = False,
) -> x509.Certificate:  # fmt: skip
    """職責証明書 (the mayor's seal); with `timestamping` a time stamping unit's (RFC 3161 2.3)."""
    serial = stable_serial(f"office {subject.rfc4514_string()}", 63)
    builder = begin(issuer, subject, key, serial, term)
    if timestamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
        builder = builder.add_extension(key_usage("digital_signature"), critical=True)
    else:
        builder = builder.add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
    builder = (
        builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(distribution(x509.UniformResourceIdentifier(crl_url)), critical=False)
        .add_extension(ocsp_access(ocsp_url), critical=False)
    )
    return finish(builder, issuer)
