"""二次元コード: what stands in a sheet's QR symbol, and where the symbol is.

Read by zxing-cpp: of the libraries that were measured the one that reads turned, noisy and blurred scans
(docs/adr/0048-reading.md).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from activities.ocr.images import Gray, Points

_QUICK = 0.5
"""Most symbols are read on a picture of half the size, in a quarter of the time."""

_SOFTENED = 5
"""Pixels over which noise is taken out where nothing was read: slow, and hardly ever needed."""
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


@dataclass(frozen=True)
class Symbol:
    """読み取った二次元コード: its text, and its corners (4 × 2) in pixels: as printed, clockwise from the top left."""

    text: str
    corners: Points


def find_symbols(image: Gray) -> tuple[Symbol, ...]:
    """探す: every QR symbol of a page, whichever way it is turned."""
    small: Gray = cv2.resize(image, None, fx=_QUICK, fy=_QUICK, interpolation=cv2.INTER_AREA)
    return _read(small, 1 / _QUICK) or _read(image, 1.0) or _read(cv2.medianBlur(image, _SOFTENED), 1.0)


def _read(image: Gray, scale: float) -> tuple[Symbol, ...]:
    found = zxingcpp.read_barcodes(image, formats=_FORMATS, try_invert=False)
    return tuple(Symbol(each.text, _corners(each.position) * scale) for each in found if each.valid)


def _corners(position: zxingcpp.Position) -> Points:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(corner.x, corner.y) for corner in corners], np.float64)
