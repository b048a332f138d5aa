"""署名者: has the card sign, by the scheme of its profile, and believes no signature it has not checked."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from card.apdu import Channel
from card.errors import CardMisbehaved
from card.profile import KeyProfile, Scheme

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}


@dataclass(frozen=True)
class Signer:
    """署名者: a card whose PIN is verified; every signature is checked against `certificate` before it is returned."""

    certificate: x509.Certificate
    scheme: Scheme
    _channel: Channel = field(repr=False)
    _key: KeyProfile = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """署名する: RSA as the card gives it, ECDSA as DER.

        Raises CardMisbehaved if the card's signature does not fit its certificate.
        """
        digest = hashlib.new(self.scheme.digest, content).digest()
        self._channel.select_file(self._key.key).expect()
        answer = self._channel.sign(self.scheme.prefix + digest).expect().data
        if len(answer) != self.scheme.size:
            raise CardMisbehaved("signing: the signature has the wrong length")
        signature = _encoded(self.scheme, answer)
        if not _fits(self.certificate, self.scheme, signature, content):
            raise CardMisbehaved("signing: the signature does not fit the certificate")
        return signature


def _encoded(scheme: Scheme, answer: bytes) -> bytes:
    if scheme.kind == "rsa_pkcs1v15":
        return answer
    half = scheme.size // 2
    return encode_dss_signature(int.from_bytes(answer[:half], "big"), int.from_bytes(answer[half:], "big"))


def _fits(certificate: x509.Certificate, scheme: Scheme, signature: bytes, content: bytes) -> bool:
    public, digest = certificate.public_key(), _HASHES[scheme.digest]
    try:
        match public, scheme.kind:
            case rsa.RSAPublicKey(), "rsa_pkcs1v15":
                public.verify(signature, content, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey(), "ecdsa":
                public.verify(signature, content, ec.ECDSA(digest))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
