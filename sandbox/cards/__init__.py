"""仮想カード: virtual My Number Cards with the test JPKI's keys, in this process or on a reader behind a real pcscd."""

from sandbox.cards.drawer import NoSuchCard
from sandbox.cards.held import HeldCard, hold
from sandbox.cards.stack import Stack, running

__all__ = ["HeldCard", "NoSuchCard", "Stack", "hold", "running"]
