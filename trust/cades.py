"""CAdES-BES: reading the envelope of a detached signature (RFC 5652, RFC 5035, ETSI EN 319 122-1). Nothing is believed
here yet; `signature` does that.

asn1crypto, because `cryptography` cannot read a SignedData with its signed attributes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, core, tsp  # tsp teaches cms the signing-certificate-v2 attribute
from cryptography.hazmat.primitives import hashes

DIGESTS: Final[dict[str, type[hashes.SHA256 | hashes.SHA384]]] = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}
HASHES: Final[dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
SIGNATURES: Final = {
    ("rsassa_pkcs1v15", "sha256"),
    ("sha256_rsa", "sha256"),
    ("sha256_ecdsa", "sha256"),
    ("sha384_ecdsa", "sha384"),
}
"""(signatureAlgorithm, digestAlgorithm) pairs accepted; ECDSA is for the coming cards."""

MAXIMUM_DEPTH: Final = 16
MAXIMUM_CERTIFICATES: Final = 8


class EnvelopeMalformed(ValueError):
    """Not a detached CAdES-BES by exactly one signer."""


class AlgorithmNotAccepted(ValueError):
    """A digest or signature algorithm outside SIGNATURES, e.g. SHA-1."""


class CertificateSwapped(ValueError):
    """The certificate in the envelope is not the one the signer signed with."""


@dataclass(frozen=True)
class Envelope:
    """署名の封筒: the parts of a CAdES-BES that verification needs."""

    certificate: bytes
    signed_attributes: bytes
    """DER of the SET OF Attribute: the bytes under the signature."""
    signature: bytes
    digest: hashes.SHA256 | hashes.SHA384
    is_ecdsa: bool
    message_digest: bytes
    signing_time: datetime


def read(der: bytes, maximum_bytes: int) -> Envelope:
    """Read an envelope. Raises EnvelopeMalformed, AlgorithmNotAccepted or CertificateSwapped, and nothing else."""
    if len(der) > maximum_bytes:
        raise EnvelopeMalformed(f"the signature is larger than {maximum_bytes} bytes")
    try:
        return _read(der)
    except (EnvelopeMalformed, AlgorithmNotAccepted, CertificateSwapped):
        raise
    except Exception as error:  # asn1crypto parses lazily and answers hostile bytes with many types
        raise EnvelopeMalformed(f"not a readable CMS structure ({type(error).__name__})") from error


def _read(der: bytes) -> Envelope:
    signed_data = _signed_data(der)
    signers = signed_data["signer_infos"]
    if len(signers) != 1:
        raise EnvelopeMalformed(f"{len(signers)} signers instead of one")
    signer = signers[0]
    digest = _digest(signer)
    attributes_der = _signed_attributes(signer)
    attributes = _attributes(cms.CMSAttributes.load(attributes_der, strict=True))
    if _one(attributes, "content_type").native != "data":
        raise EnvelopeMalformed("the signed content type is not data")
    return Envelope(
        certificate=_certificate(signed_data, signer, _one(attributes, "signing_certificate_v2")),
        signed_attributes=attributes_der,
        signature=signer["signature"].native,
        digest=digest,
        is_ecdsa=signer["signature_algorithm"]["algorithm"].native.endswith("_ecdsa"),
        message_digest=_one(attributes, "message_digest").native,
        signing_time=_signing_time(_one(attributes, "signing_time")),
    )


def _signed_data(der: bytes) -> Any:
    content = cms.ContentInfo.load(der, strict=True)
    if content["content_type"].native != "signed_data":
        raise EnvelopeMalformed("the CMS content is not SignedData")
    signed_data = content["content"]
    inner = signed_data["encap_content_info"]
    if inner["content_type"].native != "data":
        raise EnvelopeMalformed("the encapsulated content type is not data")
    if not isinstance(inner["content"], core.Void):
        raise EnvelopeMalformed("the signature is not detached: it carries content of its own")
    return signed_data


def _digest(signer: Any) -> hashes.SHA256 | hashes.SHA384:
    digest = signer["digest_algorithm"]["algorithm"].native
    signature = signer["signature_algorithm"]["algorithm"].native
    if (signature, digest) not in SIGNATURES:
        raise AlgorithmNotAccepted(f"{signature} with {digest} is not accepted")
    return DIGESTS[digest]()


def _signed_attributes(signer: Any) -> bytes:
    """The attributes as signed: their own bytes under the tag of a SET (RFC 5652 §5.4), which must be DER."""
    if isinstance(signer["signed_attrs"], core.Void):
        raise EnvelopeMalformed("there are no signed attributes")
    der = b"\x31" + bytes(signer["signed_attrs"].dump()[1:])
    if not is_der(der):
        raise EnvelopeMalformed("the signed attributes are not DER")
    return der


def _attributes(attributes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in attributes:
        kind = attribute["type"].native
        if kind in found:
            raise EnvelopeMalformed(f"the signed attribute {kind} is given twice")
        found[kind] = attribute["values"]
    return found


def _one(attributes: dict[str, Any], kind: str) -> Any:
    values = attributes.get(kind)
    if values is None or len(values) != 1:
        raise EnvelopeMalformed(f"the signed attribute {kind} is not given exactly once")
    return values[0]


def _signing_time(value: Any) -> datetime:
    time: datetime = value.native
    if time.tzinfo is None:
        raise EnvelopeMalformed("the signing time has no time zone")
    return time.astimezone(UTC)


def _certificate(signed_data: Any, signer: Any, binding: tsp.SigningCertificateV2) -> bytes:
    """The signer's certificate: named by the signer info *and* bound by hash under the signature."""
    candidates = [
        choice.chosen.dump() for choice in _certificates(signed_data) if _is_named(signer["sid"], choice.chosen)
    ]
    if not candidates:
        raise EnvelopeMalformed("the signer's certificate is not in the signature")
    bound = binding["certs"][0]
    algorithm = bound["hash_algorithm"]["algorithm"].native
    if algorithm not in HASHES:
        raise AlgorithmNotAccepted(f"{algorithm} is not accepted in signing-certificate-v2")
    for candidate in candidates:
        if _hashed(HASHES[algorithm](), candidate) == bound["cert_hash"].native:
            return bytes(candidate)
    raise CertificateSwapped("the certificate is not the one bound by signing-certificate-v2")


def _certificates(signed_data: Any) -> list[Any]:
    if isinstance(signed_data["certificates"], core.Void):
        return []
    if len(signed_data["certificates"]) > MAXIMUM_CERTIFICATES:
        raise EnvelopeMalformed(f"more than {MAXIMUM_CERTIFICATES} certificates")
    return [choice for choice in signed_data["certificates"] if choice.name == "certificate"]


def _is_named(sid: Any, certificate: Any) -> bool:
    if sid.name == "issuer_and_serial_number":
        named = sid.chosen
        serial = named["serial_number"].native == certificate.serial_number
        return bool(serial and named["issuer"].dump() == certificate.issuer.dump())
    return bool(sid.chosen.native == certificate.key_identifier)


def _hashed(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def is_der(data: bytes) -> bool:
    """Whether `data` is exactly one DER value: definite, shortest lengths and sorted sets, at every depth."""
    try:
        return _end(data, 0, len(data), 0) == len(data)
    except (ValueError, IndexError):
        return False


def _end(data: bytes, start: int, limit: int, depth: int) -> int:
    """The end of the value at `start`. Raises ValueError or IndexError when it is not DER."""
    tag = data[start]
    if tag & 0x1F == 0x1F or depth > MAXIMUM_DEPTH:
        raise ValueError("high tag number, or nested too deeply")
    first, end = _contents(data, start + 1)
    if end > limit:
        raise ValueError("the value is longer than what holds it")
    if tag & 0x20:
        children, position = [], first
        while position < end:
            after = _end(data, position, end, depth + 1)
            children.append(data[position:after])
            position = after
        if tag == 0x31 and children != sorted(children):
            raise ValueError("a set is not sorted")
    return end


def _contents(data: bytes, at: int) -> tuple[int, int]:
    """First and end position of the contents whose length octets begin at `at`."""
    length = data[at]
    if length < 0x80:
        return at + 1, at + 1 + length
    size = length & 0x7F
    octets = data[at + 1 : at + 1 + size]
    value = int.from_bytes(octets)
    if not 1 <= size <= 4 or len(octets) != size or octets[0] == 0 or value < 0x80:
        raise ValueError("indefinite or not the shortest length")
    return at + 1 + size, at + 1 + size + value
