"""仕分け: what a scanned page is, before anybody reads it.

A page that is none of ours (foreign) is told apart from one of ours that cannot be read (its symbol is spoiled, its
corners are cut off): the first is put aside, the second needs a person.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from activities.ocr.images import Gray, on_white_ground
from activities.ocr.registration import LEAST_MARKS, NotRegistered, RegisteredPage, register, register_by_marks
from activities.ocr.symbol import Symbol, find_symbols
from sheets.document import Sheet
from sheets.label import ForeignLabel, Label, parse
from sheets.loader import SheetLibrary, SheetUnknown

PageKind = Literal["sheet", "blank", "foreign", "label_unreadable", "sheet_unknown", "not_registered"]
"""頁の種類.

sheet: can be read. blank: nothing is on it. foreign: none of ours. label_unreadable: corner marks, but no QR of ours.
sheet_unknown: the library has not what its QR names. not_registered: too few marks to lay it straight.
"""

_DARK = 190
"""Of 255 on white ground: pencil is darker, show-through of a page's other side lighter."""
_EDGE = 0.05
"""Share of each side that does not count: scanners leave dark edges, punches leave holes."""
_WRITTEN = 1e-4
"""Share of dark pixels from which on a page is not blank: a short word."""


@dataclass(frozen=True)
class SortedPage:
    """仕分けた頁: `label` says whose it is, where its QR could be read; `sheet` and `page` are there to read it by.

    A page whose label is unreadable lies straight, too, if its corners are there: once a person has said what it is,
    it can be read like the others.
    """

    kind: PageKind
    label: Label | None = None
    sheet: Sheet | None = None
    page: RegisteredPage | None = None


def sort_page(image: Gray, library: SheetLibrary) -> SortedPage:
    """仕分ける."""
    for symbol in find_symbols(image):
        try:
            label = parse(symbol.text)
        except ForeignLabel:
            continue
        return _labelled(image, symbol, label, library)
    if is_blank(image):
        return SortedPage("blank")
    try:
        return SortedPage("label_unreadable", page=register_by_marks(image))
    except NotRegistered as failed:
        return SortedPage("label_unreadable" if failed.marks >= LEAST_MARKS else "foreign")


def _labelled(image: Gray, symbol: Symbol, label: Label, library: SheetLibrary) -> SortedPage:
    try:
        sheet = library.version(label.sheet, label.version)
        page = register(image, symbol.corners, qr=sheet.qr, marks=sheet.marks)
    except SheetUnknown:
        return SortedPage("sheet_unknown", label)
    except NotRegistered:
        return SortedPage("not_registered", label)
    return SortedPage("sheet", label, sheet, page)


def sort_named(image: Gray, label: Label, library: SheetLibrary) -> SortedPage:
    """名指しされた頁: laid straight as what a person says it is; by its symbol if there is one, else its corners."""
    try:
        sheet = library.version(label.sheet, label.version)
        return SortedPage("sheet", label, sheet, _laid_straight(image, sheet))
    except SheetUnknown:
        return SortedPage("sheet_unknown", label)
    except NotRegistered:
        return SortedPage("not_registered", label)


def _laid_straight(image: Gray, sheet: Sheet) -> RegisteredPage:
    for symbol in find_symbols(image):
        try:
            return register(image, symbol.corners, qr=sheet.qr, marks=sheet.marks)
        except NotRegistered:  # somebody else's symbol, perhaps
            continue
    return register_by_marks(image, sheet.marks)


def is_blank(image: Gray) -> bool:
    """白紙: nothing on it but shadows, specks and the scanner's noise."""
    scale = 1200 / max(image.shape)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    rim = round(height * _EDGE), round(width * _EDGE)
    inside = cv2.medianBlur(on_white_ground(small), 3)[rim[0] : height - rim[0], rim[1] : width - rim[1]]
    return float(np.mean(inside < _DARK)) < _WRITTEN
