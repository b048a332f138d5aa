"""位置合わせ: a scanned page is laid over its sheet, millimetre on millimetre.

The QR symbol says roughly where the sheet is, how large and which way up. From there the corner marks are looked for
one after the other, the nearest first; each makes the guess for the next one better. Four marks give a homography,
three an affine map; with fewer nothing is guessed: a page that lies wrongly would be read wrongly, and confidently.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from activities.ocr.images import WHITE, Gray, Points, on_white_ground
from sheets.geometry import MARK, MARKS, PAGE_HEIGHT, PAGE_WIDTH, Box

PIXELS_PER_MM = 8
"""Of a registered page: 203 dpi; a handwritten figure is then some 40 pixels high."""
LEAST_MARKS = 3
NEAR_MM = 4.0
"""A mark is looked for this far from where it should be, and 4 % of its distance from what is known already."""
WORST_MM = 1.5
"""If the symbol's corners end up further than this from where they were printed, the page is not laid right."""
Map = npt.NDArray[np.float64]
"""写像: 3 × 3, millimetres on the sheet to pixels of the scan."""


class NotRegistered(Exception):
    """位置が合わない: how many of the four corner marks were found."""

    def __init__(self, marks: int) -> None:
        super().__init__(f"{marks} of 4 corner marks were found")
        self.marks = marks


@dataclass(frozen=True)
class RegisteredPage:
    """位置合わせ済みの頁: PIXELS_PER_MM pixels a millimetre from the sheet's top left corner, on white ground."""

    image: Gray
    marks: int
    """How many corner marks it is held by."""

    def cut(self, box: Box, margin_mm: float = 0.0) -> Gray:
        """切り抜く: what lies within the box and the margin around it; white beyond the page's edge."""
        left, top = (round((edge - margin_mm) * PIXELS_PER_MM) for edge in (box.x, box.y))
        width, height = (round((side + 2 * margin_mm) * PIXELS_PER_MM) for side in (box.width, box.height))
        piece = np.full((height, width), WHITE, np.uint8)
        rows, columns = self.image.shape
        y0, y1, x0, x1 = max(top, 0), min(top + height, rows), max(left, 0), min(left + width, columns)
        if y0 < y1 and x0 < x1:
            piece[y0 - top : y1 - top, x0 - left : x1 - left] = self.image[y0:y1, x0:x1]
        return piece


def register(image: Gray, corners: Points, *, qr: Box, marks: Sequence[Box]) -> RegisteredPage:
    """位置合わせ: `corners` are the symbol's in pixels of the scan, `qr` and `marks` where both were printed.

    Raises NotRegistered.
    """
    known_mm, known_px = _corners(qr), corners
    to_scan = _similarity(known_mm, known_px)
    found_mm, found_px = np.empty((0, 2)), np.empty((0, 2))
    origin = _centre(qr)
    for mark in sorted(marks, key=lambda each: float(np.linalg.norm(_centre(each) - origin))):
        reach = NEAR_MM + 0.04 * float(np.linalg.norm(_centre(mark) - known_mm, axis=1).min())
        spot = _find_mark(image, to_scan, mark, reach)
        if spot is not None:
            found_mm, found_px = np.vstack([found_mm, _centre(mark)]), np.vstack([found_px, spot])
            known_mm, known_px = np.vstack([known_mm, _centre(mark)]), np.vstack([known_px, spot])
            to_scan = _similarity(known_mm, known_px)
    if len(found_mm) < LEAST_MARKS:
        raise NotRegistered(len(found_mm))
    to_scan = _fitted(found_mm, found_px)
    if _error_mm(to_scan, _corners(qr), corners) > WORST_MM:
        raise NotRegistered(len(found_mm))
    return _registered(image, to_scan, len(found_mm))


def register_by_marks(image: Gray, marks: Sequence[Box] = MARKS) -> RegisteredPage:
    """印だけによる位置合わせ: for a page that fills the picture and whose symbol nobody can read.

    Which way is up is told by the last mark, which is hollow. Raises NotRegistered.
    """
    found = _corner_marks(image)
    hollow = [at for at, (_, is_hollow) in enumerate(found) if is_hollow]
    if len(found) < len(marks) or len(hollow) != 1:
        raise NotRegistered(len(found))
    upper_left, upper_right, lower_left, lower_right = (_centre(mark) for mark in marks)
    clockwise = np.array([lower_right, lower_left, upper_left, upper_right])
    scanned = np.roll(np.array([spot for spot, _ in found]), -hollow[0], axis=0)
    return _registered(image, _fitted(clockwise, scanned), len(found))


def _registered(image: Gray, to_scan: Map, marks: int) -> RegisteredPage:
    return RegisteredPage(on_white_ground(_laid(image, to_scan)), marks)


def _corner_marks(image: Gray) -> list[tuple[Points, bool]]:
    """四隅の印: those that are there, clockwise from the upper left: their centre, and whether they are hollow."""
    height, width = image.shape
    side = MARK / PAGE_HEIGHT * max(height, width)
    reach = round(4 * side)
    found = []
    for top, left in ((0, 0), (0, width - reach), (height - reach, width - reach), (height - reach, 0)):
        corner = image[top : top + reach, left : left + reach]
        squares = _squares(corner, side)
        if len(squares) == 1:
            x, y = squares[0]
            inside = corner[round(y - side / 12) : round(y + side / 12), round(x - side / 12) : round(x + side / 12)]
            found.append((squares[0] + np.array((left, top)), bool(inside.mean() > corner.mean() / 2)))
    return found


def _laid(image: Gray, to_scan: Map) -> Gray:
    """The scan drawn anew in the sheet's own millimetres."""
    from_pixels = to_scan @ np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1])
    size = (round(PAGE_WIDTH * PIXELS_PER_MM), round(PAGE_HEIGHT * PIXELS_PER_MM))
    how = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    drawn: Gray = cv2.warpPerspective(image, from_pixels, size, flags=how, borderValue=WHITE)
    return drawn


def _find_mark(image: Gray, to_scan: Map, mark: Box, reach_mm: float) -> Points | None:
    """印を探す: the centre of the black square nearest to where it should be; None where there is none."""
    expected = _through(to_scan, _centre(mark)[None])[0]
    pixels_per_mm = _scale(to_scan)
    reach = (reach_mm + mark.width) * pixels_per_mm
    left, top = (max(int(edge - reach), 0) for edge in expected)
    right, bottom = (int(edge + reach) + 1 for edge in expected)
    window = image[top:bottom, left:right]
    if min(window.shape) < mark.width * pixels_per_mm:
        return None
    side = mark.width * pixels_per_mm
    near = [spot + np.array((left, top)) for spot in _squares(window, side)]
    return min(near, key=lambda spot: float(np.linalg.norm(spot - expected)), default=None)


def _squares(window: Gray, side: float) -> list[Points]:
    """四角: centres of squares of about this side, in pixels, solid or hollow. What touches one is taken off first."""
    _, ink = cv2.threshold(cv2.GaussianBlur(window, (0, 0), side / 20), 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = cv2.drawContours(np.zeros_like(ink), outlines, -1, 1, cv2.FILLED)
    core = max(3, round(side * 0.5))
    solid = cv2.morphologyEx(filled, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (core, core)))
    count, _, stats, centres = cv2.connectedComponentsWithStats(solid)
    found = []
    for at in range(1, count):
        area = stats[at, cv2.CC_STAT_AREA] / side**2
        across = max(stats[at, cv2.CC_STAT_WIDTH], stats[at, cv2.CC_STAT_HEIGHT]) / side
        if 0.7 < area < 1.3 and across < 1.5:
            found.append(np.asarray(centres[at], np.float64))
    return found


def _centre(box: Box) -> Points:
    return np.array([box.x + box.width / 2, box.y + box.height / 2])


def _corners(box: Box) -> Points:
    right, bottom = box.x + box.width, box.y + box.height
    return np.array([(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)])


def _similarity(millimetres: Points, pixels: Points) -> Map:
    """相似変換: turn, size and shift only, by least squares."""
    found, _ = cv2.estimateAffinePartial2D(millimetres, pixels, method=cv2.LMEDS)
    return np.vstack([found, (0, 0, 1)])


def _fitted(millimetres: Points, pixels: Points) -> Map:
    if len(millimetres) == LEAST_MARKS:
        affine = cv2.getAffineTransform(millimetres.astype(np.float32), pixels.astype(np.float32))
        return np.vstack([affine, (0, 0, 1)])
    return np.asarray(cv2.findHomography(millimetres, pixels)[0], np.float64)


def _through(to_scan: Map, millimetres: Points) -> Points:
    mapped: Points = cv2.perspectiveTransform(millimetres[None], to_scan)[0]
    return mapped


def _scale(to_scan: Map) -> float:
    """Pixels a millimetre."""
    return float(abs(np.linalg.det(to_scan[:2, :2])) ** 0.5)


def _error_mm(to_scan: Map, millimetres: Points, pixels: Points) -> float:
    """The largest distance between where points should be and where they are."""
    return float(np.linalg.norm(_through(to_scan, millimetres) - pixels, axis=1).max()) / _scale(to_scan)
