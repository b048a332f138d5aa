"""スキャナー: what becomes of a page between the pen and the file: copying, the glass, the lamp, the compression.

A page is turned, shifted, a little skewed and scaled, shaded, blurred, speckled and streaked. How much is drawn from
a `Wear`; `EVERYDAY` is what an office scanner with a feeder does to a pile of paper in a hurry.
"""

from dataclasses import dataclass
from math import cos, radians, sin
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sandbox.scans.pen import Page

Turn = Literal[0, 90, 180, 270]
PAPER = 244
"""Grey of white paper."""


@dataclass(frozen=True)
class Wear:
    """劣化の程度: spreads are standard deviations, shares are of the pages."""

    upside_down: float = 0.04
    sideways: float = 0.03
    skew: float = 0.7
    """Degrees."""
    shift: float = 1.6
    """Millimetres."""
    stretch: float = 0.006
    """Each axis by itself: a copier is never exact."""
    shadow: float = 0.25
    streak: float = 0.06
    speckles: float = 0.2
    noise: tuple[float, float] = (0.8, 3.5)
    """Least and most, in levels of grey."""
    blur: tuple[float, float] = (0.25, 0.6)
    """Least and most, in dots at 200 dpi."""
    contrast: tuple[float, float] = (0.82, 1.08)
    quality: tuple[int, int] = (40, 80)
    """Of the JPEG."""


EVERYDAY = Wear()
PERFECT = Wear(
    upside_down=0, sideways=0, skew=0, shift=0, stretch=0, shadow=0, streak=0, speckles=0, noise=(0, 0), blur=(0, 0),
    contrast=(1, 1), quality=(95, 95),
)  # fmt: skip


@dataclass(frozen=True)
class Scan:
    """スキャン画像: as the scanner hands it over."""

    image: Image.Image
    turned: Turn
    quality: int
    """With which it is compressed (JPEG), whatever file it is put into."""


def scan(page: Page, dpi: int, wear: Wear, random: Random) -> Scan:
    """スキャン: of one page."""
    noise = np.random.default_rng(random.getrandbits(64))
    moved = _moved(page, dpi, wear, random)
    if blur := random.uniform(*wear.blur) * dpi / 200:
        moved = moved.filter(ImageFilter.GaussianBlur(blur))
    seen = np.asarray(moved, np.float32)
    if random.random() < wear.shadow:
        seen = seen * _shadow(seen.shape[1], seen.shape[0], random)
    contrast = random.uniform(*wear.contrast)
    seen = PAPER + (seen - 255) * contrast
    if level := random.uniform(*wear.noise):
        seen = seen + _noise(seen.shape[1], seen.shape[0], noise) * level
    if random.random() < wear.streak:
        at = random.randrange(seen.shape[1])
        seen[:, at : at + random.randint(1, 3)] -= random.uniform(25, 90)
    if random.random() < wear.speckles:
        _speckle(seen, random)
    grey = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    turned = _turn(wear, random)
    return Scan(grey.rotate(turned, expand=True) if turned else grey, turned, random.randint(*wear.quality))


def _turn(wear: Wear, random: Random) -> Turn:
    drawn = random.random()
    if drawn < wear.upside_down:
        return 180
    if drawn < wear.upside_down + wear.sideways:
        return random.choice((90, 270))
    return 0


def _moved(page: Page, dpi: int, wear: Wear, random: Random) -> Image.Image:
    """Skewed, shifted and stretched about the middle, in one step so that it is blurred only once."""
    height, width = page.shape
    angle = radians(max(-3.0, min(3.0, random.gauss(0, wear.skew))))
    wide, high = 1 + random.gauss(0, wear.stretch), 1 + random.gauss(0, wear.stretch)
    x, y = (random.gauss(0, wear.shift) * dpi / 25.4 for _ in range(2))
    a, b, d, e = cos(angle) / wide, sin(angle) / wide, -sin(angle) / high, cos(angle) / high
    c = width / 2 - a * (width / 2 + x) - b * (height / 2 + y)
    f = height / 2 - d * (width / 2 + x) - e * (height / 2 + y)
    return Image.fromarray(page).transform(
        (width, height), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR, fillcolor=255
    )


def _shadow(width: int, height: int, random: Random) -> NDArray[np.float32]:
    """A lid that was not closed: darker towards one edge."""
    reach = random.uniform(0.05, 0.3)
    depth = random.uniform(0.1, 0.4)
    across = random.random() < 0.5
    length = width if across else height
    place = np.arange(length, dtype=np.float32) / length
    if random.random() < 0.5:
        place = 1 - place
    shade = (1 - depth * np.clip(1 - place / reach, 0, 1) ** 2).astype(np.float32)
    return shade[np.newaxis, :] if across else shade[:, np.newaxis]


_TILE = 512


def _noise(width: int, height: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """One tile of noise repeated at a random place: nobody sees it, and it is a tenth of the work.

    A little smooth, as a lens makes it: neighbouring dots see some of the same light.
    """
    tile = noise.standard_normal((_TILE, _TILE), dtype=np.float32)
    tile = (tile + np.roll(tile, 1, 0) + np.roll(tile, 1, 1) + np.roll(tile, (1, 1), (0, 1))) / np.float32(2)
    repeated = np.tile(tile, (height // _TILE + 2, width // _TILE + 2))
    top, left = noise.integers(0, _TILE, 2)
    return repeated[top : top + height, left : left + width]


def _speckle(seen: NDArray[np.float32], random: Random) -> None:
    height, width = seen.shape
    for _ in range(random.randint(5, 60)):
        x, y, size = random.randrange(width), random.randrange(height), random.randint(1, 5)
        seen[y : y + size, x : x + size] -= random.uniform(40, 180)
