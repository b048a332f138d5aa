"""券面事項入力補助AP: who may read what, and that altered records are not taken."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from card_stand import Altered, Counted

from card.errors import LastTry, NotThisCard, PinBlocked, PinMalformed, RecordForged, WrongPin
from card.jpki import JpkiCard
from card.my_number import verification_number_b
from card.pcsc import PcscReader
from card.profile import TEXT
from card.text import TextCard
from sandbox import cards
from sandbox.people import HANAKO, LI

NUMBER_B = verification_number_b(HANAKO.birth_date, HANAKO.face.expires.year, HANAKO.face.security_code)
Change = Callable[[bytes], bytes]


@pytest.fixture
def counted(folder: Path) -> Counted:
    return Counted(cards.hold(folder, "hanako"))


@pytest.mark.parametrize("key", [{"pin": "1234"}, {"number_b": NUMBER_B}])
def test_the_attributes_are_read_by_the_pin_or_by_number_b(counted: Counted, key: dict[str, str]) -> None:
    with TextCard(counted) as card:
        found = card.attributes(**key)
    assert (found.name, found.address) == (HANAKO.name, HANAKO.address)
    assert (found.birth_date.known, found.sex) == (HANAKO.birth_date, "female")
    assert counted.closed


@pytest.mark.parametrize("key", [{"pin": "1234"}, {"number_a": HANAKO.face.my_number}])
def test_my_number_is_read_by_the_pin_or_by_itself(counted: Counted, key: dict[str, str]) -> None:
    with TextCard(counted) as card:
        assert card.my_number(**key).reveal() == HANAKO.face.my_number


def test_a_foreign_residents_number_b_has_the_western_year(folder: Path) -> None:
    number = verification_number_b(LI.birth_date, LI.face.expires.year, LI.face.security_code, western_year=True)
    with TextCard(cards.hold(folder, "li")) as card:
        assert card.attributes(number_b=number).name == LI.name


def test_text_and_signature_may_share_one_visit(folder: Path) -> None:
    held = cards.hold(folder, "hanako")
    text = TextCard(held)
    with JpkiCard(held) as jpki:
        assert text.attributes(pin="1234").name == HANAKO.name
        assert jpki.sign_authentication("1234", b"nonce")
        assert text.attributes(pin="1234").name == HANAKO.name
        assert jpki.tries_left("signing") == 5


def test_exactly_one_key_must_be_given(counted: Counted) -> None:
    card = TextCard(counted)
    with pytest.raises(TypeError, match="attributes and number_b"):
        card.attributes()
    with pytest.raises(TypeError, match="attributes and number_a"):
        card.my_number(pin="1234", number_a="123456789012")
    assert counted.pins_sent == 0


@pytest.mark.parametrize("typed", ["", "12345678901", "000000000000x", "123456789012"])
def test_a_my_number_whose_check_digit_is_wrong_costs_no_try(counted: Counted, typed: str) -> None:
    with pytest.raises(PinMalformed, match="My Number"):
        TextCard(counted).my_number(number_a=typed)
    assert counted.pins_sent == 0


def test_the_last_try_is_never_spent_without_consent(counted: Counted) -> None:
    card = TextCard(counted)
    for left in (2, 1):
        with pytest.raises(WrongPin, match=f"Tries left: {left}"):
            card.attributes(pin="9999")
    sent = counted.pins_sent
    with pytest.raises(LastTry):
        card.attributes(pin="1234")
    assert counted.pins_sent == sent
    assert card.tries_left(TEXT.pin) == 1
    assert card.attributes(pin="1234", spend_last_try=True)
    assert card.tries_left(TEXT.pin) == 3


def test_a_blocked_pin_says_where_to_go_and_number_b_still_opens(counted: Counted) -> None:
    card = TextCard(counted)
    for _ in range(2):
        with pytest.raises(WrongPin):
            card.attributes(pin="9999")
    with pytest.raises(PinBlocked, match="municipality's counter"):
        card.attributes(pin="9999", spend_last_try=True)
    assert card.attributes(number_b=NUMBER_B)


def test_a_smartphone_has_no_text(folder: Path) -> None:
    transport = Counted(cards.hold(folder, "hanako", "smartphone"))
    with pytest.raises(NotThisCard):
        TextCard(transport)
    assert transport.closed


def test_two_bytes_in_front_of_the_attributes_are_passed_over(folder: Path) -> None:
    card = TextCard(Altered(cards.hold(folder, "hanako"), {TEXT.attributes: lambda content: b"\x00\x00" + content}))
    assert card.attributes(pin="1234").name == HANAKO.name


def test_filler_behind_the_attributes_is_passed_over(folder: Path) -> None:
    card = TextCard(Altered(cards.hold(folder, "hanako"), {TEXT.attributes: lambda content: content + b"\xff" * 300}))
    assert card.attributes(pin="1234").name == HANAKO.name


def _older(content: bytes) -> bytes:
    return content.replace(b"19900412", b"19800412")


def _other_signature(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def _other_key(content: bytes) -> bytes:
    at = content.index(bytes.fromhex("91820100")) + 100
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _other_hash(content: bytes) -> bytes:
    at = content.index(bytes.fromhex("DF3220")) + 5
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (TEXT.attributes, _older),
        (TEXT.proof, _other_signature),
        (TEXT.proof, _other_hash),
        (TEXT.certificate, _other_key),
    ],
)
def test_attributes_that_do_not_fit_the_cards_signature_are_not_taken(folder: Path, file: int, change: Change) -> None:
    card = TextCard(Altered(cards.hold(folder, "hanako"), {file: change}))
    with pytest.raises(RecordForged, match="personal data"):
        card.attributes(pin="1234")


@pytest.mark.parametrize("at", [3, 14, 16])
def test_a_my_number_that_does_not_fit_the_cards_signature_is_not_taken(folder: Path, at: int) -> None:
    def changed(content: bytes) -> bytes:
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    card = TextCard(Altered(cards.hold(folder, "hanako"), {TEXT.my_number: changed}))
    with pytest.raises(RecordForged, match="My Number"):
        card.my_number(pin="1234")


def test_both_hashes_are_signed_together(folder: Path) -> None:
    """An exchanged My Number hash spoils the attributes' proof, too."""

    def changed(content: bytes) -> bytes:
        at = content.index(bytes.fromhex("DF3120")) + 5
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    with pytest.raises(RecordForged):
        TextCard(Altered(cards.hold(folder, "hanako"), {TEXT.proof: changed})).attributes(pin="1234")


def test_the_text_is_read_through_a_real_reader(lay_on_reader: Callable[..., None]) -> None:
    lay_on_reader("hanako")
    with TextCard(PcscReader().open()) as card:
        assert card.attributes(pin="1234").birth_date.known == date(1990, 4, 12)
