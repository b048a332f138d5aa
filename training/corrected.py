"""訂正からの学習例: what a city's officers have settled, as `madoguchi sheets examples` exports it.

One in ten is never learnt from: it is what the next recogniser is examined on, beside MNIST's own writers.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from activities.ocr.boxes import SIDE
from activities.ocr.digits import CLASSES
from training.combs import Examples

ONE_IN = 10


class ExamplesUnreadable(ValueError):
    """読めない学習例: which file, and why."""


@dataclass(frozen=True)
class Corrected:
    """訂正からの学習例: to learn from, and to examine with; the same picture is always on the same side."""

    learning: Examples
    examining: Examples


def read(folder: Path) -> Corrected:
    """読込: every export in a folder. Raises ExamplesUnreadable."""
    files = sorted(folder.glob("*.npz"))
    if not files:
        raise ExamplesUnreadable(f"{folder} holds no export: madoguchi sheets examples --to {folder}")
    parts = [_checked(file) for file in files]
    pictures, labels = (np.concatenate(each) for each in zip(*((p.pictures, p.labels) for p in parts), strict=True))
    apart = np.array([hashlib.sha256(each.tobytes()).digest()[0] % ONE_IN == 0 for each in pictures], bool)
    return Corrected(Examples(pictures[~apart], labels[~apart]), Examples(pictures[apart], labels[apart]))


def together(made: Examples, corrected: Examples | None) -> Examples:
    """合わせる: what was made up, and what officers said of real paper."""
    if corrected is None:
        return made
    return Examples(
        np.concatenate([made.pictures, corrected.pictures]), np.concatenate([made.labels, corrected.labels])
    )


def _checked(file: Path) -> Examples:
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            found = Examples(stored["pictures"], stored["labels"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ExamplesUnreadable(f"{file}: {error}") from error
    right = found.pictures.shape == (len(found.labels), SIDE, SIDE) and found.pictures.dtype == np.uint8
    if not right or (len(found.labels) and int(found.labels.max()) >= len(CLASSES)):
        raise ExamplesUnreadable(f"{file}: pictures are {SIDE} x {SIDE} bytes, classes below {len(CLASSES)}")
    return found
