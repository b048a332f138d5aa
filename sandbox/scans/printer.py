"""プリンター: a PDF on paper: each page as grey dots."""

from collections.abc import Iterator

import pypdfium2

from sandbox.scans.batch import paper
from sandbox.scans.pen import Page


def printed(pdf: bytes, dpi: int) -> Iterator[Page]:
    """印刷: the pages of a PDF, one after another."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield paper(page.render(scale=dpi / 72, grayscale=True).to_pil())
    finally:
        document.close()
