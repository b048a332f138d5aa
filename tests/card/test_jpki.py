"""マイナンバーカードを使う: reading, PINs, signing, and answers that make no sense."""

from collections.abc import Callable
from pathlib import Path

import pytest
from card_stand import Counted, Scripted
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from card.errors import CardMisbehaved, CertificateNotIssued, LastTry, NotThisCard, PinBlocked, PinMalformed, WrongPin
from card.jpki import JpkiCard
from card.profile import MY_NUMBER_CARD, SMARTPHONE
from sandbox import cards, pki

Lay = Callable[[str], JpkiCard]
RECOGNISED = (("", 0x9000), ("", 0x9000), (b"JPKIAPICCTOKEN2".ljust(32).hex(), 0x9000), ("", 0x9000))
"""A card that is recognised by its label, and whose application is then selected."""


@pytest.fixture
def counted(folder: Path) -> Counted:
    return Counted(cards.hold(folder, "hanako"))


def test_a_card_is_recognised_by_its_label(lay: Lay) -> None:
    card = lay("hanako")
    assert (card.token_label, card.profile) == ("JPKIAPICCTOKEN2", MY_NUMBER_CARD)


def test_a_token_of_another_kind_is_refused_and_let_go(folder: Path) -> None:
    transport = Counted(cards.hold(folder, "hanako", "juki"))
    with pytest.raises(NotThisCard):
        JpkiCard(transport)
    assert transport.closed


def test_a_smartphone_is_recognised_and_gives_its_certificate_after_its_pin(lay: Lay, folder: Path) -> None:
    card = lay("hanako smartphone")
    assert (card.token_label, card.profile) == ("JPKIAPGPSETOKEN", SMARTPHONE)
    with pytest.raises(CardMisbehaved, match="without its PIN"):
        card.authentication_certificate()
    signer = card.unlock("authentication", "1234")
    assert signer.certificate == pki.credential(folder, "hanako", "authentication").certificate
    assert signer.sign(b"nonce")


def test_the_authentication_certificate_is_read_without_a_pin(lay: Lay, folder: Path) -> None:
    expected = pki.credential(folder, "hanako", "authentication").certificate
    assert lay("hanako").authentication_certificate() == expected


def test_the_signing_certificate_is_read_with_its_password(lay: Lay, folder: Path) -> None:
    expected = pki.credential(folder, "hanako", "signing").certificate
    assert lay("hanako").signing_certificate("HANAKO1234") == expected


def test_certificates_are_read_in_blocks_of_at_most_256_bytes(counted: Counted) -> None:
    with JpkiCard(counted) as card:
        counted.commands.clear()
        size = len(card.authentication_certificate().public_bytes(Encoding.DER))
    reads = [apdu for apdu in counted.commands if apdu[1] == 0xB0]
    assert reads[0] == bytes.fromhex("00B0000004")
    assert len(reads) == 1 + -(-(size - 4) // 256)
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


def test_the_last_try_is_never_spent_without_consent(counted: Counted) -> None:
    for _ in range(2):
        with pytest.raises(WrongPin):
            JpkiCard(counted).sign_authentication("9999", b"x")
    counted.commands.clear()
    with pytest.raises(LastTry):
        JpkiCard(counted).sign_authentication("1234", b"x")
    assert counted.pins_sent == 0
    assert JpkiCard(counted).sign_authentication("1234", b"x", spend_last_try=True)
    assert JpkiCard(counted).tries_left("authentication") == 3


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


def test_a_card_without_a_signing_certificate_says_so(lay: Lay) -> None:
    with pytest.raises(CertificateNotIssued, match="no signing certificate"):
        lay("sakura").sign_submission("ABCDEF", b"x")
    assert lay("sakura").sign_authentication("1234", b"x")


def test_an_answer_in_pieces_is_fetched_to_its_end() -> None:
    transport = Scripted(*RECOGNISED, ("", 0x9000), ("", 0x6C04), ("3082", 0x6102), ("0000", 0x9000))
    with pytest.raises(CardMisbehaved):  # the four bytes promise no certificate
        JpkiCard(transport).authentication_certificate()
    sent = [apdu.hex().upper() for apdu in transport.commands[-3:]]
    assert sent == ["00B0000004", "00B0000004", "00C0000002"]


def test_a_pin_is_never_sent_a_second_time_whatever_the_card_answers() -> None:
    transport = Scripted(
        *RECOGNISED, ("", 0x9000), ("", 0x63C3), ("", 0x6C04), ("", 0x9000), ("", 0x9000), ("", 0x63C3), ("", 0x6104)
    )
    card = JpkiCard(transport)
    for _ in range(2):
        with pytest.raises(CardMisbehaved, match="checking the PIN"):
            card.unlock("signing", "HANAKO1234")
    assert [apdu[1] for apdu in transport.commands[-8:]] == [0xA4, 0xA4, 0x20, 0x20] * 2


@pytest.mark.parametrize("fill", ["FFFFFFFF", "00000000", ""])
def test_a_blank_certificate_file_means_not_issued(fill: str) -> None:
    with pytest.raises(CertificateNotIssued):
        JpkiCard(Scripted(*RECOGNISED, ("", 0x9000), (fill, 0x9000))).authentication_certificate()


def test_a_certificate_that_ends_too_early_is_no_endless_loop() -> None:
    transport = Scripted(*RECOGNISED, ("", 0x9000), ("30820100", 0x9000), ("", 0x6282))
    with pytest.raises(CardMisbehaved, match="ends too early"):
        JpkiCard(transport).authentication_certificate()


def test_an_answer_that_never_ends_is_given_up() -> None:
    endless = [("00" * 256, 0x6100)] * 200
    with pytest.raises(CardMisbehaved):
        JpkiCard(Scripted(*RECOGNISED, ("", 0x9000), *endless)).authentication_certificate()


def test_a_card_without_the_application_is_not_this_card() -> None:
    with pytest.raises(NotThisCard):
        JpkiCard(Scripted(("", 0x6A82), ("", 0x6A82)))
