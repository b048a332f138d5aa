"""頁: a scanned file (PDF, TIFF, JPEG or PNG) as single pages in shades of grey, one at a time.

Whatever the resolution was: everything later is measured on the sheet's own marks. Files come from scanners, mail and
folders, so nothing in them is believed: sizes are looked at before pixels are made.
"""

import io
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Literal, Protocol, Self

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from activities.ocr.images import Gray

DPI = 300
"""At which a PDF's pages are drawn; what scanners of offices are set to."""
LONGEST_SIDE = 4400
"""Pixels: A4 at 375 dpi. A larger picture holds nothing more that we could read, and is made smaller."""
MOST_SOURCE_PIXELS = 120_000_000
"""Of one page before that: A3 at 600 dpi is 70 million."""
MOST_PAGES = 2_000
"""Of one file: three months of all clubs."""
Fault = Literal["unknown_format", "locked", "broken", "too_large", "too_many_pages"]


class FileUnreadable(Exception):
    """読めないファイル: why; final for this file."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class PageUnreadable(Exception):
    """読めない頁: why; the file's other pages can still be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class ScannedFile(Protocol):
    """スキャンファイル: an opened file; close it, or use it in a `with`."""

    def __len__(self) -> int: ...

    def page(self, number: int) -> Gray:
        """The page with this number, from 0. Raises PageUnreadable."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_scan(content: bytes) -> ScannedFile:
    """開く: by what the file is, not by what it is called. Raises FileUnreadable."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return _Pdf(content)
    if content.startswith((b"II*\0", b"MM\0*", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _Picture(content)
    raise FileUnreadable("unknown_format")


@contextmanager
def _nothing_made_up() -> Iterator[None]:
    """Half a picture is no page. WeasyPrint, where it shares the process, has Pillow fill up what is missing."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


class _Closing(ABC):
    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Pdf(_Closing):
    """PDF: each page is drawn when asked for; PDFium may be used by one thread of a process only."""

    def __init__(self, content: bytes) -> None:
        try:
            self._pdf = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as error:
            locked = error.err_code == pdfium.raw.FPDF_ERR_PASSWORD
            raise FileUnreadable("locked" if locked else "broken") from error
        if not 0 < len(self._pdf) <= MOST_PAGES:
            fault: Fault = "too_many_pages" if len(self._pdf) else "broken"
            self.close()
            raise FileUnreadable(fault)

    def __len__(self) -> int:
        return len(self._pdf)

    def page(self, number: int) -> Gray:
        try:
            page = self._pdf[number]
            longest = max(page.get_size())
            scale = min(DPI / 72, LONGEST_SIDE / max(longest, 1))
            bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
            drawn: Gray = bitmap.to_numpy()
            return np.ascontiguousarray(drawn if drawn.ndim == 2 else drawn[:, :, 0])
        except pdfium.PdfiumError as error:
            raise PageUnreadable("broken") from error

    def close(self) -> None:
        self._pdf.close()


class _Picture(_Closing):
    """TIFF (one or many pages), JPEG or PNG."""

    def __init__(self, content: bytes) -> None:
        try:
            with warnings.catch_warnings(action="ignore"):  # what a scanner writes of itself may be wrong
                self._picture = Image.open(io.BytesIO(content), formats=("TIFF", "JPEG", "PNG"))
                self._pages = getattr(self._picture, "n_frames", 1)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise FileUnreadable("broken") from error
        except Image.DecompressionBombError as error:
            raise FileUnreadable("too_large") from error
        if self._pages > MOST_PAGES:
            self.close()
            raise FileUnreadable("too_many_pages")

    def __len__(self) -> int:
        return int(self._pages)

    def page(self, number: int) -> Gray:
        try:
            picture = ImageSequence.Iterator(self._picture)[number]
            if picture.width * picture.height > MOST_SOURCE_PIXELS:
                raise PageUnreadable("too_large")
            with _nothing_made_up():
                grey = ImageOps.exif_transpose(picture).convert("L")
            grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
            return np.asarray(grey, np.uint8)
        except (OSError, ValueError, IndexError, SyntaxError) as error:
            raise PageUnreadable("broken") from error

    def close(self) -> None:
        self._picture.close()
