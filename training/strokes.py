"""筆跡: digits, ticks and corrections on a page of 300 dpi, as different pens and hands leave them."""

import cv2
import numpy as np

from activities.ocr.images import Gray, Points
from sheets.geometry import Box

DOTS_PER_MM = 300 / 25.4
FIGURE = 20
"""Pixels of the collection's images which the digit itself fills, of 28."""

PALEST, BLACKEST = 95.0, 245.0
"""Of 255: from a hard pencil to a felt pen."""


def digit(paper: Gray, box: Box, image: Gray, rng: np.random.Generator, palest: float = PALEST) -> None:
    """数字: slanted, larger or smaller, thicker or thinner, not quite in the middle."""
    size = int(box.height * DOTS_PER_MM * 1.7)
    scale = box.height * DOTS_PER_MM / FIGURE * rng.uniform(0.58, 1.0)
    turn, slant, width = rng.normal(0, 0.08), rng.normal(0, 0.12), rng.uniform(0.8, 1.15)
    shape = scale * np.array([[width * np.cos(turn), slant - np.sin(turn)], [width * np.sin(turn), np.cos(turn)]])
    astray = rng.normal(0, (0.05 * box.width, 0.05 * box.height)) * DOTS_PER_MM
    shift = size / 2 + astray - shape @ np.full(2, image.shape[0] / 2)
    drawn = cv2.warpAffine(image, np.column_stack([shape, shift]), (size, size), flags=cv2.INTER_CUBIC)
    ink = np.clip((drawn / 255 - rng.uniform(0.15, 0.45)) * rng.uniform(2.5, 6), 0, 1)
    _lay(paper, box, ink * rng.uniform(palest, BLACKEST), size)


def tick(paper: Gray, box: Box, rng: np.random.Generator) -> None:
    """印: ✓, × or a box blacked out. A circle is a tick too, and looks like a zero: whoever reads a tick asks only
    whether something is there."""
    form = rng.choice(("tick", "cross", "black"), p=(0.6, 0.25, 0.15))
    size, at = _canvas(box, rng)
    thick, ink = _pen(rng), np.zeros((size, size), np.uint8)
    wide = rng.uniform(0.2, 0.42, 2) * (box.width, box.height) * DOTS_PER_MM
    if form == "tick":
        turns = ((-wide[0], 0), (-wide[0] * rng.uniform(0.1, 0.5), wide[1] * rng.uniform(0.4, 1)), (wide[0], -wide[1]))
        _polyline(ink, at + np.array(turns), thick)
    elif form == "cross":
        _polyline(ink, at + np.array((-wide, wide)), thick)
        _polyline(ink, at + np.array((wide * (-1, 1), wide * (1, -1))), thick)
    else:
        for y in np.linspace(-wide[1], wide[1], 8):
            _polyline(ink, at + np.array(((-wide[0], y), (wide[0], y + rng.normal(0, 3)))), thick + 3)
    _lay(paper, box, ink / 255 * rng.uniform(PALEST, BLACKEST), size)


def strike_out(paper: Gray, box: Box, rng: np.random.Generator) -> None:
    """抹消: one or two lines through what is written, a cross, or a scribble over it."""
    form = rng.choice(("one", "two", "cross", "scribble"), p=(0.15, 0.4, 0.15, 0.3))
    size, at = _canvas(box, rng)
    thick, ink = _pen(rng), np.zeros((size, size), np.uint8)
    wide = np.array((box.width * rng.uniform(0.42, 0.62), box.height * rng.uniform(0.3, 0.45))) * DOTS_PER_MM
    if form in {"one", "two"}:
        slope, apart = rng.normal(0, 0.15) * wide[1], rng.uniform(0.12, 0.3) * wide[1]
        for y in (0.0,) if form == "one" else (-apart, apart):
            _polyline(ink, at + np.array(((-wide[0], y + slope), (wide[0], y - slope))), thick)
    elif form == "cross":
        _polyline(ink, at + np.array((-wide, wide)), thick)
        _polyline(ink, at + np.array((wide * (-1, 1), wide * (1, -1))), thick)
    else:
        turns = rng.uniform(-1, 1, (int(rng.integers(7, 13)), 2)) * wide * 0.8
        _polyline(ink, at + turns, thick)
    _lay(paper, box, ink / 255 * rng.uniform(PALEST, BLACKEST), size)


def astray(paper: Gray, rng: np.random.Generator) -> None:
    """汚れ: a fold or a slip of the pen across the page now and then, thin and pale; and specks."""
    height, width = paper.shape
    for _ in range(rng.poisson(0.7)):
        ends = rng.uniform(0, 1, (2, 2)) * (width, height)
        line = np.full_like(paper, 255)
        _polyline(line, ends, 2, int(rng.integers(90, 200)))
        np.minimum(paper, line, out=paper)
    for x, y in (rng.uniform(0, 1, (int(rng.integers(0, 80)), 2)) * (width - 4, height - 4)).astype(int):
        paper[y : y + rng.integers(1, 4), x : x + rng.integers(1, 4)] = rng.integers(40, 200)


def _pen(rng: np.random.Generator) -> int:
    return int(rng.integers(3, 9))


def _canvas(box: Box, rng: np.random.Generator) -> tuple[int, Points]:
    """Its side, and about its middle."""
    size = int(max(box.width, box.height) * DOTS_PER_MM * 1.7)
    return size, size / 2 + rng.normal(0, 0.05, 2) * (box.width, box.height) * DOTS_PER_MM


def _polyline(ink: Gray, turns: Points, thick: int, shade: int = 255) -> None:
    cv2.polylines(ink, [(turns * 16).round().astype(np.int32)], False, shade, thick, cv2.LINE_AA, shift=4)


def _lay(paper: Gray, box: Box, ink: Points, size: int) -> None:
    """Ink over what is there already."""
    left = round((box.x + box.width / 2) * DOTS_PER_MM) - size // 2
    top = round((box.y + box.height / 2) * DOTS_PER_MM) - size // 2
    place = paper[top : top + size, left : left + size]
    place[:] = np.minimum(place, 255 - ink[: place.shape[0], : place.shape[1]])
