"""故障の再現: what a test may ask the gateway to do wrong, kept in the journal until used up."""

from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.gateway.refusal import Json, Refusal

FaultKind = Literal[
    "webhook_lost",  # the event is never delivered (it stays in /v1/events)
    "webhook_delayed",  # delivered `seconds` later
    "webhook_twice",  # the same event delivered two times
    "webhook_reordered",  # the next `times` deliveries are held, then sent newest first
    "api_slow",  # answers after `seconds`
    "api_error_before",  # 500, nothing happened
    "api_error_after",  # 500, but it happened; the same key then replays the true answer
    "api_error_stored",  # 500, but it happened; the same key replays the 500 (Stripe keeps 500s too)
    "api_timeout",  # it happened, the answer only comes after `seconds` (60 when not given)
]


@dataclass(frozen=True)
class Fault:
    """故障: for API paths starting with `path`, or event types starting with `event` (of one object, or any)."""

    kind: FaultKind
    times: int = 1
    seconds: float = 0.0
    path: str = ""
    event: str = ""
    object: str = ""


def read_fault(body: object) -> Fault:
    """読取り: from the JSON of POST /_sandbox/faults."""
    if not isinstance(body, dict) or body.get("kind") not in get_args(FaultKind):
        raise Refusal(f"kind must be one of {', '.join(get_args(FaultKind))}", param="kind")
    given: Json = {name: body[name] for name in ("times", "seconds", "path", "event", "object") if name in body}
    fault = Fault(kind=body["kind"], **given)
    if not (1 <= fault.times <= 10_000 and 0 <= fault.seconds <= 86_400):
        raise Refusal("times must be 1 to 10000 and seconds 0 to 86400", param="times")
    return fault
