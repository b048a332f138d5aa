"""頁: files of every kind become pages, and what is broken says so without taking the rest along."""

import importlib
import io

import numpy as np
import pytest
from PIL import Image
from scanned_paper import as_file, blank_sheet, scanned

from activities.ocr.images import Gray
from activities.ocr.pages import LONGEST_SIDE, FileUnreadable, PageUnreadable, open_scan


@pytest.fixture(scope="module")
def sides() -> list[Gray]:
    """Three different pages, small."""
    return [np.full((300, 200), shade, np.uint8) for shade in (60, 140, 220)]


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_a_file_of_many_sheets_gives_one_page_after_the_other(kind: str, sides: list[Gray]) -> None:
    with open_scan(as_file(sides, kind)) as scan:
        assert len(scan) == 3
        shades = [round(float(scan.page(number).mean()), -1) for number in (2, 0, 1)]
    assert shades == [220, 60, 140]


def test_a_pdf_is_drawn_at_the_resolution_of_the_scanner(sides: list[Gray]) -> None:
    with open_scan(as_file(sides, "PDF")) as scan:
        assert scan.page(0).shape == (300, 200)


def test_a_jpeg_is_a_page(sides: list[Gray]) -> None:
    with open_scan(as_file(sides[:1], "JPEG")) as scan:
        assert len(scan) == 1
        assert scan.page(0).shape == (300, 200)


def test_a_photograph_is_turned_the_way_its_camera_says(sides: list[Gray]) -> None:
    picture, out = Image.fromarray(sides[0]), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn
    picture.save(out, "JPEG", exif=exif)
    with open_scan(out.getvalue()) as scan:
        assert scan.page(0).shape == (200, 300)


def test_an_enormous_page_is_made_smaller() -> None:
    with open_scan(as_file([np.zeros((9000, 6000), np.uint8)], "TIFF")) as scan:
        assert max(scan.page(0).shape) == LONGEST_SIDE


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "unknown_format"),
        (b"PK\x03\x04 a document of an office", "unknown_format"),
        (b"%PDF-1.7 and then nothing", "broken"),
        (b"II*\0 and then nothing", "broken"),
        (b"\xff\xd8\xff and then nothing", "broken"),
    ],
)
def test_what_is_no_scan_says_why(content: bytes, fault: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        open_scan(content)
    assert refused.value.fault == fault


def test_half_a_jpeg_is_an_unreadable_page_whatever_else_the_process_does() -> None:
    importlib.import_module("weasyprint")  # which has Pillow accept half a picture
    content = as_file([scanned(blank_sheet())], "JPEG")
    with open_scan(content[: len(content) // 2]) as scan, pytest.raises(PageUnreadable):
        scan.page(0)
