"""計画: which cases are filed by whom and when, and how each is meant to end; the same for the same seed."""

import threading
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from faults.campaign.forms import FORMS, RESIDENTS
from sandbox.people import Person

Ending = Literal["approve", "reject", "send_back", "return", "withdraw", "dispute", "leave_officer", "leave_payment"]
SHARES = {
    "residence_certificate": 30, "cancer_screening": 22, "landscape_notification": 10, "moving_out": 11,
    "child_allowance": 9, "happy_pass": 6, "smart_city_partner": 7, "account_deletion": 5,
}  # fmt: skip
"""Of a hundred cases."""
ENDINGS: dict[Ending, int] = {
    "approve": 62, "reject": 11, "send_back": 8, "return": 5, "withdraw": 7, "dispute": 2, "leave_officer": 3,
    "leave_payment": 2,
}  # fmt: skip
CORRECTABLE = frozenset({"residence_certificate", "cancer_screening", "landscape_notification", "moving_out"})
SEVERAL_LEVELS = frozenset({"child_allowance", "happy_pass", "landscape_notification"})
PAID = frozenset({"residence_certificate"})


@dataclass
class PlannedCase:
    """予定の案件: what its resident and its officers mean to do, and what came of it so far."""

    procedure: str
    resident: Person
    variant: int
    ending: Ending
    begin_at: float
    """Seconds from the beginning of the campaign."""
    reject_at: int
    """Rejected by the first officer, or by the last: 0 or 1."""
    receipt_number: str = ""
    turned: str = ""
    """The task at which it was, or will be, sent back or returned: that one, and no other."""
    lock: threading.Lock = field(default_factory=threading.Lock)


def plan(random: Random, count: int, seconds: float) -> list[PlannedCase]:
    """The cases of a campaign, spread over its time."""
    procedures = _procedures(random, count)
    return sorted(
        (_case(random, procedure, number, seconds) for number, procedure in enumerate(procedures)),
        key=lambda case: case.begin_at,
    )


def _procedures(random: Random, count: int) -> list[str]:
    """Each procedure at least once, where there are enough cases."""
    shares = random.choices(list(SHARES), weights=list(SHARES.values()), k=max(0, count - len(FORMS)))
    return [*list(FORMS)[:count], *shares]


def _case(random: Random, procedure: str, number: int, seconds: float) -> PlannedCase:
    (ending,) = random.choices(list(ENDINGS), weights=list(ENDINGS.values()))
    return PlannedCase(
        procedure=procedure,
        resident=random.choice(RESIDENTS[procedure]),
        variant=number,
        ending=ending if _fits(procedure, ending) else "approve",
        begin_at=random.uniform(0, 0.8 * seconds),
        reject_at=random.randint(0, 1),
    )


def _fits(procedure: str, ending: Ending) -> bool:
    match ending:
        case "send_back":
            return procedure in CORRECTABLE
        case "return":
            return procedure in SEVERAL_LEVELS
        case "dispute" | "leave_payment":
            return procedure in PAID
        case "leave_officer":  # a leaver's next wish waits for the one before
            return procedure != "account_deletion"
    return True
