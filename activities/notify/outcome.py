"""配達の結果: what a mail server or push service said to one message, in our words."""

from datetime import timedelta
from typing import Literal, Protocol

from store.deliveries import Delivery
from store.notices import Channel

Error = Literal[
    "unreachable",
    "busy",
    "refused",
    "no_such_address",
    "mailbox_full",
    "late_return",
    "subscription_gone",
    "unwritable",
]
"""Codes that pages have words for."""


class Undelivered(Exception):
    """未達: it was not taken."""

    def __init__(self, error: Error, detail: str = "") -> None:
        super().__init__(detail or error)
        self.error = error


class TryAgain(Undelivered):
    """再送: the neighbour is away or busy. `after`: how long it asked us to wait."""

    def __init__(self, error: Error, detail: str = "", after: timedelta = timedelta()) -> None:
        super().__init__(error, detail)
        self.after = after


class NeverAgain(Undelivered):
    """拒否: this message will not be taken, however often it is sent."""


class AddressRefused(Undelivered):
    """宛先の拒否: nobody is there any more; neither this nor any other message will be taken."""


class Cancelled(Exception):
    """取りやめ: nobody wants it any more. `why` is a code that pages have words for."""

    def __init__(
        self, why: Literal["address_removed", "code_replaced", "address_bounced", "subscription_gone"]
    ) -> None:
        super().__init__(why)
        self.why = why


class Carrier(Protocol):
    """運び手: one per channel. `carry` returns once the neighbour has taken the message; raises the above."""

    channel: Channel

    async def carry(self, delivery: Delivery) -> None: ...

    async def rest(self) -> None:
        """No work at the moment: let go of connections."""
