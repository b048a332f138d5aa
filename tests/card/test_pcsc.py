"""PC/SCのカード: through a real pcscd: exclusively, never without end, and forgotten afterwards."""

import time
from collections.abc import Callable
from threading import Timer

import pytest
from card_stand import awaited
from other_program import CARD_USER, NO_PYSCARD, run_python

from card.errors import (
    CardAbsent,
    CardMisbehaved,
    CardRemoved,
    CardSilent,
    CardUnreadable,
    ReaderAbsent,
    ReaderBusy,
    ReaderUnavailable,
    RetryableCardError,
    ServiceUnavailable,
)
from card.jpki import JpkiCard
from card.pcsc import PcscReader, PcscTransport
from card.profile import MY_NUMBER_CARD
from card.watch import snapshot
from card.winscard import failure, whole
from sandbox import cards

LayOnReader = Callable[..., None]
SELECT_JPKI = bytes.fromhex("00A4040C0A") + MY_NUMBER_CARD.application


def sign_once(transport: PcscTransport) -> None:
    with JpkiCard(transport) as card:
        assert len(card.sign_authentication("1234", b"nonce")) == 256


def pin_is_needed(transport: PcscTransport) -> bool:
    """Whether the authentication key asks for its PIN, and signs nothing without."""
    transport.transmit(SELECT_JPKI)
    transport.transmit(bytes.fromhex("00A4020C020017"))
    _, status = transport.transmit(bytes.fromhex("802A0080010100"))
    assert status in (0x6982, 0x9000)
    return status == 0x6982


def test_a_card_on_a_real_reader_signs(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    sign_once(PcscReader().open())


def test_a_verified_pin_is_forgotten_when_the_card_is_let_go(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open() as transport:
        JpkiCard(transport).unlock("authentication", "1234")
        assert not pin_is_needed(transport)
    with PcscReader().open() as transport:
        assert pin_is_needed(transport)


def test_a_verified_pin_is_forgotten_when_the_power_is_cycled(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open() as transport:
        JpkiCard(transport).unlock("authentication", "1234")
        transport.power_cycle()
        assert pin_is_needed(transport)


def test_a_transport_that_was_closed_says_that_the_card_is_gone(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    transport = PcscReader().open()
    transport.close()
    transport.close()
    with pytest.raises(CardRemoved):
        transport.transmit(SELECT_JPKI)


def test_an_empty_reader_is_waited_for_and_then_said(stack: cards.Stack) -> None:
    assert awaited(lambda: not snapshot().with_card)
    begun = time.monotonic()
    with pytest.raises(CardAbsent, match="Lay your My Number Card"):
        PcscReader(patience=0.3).open()
    assert 0.3 <= time.monotonic() - begun < 2


def test_a_card_laid_down_while_we_wait_is_taken(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    laying = Timer(0.3, lay_on_reader, ["hanako"])
    laying.start()
    sign_once(PcscReader(patience=10).open())
    laying.join()


def test_the_reader_that_holds_a_card_is_taken_whichever_it_is(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako", slot=1)
    with PcscReader().open() as transport:
        assert transport.reader == stack.readers[1]


@pytest.mark.parametrize("part", [slice(None), slice(None, -1)])
def test_a_reader_is_chosen_by_its_name_or_how_that_begins(
    stack: cards.Stack, lay_on_reader: LayOnReader, part: slice
) -> None:
    lay_on_reader("hanako", slot=0)
    lay_on_reader("taro", slot=1)
    with PcscReader(stack.readers[1]).open() as transport:
        assert transport.reader == stack.readers[1]
    with PcscReader(stack.readers[0][part]).open() as transport:
        assert transport.reader == stack.readers[0]


def test_a_reader_that_is_not_connected_is_said_at_once(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with pytest.raises(ReaderAbsent, match="not connected"):
        PcscReader("Counter 3").open()


@pytest.mark.parametrize("fault", ["removed", "truncated"])
def test_a_card_taken_away_while_signing_can_be_tried_again(lay_on_reader: LayOnReader, fault: str) -> None:
    lay_on_reader("hanako", fault)
    with pytest.raises(CardRemoved) as gone:
        sign_once(PcscReader().open())
    assert isinstance(gone.value, RetryableCardError)
    lay_on_reader("hanako")
    sign_once(PcscReader().open())


def test_a_card_taken_away_between_two_commands_is_noticed(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open() as transport:
        transport.transmit(SELECT_JPKI)
        stack.take_off()
        with pytest.raises(CardRemoved):
            transport.transmit(SELECT_JPKI)


@pytest.mark.parametrize("fault", ["cut", "damaged"])
def test_a_signature_that_does_not_fit_the_certificate_is_never_returned(
    lay_on_reader: LayOnReader, fault: str
) -> None:
    lay_on_reader("hanako", fault)
    with pytest.raises(CardMisbehaved):
        sign_once(PcscReader().open())


def test_a_card_that_hangs_is_given_up_in_time_and_must_be_lifted(
    stack: cards.Stack, lay_on_reader: LayOnReader
) -> None:
    lay_on_reader("hanako", "hang")
    begun = time.monotonic()
    with pytest.raises(CardSilent, match="Lift it"):
        sign_once(PcscReader(timeout=0.5).open())
    assert time.monotonic() - begun < 2
    begun = time.monotonic()
    with pytest.raises(CardSilent, match="Lift it"):
        PcscReader(timeout=5, patience=5).open()
    assert time.monotonic() - begun < 1
    stack.take_off()
    assert awaited(lambda: not snapshot().with_card)
    lay_on_reader("hanako")
    sign_once(PcscReader().open())


def test_a_spent_transport_stays_spent(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako", "hang")
    transport = PcscReader(timeout=0.3).open()
    with pytest.raises(CardSilent):
        sign_once(transport)
    with pytest.raises(CardSilent):
        transport.transmit(SELECT_JPKI)


def test_while_one_card_hangs_another_reader_serves(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako", "hang")
    with pytest.raises(CardSilent):
        sign_once(PcscReader(timeout=0.3).open())
    lay_on_reader("taro", slot=1)
    with PcscReader().open() as transport:
        assert transport.reader == stack.readers[1]


def test_a_program_ends_although_its_card_hangs(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako", "hang")
    assert "CardSilent" in run_python(CARD_USER, "sign", seconds=20)


def test_another_program_cannot_use_the_card_meanwhile(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open() as transport:
        JpkiCard(transport).unlock("authentication", "1234")
        assert "ReaderBusy" in run_python(CARD_USER, "sign")
        assert not pin_is_needed(transport)
    assert "256" in run_python(CARD_USER, "sign")


def test_a_card_that_another_program_soon_lets_go_is_waited_for(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    other = PcscReader().open()
    letting_go = Timer(0.4, other.close)
    letting_go.start()
    sign_once(PcscReader(patience=10).open())
    letting_go.join()


def test_a_card_that_another_program_keeps_is_said(lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open(), pytest.raises(ReaderBusy, match="Another program"):
        PcscReader(patience=0.2).open()


def test_when_the_service_dies_the_card_can_be_used_again_later(stack: cards.Stack, lay_on_reader: LayOnReader) -> None:
    lay_on_reader("hanako")
    with PcscReader().open() as transport:
        stack.kill_pcscd()
        with pytest.raises(ServiceUnavailable, match="service"):
            transport.transmit(SELECT_JPKI)
    with pytest.raises(ServiceUnavailable):
        PcscReader().open()
    assert awaited(lambda: bool(snapshot().with_card))
    sign_once(PcscReader().open())


def test_without_the_service_the_error_says_so() -> None:
    assert "ServiceUnavailable" in run_python(CARD_USER, "sign", PCSCLITE_CSOCK_NAME="/nowhere/pcscd.comm")


def test_without_pyscard_only_the_reader_is_missing() -> None:
    said = run_python(NO_PYSCARD)
    assert "jpki imported" in said
    assert "install madoguchi[card]" in said


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x8010001D, ServiceUnavailable),
        (0x8010001D - (1 << 32), ServiceUnavailable),  # signed, as some platforms have it
        (0x80100066, CardUnreadable),
        (0x8010002E, ReaderAbsent),
        (0x80100069, CardRemoved),
        (0x00000109, ReaderUnavailable),
    ],
)
def test_each_code_of_the_service_becomes_a_sentence(code: int, kind: type[Exception]) -> None:
    assert type(failure(code)) is kind


def test_a_code_nobody_knows_is_shown_to_whoever_is_called_to_help() -> None:
    assert "PC/SC 0000045D" in str(failure(0x45D))


@pytest.mark.parametrize(
    ("size", "status", "is_whole"),
    [
        (256, 0x9000, True),
        (10, 0x6282, True),
        (256, 0x6110, True),
        (0, 0x63C2, True),
        (0, 0x6984, True),
        (127, 0x9AFB, False),
        (127, 0x6982, False),
        (127, 0x0000, False),
        (0, 0x0000, False),
    ],
)
def test_an_answer_that_was_cut_off_is_told_from_a_whole_one(size: int, status: int, is_whole: bool) -> None:
    assert whole(bytes(size), status) is is_whole
