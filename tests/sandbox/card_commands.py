"""コマンド集: command bytes as a host sends them, and a way to send them to a card held in this process."""

from sandbox import cards
from sandbox.people import Person

JPKI = "00A4040C0AD392F000260100000001"
TEXT = "00A4040C0AD3921000310001010408"
COMMON = "00A4040C0AD3921000310001010100"
SELECT = "00A4020C02"
ASK_TRIES = "00200080"
READ_ALL = "00B0000000"
DIGEST_INFO = "3031300D060960864801650304020105000420"


def verify(pin: str) -> str:
    return f"00200080{len(pin):02X}{pin.encode().hex()}"


def sign(digest: bytes) -> str:
    return f"802A008033{DIGEST_INFO}{digest.hex()}00"


def signing_of(person: Person) -> list[str]:
    """Everything up to the signature key of `person`'s card being ready."""
    assert person.sign_pin is not None
    return [JPKI, SELECT + "001B", verify(person.sign_pin), SELECT + "001A"]


def send(card: cards.HeldCard, *commands: str) -> tuple[bytes, str]:
    """The answer to the last of `commands`: data, and the status word in hex."""
    for command in commands:
        data, status = card.transmit(bytes.fromhex(command))
    return data, f"{status:04X}"


def status(card: cards.HeldCard, *commands: str) -> str:
    return send(card, *commands)[1]
