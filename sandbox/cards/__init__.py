"""仮想カード: virtual My Number Cards with the test JPKI's keys, and a reader that lays them out over TCP."""

from sandbox.cards.reader import Reader, running, serve

__all__ = ["Reader", "running", "serve"]
