"""電子証明書ファイル: an organisation's certificate and key in a PKCS#12 file (RFC 7292), as 商業登記電子証明書 come.

The file and its password stay on this machine, in memory, for one signature.
"""

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from card.profile import RSA_SHA256, Scheme

LARGEST: Final = 64 * 1024
"""Bytes; a key, a certificate and its chain."""


class FileUnusable(Exception):
    """ファイルを使えない: `code` names the sentence shown. Text never repeats what was typed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, repr=False)
class FileSigner:
    """ファイルの署名者: RSASSA-PKCS1-v1_5 over SHA-256, as a card signs."""

    certificate: x509.Certificate
    _key: rsa.RSAPrivateKey
    scheme: Scheme = RSA_SHA256

    def sign(self, content: bytes) -> bytes:
        return self._key.sign(content, padding.PKCS1v15(), hashes.SHA256())


def open_file(content: bytes, password: str) -> FileSigner:
    """ファイルを開く. Raises FileUnusable: file_missing, file_unreadable (wrong password, other format), file_key."""
    if not content:
        raise FileUnusable("file_missing")
    if len(content) > LARGEST:
        raise FileUnusable("file_unreadable")
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password.encode())
    except Exception as wrong:  # the parser raises whatever hostile bytes make it raise; none of it may name the input
        raise FileUnusable("file_unreadable") from wrong
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey):
        raise FileUnusable("file_key")
    return FileSigner(certificate, key)
