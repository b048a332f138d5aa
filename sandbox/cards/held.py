"""手元のカード: a card used in this process, without a reader, for scripted visitors."""

from pathlib import Path

from sandbox.cards.drawer import Drawer
from sandbox.cards.fault import Fault


class HeldCard:
    """手元のカード: a Transport as the card library wants one; its retry counters are this object's own."""

    def __init__(self, folder: Path, card: str, kind: str = "") -> None:
        fault = Fault.parse(kind)
        if fault.failing:
            raise ValueError(f"A card fails with {fault.failing!r} on a reader only: lay it on a Stack's.")
        self._card = Drawer(folder).card(card, fault.token)

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """コマンドを送る: returns the data and the status word of the answer."""
        answer = self._card.transmit(apdu)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def power_cycle(self) -> None:
        """電源を入れ直す: forgets every verified PIN."""
        self._card.power_off()

    def close(self) -> None:
        """カードを離す: as a reader that is let go, powers it off."""
        self._card.power_off()


def hold(folder: Path, card: str, kind: str = "") -> HeldCard:
    """カードを持つ: `folder` is a test JPKI, `kind` one of Fault's tokens (smartphone, juki, blocked).

    Raises NoSuchCard, or ValueError for another kind.
    """
    return HeldCard(folder, card, kind)
