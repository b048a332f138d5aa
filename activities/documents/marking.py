"""標識: what a document says about itself inside the PDF: its verification code as data and its QR symbol.

The code stands as `dc:identifier` in an uncompressed XMP packet, so that it can be read out of an altered or damaged
copy too (`procedures.verification.printed_code`), and in the information dictionary.
"""

import zlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pydyf

from procedures.values import VerificationCode
from procedures.verification import Verification

CODE_INFO_KEY = "VerificationCode"
QR_ELEMENT = "qr"
_POINTS_PER_PIXEL = 0.75


class Marking:
    """WeasyPrint's finisher: called with the laid out document and the PDF's objects just before they are written."""

    def __init__(self, verification: Verification | None) -> None:
        self._verification = verification

    def __call__(self, document: Any, pdf: Any) -> None:
        """Marks the document, then compresses its streams once: pydyf would do so twice, for the identifier too."""
        if self._verification is not None:
            _identify(pdf, self._verification.code)
            _draw_qr(document, pdf, self._verification.qr_rows)
        for stream in pdf.objects:
            if isinstance(stream, pydyf.Stream) and stream.compress:
                _squeeze(stream)


def _identify(pdf: Any, code: VerificationCode) -> None:
    pdf.info[CODE_INFO_KEY] = pydyf.String(code)
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    entry = (
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:identifier>{code}</dc:identifier></rdf:Description></rdf:RDF>"
    )
    metadata.stream = [b"\n".join(metadata.stream).replace(b"</rdf:RDF>", entry.encode())]
    metadata.compress = False


def _draw_qr(document: Any, pdf: Any, rows: tuple[bytes, ...]) -> None:
    """Draws straight into the page: an SVG of it takes WeasyPrint 8 ms."""
    dark = "".join(_dark_runs(rows))
    for number, page in zip(pdf.pages["Kids"][::3], document.pages, strict=True):
        if QR_ELEMENT not in page.anchors:
            continue
        left, top, right, _ = (side * _POINTS_PER_PIXEL for side in page.anchors[QR_ELEMENT])
        module = (right - left) / len(rows)
        drawing = pydyf.Stream(
            [f"q {module:.4f} 0 0 {module:.4f} {left:.3f} {top:.3f} cm 0 g {dark}f Q"], compress=True
        )
        pdf.add_object(drawing)
        content = pdf.objects[number]["Contents"]
        pdf.objects[number]["Contents"] = pydyf.Array([content, drawing.reference])


def _dark_runs(rows: tuple[bytes, ...]) -> Iterator[str]:
    """Runs along a row as rectangles a hair too high, so that no viewer shows a seam between two rows."""
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield f"{x} {y} {length} 1.02 re "
            x += length


def _squeeze(stream: Any) -> None:
    content = b"\n".join(part if isinstance(part, bytes) else str(part).encode() for part in stream.stream)
    stream.stream = [zlib.compress(content, 6)]
    stream.extra["Filter"] = "/FlateDecode"
    stream.compress = False
