"""学習例: single boxes out of a page that a person has settled, each with what they say is in it.

A person says a cell's value; in which of its boxes each figure stands, and whether there are zeros before it, the paper
says: of the ways to write the value, the one with ink just where it has figures counts. Where none or several fit, the
cell teaches nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from activities.ocr.boxes import SIDE, characters, without_rules
from activities.ocr.digits import EMPTY, OTHER
from activities.ocr.images import Stack
from activities.ocr.registration import RegisteredPage
from sheets.document import Cell, Sheet
from sheets.kinds import COMBED

Labels = npt.NDArray[np.uint8]
RIM = 5
"""Pixels along a picture's edges that do not count as ink: neighbours' strokes and rests of lines."""
DARK = 170
SPECKS, STROKE = 6, 16
"""Dark pixels: up to so many are dirt, from so many on somebody wrote; in between nobody knows."""


@dataclass(frozen=True)
class Taught:
    """教えた枠: pictures as the recogniser is given them, and the class of each; `left_out`: cells teaching nothing."""

    pictures: Stack
    labels: Labels
    left_out: int = 0


def taught(page: RegisteredPage, sheet: Sheet, settled: Mapping[str, str]) -> Taught:
    """教えた枠 of one page: of combed cells and ticks. Names and remarks are never cut out: they name people."""
    plain = without_rules(page, [box for cell in sheet.cells for box in cell.boxes])
    pictures, labels, left_out = [np.zeros((0, SIDE, SIDE), np.uint8)], [np.zeros(0, np.uint8)], 0
    for cell in sheet.cells:
        if cell.id in settled and (cell.kind in COMBED or cell.kind == "tick"):
            found = characters(plain, cell.boxes)
            classes = _classes(cell, settled[cell.id], found)
            if classes is None:
                left_out += 1
            else:
                pictures.append(found)
                labels.append(np.array(classes, np.uint8))
    return Taught(np.concatenate(pictures), np.concatenate(labels), left_out)


def mixed(parts: Sequence[Taught]) -> Taught:
    """混ぜ合わせる: ordered by nothing but the pictures themselves, so that no number can be put together again."""
    pictures = np.concatenate([np.zeros((0, SIDE, SIDE), np.uint8), *(part.pictures for part in parts)])
    labels = np.concatenate([np.zeros(0, np.uint8), *(part.labels for part in parts)])
    order = sorted(range(len(labels)), key=lambda at: digest(pictures[at]))
    return Taught(pictures[order], labels[order], sum(part.left_out for part in parts))


def digest(picture: npt.NDArray[np.uint8]) -> bytes:
    """要約値 of one picture."""
    return hashlib.sha256(picture.tobytes()).digest()


def _classes(cell: Cell, text: str, pictures: Stack) -> list[int] | None:
    """The class of each box; None: the paper does not say."""
    ink = [_ink(picture) for picture in pictures]
    if cell.kind == "tick":
        ticked = bool(text.strip())
        return [OTHER if ticked else EMPTY] if ink == [ticked] else None
    fitting = {way for way in _ways(text, len(cell.boxes)) if [char != " " for char in way] == ink}
    if len(fitting) != 1:
        return None
    return [EMPTY if char == " " else int(char) for char in fitting.pop()]


def _ways(text: str, boxes: int) -> Iterator[str]:
    """書き方: as it was told; without zeros before it, to the right and to the left."""
    yield f"{text:<{boxes}}" if text.strip() else " " * boxes
    figures = text.strip()
    while figures:
        yield figures.rjust(boxes)
        yield figures.ljust(boxes)
        if not figures.startswith("0") or len(figures) == 1:
            return
        figures = figures[1:]


def _ink(picture: npt.NDArray[np.uint8]) -> bool | None:
    dark = int((picture[RIM:-RIM, RIM:-RIM] < DARK).sum())
    return False if dark <= SPECKS else True if dark >= STROKE else None
