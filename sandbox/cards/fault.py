"""故障: how a virtual card shall fail, or what kind of card it shall be, in words a person can type.

Words are separated by blanks. How the card fails, at COMPUTE DIGITAL SIGNATURE (80 2A) but for the last:

- ``delay=SECONDS`` answers late; ``hang`` never answers, until the card is lifted
- ``removed`` is lifted in the middle; ``truncated`` sends half its answer and is gone
- ``cut`` answers with half a signature in a whole frame; ``damaged`` flips one bit of it
- ``snatched`` is lifted when something is read behind a PIN (00 20, then 00 B0)

What the card is: ``juki`` (住基カード) and ``smartphone`` (Android) carry those tokens' labels, ``blocked`` has no try
left on any PIN.
"""

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

Failing = Literal["", "delay", "hang", "removed", "truncated", "cut", "damaged", "snatched"]
Token = Literal["", "juki", "smartphone", "blocked"]


@dataclass(frozen=True)
class Fault:
    """故障: `failing` strikes at the signature, `token` is what lies there; empty means a faultless My Number Card."""

    failing: Failing = ""
    token: Token = ""
    seconds: float = 0.0

    @classmethod
    def parse(cls, words: str) -> "Fault":
        """言葉から. Raises ValueError, with a sentence, for words it does not know."""
        failing, token, seconds = "", "", 0.0
        for word in words.split():
            name, equals, amount = word.partition("=")
            if word in get_args(Token):
                token = name
            elif name and name in get_args(Failing) and (name == "delay") == bool(equals):
                failing, seconds = name, _seconds(amount) if equals else 0.0
            else:
                raise ValueError(f"No card fails like that: {word!r}. Known: {KNOWN}.")
        return cls(cast(Failing, failing), cast(Token, token), seconds)

    def spoil(self, answer: bytes) -> bytes:
        """答えを損なう: what `cut` and `damaged` make of data and status word."""
        match self.failing:
            case "cut":
                return answer[: len(answer) // 2] + answer[-2:]
            case "damaged":
                return bytes([answer[0] ^ 1]) + answer[1:]
        return answer


def _seconds(amount: str) -> float:
    if not amount.replace(".", "", 1).isdigit():
        raise ValueError(f"delay needs seconds, as in delay=1.5, not {amount!r}.")
    return float(amount)


KNOWN: Final = "delay=SECONDS, hang, removed, truncated, cut, damaged, snatched, juki, smartphone, blocked"
