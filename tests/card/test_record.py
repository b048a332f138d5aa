"""券面事項の記録: the files of the text application as bytes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card.errors import CardMisbehaved, RecordForged
from card.record import ATTRIBUTES, Proof, read_attributes, read_my_number, total_size

VECTOR = bytes.fromhex(
    "ff2065df2108000e002000590064df220fe9bb92e6a190e38080e5b9b9e4b99f"
    "df2336e69db1e4baace983bde6b885e780ace5b882e8a6b3e5b883e5ad90e58d97efbc91efbc92efbc8defbc97efbc8defbc92efbc90efbc92"
    "df24083139383030323137df250131"
)


def file_of(*objects: str) -> bytes:
    content = b"".join(bytes.fromhex(one) for one in objects)
    return b"\xff\x20" + bytes([len(content)]) + content


def test_the_published_example_is_read() -> None:
    found = read_attributes(VECTOR)
    assert (found.name, found.address) == ("黒桐　幹也", "東京都清瀬市観布子南１２－７－２０２")
    assert (found.birth_date.known, found.sex) == (date(1980, 2, 17), "male")
    assert total_size(VECTOR[:8], ATTRIBUTES, "attributes") == len(VECTOR) == 104


@pytest.mark.parametrize("front", [b"", b"\x00\x00", b"\x12\x34"])
@pytest.mark.parametrize("behind", [b"", b"\xff\xff\xff", b"\x00" * 9])
def test_bytes_in_front_and_filler_behind_change_nothing(front: bytes, behind: bytes) -> None:
    assert read_attributes(front + VECTOR + behind) == read_attributes(VECTOR)
    assert total_size(front + VECTOR[:6], ATTRIBUTES, "attributes") == len(front + VECTOR)


def test_unknown_tags_are_passed_over_and_missing_ones_are_empty() -> None:
    found = read_attributes(file_of("DF2601AA", "5A02BBBB", "DF220141", "DF2700"))
    assert (found.name, found.address, found.sex, found.birth_date.known) == ("A", "", "unknown", None)


def test_lengths_may_take_one_two_or_three_bytes() -> None:
    name = "ア" * 100
    inside = b"\xdf\x22\x82" + len(name.encode()).to_bytes(2, "big") + name.encode()
    long = b"\xff\x20\x82" + len(inside).to_bytes(2, "big") + inside
    assert read_attributes(long).name == name
    assert read_attributes(b"\xff\x20\x81\x05\xdf\x22\x81\x01A").name == "A"


@pytest.mark.parametrize(
    ("written", "parts"), [("19800200", (1980, 2, 0)), ("19800000", (1980, 0, 0)), ("00000000", (0, 0, 0))]
)
def test_a_birth_date_may_be_known_in_part(written: str, parts: tuple[int, int, int]) -> None:
    birth = read_attributes(file_of("DF2408" + written.encode().hex())).birth_date
    assert ((birth.year, birth.month, birth.day), birth.known) == (parts, None)


@pytest.mark.parametrize("digit", ["0", "1", "2", "9"])
def test_every_sex_of_the_chip_is_known(digit: str) -> None:
    known = {"0": "unknown", "1": "male", "2": "female", "9": "not_applicable"}
    assert read_attributes(file_of("DF2501" + digit.encode().hex())).sex == known[digit]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"\xff\x10\x00",
        b"\xff\x20",
        b"\xff\x20\x80",
        b"\xff\x20\x83\x00\x00\x01A",
        file_of("DF2205414243"),
        file_of("DF2201FF"),
        file_of("DF2408" + b"19801301".hex()),
        file_of("DF2408" + b"198O0101".hex()),
        file_of("DF250133"),
    ],
)
def test_a_file_that_makes_no_sense_is_an_error(content: bytes) -> None:
    with pytest.raises(CardMisbehaved):
        read_attributes(content)


@given(st.binary(max_size=300))
def test_no_bytes_whatever_lead_to_another_error(content: bytes) -> None:
    for prefix in (b"", b"\xff\x20", b"\xff\x20\x81\x40\xdf\x22"):
        try:
            read_attributes(prefix + content)
            Proof(prefix + content, content).require_attributes(prefix + content)
        except (CardMisbehaved, RecordForged):
            pass


def test_a_my_number_whose_check_digit_is_wrong_is_not_taken_from_a_card() -> None:
    assert read_my_number(b"\xff\x10\x0c537686677188\xff\xff").reveal() == "537686677188"
    with pytest.raises(CardMisbehaved):
        read_my_number(b"\xff\x10\x0c537686677189\xff\xff")


def test_a_record_without_its_proof_is_not_taken() -> None:
    with pytest.raises(RecordForged):
        Proof(b"\xff\x30\x00", b"\x7f\x21\x00").require_attributes(VECTOR)
