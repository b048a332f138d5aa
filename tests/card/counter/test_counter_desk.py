"""本人確認台: a person before the reader at a counter, with a virtual card behind a real pcscd and a city that asks."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from card.agent.cities import Cities
from card.agent.request import CityLink
from card.counter.desk import CounterReader, Phase, Typed
from card.errors import LastTry, WrongPin
from card.pcsc import PcscReader
from sandbox.cards import Stack
from tests.card.agent.agent_city import City, running_city
from tests.card.openssl_oracle import openssl_verifies

CONTENT = '{"部数":2}'.encode()
Lay = Callable[..., None]
Acting = Callable[[CounterReader], Coroutine[Any, Any, None]]


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as city:
        city.another(purpose="identify")
        yield city


@pytest.fixture
def reader(stack: Stack) -> str:
    return stack.readers[0]


@asynccontextmanager
async def standing(city: City, reader: str, **patience: float) -> AsyncIterator[CounterReader]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        link = CityLink(client, Cities.of(city.entry))
        yield CounterReader(PcscReader(reader), link, reader, **patience)  # type: ignore[arg-type]


async def at(desk: CounterReader, phase: Phase) -> None:
    async with asyncio.timeout(15):
        while desk.seat.phase != phase:
            await asyncio.sleep(0.02)


def confirm(city: City, reader: str, acting: Acting, **patience: float) -> str:
    """What the city's side is told, while somebody acts at the reader."""

    async def both() -> str:
        async with standing(city, reader, **patience) as desk:
            asked = asyncio.create_task(desk.confirm(f"{city.origin}/request"))
            await acting(desk)
            return await asked

    return asyncio.run(both())


def laying(lay: Lay, card: str = "hanako", fault: str = "", pin: str = "", then: Acting | None = None) -> Acting:
    """Somebody who lays their card down once they are asked to, and types."""

    async def act(desk: CounterReader) -> None:
        await at(desk, "card")
        await asyncio.to_thread(lay, card, fault)
        await at(desk, "pin")
        if pin:
            desk.type(desk.seat.number, Typed(pin))
        if then:
            await then(desk)

    return act


async def nothing(_: CounterReader) -> None: ...


def test_a_signature_over_the_citys_nonce_is_handed_in_and_nothing_else(
    city: City, reader: str, lay_on_reader: Lay, folder: Path, tmp_path: Path
) -> None:
    assert confirm(city, reader, laying(lay_on_reader, pin="1234")) == "handed_in"
    (received,) = city.received
    assert set(received) == {"nonce", "cms"}
    root = folder / "ca" / "jpki-authentication-03.pem"
    assert openssl_verifies(base64.b64decode(received["cms"]), CONTENT, root, tmp_path)


def test_a_mistyped_pin_may_be_typed_again_and_the_last_try_is_not_spent_unasked(
    city: City, reader: str, lay_on_reader: Lay
) -> None:
    async def act(desk: CounterReader) -> None:
        for pin, trouble in (("9999", WrongPin), ("8888", WrongPin), ("1234", LastTry)):
            desk.type(desk.seat.number, Typed(pin))
            await at(desk, "working")
            await at(desk, "pin")
            assert isinstance(desk.seat.trouble, trouble)
        desk.type(desk.seat.number, Typed("1234", spend_last_try=True))

    assert confirm(city, reader, laying(lay_on_reader, then=act)) == "handed_in"


def test_a_blocked_pin_ends_it(city: City, reader: str, lay_on_reader: Lay) -> None:
    assert confirm(city, reader, laying(lay_on_reader, fault="blocked", pin="1234")) == "pin_blocked"
    assert city.received == []


def test_without_a_card_it_ends_in_time(city: City, reader: str, stack: Stack) -> None:
    stack.take_off()
    assert confirm(city, reader, nothing, card_within=0.5) == "no_card"


def test_without_a_pin_it_ends_in_time(city: City, reader: str, lay_on_reader: Lay) -> None:
    assert confirm(city, reader, laying(lay_on_reader), pin_within=0.5) == "no_pin"


def test_a_card_that_is_taken_away_ends_it(city: City, reader: str, lay_on_reader: Lay, stack: Stack) -> None:
    async def lift(_: CounterReader) -> None:
        await asyncio.to_thread(stack.take_off)

    assert confirm(city, reader, laying(lay_on_reader, then=lift)) == "card_removed"


@pytest.mark.parametrize(("fault", "word"), [("removed", "card_removed"), ("juki", "card_unusable")])
def test_a_card_that_fails_ends_it(city: City, reader: str, lay_on_reader: Lay, fault: str, word: str) -> None:
    assert confirm(city, reader, laying(lay_on_reader, fault=fault, pin="1234")) == word
    assert city.received == []


def test_a_card_somebody_left_behind_is_not_taken(city: City, reader: str, lay_on_reader: Lay, stack: Stack) -> None:
    lay_on_reader("taro")

    async def act(desk: CounterReader) -> None:
        await at(desk, "lift")
        await asyncio.to_thread(stack.take_off)
        await laying(lay_on_reader, pin="1234")(desk)

    assert confirm(city, reader, nothing, card_within=0.5) == "no_card"
    assert confirm(city, reader, act) == "handed_in"


def test_a_reader_that_is_not_there_is_said_at_once(city: City, reader: str) -> None:
    assert confirm(city, "No such reader", nothing) == "reader_broken"


@pytest.mark.parametrize("phase", ["card", "pin"])
def test_whoever_does_not_want_to_ends_it(
    city: City, reader: str, lay_on_reader: Lay, stack: Stack, phase: Phase
) -> None:
    stack.take_off()

    async def decline(desk: CounterReader) -> None:
        await at(desk, phase)
        desk.type(desk.seat.number, None)

    acting = laying(lay_on_reader, then=decline) if phase == "pin" else decline
    assert confirm(city, reader, acting) == "declined"
    assert city.received == []


def test_what_the_city_says_of_the_certificate_is_shown_in_its_words(
    city: City, reader: str, lay_on_reader: Lay
) -> None:
    city.answer = (422, {"detail": "This certificate has been revoked."})

    async def act(desk: CounterReader) -> None:
        await at(desk, "over")
        assert desk.shown().detail == "This certificate has been revoked."

    assert confirm(city, reader, laying(lay_on_reader, pin="1234", then=act)) == "handed_in"


@pytest.mark.parametrize("claims", [{"purpose": "login"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}])
def test_what_is_not_asked_of_a_counter_by_its_city_is_refused(city: City, reader: str, claims: dict[str, Any]) -> None:
    city.another(**claims)
    assert confirm(city, reader, nothing) == "request_refused"
    assert city.received == []


def test_a_pin_typed_for_the_person_before_is_dropped(city: City, reader: str, lay_on_reader: Lay) -> None:
    async def late(desk: CounterReader) -> None:
        desk.type(desk.seat.number - 1, Typed("1234"))

    assert confirm(city, reader, laying(lay_on_reader, then=late), pin_within=1.0) == "no_pin"
    assert city.received == []


def test_an_officer_who_waits_no_more_ends_it(city: City, reader: str, lay_on_reader: Lay) -> None:
    async def cancelled() -> None:
        async with standing(city, reader) as desk:
            asked = asyncio.create_task(desk.confirm(f"{city.origin}/request"))
            await laying(lay_on_reader)(desk)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            assert desk.shown().phase == "over"

    asyncio.run(cancelled())
    assert city.received == []
