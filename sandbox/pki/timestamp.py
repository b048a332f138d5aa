"""時刻認証局: RFC 3161 answers signed by the sandbox's time stamping unit."""

import hashlib
import secrets
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.pki.registry import Registry

POLICY: Final = "1.2.392.200149.8.5.9.1"
"""An invented policy OID: it promises nothing."""
_DIGESTS: Final = ("sha256", "sha384", "sha512")


class TimestampUnit:
    """タイムスタンプユニット: `answer` takes a TimeStampReq and returns a TimeStampResp, both DER."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def answer(self, request: bytes) -> bytes:
        """Raises ValueError if `request` is no TimeStampReq."""
        asked = tsp.TimeStampReq.load(request, strict=True)
        if asked["message_imprint"]["hash_algorithm"]["algorithm"].native not in _DIGESTS:
            return _response({"status": "rejection", "fail_info": {"bad_alg"}})
        return _response({"status": "granted"}, self._token(asked))

    def _token(self, asked: tsp.TimeStampReq) -> cms.ContentInfo:
        now = datetime.now(UTC).replace(microsecond=0)
        info = _info(asked, now).dump()
        digest = algos.DigestAlgorithm({"algorithm": "sha256"})
        signed = {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
            "signer_infos": [self._signature(info, now, digest)],
        }
        if asked["cert_req"].native:
            signed["certificates"] = [self._certificate]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})

    def _signature(self, info: bytes, now: datetime, digest: algos.DigestAlgorithm) -> cms.SignerInfo:
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
                self._signing_certificate,
                _attribute("message_digest", hashlib.sha256(info).digest()),
            ]
        )
        key = self._registry.timestamp_unit.key
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": self._signer,
                "digest_algorithm": digest,
                "signature_algorithm": {"algorithm": "sha256_rsa"},
                "signed_attrs": attributes,
                "signature": key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256()),
            }
        )

    # Both are loaded from their own DER: asn1crypto then never encodes them again, which is most of its time.
    @cached_property
    def _signing_certificate(self) -> cms.CMSAttribute:
        identifier = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(self._certificate.dump()).digest()})
        attribute = _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identifier]}))
        return cms.CMSAttribute.load(attribute.dump())

    @cached_property
    def _signer(self) -> cms.SignerIdentifier:
        names = {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        identifier = cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(names)})
        return cms.SignerIdentifier.load(identifier.dump())

    @cached_property
    def _certificate(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self._registry.timestamp_unit.certificate.public_bytes(Encoding.DER))


def _info(asked: tsp.TimeStampReq, now: datetime) -> tsp.TSTInfo:
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": secrets.randbits(63),
        "gen_time": now,
        "accuracy": {"seconds": 1},
    }
    if asked["nonce"].native is not None:
        info["nonce"] = asked["nonce"]
    return tsp.TSTInfo(info)


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _response(status: dict[str, object], token: cms.ContentInfo | None = None) -> bytes:
    fields: dict[str, object] = {"status": status}
    if token is not None:
        fields["time_stamp_token"] = token
    response: bytes = tsp.TimeStampResp(fields).dump()
    return response
