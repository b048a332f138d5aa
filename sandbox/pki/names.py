"""識別名: the distinguished names of the test JPKI, shaped as the real ones but with O=JPKI-TEST."""

from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

_AGENCY: Final = "Japan Agency for Local Authority Information Systems"
PURPOSES: Final = {
    "signing": "JPKI for digital signature",
    "authentication": "JPKI for user authentication",
}
PREFECTURE: Final = "Hyogo-ken"
MUNICIPALITIES: Final = ("Himeji-shi", "Aioi-shi", "Tatsuno-shi", "Fukusaki-cho")
"""市町: each has its own part of every JPKI revocation list; the demo people live in the first."""


def distinguished_name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    """識別名: C becomes a PrintableString and all others UTF8String, as in the real certificates."""
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def jpki_authority(purpose: str) -> x509.Name:
    """認証局の識別名: all generations of a purpose carry the same one."""
    return distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, PURPOSES[purpose]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, _AGENCY),
    )


def jpki_authority_in_japanese() -> x509.Name:
    """issuerAltName: the authority's name in Japanese."""
    return distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "公的個人認証サービス（試験用）"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "地方公共団体情報システム機構（試験用）"),
    )


def distribution_point(purpose: str, municipality: str) -> x509.Name:
    """CRL配布点: a directory name, not an address; one per municipality."""
    return distinguished_name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, PURPOSES[purpose]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "CRL Distribution Points"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, PREFECTURE),
        (NameOID.COMMON_NAME, f"{municipality} CRLDP"),
    )


SEAL_AUTHORITY: Final = distinguished_name(
    (NameOID.COUNTRY_NAME, "JP"),
    (NameOID.ORGANIZATION_NAME, "LGPKI-TEST"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "Organization CA TEST"),
)
SEAL_HOLDER: Final = distinguished_name(
    (NameOID.COUNTRY_NAME, "JP"),
    (NameOID.STATE_OR_PROVINCE_NAME, PREFECTURE),
    (NameOID.LOCALITY_NAME, "Himeji-shi"),
    (NameOID.ORGANIZATION_NAME, "Himeji City TEST"),
    (NameOID.COMMON_NAME, "Mayor of Himeji TEST"),
)
TIMESTAMP_AUTHORITY: Final = distinguished_name(
    (NameOID.COUNTRY_NAME, "JP"),
    (NameOID.ORGANIZATION_NAME, "Timestamp TEST"),
    (NameOID.COMMON_NAME, "Timestamp CA TEST"),
)
TIMESTAMP_HOLDER: Final = distinguished_name(
    (NameOID.COUNTRY_NAME, "JP"),
    (NameOID.ORGANIZATION_NAME, "Timestamp TEST"),
    (NameOID.COMMON_NAME, "Time Stamping Unit TEST"),
)
