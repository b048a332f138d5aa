"""紙面: lengths and places on an A4 page, in millimetres from its top left corner."""

from typing import Annotated

from pydantic import Field

from procedures.texts import Model

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0

Length = Annotated[float, Field(ge=0, le=PAGE_HEIGHT)]
"""長さ: millimetres."""


class Box(Model):
    """枠: a rectangle on the page."""

    x: Length
    """Left edge."""
    y: Length
    """Upper edge."""
    width: Length
    height: Length

    @property
    def right(self) -> float:
        """右端."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """下端."""
        return self.y + self.height

    def overlaps(self, other: "Box", clearance: float = 0.0) -> bool:
        """重なり: whether the two come closer to each other than `clearance`."""
        apart = (
            self.right + clearance <= other.x
            or other.right + clearance <= self.x
            or self.bottom + clearance <= other.y
            or other.bottom + clearance <= self.y
        )
        return not apart

    @property
    def on_page(self) -> bool:
        """紙面内: whether all of it lies on the page."""
        return self.right <= PAGE_WIDTH and self.bottom <= PAGE_HEIGHT


MARK = 6.0
"""Side of a corner mark: 71 pixels at 300 dpi."""
CLEARANCE = 4.0
"""White around marks and QR, so that nothing grows together with them."""
_EDGE = 9.0
"""From the page's edge: printers leave up to 5 mm white, scanners cut up to 3 mm off."""

MARKS = (
    Box(x=_EDGE, y=_EDGE, width=MARK, height=MARK),
    Box(x=PAGE_WIDTH - _EDGE - MARK, y=_EDGE, width=MARK, height=MARK),
    Box(x=_EDGE, y=PAGE_HEIGHT - _EDGE - MARK, width=MARK, height=MARK),
    Box(x=PAGE_WIDTH - _EDGE - MARK, y=PAGE_HEIGHT - _EDGE - MARK, width=MARK, height=MARK),
)
"""位置合わせの印: upper left, upper right, lower left, lower right; where a sheet's document names no others."""

QR = Box(x=PAGE_WIDTH - _EDGE - MARK - CLEARANCE - 20.0, y=_EDGE, width=20.0, height=20.0)
"""QRの枠: left of the upper right mark, its quiet zone not counted."""
