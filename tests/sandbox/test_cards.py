"""仮想カード: its answers byte by byte, as jpki-card.md sections 3, 4 and 8 want them."""

import hashlib
from pathlib import Path

import pytest
from card_commands import ASK_TRIES, JPKI, READ_ALL, SELECT, TEXT, send, sign, signing_of, status, verify
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox import cards
from sandbox.people import HANAKO

RIGHT = verify(HANAKO.auth_pin)
WRONG = verify("9999")
SIGN = "802A008001AA00"


@pytest.fixture
def hanako(jpki_folder: Path) -> cards.HeldCard:
    return cards.hold(jpki_folder, "hanako")


def test_a_card_nobody_was_given_cannot_be_held(jpki_folder: Path) -> None:
    for name in ("nobody", "../cards/hanako", ""):
        with pytest.raises(cards.NoSuchCard):
            cards.hold(jpki_folder, name)


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["00A4040C0AD392F000260100000009"], "6A82"),
        ([JPKI, SELECT + "0099"], "6A82"),
        ([SELECT + "0018"], "6A82"),
        ([READ_ALL], "6986"),
        ([JPKI, READ_ALL], "6986"),
        ([JPKI, ASK_TRIES], "6986"),
        ([JPKI, SELECT + "000A", JPKI, READ_ALL], "6986"),
        ([JPKI, SELECT + "000A", ASK_TRIES], "6981"),
        ([JPKI, SELECT + "0018", READ_ALL], "6981"),
        ([JPKI, SELECT + "000A", SIGN], "6981"),
        ([JPKI, SELECT + "0018", RIGHT, SELECT + "0001", READ_ALL], "6982"),
        ([JPKI, SELECT + "0017", SIGN], "6982"),
        ([JPKI, SELECT + "0018", RIGHT, SELECT + "001A", SIGN], "6982"),
        ([JPKI, SELECT + "000A", "00B07F0000"], "6B00"),
        ([JPKI, SELECT + "000A", "00B00000"], "6700"),
        ([JPKI, SELECT + "0018", "00200000"], "6A86"),
        ([JPKI, SELECT + "0018", "00200180"], "6A86"),
        ([JPKI, SELECT + "0018", "002000800531"], "6700"),
        ([JPKI, SELECT + "0018", "0020008011" + "41" * 17], "6700"),
        ([JPKI, "00A4000C"], "6A86"),
        ([JPKI, "00A4040000"], "6A86"),
        ([JPKI, "00FF0000"], "6D00"),
        ([JPKI, "80B0000000"], "6D00"),
        ([JPKI, "A0A40000"], "6E00"),
        (["00A404"], "6700"),
        ([JPKI, SELECT + "0018", ASK_TRIES], "63C3"),
        ([JPKI, SELECT + "001B", ASK_TRIES], "63C5"),
        ([JPKI, SELECT + "0018", RIGHT, ASK_TRIES], "63C3"),
    ],
)
def test_the_status_word_fits_the_command(hanako: cards.HeldCard, commands: list[str], expected: str) -> None:
    assert status(hanako, *commands) == expected


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([JPKI, "00200098"], "63C3"),
        ([JPKI, "0020009B"], "63C5"),
        ([JPKI, "0020009B", ASK_TRIES], "63C5"),
        ([JPKI, "00200098" + RIGHT[8:], "802A009701AA00"], "9000"),
        ([JPKI, "802A009701AA00"], "6982"),
        ([JPKI, "0020008A"], "6981"),
        ([JPKI, "0020009D"], "6A82"),
        ([JPKI, "00B08A0004"], "9000"),
        ([JPKI, "00B0860004", "00B0000004"], "9000"),
        ([JPKI, "00B0810004"], "6982"),
        ([JPKI, "00B08600A0"], "9000"),
        ([JPKI, "00B086A001"], "6B00"),
        ([JPKI, "00B09D0004"], "6A82"),
    ],
)
def test_a_file_may_be_named_by_its_short_id(hanako: cards.HeldCard, commands: list[str], expected: str) -> None:
    assert status(hanako, *commands) == expected


def test_reading_by_short_id_reads_the_same_file_from_an_offset_of_eight_bits(hanako: cards.HeldCard) -> None:
    whole, _ = send(hanako, JPKI, SELECT + "000A", READ_ALL)
    assert send(hanako, JPKI, "00B08A1010")[0] == whole[16:32]


def test_as_many_bytes_come_as_were_asked_for_and_256_if_none_was_named(hanako: cards.HeldCard) -> None:
    assert len(send(hanako, JPKI, SELECT + "000A", "00B0000011")[0]) == 0x11
    assert len(send(hanako, READ_ALL)[0]) == 256
    assert len(send(hanako, SELECT + "0006", "00B0009000")[0]) == 16  # the rest of 160, not 256


def test_the_token_names_itself_in_160_bytes(hanako: cards.HeldCard) -> None:
    information, _ = send(hanako, JPKI, SELECT + "0006", READ_ALL)
    assert len(information) == 160
    assert information[:32] == b"JPKIAPICCTOKEN2".ljust(32)
    longest, shortest = (int.from_bytes(information[at : at + 4], "big") for at in (116, 120))
    assert (longest, shortest) == (16, 6)


def test_the_card_says_which_certificates_it_has(jpki_folder: Path) -> None:
    def exists(name: str) -> str:
        return send(cards.hold(jpki_folder, name), JPKI, SELECT + "0008", READ_ALL)[0].hex()

    assert (exists("hanako"), exists("sakura")) == ("8f8f00", "008f00")


def test_a_child_has_no_signing_certificate(jpki_folder: Path) -> None:
    sakura = cards.hold(jpki_folder, "sakura")
    assert [status(sakura, JPKI, SELECT + file) for file in ("0001", "001A", "001B")] == ["6A82"] * 3
    assert status(sakura, SELECT + "000A", READ_ALL) == "9000"


def test_all_four_certificates_come_whole(hanako: cards.HeldCard) -> None:
    send(hanako, *signing_of(HANAKO))
    for file in ("0001", "0002", "000A", "000B"):
        content = b""
        send(hanako, SELECT + file)
        while (part := send(hanako, f"00B0{len(content):04X}00"))[1] == "9000":
            content += part[0]
        assert x509.load_der_x509_certificate(content).issuer


def test_the_card_pads_what_it_is_given_and_the_signature_verifies(hanako: cards.HeldCard, jpki_folder: Path) -> None:
    message = "転出届".encode()
    signature, _ = send(hanako, *signing_of(HANAKO), sign(hashlib.sha256(message).digest()))
    certificate = x509.load_der_x509_certificate((jpki_folder / "cards" / "hanako" / "signing.der").read_bytes())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


def test_a_challenge_is_random_and_as_long_as_asked(hanako: cards.HeldCard) -> None:
    first, second = send(hanako, "0084000010")[0], send(hanako, "0084000010")[0]
    assert len(first) == 16
    assert first != second
    assert status(hanako, "00840000") == "6700"


def test_three_wrong_pins_block_the_card_and_even_the_right_one_stays_refused(hanako: cards.HeldCard) -> None:
    send(hanako, JPKI, SELECT + "0018")
    assert [status(hanako, WRONG) for _ in range(4)] == ["63C2", "63C1", "63C0", "6984"]
    assert status(hanako, RIGHT) == "6984"
    assert status(hanako, ASK_TRIES) == "63C0"


def test_a_success_gives_all_tries_back_and_a_failure_forgets_the_success(hanako: cards.HeldCard) -> None:
    assert status(hanako, JPKI, SELECT + "0018", WRONG) == "63C2"
    assert status(hanako, RIGHT, ASK_TRIES) == "63C3"
    assert status(hanako, WRONG, SELECT + "0017", SIGN) == "6982"


def test_power_off_forgets_the_verified_pin_and_keeps_the_counter(hanako: cards.HeldCard) -> None:
    assert (
        status(hanako, JPKI, SELECT + "001B", verify("WRONG1"), SELECT + "0018", RIGHT, SELECT + "0017", SIGN) == "9000"
    )
    hanako.power_cycle()
    assert status(hanako, SIGN) == "6986"
    assert status(hanako, JPKI, SELECT + "0017", SIGN) == "6982"
    assert status(hanako, SELECT + "001B", ASK_TRIES) == "63C4"
    assert status(hanako, SELECT + "0018", RIGHT, SELECT + "0017", SIGN) == "9000"
    hanako.close()
    assert status(hanako, JPKI, SELECT + "0017", SIGN) == "6982"


def test_selecting_an_application_again_does_not_forget_the_verified_pin(hanako: cards.HeldCard) -> None:
    assert status(hanako, JPKI, SELECT + "0018", RIGHT, TEXT, JPKI, SELECT + "0017", SIGN) == "9000"


def test_a_pin_can_be_changed_only_once_verified(hanako: cards.HeldCard) -> None:
    change = "0024018004" + b"5678".hex()
    assert status(hanako, JPKI, SELECT + "0018", change) == "6982"
    assert status(hanako, RIGHT, change) == "9000"
    assert status(hanako, RIGHT) == "63C2"
    assert status(hanako, verify("5678")) == "9000"
    assert status(hanako, "0024018003" + b"567".hex()) == "6700"


def test_each_held_card_counts_its_own_tries(jpki_folder: Path) -> None:
    assert status(cards.hold(jpki_folder, "taro"), JPKI, SELECT + "0018", WRONG) == "63C2"
    assert status(cards.hold(jpki_folder, "taro"), JPKI, SELECT + "0018", ASK_TRIES) == "63C3"


@pytest.mark.parametrize(
    ("kind", "label"), [("", "JPKIAPICCTOKEN2"), ("juki", "JPKIAPICCTOKEN"), ("smartphone", "JPKIAPGPSETOKEN")]
)
def test_each_kind_of_token_has_its_own_label(jpki_folder: Path, kind: str, label: str) -> None:
    card = cards.hold(jpki_folder, "hanako", kind)
    assert send(card, JPKI, SELECT + "0006", "00B0000020")[0].rstrip() == label.encode()


def test_a_smartphone_shows_its_certificate_only_after_the_pin_and_has_no_other_application(jpki_folder: Path) -> None:
    phone = cards.hold(jpki_folder, "hanako", "smartphone")
    assert status(phone, JPKI, SELECT + "000A", READ_ALL) == "6982"
    assert status(phone, SELECT + "0018", RIGHT, SELECT + "000A", READ_ALL) == "9000"
    assert status(phone, TEXT) == "6A82"


def test_a_blocked_card_has_no_try_left_on_any_pin(jpki_folder: Path) -> None:
    blocked = cards.hold(jpki_folder, "hanako", "blocked")
    assert [status(blocked, JPKI, SELECT + pin, ASK_TRIES) for pin in ("0018", "001B")] == ["63C0"] * 2
    assert status(blocked, JPKI, SELECT + "0018", RIGHT) == "6984"
    assert status(blocked, TEXT, SELECT + "0011", RIGHT) == "6984"
