"""公印の鍵: the office's private key and certificate, opened once per process.

pyHanko's own PKCS#12 signer parses and checks the key again for every signature, 40 ms each.
"""

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from activities.documents.evidence import SealUnusable
from activities.documents.settings import SealSettings


class OfficeKey(Signer):
    """職責鍵: an RSA or elliptic-curve key; a PKCS#11 token would be a sibling with the same base."""

    def __init__(self, settings: SealSettings) -> None:
        """Raises SealUnusable where the key file doesn't open."""
        bundle = _opened(settings)
        if bundle.cert is None or not isinstance(bundle.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise SealUnusable(f"{settings.pkcs12_file} needs an RSA or elliptic-curve key with its certificate")
        self._key = bundle.key
        certificates = [_certificate(each) for each in (bundle.cert, *bundle.additional_certs)]
        super().__init__(
            signing_cert=certificates[0],
            cert_registry=SimpleCertificateStore.from_certs(certificates),
            embed_roots=False,
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over `data`: PKCS#1 v1.5 with RSA, ECDSA otherwise."""
        digest: hashes.HashAlgorithm = get_pyca_cryptography_hash(digest_algorithm)
        if dry_run:
            return bytes((self._key.key_size + 7) // 8 * 2)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


def _opened(settings: SealSettings) -> pkcs12.PKCS12KeyAndCertificates:
    try:
        password = settings.password_file.read_bytes().strip()
        return pkcs12.load_pkcs12(settings.pkcs12_file.read_bytes(), password)
    except OSError as fault:
        raise SealUnusable(f"the seal's key can't be read: {fault}") from fault
    except ValueError as fault:
        raise SealUnusable(
            f"{settings.pkcs12_file} does not open with the password in {settings.password_file}"
        ) from fault


def _certificate(entry: pkcs12.PKCS12Certificate) -> x509.Certificate:
    return x509.Certificate.load(entry.certificate.public_bytes(Encoding.DER))
