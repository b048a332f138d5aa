"""描画: whatever a stranger's file does, it does to a process of its own; a page is a picture or says why not."""

import io
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from api.viewing.darkroom import Darkroom
from api.viewing.orders import Drawn, Turn, Wanted
from api.viewing.rasterizer import MOST_PIXELS
from tests.api.test_api_attachments import bomb, noise, pdf

PDF_TYPE = "application/pdf"


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    room = Darkroom()
    yield room
    room.close()


def sheet(width: float = 595, height: float = 842, content: bytes = b"", pages: int = 1) -> bytes:
    """A PDF whose first page holds this content stream."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        page = writer.add_blank_page(width, height)
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.write(out)
    return out.getvalue()


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


@pytest.mark.parametrize(
    ("turn", "across", "down"), [(0, 1200, 1698), (90, 1200, 848), (180, 1200, 1698), (270, 1200, 848)]
)
def test_a_page_has_the_width_that_was_asked_for_however_it_is_turned(
    darkroom: Darkroom, turn: Turn, across: int, down: int
) -> None:
    drawn, picture = darkroom.draw(sheet(), Wanted(PDF_TYPE, turn=turn))
    assert drawn == Drawn(1)
    assert size(picture) == pytest.approx((across, down), abs=2)


def test_turning_is_clockwise_for_pdfs_and_pictures_alike(darkroom: Darkroom) -> None:
    """A black corner at the top left stands at the top right after a quarter turn."""
    page = sheet(100, 100, b"0 g 0 75 25 25 re f")
    upright = Image.new("RGB", (100, 100), "white")
    upright.paste("black", (0, 0, 25, 25))
    out = io.BytesIO()
    upright.save(out, "PNG")
    for kind, data in ((PDF_TYPE, page), ("image/png", out.getvalue())):
        for turn, corner in ((0, (60, 60)), (90, (1140, 60)), (180, (1140, 1140)), (270, (60, 1140))):
            _, picture = darkroom.draw(data, Wanted(kind, turn=turn))  # type: ignore[arg-type]
            seen = Image.open(io.BytesIO(picture)).convert("L")
            assert seen.getpixel(corner) < 60, (kind, turn)


@pytest.mark.parametrize(
    ("media_type", "data", "failure"),
    [
        (PDF_TYPE, b"", "broken"),
        (PDF_TYPE, b"%PDF-1.7\n" + b"\x00" * 1000, "broken"),
        (PDF_TYPE, b"\xff\xd8\xff\xe0", "broken"),
        (PDF_TYPE, pdf(1, password="secret"), "locked"),
        ("image/png", bomb(), "too_large"),
        ("image/jpeg", noise((64, 64))[:200], "broken"),
        ("image/png", b"GIF89a", "broken"),
    ],
    ids=["nothing", "damaged", "another kind", "locked", "bomb", "cut off", "gif"],
)  # fmt: skip
def test_a_file_that_cannot_be_drawn_says_why(darkroom: Darkroom, media_type: str, data: bytes, failure: str) -> None:
    drawn, picture = darkroom.draw(data, Wanted(media_type))
    assert (drawn.failure, picture) == (failure, b"")


def test_a_pdf_that_only_forbids_changes_is_shown(darkroom: Darkroom) -> None:
    assert darkroom.draw(pdf(1, password="owner", owner_only=True), Wanted(PDF_TYPE))[0] == Drawn(1)


def test_a_picture_of_ten_thousand_by_ten_thousand_is_refused_unread_and_within_a_pdf_drawn_small(
    darkroom: Darkroom,
) -> None:
    vast = Image.new("L", (10_000, 10_000), 128)
    as_png, as_pdf = io.BytesIO(), io.BytesIO()
    vast.save(as_png, "PNG")
    vast.save(as_pdf, "PDF")
    assert darkroom.draw(as_png.getvalue(), Wanted("image/png"))[0].failure == "too_large"
    drawn, picture = darkroom.draw(as_pdf.getvalue(), Wanted(PDF_TYPE))
    assert (drawn, size(picture)) == (Drawn(1), (1200, 1200))


def test_five_hundred_pages_are_counted_once_and_any_of_them_is_drawn(darkroom: Darkroom) -> None:
    file = sheet(pages=500)
    read: list[bytes] = []

    def reading() -> bytes:
        read.append(file)
        return file

    for _ in range(3):
        assert darkroom.pages("digest of 500 pages", PDF_TYPE, reading) == Drawn(500)
    assert len(read) == 1
    assert darkroom.draw(file, Wanted(PDF_TYPE, page=500))[1]
    assert darkroom.draw(file, Wanted(PDF_TYPE, page=501))[0] == Drawn(500, "no_such_page")


def test_more_pages_than_anybody_looks_through_end_at_a_limit(darkroom: Darkroom) -> None:
    file = sheet(pages=2_100)
    assert darkroom.draw(file, Wanted(PDF_TYPE, page=2_000))[1]
    assert darkroom.draw(file, Wanted(PDF_TYPE, page=2_001))[0] == Drawn(2_100, "no_such_page")


@pytest.mark.parametrize(("width", "height"), [(14_400, 1), (1, 14_400), (14_400, 14_400)])
def test_a_page_of_any_shape_is_drawn_within_bounds(darkroom: Darkroom, width: int, height: int) -> None:
    drawn, picture = darkroom.draw(sheet(width, height), Wanted(PDF_TYPE, width=2800))
    across, down = size(picture)
    assert drawn == Drawn(1)
    assert across * down <= MOST_PIXELS * 1.01


SLOW = b"/a gs " + b"0 0 m 595 0 l 595 842 l 0 842 l f 0 0 m 595 842 l 595 0 l f* " * 60_000
"""Two hundred thousand strokes of the brush over the whole page; a few kilobytes when compressed."""


def test_what_takes_too_long_is_ended_and_the_next_page_is_drawn_by_a_fresh_process() -> None:
    room = Darkroom(patience=1.0)
    try:
        assert room.draw(sheet(), Wanted(PDF_TYPE))[0] == Drawn(1)
        first = room._process
        began = time.monotonic()
        assert room.draw(sheet(content=SLOW), Wanted(PDF_TYPE, width=2800))[0] == Drawn(0, "unfinished")
        assert time.monotonic() - began < 5
        assert first is not None
        assert first.poll() is not None
        assert room.draw(sheet(), Wanted(PDF_TYPE))[0] == Drawn(1)
    finally:
        room.close()


def test_a_process_that_died_meanwhile_is_replaced() -> None:
    room = Darkroom()
    try:
        room.draw(sheet(), Wanted(PDF_TYPE))
        assert room._process is not None
        room._process.kill()
        room._process.wait()
        assert room.draw(sheet(), Wanted(PDF_TYPE))[0] == Drawn(1)
    finally:
        room.close()


def test_it_has_no_surroundings_and_may_write_and_start_nothing(darkroom: Darkroom) -> None:
    darkroom.draw(sheet(), Wanted(PDF_TYPE))
    assert darkroom._process is not None
    pid = darkroom._process.pid
    with open(f"/proc/{pid}/environ", "rb") as file:
        surroundings = file.read()
    assert b"MADOGUCHI" not in surroundings
    assert b"PATH" not in surroundings
    with open(f"/proc/{pid}/limits") as file:
        limits = {line[:26].strip(): line[26:].split()[:2] for line in file}
    for name in ("Max file size", "Max core file size", "Max processes"):
        assert limits[name] == ["0", "0"], name
    assert int(limits["Max address space"][1]) < 2_000_000_000
    assert os.readlink(f"/proc/{pid}/cwd") == "/"


def test_many_who_ask_at_once_are_served_one_after_the_other(darkroom: Darkroom) -> None:
    pages = [sheet(100 + n, 100) for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        drawn = list(pool.map(lambda page: darkroom.draw(page, Wanted(PDF_TYPE))[1], pages))
    for number, picture in enumerate(drawn):
        assert size(picture)[1] == pytest.approx(1200 * 100 / (100 + number), abs=2)
    assert threading.active_count() < 30
