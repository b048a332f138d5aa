"""枠の切り抜き: single characters out of a registered page, without the lines they were written between.

A line is taken out only where one was printed, and only where nothing was written across it: a stroke that comes out
on both sides of a line is kept whole.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from activities.ocr.images import WHITE, Gray, Stack
from activities.ocr.registration import PIXELS_PER_MM, RegisteredPage
from sheets.geometry import Box

SIDE = 32
"""Pixels along each side of a character's picture."""
MARGIN_MM = 0.5
"""What is seen beyond the box: writing seldom stays inside."""
_INK = 215
"""Darker than this on white ground is ink or print, not paper."""
_STRAY_MM = 0.45
"""How far from its place a printed line may lie."""
_LINE_MM = 3.0
"""A straight run of this length on a printed line's place is that line."""
_GAP = 5
"""Pixels: as thick as a line with its blurred edges."""


def characters(page: RegisteredPage, boxes: Sequence[Box]) -> Stack:
    """一文字ずつ: n × SIDE × SIDE, in the order of the boxes. The page is expected without its rules."""
    size = (SIDE, SIDE)
    pieces = [cv2.resize(page.cut(box, MARGIN_MM), size, interpolation=cv2.INTER_AREA) for box in boxes]
    return np.stack(pieces) if pieces else np.zeros((0, SIDE, SIDE), np.uint8)


def without_rules(page: RegisteredPage, boxes: Iterable[Box]) -> RegisteredPage:
    """罫線を消す: the page without the edges of these boxes."""
    across, down = _edges(page.image, tuple(boxes))
    ink: Gray = (page.image < _INK).astype(np.uint8)
    length = round(_LINE_MM * PIXELS_PER_MM)
    image = page.image.copy()
    for place, run, gap in ((across, (length, 1), (1, _GAP)), (down, (1, length), (_GAP, 1))):
        straight = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(run[::-1], np.uint8))
        line = cv2.dilate(straight, np.ones((3, 3), np.uint8)) & place
        crossing = cv2.morphologyEx(ink & (1 - line), cv2.MORPH_CLOSE, np.ones(gap[::-1], np.uint8))
        image[(line == 1) & (crossing == 0)] = WHITE
    return RegisteredPage(image, page.marks)


def _edges(image: Gray, boxes: Sequence[Box]) -> tuple[Gray, Gray]:
    """枠線の場所: where lines across and lines down were printed, as masks of 0 and 1."""
    across, down = np.zeros_like(image), np.zeros_like(image)
    for box in boxes:
        left, top, right, bottom = (
            round(edge * PIXELS_PER_MM) for edge in (box.x, box.y, box.x + box.width, box.y + box.height)
        )
        stray = round(_STRAY_MM * PIXELS_PER_MM)
        for y in (top, bottom):
            across[max(y - stray, 0) : y + stray + 1, max(left - stray, 0) : right + stray + 1] = 1
        for x in (left, right):
            down[max(top - stray, 0) : bottom + stray + 1, max(x - stray, 0) : x + stray + 1] = 1
    return across, down
