"""公的個人認証AP: reads certificates and signs with a My Number Card (jpki-card.md section 4)."""

import contextlib
import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from card.apdu import END_OF_FILE, LARGEST_READ, NOT_FOUND, PIN_NEEDED, Channel
from card.errors import (
    CardMisbehaved,
    CertificateNotIssued,
    LastTry,
    NotThisCard,
    PinBlocked,
    PinMalformed,
    WrongPin,
)
from card.profile import MY_NUMBER_CARD, CardProfile, KeyProfile, Purpose
from card.transport import Transport


@dataclass(frozen=True)
class Signer:
    """署名者: a card whose PIN is verified; every signature is checked against `certificate` before it is returned.

    RSASSA-PKCS1-v1_5 over SHA-256, the only scheme all cards share.
    """

    certificate: x509.Certificate
    _channel: Channel
    _profile: CardProfile
    _key: KeyProfile

    def sign(self, content: bytes) -> bytes:
        """署名する. Raises CardMisbehaved if the card's signature does not fit its certificate."""
        digest = hashlib.new(self._profile.digest, content).digest()
        self._channel.select_file(self._key.key).expect()
        signature = self._channel.sign(self._profile.digest_info + digest).expect().data
        public = self.certificate.public_key()
        if len(signature) != self._profile.signature_size or not isinstance(public, rsa.RSAPublicKey):
            raise CardMisbehaved("signing")
        try:
            public.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as wrong:
            raise CardMisbehaved("signing: the signature does not fit the certificate") from wrong
        return signature


class JpkiCard:
    """マイナンバーカード: one user's business with one card; closing it powers the card off.

    Raises NotThisCard, with the transport closed, if the card has no JPKI application or is another kind of token.
    """

    def __init__(self, transport: Transport, profile: CardProfile = MY_NUMBER_CARD) -> None:
        self._transport = transport
        self._channel = Channel(transport)
        self._profile = profile
        with contextlib.ExitStack() as failed:
            failed.callback(transport.close)  # or a refused card would stay powered and ours
            found = self._channel.select_application(profile.application).expect(NOT_FOUND)
            if found.status == NOT_FOUND or self.token_label() not in profile.labels:
                raise NotThisCard
            failed.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def token_label(self) -> str:
        """トークンの名前, e.g. JPKIAPICCTOKEN2; empty if the card has none."""
        if self._channel.select_file(self._profile.token_information).expect(NOT_FOUND).status == NOT_FOUND:
            return ""
        answer = self._channel.read(0, 32).expect(END_OF_FILE)
        return answer.data.decode("ascii", errors="replace").rstrip(" \0")

    def tries_left(self, purpose: Purpose) -> int:
        """残り回数: costs no try. Raises CertificateNotIssued if the card has no such PIN."""
        self._select_pin(self._profile.key(purpose))
        answer = self._channel.ask_tries()
        if answer.tries_left is None:
            raise CardMisbehaved(answer.during, answer.status)
        return answer.tries_left

    def authentication_certificate(self) -> x509.Certificate:
        """利用者証明用電子証明書: free to read; says nothing of who holds the card now."""
        return self._certificate(self._profile.authentication)

    def signing_certificate(self, pin: str, *, spend_last_try: bool = False) -> x509.Certificate:
        """署名用電子証明書: carries name and address, so the card wants its password first."""
        return self.unlock("signing", pin, spend_last_try=spend_last_try).certificate

    def sign_authentication(self, pin: str, content: bytes, *, spend_last_try: bool = False) -> bytes:
        """ログインの署名 over `content`."""
        return self.unlock("authentication", pin, spend_last_try=spend_last_try).sign(content)

    def sign_submission(self, pin: str, content: bytes, *, spend_last_try: bool = False) -> bytes:
        """申請の署名 over `content`."""
        return self.unlock("signing", pin, spend_last_try=spend_last_try).sign(content)

    def unlock(self, purpose: Purpose, pin: str, *, spend_last_try: bool = False) -> Signer:
        """暗証番号を確かめる: and read the certificate.

        Raises PinMalformed (no try lost), LastTry (only `spend_last_try` spends the last one), WrongPin, PinBlocked,
        CertificateNotIssued.
        """
        key = self._profile.key(purpose)
        if not key.certificate_needs_pin:
            certificate = self._certificate(key)  # before the PIN: a card without it must not cost a try
        self._verify(key, _normal(key, pin), spend_last_try)
        if key.certificate_needs_pin:
            certificate = self._certificate(key)
        return Signer(certificate, self._channel, self._profile, key)

    def _verify(self, key: KeyProfile, pin: bytes, spend_last_try: bool) -> None:
        left = self.tries_left(key.purpose)
        if left == 0:
            raise PinBlocked(key.purpose)
        if left == 1 and not spend_last_try:
            raise LastTry(key.purpose)
        answer = self._channel.verify_pin(pin)
        if answer.tries_left == 0:
            raise PinBlocked(key.purpose)
        if answer.tries_left is not None:
            raise WrongPin(key.purpose, answer.tries_left)
        answer.expect()

    def _select_pin(self, key: KeyProfile) -> None:
        if self._channel.select_file(key.pin).expect(NOT_FOUND).status == NOT_FOUND:
            raise CertificateNotIssued(key.purpose)

    def _certificate(self, key: KeyProfile) -> x509.Certificate:
        content = self._read_der(key)
        try:
            return x509.load_der_x509_certificate(content)
        except ValueError as wrong:
            raise CardMisbehaved("reading the certificate") from wrong

    def _read_der(self, key: KeyProfile) -> bytes:
        """DERを読む: the header says how much there is; then blocks of at most 256 bytes."""
        if self._channel.select_file(key.certificate).expect(NOT_FOUND).status == NOT_FOUND:
            raise CertificateNotIssued(key.purpose)
        content = self._channel.read(0, 4).expect(END_OF_FILE, PIN_NEEDED)
        if content.status == PIN_NEEDED:
            raise CardMisbehaved(content.during, content.status)
        der = content.data
        if der[:2] != b"\x30\x82" or len(der) < 4:
            raise CertificateNotIssued(key.purpose)
        size = 4 + int.from_bytes(der[2:4], "big")
        while len(der) < size:
            block = self._channel.read(len(der), min(LARGEST_READ, size - len(der))).expect(END_OF_FILE).data
            if not block:
                raise CardMisbehaved("reading the certificate: it ends too early")
            der += block
        return der[:size]


def _normal(key: KeyProfile, pin: str) -> bytes:
    """全角・小文字で入力されても通す: the card itself takes only half-width upper case."""
    text = unicodedata.normalize("NFKC", pin).strip().upper()
    if not key.pin_pattern.fullmatch(text):
        raise PinMalformed(key.purpose)
    return text.encode("ascii")
