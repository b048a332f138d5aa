"""故障の再現: what a test may ask an old system to do wrong, kept in its book until used up."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

FaultKind = Literal[
    "slow",  # answers (and does what it does) only after `seconds`
    "late",  # does it at once, answers after `seconds`
    "error",  # 500, nothing happened
    "error_after",  # 500, but it happened
    "drop",  # the connection ends in the middle of an answer, nothing happened
    "drop_after",  # the same, but it happened
    "session_lost",  # every session is over, as after a long pause
    "closed",  # as outside of the opening hours
    "notice",  # a page nobody has seen before in place of the one that was asked for
    "altered",  # what is stored is not what was entered
]


class FaultUnknown(ValueError):
    """未知の故障: says what may be asked for."""


@dataclass(frozen=True)
class Fault:
    """故障: of the next `times` requests for `path`."""

    kind: FaultKind
    path: str = ""
    times: int = 1
    seconds: float = 0.0

    def befalls(self, method: str, path: str) -> bool:
        """該当するか否か."""
        return self.path in ("", path, f"{method} {path}")


def read_fault(body: dict[str, Any]) -> Fault:
    """読取り: from the JSON of POST /_sandbox/faults. Raises FaultUnknown."""
    if body.get("kind") not in get_args(FaultKind):
        raise FaultUnknown(f"kind must be one of {', '.join(get_args(FaultKind))}")
    fault = Fault(**{each.name: body[each.name] for each in fields(Fault) if each.name in body})
    if not (1 <= fault.times <= 10_000 and 0 <= fault.seconds <= 3_600):
        raise FaultUnknown("times must be 1 to 10000 and seconds 0 to 3600")
    return fault
