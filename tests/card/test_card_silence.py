"""沈黙: no PIN, no attribute and no command in a log line, an error, a traceback or an object's repr."""

import logging
import re
import traceback
from collections.abc import Callable

import pytest

from card.apdu import Answer, Channel
from card.errors import CardError
from card.jpki import JpkiCard
from card.my_number import MyNumber, verification_number_b
from card.pcsc import PcscReader
from card.text import TextCard
from sandbox.people import HANAKO

NUMBER_B = verification_number_b(HANAKO.birth_date, HANAKO.face.expires.year, HANAKO.face.security_code)
PASSWORD = "HANAKO1234"
WRONG = "WRONGONE77"
WRONG_PIN = "9182"
SECRETS = (
    PASSWORD, WRONG, NUMBER_B, HANAKO.name, "花子", HANAKO.address, "安田四丁目", "19900412", HANAKO.face.my_number,
)  # fmt: skip
COMMANDS = re.compile(
    r"00 ?a4 ?0[24] ?0c ?0[2a]|00 ?20 ?00 ?80 ?0[4ace]|80 ?2a ?00 ?80 ?33"
    r"|\[0, (32|164), |\[128, 42, |\\x00 \\x00\\x80|\\x80\*\\x00\\x80|\\x00\\xa4",
    re.I,
)
"""A selection, a PIN check or a signature, as hex, as a list of numbers or as bytes."""

SHORT = re.compile(rf"(?<![0-9a-fx.]){WRONG_PIN}(?![0-9a-f])|{WRONG_PIN.encode().hex()}", re.I)
"""Four digits also occur in addresses and times."""


def leaks(text: str) -> list[str]:
    """The secrets a text gives away, as they are, as hex, or as the bytes of a command."""
    shown = text.lower()
    found = [one for one in SECRETS if one.lower() in shown or one.encode().hex() in shown.replace(" ", "")]
    return found + [hit[0] for hit in COMMANDS.finditer(text)] + SHORT.findall(text)


def failed(act: Callable[[], object]) -> str:
    """Everything an error says of itself, causes and tracebacks included."""
    with pytest.raises(CardError) as raised:
        act()
    error = raised.value
    return "".join([repr(error), str(error), repr(vars(error)), *traceback.format_exception(error)])


def test_everything_a_card_can_do_leaves_no_trace(
    lay_on_reader: Callable[..., None], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    lay_on_reader("hanako")
    said = []
    with caplog.at_level(logging.DEBUG):
        with JpkiCard(PcscReader().open()) as jpki:
            signer = jpki.unlock("signing", PASSWORD)
            signer.sign(b"content")
            said += [repr(one) for one in (jpki, signer, vars(jpki), signer.certificate)]
            said.append(failed(lambda: jpki.unlock("signing", WRONG)))
            said.append(failed(lambda: jpki.unlock("authentication", PASSWORD)))
        with TextCard(PcscReader().open()) as text:
            said += [repr(text.attributes(number_b=NUMBER_B)), repr(text.attributes(number_b=NUMBER_B).birth_date)]
            said += [repr(text.my_number(number_a=HANAKO.face.my_number)), repr(vars(text))]
            said.append(failed(lambda: text.attributes(pin=WRONG_PIN)))
            said.append(failed(lambda: text.attributes(number_b=NUMBER_B[::-1])))
            said.append(failed(lambda: text.my_number(number_a="123456789012")))
        lay_on_reader("hanako", "removed")
        with JpkiCard(PcscReader().open()) as jpki:
            said.append(failed(lambda: jpki.sign_submission(PASSWORD, b"content")))
        lay_on_reader("hanako", "hang")
        with JpkiCard(PcscReader(timeout=0.3).open()) as jpki:
            said.append(failed(lambda: jpki.sign_submission(PASSWORD, b"content")))
    said += [caplog.text, *(repr(record.args) for record in caplog.records), *capfd.readouterr()]
    assert [leak for text in said for leak in leaks(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        f"pin={WRONG_PIN}",
        WRONG.encode().hex(),
        "apdu=00 A4 04 0C 0A",
        "[0, 32, 0, 128, 4]",
        "802A0080333031",
        repr(b"\x00\x20\x00\x80"),
        repr(b"\x80\x2a\x00\x80"),
        repr(b"\x00\xa4\x04"),
        f"name='{HANAKO.name}'",
    ],
)
def test_the_search_would_find_a_leak(text: str) -> None:
    assert leaks(f"before {text} after")


def test_an_answers_data_does_not_show() -> None:
    assert "secret" not in repr(Answer(b"secret", 0x9000, "reading"))
    assert "hidden" in repr(MyNumber("537686677188"))


def test_a_channel_does_not_show_what_it_sent() -> None:
    class Echo:
        def transmit(self, apdu: bytes) -> tuple[bytes, int]:
            return apdu, 0x6A80

        def power_cycle(self) -> None: ...

        def close(self) -> None: ...

    channel = Channel(Echo())
    assert leaks(failed(lambda: channel.verify_pin(PASSWORD.encode()).expect()) + repr(channel)) == []
