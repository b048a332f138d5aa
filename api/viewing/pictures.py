"""添付ファイルの表示: pages of attachments as pictures, so that an officer's browser opens no file of a stranger's."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import BeforeValidator

from api.case.views import PagesView
from api.counter import Counter
from api.problems import problem
from api.viewing.darkroom import Busy
from api.viewing.orders import MOST_PAGES, Turn, Wanted
from store.drafts import AttachmentRow

Zoom = Literal[100, 150, 200, 300]
"""Percent of the width it is shown in."""
ZOOMS: tuple[Zoom, ...] = (100, 150, 200, 300)
WIDTHS: dict[int, int] = {100: 1200, 150: 1600, 200: 2000, 300: 2800}
"""Pixels drawn for each: sharp on a screen of two pixels for one, and no more than can be drawn at once."""
KEPT_FOR = 300
"""Seconds a browser may show the same page again without asking."""


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


Number = BeforeValidator(_number)
"""An address holds text."""
PageAsked = Annotated[int, Path(ge=1, le=100_000)]
ZoomAsked = Annotated[Zoom, Number, Query()]
TurnAsked = Annotated[Turn, Number, Query()]


def counted(counter: Counter, row: AttachmentRow) -> PagesView:
    """頁数. Raises Problem: pictures_busy."""
    try:
        found = counter.darkroom.pages(row.sha256, row.media_type, lambda: counter.objects.get(row.object_key))
    except Busy as busy:
        raise problem("pictures_busy") from busy
    return PagesView(pages=found.pages, shown=min(found.pages, MOST_PAGES), failure=found.failure)


def picture(counter: Counter, row: AttachmentRow, page: int, zoom: Zoom, turn: Turn) -> bytes:
    """一頁の画像 (JPEG). Raises Problem: picture_impossible, pictures_busy."""
    wanted = Wanted(row.media_type, page, WIDTHS[zoom], turn)
    try:
        drawn, data = counter.darkroom.draw(counter.objects.get(row.object_key), wanted)
    except Busy as busy:
        raise problem("pictures_busy") from busy
    if drawn.failure is not None:
        raise problem("not_found" if drawn.failure == "no_such_page" else "picture_impossible")
    return data


def picture_response(data: bytes) -> Response:
    """画像の応答: this browser may keep it for some minutes, nobody between us may."""
    headers = {"cache-control": f"private, max-age={KEPT_FOR}", "x-content-type-options": "nosniff"}
    return Response(data, media_type="image/jpeg", headers=headers)
