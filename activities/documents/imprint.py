"""印影: the visible seal, a vermilion square with the office's name cut into it, drawn as outlines only.

Columns run from right to left as on a real seal, and each character is stretched to fill its cell. No font is embedded
for it and no file is read: the outlines come from the certificate font, once per process.
"""

import io
from collections.abc import Iterator
from math import ceil, sqrt
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from weasyprint import HTML

FONT = "IPAexMincho"
VERMILION = "0.80 0.18 0.12"
_BORDER = 0.045  # all lengths are shares of the seal's side
_MARGIN = 0.085
_GAP = 0.022
_WEIGHT = 0.009  # a brushed font's thin strokes would vanish at 22 mm


class ImprintImpossible(RuntimeError):
    """A character of the legend is in no installed font, so the seal can't be drawn."""


def imprint(legend: str, side: float) -> bytes:
    """印影: PDF drawing operators for a square of `side` points. Raises ImprintImpossible."""
    glyphs = _glyphs(legend)
    lines = [f"q {side:g} 0 0 {side:g} 0 0 cm {VERMILION} rg {VERMILION} RG"]
    inset = _BORDER / 2
    lines.append(f"{_BORDER:g} w {inset:g} {inset:g} {1 - _BORDER:g} {1 - _BORDER:g} re S {_WEIGHT:g} w 1 j")
    for letter, cell in zip(legend, _cells(len(legend)), strict=True):
        lines.append(_filled(glyphs[letter], cell))
    return "\n".join([*lines, "Q"]).encode()


def _cells(count: int) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, width and height of each character's cell; a short last column shares its whole height."""
    columns = ceil(sqrt(count))
    rows = ceil(count / columns)
    inner = 1 - 2 * _MARGIN
    width = inner / columns
    for column in range(ceil(count / rows)):
        letters = min(rows, count - column * rows)
        height = inner / letters
        left = 1 - _MARGIN - (column + 1) * width
        for row in range(letters):
            bottom = 1 - _MARGIN - (row + 1) * height
            yield left + _GAP, bottom + _GAP, width - 2 * _GAP, height - 2 * _GAP


def _filled(glyph: Any, cell: tuple[float, float, float, float]) -> str:
    bounds = BoundsPen(None)
    glyph.draw(bounds)
    low_x, low_y, high_x, high_y = bounds.bounds
    left, bottom, width, height = cell
    pen = _PdfPen(width / (high_x - low_x), height / (high_y - low_y), left, bottom, low_x, low_y)
    glyph.draw(pen)
    return " ".join([*pen.operators, "B"])


def _glyphs(legend: str) -> dict[str, Any]:
    """WeasyPrint finds the font and cuts out these letters; its glyph numbers lead to the outlines."""
    document = HTML(string=f'<p style="font-family:{FONT}">{legend}').render()
    document.write_pdf()
    found = {}
    for font in document.fonts.values():
        outlines = TTFont(io.BytesIO(font.file_content))
        drawn = outlines.getGlyphSet()
        for number, letter in font.to_unicode.items():
            if number < font.glyph_count:
                found[letter] = drawn[outlines.getGlyphName(number)]
    if absent := sorted(set(legend) - found.keys()):
        raise ImprintImpossible(f"the seal's legend needs {' '.join(absent)}, which {FONT} doesn't have")
    return found


class _PdfPen(BasePen):  # type: ignore[misc]
    """Draws a glyph as PDF path operators, scaled and moved; quadratic curves arrive as cubic ones."""

    def __init__(self, scale_x: float, scale_y: float, left: float, bottom: float, low_x: float, low_y: float) -> None:
        super().__init__(None)
        self._scale = (scale_x, scale_y)
        self._offset = (left - low_x * scale_x, bottom - low_y * scale_y)
        self.operators: list[str] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        for x, y in points:
            self.operators.append(f"{x * self._scale[0] + self._offset[0]:.5f}")
            self.operators.append(f"{y * self._scale[1] + self._offset[1]:.5f}")
        self.operators.append(operator)

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - fontTools' name
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self._add("h")
