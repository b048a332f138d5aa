"""ペン: writes into the boxes of a page: digits with real handwriting, ticks and strokes by hand movement.

A writer keeps pen, slant and size for a whole page. Names and remarks are set in a printing font: no openly licensed
handwritten kanji come in a package, so a reader of names is not put to the test here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, pi, radians, sin
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sandbox.scans.handwriting import SIDE, Part, digits
from sheets.geometry import Box

Page = NDArray[np.uint8]
"""紙: grey, 255 is white."""

FONT = "ipaexg.ttf"
DIGIT_SIDE = 20
"""Pixels an image's digit is high at most; the rest is its margin."""


@dataclass(frozen=True)
class Hand:
    """筆跡: how one person writes, on one page."""

    darkness: float
    """0 is invisible, 1 is black."""
    boldness: float
    """Where the edge of a stroke lies: smaller is bolder."""
    slant: float
    """Shear to the right."""
    size: float
    """Height of a digit by the height of its box."""
    unsteadiness: float
    """Millimetres that digits are off the middle of their boxes."""

    @classmethod
    def of(cls, random: Random) -> "Hand":
        """誰かの筆跡."""
        return cls(
            darkness=random.uniform(0.62, 0.97),
            boldness=random.uniform(0.28, 0.52),
            slant=random.gauss(0.05, 0.1),
            size=random.uniform(0.56, 0.8),
            unsteadiness=random.uniform(0.1, 0.45),
        )


class Pen:
    """ペン: one writer's, on one page at a resolution of so many dots per inch."""

    def __init__(self, page: Page, dpi: int, part: Part, random: Random) -> None:
        self.page = page
        self.hand = Hand.of(random)
        self._dots = dpi / 25.4
        self._digits = digits(part)
        self._random = random

    def digit(self, character: str, box: Box) -> None:
        """数字を書く: one image of it, never the same transformation twice."""
        image = self._digits.one(int(character), self._random)
        ink = self._transformed(image, box.height * self.hand.size * self._dots / DIGIT_SIDE)
        x = box.x + box.width / 2 + self._random.gauss(0, self.hand.unsteadiness)
        y = box.y + box.height / 2 + self._random.gauss(0, self.hand.unsteadiness)
        self._lay(ink, x * self._dots, y * self._dots)

    def tick(self, box: Box) -> None:
        """✓を付ける: down and up, as large as one likes."""
        size = box.height * self._random.uniform(0.7, 1.4)
        x, y = box.x + box.width * self._random.uniform(0.2, 0.45), box.y + box.height * self._random.uniform(0.5, 0.8)
        bend = self._random.uniform(0.25, 0.4)
        self.stroke([(x - size * 0.3, y - size * bend), (x, y), (x + size * 0.75, y - size * 0.9)], 0.45)

    def words(self, words: str, box: Box) -> None:
        """文字を書く: words that fit into a wide box."""
        height = min(box.height * 0.62, 5.5, (box.width - 2) / max(len(words), 1))
        ink = _set(words, round(height * self._dots))
        self._lay(ink, (box.x + 1.5) * self._dots + ink.shape[1] / 2, (box.y + box.height / 2) * self._dots)

    def strike(self, boxes: Sequence[Box]) -> None:
        """二重線で消す: two lines through a row of boxes."""
        left, right = boxes[0].x - 1, boxes[-1].right + 1
        for share in (0.4, 0.62):
            y = boxes[0].y + boxes[0].height * share
            wobble = [self._random.gauss(0, 0.25) for _ in range(3)]
            self.stroke([(left, y + wobble[0]), ((left + right) / 2, y + wobble[1]), (right, y + wobble[2])], 0.4)

    def stray(self, x: float, y: float, length: float) -> None:
        """はみ出し: a stroke that belongs nowhere."""
        angle = radians(self._random.uniform(0, 360))
        bend = self._random.uniform(-1, 1)
        middle = (x + length / 2 * cos(angle) + bend, y + length / 2 * sin(angle) - bend)
        self.stroke([(x, y), middle, (x + length * cos(angle), y + length * sin(angle))], 0.35)

    def seal(self, x: float, y: float, name: str) -> None:
        """押印: a round seal, red and therefore grey."""
        side = round(10.5 * self._dots)
        picture = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(picture)
        edge = max(2, side // 26)
        draw.ellipse((edge, edge, side - edge, side - edge), outline=150, width=edge)
        letters = name[:2]
        font = _font(side // 3)
        for number, letter in enumerate(letters):
            draw.text((side / 2, side * (0.3 + 0.4 * number)), letter, fill=150, font=font, anchor="mm")
        turned = picture.rotate(self._random.gauss(0, 9), Image.Resampling.BICUBIC)
        self._lay(np.asarray(turned), x * self._dots, y * self._dots, darkness=0.8)

    def stroke(self, points: Sequence[tuple[float, float]], thick: float) -> None:
        """線を引く: through points in millimetres, smoothly."""
        dots = [(x * self._dots, y * self._dots) for x, y in _smooth(points)]
        left, top = (min(each[axis] for each in dots) - 8 for axis in (0, 1))
        width, height = (round(max(each[axis] for each in dots) - low) + 8 for axis, low in ((0, left), (1, top)))
        picture = Image.new("L", (width * 2, height * 2), 0)
        path = [((x - left) * 2, (y - top) * 2) for x, y in dots]
        ImageDraw.Draw(picture).line(path, fill=255, width=max(2, round(thick * self._dots * 2)), joint="curve")
        ink = np.asarray(picture.resize((width, height), Image.Resampling.BOX))
        self._lay(ink, left + width / 2, top + height / 2)

    def _transformed(self, image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
        """One digit, larger, turned, slanted and of this pen's boldness."""
        scale *= self._random.uniform(0.92, 1.06)
        wide = scale * self._random.uniform(0.88, 1.08)
        turn, slant = radians(self._random.gauss(0, 3.5)), self.hand.slant + self._random.gauss(0, 0.04)
        side = round(SIDE * scale * 1.3)
        # PIL asks where each new pixel comes from: the inverse of turning, slanting and enlarging about the middle
        a, b = cos(turn) / wide, (sin(turn) + slant * cos(turn)) / wide
        d, e = -sin(turn) / scale, (cos(turn) - slant * sin(turn)) / scale
        middle = (SIDE - 1) / 2
        c, f = middle - (a + b) * side / 2, middle - (d + e) * side / 2
        enlarged = Image.fromarray(image).transform(
            (side, side), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BICUBIC
        )
        soft = np.asarray(enlarged, np.float32) / 255
        edge = np.clip((soft - self.hand.boldness) / 0.22 + 0.5, 0, 1)
        return (edge * 255).astype(np.uint8)

    def _lay(self, ink: NDArray[np.uint8], x: float, y: float, darkness: float | None = None) -> None:
        """Ink on paper, its middle at (x, y) in dots; what falls beyond the page is lost."""
        height, width = ink.shape
        left, top = round(x - width / 2), round(y - height / 2)
        cut_left, cut_top = max(0, -left), max(0, -top)
        right, bottom = min(self.page.shape[1], left + width), min(self.page.shape[0], top + height)
        if right <= left + cut_left or bottom <= top + cut_top:
            return
        part = self.page[top + cut_top : bottom, left + cut_left : right]
        laid = ink[cut_top : bottom - top, cut_left : right - left].astype(np.float32) / 255
        part[...] = (part * (1 - laid * (self.hand.darkness if darkness is None else darkness))).astype(np.uint8)


def _smooth(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A path through three points, as a parabola would go; two points are a line."""
    if len(points) < 3:
        return list(points)
    (x0, y0), (x1, y1), (x2, y2) = points[:3]
    if abs((x1 - x0) * (y2 - y1) - (x2 - x1) * (y1 - y0)) > pi:  # a sharp bend is meant: a tick
        return list(points)
    steps = [number / 12 for number in range(13)]
    return [
        (
            2 * (t - 0.5) * (t - 1) * x0 - 4 * t * (t - 1) * x1 + 2 * t * (t - 0.5) * x2,
            2 * (t - 0.5) * (t - 1) * y0 - 4 * t * (t - 1) * y1 + 2 * t * (t - 0.5) * y2,
        )
        for t in steps
    ]


@cache
def _font(height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, height)


def _set(words: str, height: int) -> NDArray[np.uint8]:
    font = _font(height)
    left, top, right, bottom = font.getbbox(words)
    picture = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4), 0)
    ImageDraw.Draw(picture).text((2 - left, 2 - top), words, fill=255, font=font)
    return np.asarray(picture)
