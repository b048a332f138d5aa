"""電子証明書の記載事項: what a certificate says about its holder and its use.

Parsed with `cryptography` (strict DER, no personal data in its errors). JPKI's otherNames are read only by `person`,
which callers reach after the certificate has been believed. Source: JPKI profile, RFC 5280.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Literal, TypeVar

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from pydantic import BaseModel, ConfigDict

from trust.anchors import KeyUsageBit, Medium, Use, authority_key_id

MAXIMUM_BYTES: Final = 16_384
"""A JPKI certificate is about 2 kB."""

JPKI_PERSON: Final = "1.2.392.200149.8.5.5"
"""Arc of the otherNames of a 署名用電子証明書: .1 name .2 substituted .3 sex .4 birth .5 address .6 substituted."""

UNDERSTOOD_CRITICAL: Final = frozenset(
    {ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.BASIC_CONSTRAINTS}
    | {ExtensionOID.CERTIFICATE_POLICIES, ExtensionOID.SUBJECT_ALTERNATIVE_NAME}
    | {ExtensionOID.CRL_DISTRIBUTION_POINTS, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}
)


class CertificateMalformed(ValueError):
    """The bytes are not a certificate this room can read, or it breaks its own profile."""


class Sex(StrEnum):
    """性別."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class PartialDate(BaseModel):
    """一部不明の生年月日: a part the certificate gives as zeros is None."""

    model_config = ConfigDict(frozen=True)

    year: int | None
    month: int | None
    day: int | None


class Person(BaseModel):
    """基本4情報: name, birth date, sex and address, as the 署名用電子証明書 carries them."""

    model_config = ConfigDict(frozen=True)

    name: str
    """氏名: family name, U+3000, given name; untouched."""
    name_substituted: tuple[int, ...]
    """代替文字の位置: positions in `name` the certificate could not carry; the text is approximate there."""
    birth_date: date | PartialDate
    sex: Sex
    address: str
    address_substituted: tuple[int, ...]


class CertificateFacts(BaseModel):
    """証明書の事実: no personal data. (use, issuer_key_id, serial) names a certificate; the serial alone does not."""

    model_config = ConfigDict(frozen=True)

    use: Use
    issuer_key_id: str
    """Hex of the authorityKeyIdentifier."""
    serial: str
    """発行番号: decimal digits."""
    subject: str
    """RFC 4514; opaque for JPKI, the office's name for a seal."""
    policies: tuple[str, ...]
    medium: Medium | None = None
    """媒体: card, smartphone or file, as the anchor says of its policy; None for seals and timestamps."""
    not_before: datetime
    not_after: datetime


def load(der: bytes, understood: Collection[str] = ()) -> x509.Certificate:
    """Parse one DER certificate with every extension. Raises CertificateMalformed.

    `understood` are identifiers of critical extensions some authority of the registry uses; `require_understood` asks
    again once it is known which authority issued this one.
    """
    if len(der) > MAXIMUM_BYTES:
        raise CertificateMalformed(f"the certificate is larger than {MAXIMUM_BYTES} bytes")
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.subject, certificate.issuer, certificate.public_key()
        _ = certificate.extensions
    except Exception as error:  # the parser answers hostile DER with many types
        raise CertificateMalformed(f"not a readable certificate ({type(error).__name__})") from error
    require_understood(certificate, understood)
    if certificate.serial_number <= 0:
        raise CertificateMalformed("the serial number is not positive")
    return certificate


def require_understood(certificate: x509.Certificate, understood: Collection[str]) -> None:
    """RFC 5280 §4.2: a critical extension that is not understood refuses the certificate (CertificateMalformed)."""
    for extension in certificate.extensions:
        known = extension.oid in UNDERSTOOD_CRITICAL or extension.oid.dotted_string in understood
        if extension.critical and not known:
            raise CertificateMalformed(f"critical extension {extension.oid.dotted_string} is not understood")


def facts(certificate: x509.Certificate, use: Use, medium: Medium | None = None) -> CertificateFacts:
    """The facts of a loaded certificate."""
    return CertificateFacts(
        use=use,
        issuer_key_id=(authority_key_id(certificate) or b"").hex(),
        serial=str(certificate.serial_number),
        subject=certificate.subject.rfc4514_string(),
        policies=policies(certificate),
        medium=medium,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def policies(certificate: x509.Certificate) -> tuple[str, ...]:
    """証明書ポリシー: the policy identifiers in the certificate's order."""
    found = _extension(certificate, x509.CertificatePolicies)
    return tuple(info.policy_identifier.dotted_string for info in found) if found else ()


def is_for(certificate: x509.Certificate, use: Use, bits: Collection[KeyUsageBit]) -> bool:
    """Whether the key may be used so: nonRepudiation to sign or seal, clientAuth to log in (JPKI profile).

    `bits` are the key usages the issuer's anchor asks of an organisation's certificate.
    """
    usage = _extension(certificate, x509.KeyUsage)
    constraints = _extension(certificate, x509.BasicConstraints)
    if usage is None or (constraints and constraints.ca):
        return False
    if use is Use.BUSINESS_SIGNING:
        return bool(bits) and all(getattr(usage, bit) for bit in bits)
    return usage.digital_signature and _fits(usage, set(_extension(certificate, x509.ExtendedKeyUsage) or ()), use)


def strong_key(certificate: x509.Certificate) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey | None:
    """The public key when it is RSA of 2048 bits or more, P-256 or P-384; None otherwise."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    return None


def verified(certificate: x509.Certificate, signature: bytes, data: bytes, digest: hashes.HashAlgorithm | None) -> bool:
    """署名の検証: RSASSA-PKCS1-v1_5 or ECDSA by the certificate's key; False for weak keys and digests (SHA-1)."""
    key = strong_key(certificate)
    if not isinstance(digest, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def validity(certificate: x509.Certificate, at: datetime) -> Literal["valid", "expired", "not_yet_valid"]:
    """有効期間: both ends included (RFC 5280 §4.1.2.5)."""
    moment = at.astimezone(UTC)
    if moment < certificate.not_valid_before_utc:
        return "not_yet_valid"
    # notAfter 14:59:59Z means the whole of that second: 23:59:59.9 in Japan is still the last day.
    return "expired" if moment.replace(microsecond=0) > certificate.not_valid_after_utc else "valid"


def distribution_points(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """CRL配布点: the full names; JPKI names a directory entry per municipality, not a URL."""
    points = _extension(certificate, x509.CRLDistributionPoints)
    return tuple(name for point in points or () for name in point.full_name or ())


def person(certificate: x509.Certificate) -> Person | None:
    """基本4情報 of a 署名用電子証明書; None when the certificate carries none of JPKI's otherNames.

    Unknown otherNames (フリガナ, 旧氏) are ignored. Raises CertificateMalformed when one of the four is missing,
    repeated or not a UTF8String.
    """
    names = _extension(certificate, x509.SubjectAlternativeName)
    others = names.get_values_for_type(x509.OtherName) if names else []
    fields: dict[str, str] = {}
    for other in others:
        arc, _, last = other.type_id.dotted_string.rpartition(".")
        if arc != JPKI_PERSON or last not in {"1", "2", "3", "4", "5", "6"}:
            continue
        if last in fields:
            raise CertificateMalformed(f"otherName {arc}.{last} is given twice")
        fields[last] = _utf8(other.value)
    if not fields:
        return None
    missing = {"1", "3", "4", "5"} - fields.keys()
    if missing:
        raise CertificateMalformed(f"otherName {JPKI_PERSON}.{min(missing)} is missing")
    return Person(
        name=fields["1"],
        name_substituted=_positions(fields.get("2", "")),
        birth_date=birth_date(fields["4"]),
        sex={"1": Sex.MALE, "2": Sex.FEMALE}.get(fields["3"], Sex.UNKNOWN),
        address=fields["5"],
        address_substituted=_positions(fields.get("6", "")),
    )


def birth_date(text: str) -> date | PartialDate:
    """生年月日 `EYYYYMMDD`: an era digit, then the Gregorian date, zeros where unknown. Raises CertificateMalformed."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        raise CertificateMalformed("the birth date is not an era digit and eight digits")
    year, month, day = int(text[1:5]), int(text[5:7]), int(text[7:9])
    if year and month and day:
        try:
            return date(year, month, day)
        except ValueError as error:
            raise CertificateMalformed("the birth date is not a day of the calendar") from error
    if month > 12 or day > 31:
        raise CertificateMalformed("the birth date is not a day of the calendar")
    return PartialDate(year=year or None, month=month or None, day=day or None)


def _fits(usage: x509.KeyUsage, purposes: set[x509.ObjectIdentifier], use: Use) -> bool:
    """The profiles of the uses that have one of their own."""
    match use:
        case Use.SIGNING:
            return usage.content_commitment and ExtendedKeyUsageOID.CLIENT_AUTH not in purposes
        case Use.AUTHENTICATION:
            return not usage.content_commitment and ExtendedKeyUsageOID.CLIENT_AUTH in purposes
        case Use.SEAL:
            return usage.content_commitment
        case Use.TIMESTAMP:
            return purposes == {ExtendedKeyUsageOID.TIME_STAMPING}
        case Use.BUSINESS_SIGNING:
            return False


def _positions(flags: str) -> tuple[int, ...]:
    return tuple(position for position, flag in enumerate(flags) if flag == "1")


def _utf8(der: bytes) -> str:
    try:
        return str(core.UTF8String.load(der, strict=True).native)
    except (ValueError, TypeError) as error:
        raise CertificateMalformed("an otherName does not hold a UTF8String") from error


_E = TypeVar("_E", bound=x509.ExtensionType)


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
