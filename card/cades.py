"""CAdES署名: a detached CAdES-BES (ETSI EN 319 122-1, level B-B) as CMS SignedData, signed by a card."""

import hashlib
from datetime import datetime
from typing import Protocol

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from card.profile import Scheme


class ContentSigner(Protocol):
    """署名者: anything that signs bytes by a scheme; card.signer.Signer is one."""

    @property
    def certificate(self) -> x509.Certificate: ...

    @property
    def scheme(self) -> Scheme: ...

    def sign(self, content: bytes) -> bytes: ...


def sign_detached(signer: ContentSigner, content: bytes, signing_time: datetime) -> bytes:
    """分離署名 (DER): over content-type, message-digest, signing-time (UTC) and signing-certificate-v2.

    What is signed is the DER of the attributes (RFC 5652 5.4); the content itself is not inside.
    """
    certificate = asn1_x509.Certificate.load(signer.certificate.public_bytes(Encoding.DER))
    digest = signer.scheme.digest
    attributes = _signed_attributes(certificate, hashlib.new(digest, content).digest(), signing_time)
    signed = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [_signer_info(certificate, signer.scheme, attributes, signer.sign(attributes.dump()))],
    }
    document: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump()
    return document


def _signed_attributes(certificate: asn1_x509.Certificate, digest: bytes, signing_time: datetime) -> cms.CMSAttributes:
    identifier = tsp.ESSCertIDv2(
        {
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
        }
    )
    moment = cms.Time({"utc_time": core.UTCTime(signing_time.replace(microsecond=0))})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", moment),
            _attribute("message_digest", digest),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identifier]})),
        ]
    )
    # Loaded from its own DER, it keeps the very bytes that get signed and is not encoded again.
    return cms.CMSAttributes.load(attributes.dump())


def _signer_info(
    certificate: asn1_x509.Certificate, scheme: Scheme, attributes: cms.CMSAttributes, signature: bytes
) -> cms.SignerInfo:
    names = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": names},
            "digest_algorithm": {"algorithm": scheme.digest},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": _algorithm(scheme)},
            "signature": signature,
        }
    )


def _algorithm(scheme: Scheme) -> str:
    """rsaEncryption, as RFC 3370 3.2 wants implementations to understand it; ECDSA by its own names (RFC 5754 3.3)."""
    return "rsassa_pkcs1v15" if scheme.kind == "rsa_pkcs1v15" else f"{scheme.digest}_ecdsa"


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})
