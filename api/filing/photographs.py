"""写真: pictures without place and camera, and several photographs as the pages of one PDF."""

import io
from collections.abc import Sequence

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from pypdf import PdfWriter

from api.problems import problem

MOST_PIXELS = 64_000_000
"""More than an A4 page at 600 dpi or a phone's photograph; less than what fills the memory."""
LONG_SIDE = 2480
"""Pixels of a page's long side: A4 at about 210 dpi, where small print is still legible."""
QUALITIES = (85, 65)
"""JPEG quality of a page: the second where the first makes too large a file; small print stays legible at both."""

_A4_LONG, _A4_SHORT = 297, 210  # mm (ISO 216)
_MM_PER_INCH = 25.4
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError)


def cleaned(data: bytes) -> bytes:
    """写真を整える: written anew, upright, so that nothing but the picture is left (no Exif, GPS, XMP, appended bytes).

    Raises Problem: file_broken, picture_too_large.
    """
    with _opened(data) as picture:
        kind = str(picture.format)
        if picture.getexif().get(ExifTags.Base.Orientation, 1) == 1:
            return _written(picture, kind, "keep")
        return _written(ImageOps.exif_transpose(picture), kind, 95)


def bound(photographs: Sequence[bytes], quality: int) -> bytes:
    """写真をPDFにまとめる: one A4 page each, upright, in the order given.

    Raises Problem: file_broken, picture_too_large.
    """
    pages = PdfWriter()
    for data in photographs:
        pages.append(io.BytesIO(_page(data, quality)))
    out = io.BytesIO()
    pages.write(out)
    return out.getvalue()


def _opened(data: bytes, least: int | None = None) -> Image.Image:
    """The picture, decoded whole; its size is known before a single pixel is. Raises Problem.

    `least`: a JPEG may be decoded smaller, to about so many pixels a side or more (saves memory).
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise problem("picture_too_large")
        if least is not None:
            picture.draft(None, (least, least))
        picture.load()
    except Image.DecompressionBombError as error:
        raise problem("picture_too_large") from error
    except _BROKEN as error:
        raise problem("file_broken") from error
    return picture


def _written(picture: Image.Image, kind: str, quality: str | int) -> bytes:
    """`quality` of a JPEG: "keep" takes over its own tables, so that hardly anything is lost."""
    out = io.BytesIO()
    for_jpeg = {"quality": quality, "comment": b""} if kind == "JPEG" else {}
    picture.save(out, kind, icc_profile=picture.info.get("icc_profile"), **for_jpeg)
    return out.getvalue()


def _page(data: bytes, quality: int) -> bytes:
    """A photograph on an A4 page of its own direction, as a PDF of one page."""
    with _opened(data, LONG_SIDE) as picture:
        upright = _on_white(ImageOps.exif_transpose(picture))
    tall = upright.height >= upright.width
    ratio = _A4_LONG / _A4_SHORT
    short_side = int(LONG_SIDE / ratio)
    upright.thumbnail((short_side, LONG_SIDE) if tall else (LONG_SIDE, short_side), Image.Resampling.LANCZOS)
    width, height = upright.size
    long_side = round(max(height, width * ratio) if tall else max(width, height * ratio))
    sheet = (round(long_side / ratio), long_side) if tall else (long_side, round(long_side / ratio))
    paper = Image.new("RGB", sheet, "white")
    paper.paste(upright, ((sheet[0] - width) // 2, (sheet[1] - height) // 2))
    out = io.BytesIO()
    paper.save(out, "PDF", resolution=long_side / (_A4_LONG / _MM_PER_INCH), quality=quality)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: a transparent picture on black would be a black page."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
