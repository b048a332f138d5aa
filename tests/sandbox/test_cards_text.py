"""券面事項入力補助AP: the records of My Number and attributes, their signature, and who may read what (section 5)."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from card_commands import ASK_TRIES, COMMON, READ_ALL, SELECT, TEXT, send, status, verify
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox import cards
from sandbox.cards.text import attributes, my_number_record, number_b
from sandbox.people import HANAKO, LI, PEOPLE, SAKURA, CardFace, Person

MIKIYA = replace(
    HANAKO, name="黒桐　幹也", address="東京都清瀬市観布子南１２－７－２０２", birth_date=date(1980, 2, 17), sex="1",
    face=CardFace("537686677188", date(2035, 2, 17), "2285"),
)  # fmt: skip
VECTOR = (
    "ff2065df2108000e002000590064"
    "df220fe9bb92e6a190e38080e5b9b9e4b99f"
    "df2336e69db1e4baace983bde6b885e780ace5b882e8a6b3e5b883e5ad90e58d97"
    "efbc91efbc92efbc8defbc97efbc8defbc92efbc90efbc92"
    "df24083139383030323137"
    "df250131"
)
NUMBER = SELECT + "0001"
TEXTS = SELECT + "0002"
HASHES = SELECT + "0003"


@pytest.fixture
def hanako(jpki_folder: Path) -> cards.HeldCard:
    return cards.hold(jpki_folder, "hanako")


def check_digit(eleven: str) -> int:
    """検査用数字 as in section 5, written independently of the sandbox."""
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
    return 0 if rest <= 1 else 11 - rest


def test_the_attributes_are_laid_out_as_in_the_test_vector() -> None:
    assert attributes(MIKIYA).hex() == VECTOR


def test_a_long_address_moves_the_offsets_behind_a_longer_length() -> None:
    record = attributes(replace(MIKIYA, address="あ" * 60))
    assert record[:5].hex() == "ff2081e4df"
    starts = [int.from_bytes(record[at : at + 2], "big") for at in (7, 9, 11, 13)]
    assert [record[start : start + 2].hex() for start in starts] == ["df22", "df23", "df24", "df25"]


def test_the_my_number_record_has_17_bytes() -> None:
    assert my_number_record(MIKIYA) == bytes.fromhex("ff100c") + b"537686677188" + b"\xff\xff"


def test_the_verification_number_is_that_of_the_test_card() -> None:
    assert number_b(MIKIYA) == "55021720352285"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2020, 5, 1), "02"), (date(2019, 5, 1), "01"), (date(2019, 4, 30), "31"), (date(1989, 1, 8), "01"),
        (date(1989, 1, 7), "64"), (date(1926, 12, 25), "01"), (date(1926, 12, 24), "15"),
    ],
)  # fmt: skip
def test_its_year_counts_in_the_era_of_that_very_day(birth: date, expected: str) -> None:
    assert number_b(replace(MIKIYA, birth_date=birth))[:2] == expected


def test_a_foreign_residents_year_is_western() -> None:
    assert number_b(LI) == "96093020306174"


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_every_my_number_is_nobodys_and_its_check_digit_is_right(person: Person) -> None:
    number = person.face.my_number
    assert number.startswith("000000")
    assert int(number[-1]) == check_digit(number[:-1])
    assert len({other.face.my_number for other in PEOPLE}) == len(PEOPLE)


def test_the_check_digit_of_this_test_is_that_of_the_test_card() -> None:
    assert check_digit("53768667718") == 8


@pytest.mark.parametrize(
    ("pin", "value", "opened"),
    [
        ("", "", []),
        ("0011", HANAKO.auth_pin, ["0001", "0002", "0003"]),
        ("0014", HANAKO.face.my_number, ["0001", "0003"]),
        ("0015", "02041220331904", ["0002", "0003"]),
    ],
)
def test_each_pin_opens_its_files_and_no_other(hanako: cards.HeldCard, pin: str, value: str, opened: list[str]) -> None:
    send(hanako, TEXT)
    if pin:
        assert status(hanako, SELECT + pin, verify(value)) == "9000"
    found = {file: status(hanako, SELECT + file, READ_ALL) for file in ("0001", "0002", "0003", "0004", "0005")}
    assert found == {
        file: "9000" if file in (*opened, "0004", "0005") else "6982"
        for file in ("0001", "0002", "0003", "0004", "0005")
    }


def test_the_pin_has_three_tries_and_the_numbers_ten(hanako: cards.HeldCard) -> None:
    send(hanako, TEXT)
    assert [status(hanako, SELECT + pin, ASK_TRIES) for pin in ("0011", "0014", "0015")] == ["63C3", "63CA", "63CA"]
    assert status(hanako, verify("0" * 14)) == "63C9"


def test_the_files_hold_the_persons_data(jpki_folder: Path) -> None:
    card = cards.hold(jpki_folder, "sakura")
    send(card, TEXT, SELECT + "0011", verify(SAKURA.auth_pin))
    assert send(card, NUMBER, READ_ALL)[0][3:15].decode() == SAKURA.face.my_number
    assert "姫路　さくら".encode() in send(card, TEXTS, READ_ALL)[0]


def test_the_records_hashes_are_signed_with_the_key_the_card_itself_gives(hanako: cards.HeldCard) -> None:
    send(hanako, TEXT, SELECT + "0011", verify(HANAKO.auth_pin))
    number, texts = send(hanako, NUMBER, READ_ALL)[0], send(hanako, TEXTS, READ_ALL)[0]
    signed, certificate = whole(hanako, HASHES), whole(hanako, SELECT + "0004")
    assert (len(signed), signed[:5].hex()) == (336, "ff3082014b")
    assert signed[5:8].hex() == "df3120"
    assert signed[8:40] == hashlib.sha256(number).digest()
    assert signed[40:43].hex() == "df3220"
    assert signed[43:75] == hashlib.sha256(texts[texts.index(b"\xdf\x22") :]).digest()
    assert signed[75:80].hex() == "df33820100"
    assert (len(certificate), certificate[:10].hex()) == (568, "7f218202335f4e820129")
    exponent, modulus = certificate[44:47], certificate[51:307]
    assert (certificate[42:44].hex(), certificate[47:51].hex(), exponent.hex()) == ("9003", "91820100", "010001")
    key = rsa.RSAPublicNumbers(65537, int.from_bytes(modulus, "big")).public_key()
    key.verify(signed[80:], signed[5:75], padding.PKCS1v15(), hashes.SHA256())


def test_the_card_itself_is_known_by_a_record_free_for_all(hanako: cards.HeldCard) -> None:
    record, found = send(hanako, COMMON, "00B2010C00")
    assert found == "9000"
    assert record == b"\x01\x1c" + b"000020140000001" + b"28201" + b"20330412"
    assert [status(hanako, wrong) for wrong in ("00B2020C00", "00B2011400", "00B2010800")] == ["6A83", "6A82", "6A86"]


def whole(card: cards.HeldCard, select: str) -> bytes:
    """A file's content, in as many reads as it takes."""
    content = b""
    send(card, select)
    while (part := send(card, f"00B0{len(content):04X}00"))[1] == "9000":
        content += part[0]
    return content
