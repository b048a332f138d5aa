"""公的個人認証AP: reads certificates and signs with a My Number Card (jpki-card.md section 4)."""

import contextlib
from collections.abc import Sequence
from typing import Self

from cryptography import x509

from card import pin
from card.apdu import END_OF_FILE, NOT_FOUND, PIN_NEEDED, Channel
from card.errors import CardMisbehaved, CertificateNotIssued, NotThisCard
from card.profile import PROFILES, CardProfile, KeyProfile, Purpose
from card.signer import Signer
from card.transport import Transport


class JpkiCard:
    """マイナンバーカード: one user's business with one card; closing it resets the card.

    Which kind of card it is, its token's label says (`token_label`, e.g. JPKIAPICCTOKEN2); `profiles` are those we
    know. Raises NotThisCard, with the transport closed, if it is none of them.
    """

    def __init__(self, transport: Transport, profiles: Sequence[CardProfile] = PROFILES) -> None:
        self._transport = transport
        self._channel = Channel(transport)
        with contextlib.ExitStack() as failed:
            failed.callback(transport.close)  # or a refused card would stay powered and ours
            self.profile, self.token_label = _recognised(self._channel, profiles)
            failed.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def tries_left(self, purpose: Purpose) -> int:
        """残り回数: costs no try. Raises CertificateNotIssued if the card has no such PIN."""
        self._select()
        return pin.tries_left(self._channel, self.profile.key(purpose).pin)

    def authentication_certificate(self) -> x509.Certificate:
        """利用者証明用電子証明書: free to read on a card; says nothing of who holds the card now.

        A smartphone wants its PIN first and answers CardMisbehaved here: use `unlock`.
        """
        self._select()
        return self._certificate(self.profile.authentication)

    def signing_certificate(self, typed: str, *, spend_last_try: bool = False) -> x509.Certificate:
        """署名用電子証明書: carries name and address, so the card wants its password first."""
        return self.unlock("signing", typed, spend_last_try=spend_last_try).certificate

    def sign_authentication(self, typed: str, content: bytes, *, spend_last_try: bool = False) -> bytes:
        """ログインの署名 over `content`."""
        return self.unlock("authentication", typed, spend_last_try=spend_last_try).sign(content)

    def sign_submission(self, typed: str, content: bytes, *, spend_last_try: bool = False) -> bytes:
        """申請の署名 over `content`."""
        return self.unlock("signing", typed, spend_last_try=spend_last_try).sign(content)

    def unlock(self, purpose: Purpose, typed: str, *, spend_last_try: bool = False) -> Signer:
        """暗証番号を確かめる: and read the certificate.

        Raises PinMalformed (no try lost), LastTry (only `spend_last_try` spends the last one), WrongPin, PinBlocked,
        CertificateNotIssued.
        """
        self._select()
        key = self.profile.key(purpose)
        if not key.certificate_needs_pin:
            certificate = self._certificate(key)  # before the PIN: a card without it must not cost a try
        pin.verify(self._channel, key.pin, typed, spend_last_try=spend_last_try)
        if key.certificate_needs_pin:
            certificate = self._certificate(key)
        return Signer(certificate, self.profile.scheme, self._channel, key)

    def _select(self) -> None:
        """Again each time: a TextCard may have been used on the same transport meanwhile."""
        self._channel.select_application(self.profile.application).expect()

    def _certificate(self, key: KeyProfile) -> x509.Certificate:
        content = self._read_der(key)
        try:
            return x509.load_der_x509_certificate(content)
        except ValueError as wrong:
            raise CardMisbehaved("reading the certificate") from wrong

    def _read_der(self, key: KeyProfile) -> bytes:
        """DERを読む: the header says how much there is."""
        if self._channel.select_file(key.certificate).expect(NOT_FOUND).status == NOT_FOUND:
            raise CertificateNotIssued(key.purpose)
        head = self._channel.read(0, 4).expect(END_OF_FILE, PIN_NEEDED)
        if head.status == PIN_NEEDED:
            raise CardMisbehaved("reading the certificate without its PIN", head.status)
        if head.data[:2] != b"\x30\x82" or len(head.data) < 4:
            raise CertificateNotIssued(key.purpose)
        size = 4 + int.from_bytes(head.data[2:4], "big")
        return self._channel.read_on(head.data, size, "reading the certificate")


def _recognised(channel: Channel, profiles: Sequence[CardProfile]) -> tuple[CardProfile, str]:
    for profile in profiles:
        if (label := _label(channel, profile)) in profile.labels:
            return profile, label
    raise NotThisCard


def _label(channel: Channel, profile: CardProfile) -> str:
    """Selects the application, too; empty if the card has no such application or no label."""
    if channel.select_application(profile.application).expect(NOT_FOUND).status == NOT_FOUND:
        return ""
    if channel.select_file(profile.token_information).expect(NOT_FOUND).status == NOT_FOUND:
        return ""
    answer = channel.read(0, 32).expect(END_OF_FILE)
    return answer.data.decode("ascii", errors="replace").rstrip(" \0")
