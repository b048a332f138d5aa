"""トラストアンカー: the trusted authorities our product reads, and who answers for them."""

import hashlib
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.pki import names
from sandbox.pki.authorities import Authority


def ocsp_url(base: str, authority: str) -> str:
    return f"{base}/ocsp/{authority}"


def crl_url(base: str, authority: str, municipality: str | None = None) -> str:
    """失効リストの場所: a municipality's part, or without one the whole list."""
    return f"{base}/crl/{authority}/{municipality}.crl" if municipality else f"{base}/crl/{authority}.crl"


def anchors(authorities: Iterable[Authority], base: str) -> dict[str, Any]:
    """アンカー登録簿 (anchors.json): every trusted authority; the impostor is left out."""
    return {"anchors": [_anchor(authority, base) for authority in authorities if authority.spec.trusted]}


def _anchor(authority: Authority, base: str) -> dict[str, Any]:
    spec, certificate = authority.spec, authority.certificate
    return {
        "id": spec.id,
        "use": spec.use,
        "name": dict(spec.label),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
        "sha256": hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        "policies": dict(spec.policies),
        "valid_from": certificate.not_valid_before_utc.date().isoformat(),
        "valid_to": certificate.not_valid_after_utc.date().isoformat(),
        "revocation": {
            "ocsp": ocsp_url(base, spec.id) if "ocsp" in spec.services else None,
            "crl": _lists(authority, base) if "crl" in spec.services else {},
        },
        "sandbox": True,
        **spec.entry,
    }


def _lists(authority: Authority, base: str) -> dict[str, str]:
    spec = authority.spec
    if spec.use == "business_signing":  # a distribution point of theirs is an address, and only that list is asked
        return {crl_url(base, spec.id): crl_url(base, spec.id)}
    parts = {}
    if spec.use in names.PURPOSES:
        parts = {
            names.distribution_point(spec.use, city).rfc4514_string(): crl_url(base, spec.id, city)
            for city in names.MUNICIPALITIES
        }
    return {**parts, "*": crl_url(base, spec.id)}
