"""カードへの通り道: how command bytes reach a card. PC/SC is one (card.pcsc); a card held in memory is another."""

from typing import Protocol


class Transport(Protocol):
    """通り道: one card on one reader, ours alone until `close`.

    All three raise the errors of card.errors: CardRemoved, CardSilent, ReaderUnavailable.
    """

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """コマンドを送る: returns the data and the status word of the answer."""
        ...

    def power_cycle(self) -> None:
        """電源を入れ直す: forgets every verified PIN."""
        ...

    def close(self) -> None:
        """カードを離す: resets it, so that no one signs on our verified PIN."""
        ...


class CardReader(Protocol):
    """カードリーダー: gives transports to whatever lies on it."""

    def open(self) -> Transport:
        """カードを使い始める. Raises ReaderUnavailable (and its kinds), CardAbsent, CardUnreadable or CardSilent."""
        ...
