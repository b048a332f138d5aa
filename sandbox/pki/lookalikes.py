"""事業者向け認証局の見本: the authorities of organisations' certificates, and where each writes what.

商業登記 follows the published profile (standards.md 3). Names, policies and places of the three private ones are not
public: theirs are invented (policies under 2.999, the arc for examples) and carry TEST.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from sandbox.companies import Issuer
from sandbox.pki.names import distinguished_name

POLICIES_JP: Final = "1.2.392.100300.1.1.1"
REGISTRAR: Final = "1.2.392.100300.1.1.2"
"""登記官の名称: critical in every 商業登記 certificate."""
REGISTERED_CORPORATION: Final = "1.2.392.100300.1.1.3"
"""registeredCorporationInfo: a SEQUENCE of explicitly tagged texts."""
ORGANIZATION_IDENTIFIER: Final = "2.5.4.97"

_NAME, _UNIT, _PERSON, _STREET = (
    oid.dotted_string
    for oid in (
        NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME, NameOID.STREET_ADDRESS,
    )
)  # fmt: skip


@dataclass(frozen=True)
class LookAlike:
    """認証局の見本: `services` are those that answer for it; `entry` goes into the anchors as it is."""

    id: Issuer
    subject: x509.Name
    label: Mapping[str, str]
    policy: str
    services: tuple[str, ...]
    entry: Mapping[str, Any] = field(default_factory=dict)


def _place(within: str, oid: str, **more: object) -> dict[str, object]:
    return {"within": within, "oid": oid, **more}


def _registered(tag: int) -> dict[str, object]:
    return _place("extension", REGISTERED_CORPORATION, tag=tag)


_MINISTRY: Final = distinguished_name(
    (NameOID.COUNTRY_NAME, "JP"),
    (NameOID.ORGANIZATION_NAME, "Japanese Government TEST"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "Ministry of Justice TEST"),
    (NameOID.COMMON_NAME, "Registrar of Tokyo Legal Affairs Bureau TEST"),
)


def _private(name: str) -> x509.Name:
    return distinguished_name((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, f"{name} TEST"))


def _label(ja: str, en: str) -> dict[str, str]:
    return {"ja": f"{ja}（試験用）", "en": f"{en} (test)", "zh": f"{en}（测试用）", "ko": f"{en}(시험용)"}


LOOK_ALIKES: Final = (
    LookAlike(
        "registrar", _MINISTRY, _label("商業登記認証局", "Commercial registration CA"),
        "1.2.392.100300.1.3.4", ("ocsp", "crl"),
        {
            "subject": {
                "name": _registered(0),
                "corporate_number": _registered(1),
                "office": _registered(2),
                "representative": _registered(3),
            },
            "understood": [REGISTRAR],
        },
    ),
    LookAlike(
        "tdb-type-a", _private("TDB CA TypeA"), _label("TDB電子認証局TypeA", "TDB CA TypeA"), "2.999.392.1.1", ("crl",),
        {
            "subject": {
                "name": _place("subject", _NAME),
                "corporate_number": _place("subject", ORGANIZATION_IDENTIFIER, prefix="NTRJP-"),
                "representative": _place("subject", _PERSON),
                "office": _place("subject", _STREET),
            }
        },
    ),
    LookAlike(
        "e-probatio-ps2", _private("e-Probatio PS2"), _label("e-Probatio PS2認証局", "e-Probatio PS2 CA"),
        "2.999.392.2.1", ("crl",),
        {
            "subject": {
                "name": _place("alternative_name", _NAME),
                "corporate_number": _place("alternative_name", _UNIT, prefix="法人番号："),
                "representative": _place("alternative_name", _PERSON),
                "office": _place("alternative_name", _STREET),
            }
        },
    ),
    LookAlike(
        "aosign-g2", _private("AOSign G2"), _label("AOSign G2認証局", "AOSign G2 CA"), "2.999.392.3.1", ("ocsp",),
        {
            "subject": {"name": _place("subject", _NAME), "representative": _place("subject", _PERSON)},
            "procedures": ["smart_city_partner"],
        },
    ),
)  # fmt: skip
