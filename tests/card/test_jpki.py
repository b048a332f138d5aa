"""マイナンバーカードを使う: reading, PINs, signing, and what happens when the card misbehaves."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from card.errors import (
    CardMisbehaved,
    CardRemoved,
    CardSilent,
    CertificateNotIssued,
    LastTry,
    NotThisCard,
    PinBlocked,
    PinMalformed,
    ReaderUnavailable,
    RetryableCardError,
    WrongPin,
)
from card.jpki import JpkiCard
from card.transport import FrameReader, FrameTransport
from sandbox import cards, pki

Lay = Callable[[str], JpkiCard]


class Counted:
    """A transport that counts what really went over the wire."""

    def __init__(self, inner: FrameTransport) -> None:
        self._inner = inner
        self.commands: list[bytes] = []

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.commands.append(apdu)
        return self._inner.transmit(apdu)

    def power_cycle(self) -> None:
        self._inner.power_cycle()

    def close(self) -> None:
        self._inner.close()

    @property
    def pins_sent(self) -> int:
        return sum(apdu[1] == 0x20 and len(apdu) > 4 for apdu in self.commands)


@pytest.fixture
def counted(reader: cards.Reader) -> Counted:
    return Counted(FrameTransport("127.0.0.1", reader.port, "hanako"))


def test_a_card_is_recognised_by_its_label(lay: Lay) -> None:
    assert lay("hanako").token_label() == "JPKIAPICCTOKEN2"


@pytest.mark.parametrize("label", ["juki", "smartphone"])
def test_another_kind_of_token_is_refused(lay: Lay, label: str) -> None:
    with pytest.raises(NotThisCard):
        lay(f"hanako {label}")


def test_the_authentication_certificate_is_read_without_a_pin(lay: Lay, folder: Path) -> None:
    expected = pki.credential(folder, "hanako", "authentication").certificate
    assert lay("hanako").authentication_certificate() == expected


def test_the_signing_certificate_is_read_with_its_password(lay: Lay, folder: Path) -> None:
    expected = pki.credential(folder, "hanako", "signing").certificate
    assert lay("hanako").signing_certificate("HANAKO1234") == expected


def test_certificates_are_read_in_blocks_of_at_most_256_bytes(counted: Counted) -> None:
    with JpkiCard(counted) as card:
        counted.commands.clear()
        card.authentication_certificate()
    reads = [apdu for apdu in counted.commands if apdu[1] == 0xB0]
    assert reads[0] == bytes.fromhex("00B0000004")
    assert len(reads) == 8
    assert all(len(apdu) == 5 for apdu in reads)


def test_a_submission_is_signed_with_the_signing_key(lay: Lay, folder: Path) -> None:
    signature = lay("hanako").sign_submission("HANAKO1234", b"content")
    public = pki.credential(folder, "hanako", "signing").certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signature, b"content", padding.PKCS1v15(), hashes.SHA256())


def test_a_login_is_signed_with_the_authentication_key(lay: Lay, folder: Path) -> None:
    signature = lay("hanako").sign_authentication("1234", b"nonce")
    public = pki.credential(folder, "hanako", "authentication").certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signature, b"nonce", padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("typed", ["hanako1234", "ＨＡＮＡＫＯ１２３４", " HANAKO1234 "])
def test_a_password_may_be_typed_in_lower_case_or_full_width(lay: Lay, typed: str) -> None:
    assert lay("hanako").signing_certificate(typed)


@pytest.mark.parametrize("typed", ["", "123", "12345", "12a4", "１２３"])
def test_a_malformed_pin_never_reaches_the_card(counted: Counted, typed: str) -> None:
    with JpkiCard(counted) as card, pytest.raises(PinMalformed):
        card.sign_authentication(typed, b"x")
    assert counted.pins_sent == 0


def test_a_wrong_pin_says_how_many_tries_are_left(lay: Lay) -> None:
    with pytest.raises(WrongPin, match=r"Tries left: 4\.") as refused:
        lay("hanako").sign_submission("WRONG1", b"x")
    assert refused.value.tries_left == 4
    assert lay("hanako").tries_left("signing") == 4
    assert lay("hanako").tries_left("authentication") == 3


def test_the_last_try_is_never_spent_without_consent(lay: Lay, counted: Counted) -> None:
    for _ in range(2):
        with pytest.raises(WrongPin):
            JpkiCard(counted).sign_authentication("9999", b"x")
    counted.commands.clear()
    with pytest.raises(LastTry):
        JpkiCard(counted).sign_authentication("1234", b"x")
    assert counted.pins_sent == 0
    assert JpkiCard(counted).sign_authentication("1234", b"x", spend_last_try=True)
    assert JpkiCard(counted).tries_left("authentication") == 3
    counted.close()


def test_a_blocked_pin_says_where_to_unblock_it_and_is_not_sent_again(counted: Counted) -> None:
    card = JpkiCard(counted)
    for _ in range(2):
        with pytest.raises(WrongPin):
            card.sign_authentication("9999", b"x")
    with pytest.raises(PinBlocked, match="municipality's counter"):
        card.sign_authentication("9999", b"x", spend_last_try=True)
    counted.commands.clear()
    with pytest.raises(PinBlocked):
        card.sign_authentication("1234", b"x", spend_last_try=True)
    assert counted.pins_sent == 0
    card.close()


def test_a_card_without_a_signing_certificate_says_so(lay: Lay) -> None:
    with pytest.raises(CertificateNotIssued, match="no signing certificate"):
        lay("sakura").sign_submission("ABCDEF", b"x")
    assert lay("sakura").sign_authentication("1234", b"x")


@pytest.mark.parametrize("fault", ["removed", "truncated"])
def test_a_card_taken_away_while_signing_can_be_tried_again(lay: Lay, fault: str) -> None:
    with pytest.raises(CardRemoved) as gone:
        lay(f"hanako {fault}").sign_authentication("1234", b"x")
    assert isinstance(gone.value, RetryableCardError)
    assert lay("hanako").sign_authentication("1234", b"x")


@pytest.mark.parametrize("fault", ["cut", "damaged"])
def test_a_signature_that_does_not_fit_the_certificate_is_never_returned(lay: Lay, fault: str) -> None:
    with pytest.raises(CardMisbehaved):
        lay(f"hanako {fault}").sign_authentication("1234", b"x")


def test_a_card_that_does_not_answer_is_given_up_in_time(reader: cards.Reader) -> None:
    transport = FrameTransport("127.0.0.1", reader.port, "hanako delay=30", timeout=0.3)
    begun = time.monotonic()
    with JpkiCard(transport) as card, pytest.raises(CardSilent):
        card.sign_authentication("1234", b"x")
    assert time.monotonic() - begun < 5


def test_no_reader_is_a_sentence(reader: cards.Reader) -> None:
    reader.shutdown()
    reader.server_close()
    with pytest.raises(ReaderUnavailable, match="plugged in"):
        FrameReader("127.0.0.1", reader.port).open("hanako")


class Scripted:
    """A card that answers from a list: for status words the virtual card never sends."""

    def __init__(self, *answers: tuple[str, int]) -> None:
        self._answers = [(b"", 0x9000), (b"", 0x9000), (b"JPKIAPICCTOKEN2".ljust(32), 0x9000)]
        self._answers += [(bytes.fromhex(data), status) for data, status in answers]
        self.commands: list[bytes] = []

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        self.commands.append(apdu)
        return self._answers.pop(0)

    def power_cycle(self) -> None: ...

    def close(self) -> None: ...


def test_an_answer_in_pieces_is_fetched_to_its_end() -> None:
    transport = Scripted(("", 0x9000), ("", 0x6C04), ("3082", 0x6102), ("0000", 0x9000))
    with pytest.raises(CardMisbehaved):  # the four bytes promise no certificate
        JpkiCard(transport).authentication_certificate()
    sent = [apdu.hex().upper() for apdu in transport.commands[-3:]]
    assert sent == ["00B0000004", "00B0000004", "00C0000002"]


@pytest.mark.parametrize("fill", ["FFFFFFFF", "00000000", ""])
def test_a_blank_certificate_file_means_not_issued(fill: str) -> None:
    with pytest.raises(CertificateNotIssued):
        JpkiCard(Scripted(("", 0x9000), (fill, 0x9000))).authentication_certificate()


def test_a_certificate_that_ends_too_early_is_no_endless_loop() -> None:
    transport = Scripted(("", 0x9000), ("30820100", 0x9000), ("", 0x6282))
    with pytest.raises(CardMisbehaved, match="ends too early"):
        JpkiCard(transport).authentication_certificate()


def test_a_card_without_the_application_is_not_this_card() -> None:
    transport = Scripted()
    transport._answers[0] = (b"", 0x6A82)
    with pytest.raises(NotThisCard):
        JpkiCard(transport)
