"""重複: is this the same paper, scanned twice?

All sheets of one form look alike, so a picture's own hash says nothing: only what is written counts. The trace of a
page is how much ink lies in each quarter of each box. Two scans of one paper leave nearly the same trace; the same
month written out twice does not.
"""

import cv2
import numpy as np
import numpy.typing as npt

from activities.ocr.images import WHITE, Stack

_QUARTERS = 2
SAME_PAPER = 0.95
"""Traces more alike than this come from one paper: measured, see docs/adr/0048-reading.md."""


def trace(pictures: Stack) -> bytes:
    """筆跡の跡: of the pictures of all boxes, in their order; four bytes a box."""
    quarters = [cv2.resize(WHITE - each, (_QUARTERS, _QUARTERS), interpolation=cv2.INTER_AREA) for each in pictures]
    return np.asarray(quarters, np.uint8).tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """似ている度合い: 1 for the same, about 0 for what has nothing to do with each other (correlation)."""
    if len(one) != len(other) or not one:
        return 0.0
    first, second = (_spread(np.frombuffer(each, np.uint8).astype(np.float64)) for each in (one, other))
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / size if size else 1.0 if one == other else 0.0


def _spread(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread: npt.NDArray[np.float64] = values - values.mean()
    return spread
