"""仮想カード: its answers byte by byte, as jpki-card.md sections 3, 5 and 8 want them."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from card.errors import CardAbsent
from card.transport import FrameReader, FrameTransport
from sandbox import cards, pki
from sandbox.cards.application import attributes
from sandbox.people import HANAKO

JPKI = "00A4040C0AD392F000260100000001"
TEXT = "00A4040C0AD3921000310001010408"
SELECT = "00A4020C02"
VERIFY_AUTH = "0020008004" + b"1234".hex()
WRONG_AUTH = "0020008004" + b"9999".hex()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pki")
    pki.create(place, "http://127.0.0.1:9")
    return place


@pytest.fixture
def reader(folder: Path) -> Iterator[cards.Reader]:
    with cards.running(folder) as running:
        yield running


@pytest.fixture
def lay(reader: cards.Reader) -> Iterator[Callable[[str], FrameTransport]]:
    laid: list[FrameTransport] = []

    def lay_card(name: str) -> FrameTransport:
        for one in laid:
            one.close()
        laid[:] = [FrameTransport("127.0.0.1", reader.port, name)]
        return laid[0]

    yield lay_card
    for one in laid:
        one.close()


def send(card: FrameTransport, *commands: str) -> tuple[bytes, str]:
    for command in commands:
        data, status = card.transmit(bytes.fromhex(command))
    return data, f"{status:04X}"


Lay = Callable[[str], FrameTransport]


def test_the_atr_is_the_one_opensc_knows(lay: Lay) -> None:
    assert lay("hanako").atr.hex().upper() == "3BE000FF8131FE4514"


def test_a_card_the_reader_does_not_have_is_absent(lay: Lay) -> None:
    for name in ("nobody", "../cards/hanako", ""):
        with pytest.raises(CardAbsent):
            lay(name)


def test_the_reader_lists_its_cards(reader: cards.Reader) -> None:
    choices = FrameReader("127.0.0.1", reader.port).choices()
    assert (choices[0].card, choices[0].name) == ("hanako", "姫路　花子")
    assert {"expired", "untrusted", "approver"} <= {one.card for one in choices}


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        (["00A4040C0AD392F000260100000009"], "6A82"),
        ([JPKI, SELECT + "0099"], "6A82"),
        ([SELECT + "0018"], "6A82"),
        ([JPKI, "00B0000004"], "6986"),
        ([JPKI, SELECT + "000A", JPKI, "00B0000004"], "6986"),
        ([JPKI, SELECT + "000A", "00200080"], "6981"),
        ([JPKI, SELECT + "0018", "00B0000004"], "6981"),
        ([JPKI, SELECT + "0018", VERIFY_AUTH, SELECT + "0001", "00B0000004"], "6982"),
        ([JPKI, SELECT + "0017", "802A008001AA00"], "6982"),
        ([JPKI, SELECT + "000A", "00B07F0000"], "6B00"),
        ([JPKI, SELECT + "000A", "00B0800004"], "6B00"),
        ([JPKI, SELECT + "0018", "00200081"], "6A86"),
        ([JPKI, SELECT + "0018", "002000800531"], "6700"),
        ([JPKI, SELECT + "0018", "0020008011" + "41" * 17], "6700"),
        ([JPKI, "00A4000C"], "6A86"),
        ([JPKI, "00FF0000"], "6D00"),
        ([JPKI, "A0A40000"], "6E00"),
        (["00A404"], "6700"),
        ([JPKI, SELECT + "0018", "00200080"], "63C3"),
        ([JPKI, SELECT + "001B", "00200080"], "63C5"),
        ([JPKI, SELECT + "0018", VERIFY_AUTH, "00200080"], "63C3"),
    ],
)
def test_the_status_word_fits_the_command(lay: Lay, commands: list[str], status: str) -> None:
    assert send(lay("hanako"), *commands)[1] == status


def test_three_wrong_pins_block_the_card_and_even_the_right_one_stays_refused(lay: Lay) -> None:
    card = lay("hanako")
    send(card, JPKI, SELECT + "0018")
    assert [send(card, WRONG_AUTH)[1] for _ in range(4)] == ["63C2", "63C1", "63C0", "6984"]
    assert send(card, VERIFY_AUTH)[1] == "6984"
    assert send(card, "00200080")[1] == "63C0"


def test_counters_outlive_the_card_being_taken_away_and_success_resets_them(lay: Lay) -> None:
    assert send(lay("taro"), JPKI, SELECT + "0018", WRONG_AUTH)[1] == "63C2"
    assert send(lay("taro"), JPKI, SELECT + "0018", "00200080")[1] == "63C2"
    assert send(lay("taro"), JPKI, SELECT + "0018", VERIFY_AUTH, "00200080")[1] == "63C3"


def test_power_off_forgets_the_verified_pin(lay: Lay) -> None:
    card = lay("hanako")
    sign = [JPKI, SELECT + "0017", "802A008001AA00"]
    assert send(card, JPKI, SELECT + "0018", VERIFY_AUTH, *sign)[1] == "9000"
    card.power_cycle()
    assert send(card, *sign)[1] == "6982"
    assert send(card, JPKI, SELECT + "0018", VERIFY_AUTH, *sign)[1] == "9000"
    assert send(lay("hanako"), *sign)[1] == "6982"


def test_a_pin_can_be_changed_only_once_verified(lay: Lay) -> None:
    card = lay("kenji")
    assert send(card, JPKI, SELECT + "0018", "0024018004" + b"5678".hex())[1] == "6982"
    assert send(card, VERIFY_AUTH, "0024018004" + b"5678".hex())[1] == "9000"
    assert send(card, VERIFY_AUTH)[1] == "63C2"
    assert send(card, "0020008004" + b"5678".hex())[1] == "9000"


def test_the_four_attributes_need_the_pin_of_the_text_application(lay: Lay) -> None:
    card = lay("hanako")
    assert send(card, TEXT, SELECT + "0002", "00B0000000")[1] == "6982"
    assert send(card, TEXT, SELECT + "0011", VERIFY_AUTH, SELECT + "0002", "00B0000000") == (
        attributes(HANAKO),
        "9000",
    )


def test_the_attributes_are_laid_out_as_in_the_test_vector() -> None:
    person = replace(
        HANAKO, name="黒桐　幹也", address="東京都清瀬市観布子南１２－７－２０２", birth_date=date(1980, 2, 17), sex="1"
    )
    assert attributes(person).hex() == (
        "ff2065df2108000e002000590064"
        "df220fe9bb92e6a190e38080e5b9b9e4b99f"
        "df2336e69db1e4baace983bde6b885e780ace5b882e8a6b3e5b883e5ad90e58d97"
        "efbc91efbc92efbc8defbc97efbc8defbc92efbc90efbc92"
        "df24083139383030323137"
        "df250131"
    )


def test_a_user_who_vanishes_leaves_no_verified_pin_behind(lay: Lay, reader: cards.Reader) -> None:
    with socket.create_connection(("127.0.0.1", reader.port)) as vanishing:
        for frame in (b"hanako", *map(bytes.fromhex, (JPKI, SELECT + "0018", VERIFY_AUTH))):
            vanishing.sendall(len(frame).to_bytes(2, "big") + frame)
            answer = vanishing.recv(64)
        assert answer.hex() == "00029000"
    assert send(lay("hanako"), JPKI, SELECT + "0017", "802A008001AA00")[1] == "6982"
