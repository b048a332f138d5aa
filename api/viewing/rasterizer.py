"""描画: one page of a PDF or one picture as a JPEG. A program of its own (`python -m api.viewing.rasterizer`).

It reads what strangers sent, so it has nothing: no secrets in its surroundings, no files to write, little memory. The
web process asks it through its standard input and ends it when it takes too long (`api.viewing.darkroom`). PDFium may
be used by one thread at a time; here there is one.
"""

import io
import resource
import sys
from dataclasses import asdict

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from api.viewing.orders import MOST_PAGES, Drawn, Failure, Wanted, receive, send

MOST_PIXELS = 12_000_000
"""Of what is drawn: an A4 page at about 340 dpi."""
LONGEST_SIDE = 16_000
"""Pixels; a JPEG knows no more than four times as many."""
MOST_SOURCE_PIXELS = 64_000_000
"""Of a picture that is read: what an upload may have, too."""
MOST_MEMORY = 1_500_000_000
"""Bytes of address space: some hundred megabytes of pixels beside the libraries."""
QUALITY = 85
"""JPEG: small print stays legible, and it is ten times as fast as PNG or WebP."""


class NotDrawn(Exception):
    """描けない: why."""

    def __init__(self, failure: Failure, pages: int = 0) -> None:
        super().__init__(failure)
        self.drawn = Drawn(pages, failure)


def draw(wanted: Wanted, data: bytes) -> tuple[Drawn, bytes]:
    """描く. Raises NotDrawn, and whatever the libraries raise at hostile bytes."""
    if wanted.media_type == "application/pdf":
        return _of_pdf(wanted, data)
    if wanted.page > 1:
        raise NotDrawn("no_such_page", 1)
    return Drawn(1), _of_picture(wanted, data) if wanted.page else b""


def _of_pdf(wanted: Wanted, data: bytes) -> tuple[Drawn, bytes]:
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise NotDrawn("locked" if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD else "broken") from error
    with pdf:
        pages = len(pdf)
        if pages == 0:
            raise NotDrawn("broken")
        if wanted.page == 0:
            return Drawn(pages), b""
        if wanted.page > min(pages, MOST_PAGES):
            raise NotDrawn("no_such_page", pages)
        page = pdf[wanted.page - 1]
        width, height = page.get_size()
        across = height if wanted.turn % 180 else width
        scale = _bounded(width, height, wanted.width / max(across, 1))
        bitmap = page.render(scale=scale, rotation=wanted.turn, may_draw_forms=False)
        return Drawn(pages), _jpeg(bitmap.to_pil())


def _of_picture(wanted: Wanted, data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if picture.width * picture.height > MOST_SOURCE_PIXELS:
        raise NotDrawn("too_large", 1)
    picture.draft(None, (wanted.width, wanted.width))  # a JPEG may be decoded smaller, which saves memory
    upright = ImageOps.exif_transpose(_on_white(picture))
    across = upright.height if wanted.turn % 180 else upright.width
    scale = _bounded(upright.width, upright.height, wanted.width / across)
    size = max(1, round(upright.width * scale)), max(1, round(upright.height * scale))
    return _jpeg(upright.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).rotate(-wanted.turn, expand=True))


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: a transparent picture on black would be a black page."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _bounded(width: float, height: float, scale: float) -> float:
    """A scale that keeps what is drawn within bounds, however long and thin the page is."""
    pixels = width * scale * height * scale
    fitting = scale if pixels <= MOST_PIXELS else scale * (MOST_PIXELS / pixels) ** 0.5
    return float(min(fitting, LONGEST_SIDE / max(width, height)))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


# --- the program ------------------------------------------------------------------------------------------------------


def answer(wanted: Wanted, data: bytes) -> tuple[Drawn, bytes]:
    """一枚の答え: whatever goes wrong is an answer too."""
    try:
        return draw(wanted, data)
    except NotDrawn as none:
        return none.drawn, b""
    except Image.DecompressionBombError:
        return Drawn(1, "too_large"), b""
    except Exception:  # the libraries raise whatever hostile bytes make them raise
        return Drawn(0, "broken"), b""


def _confine() -> None:
    """閉じ込める: no file, no child, no core dump, bounded memory. For good: there is no way back."""
    for limit, value in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    """One page after the other, until whoever asks is gone."""
    _confine()
    asking, answering = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            said, data = receive(asking)
        except EOFError:
            return
        drawn, picture = answer(Wanted(**said), data)  # type: ignore[arg-type]
        send(answering, asdict(drawn), picture)


if __name__ == "__main__":
    main()
