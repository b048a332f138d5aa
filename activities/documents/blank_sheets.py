"""白紙の印刷: pages that `sheets.drawing` drew, as one PDF of exact millimetres to be printed at 100 %.

Also a program of its own (`python -m activities.documents.blank_sheets`): pages as JSON on its standard input, the PDF
on its output. Thus whoever answers residents prints without WeasyPrint's memory and time.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from threading import Lock

_STYLE = "@page { size: 210mm 297mm; margin: 0 } body { margin: 0 } svg { display: block; break-after: page }"
_IDENTIFIER = b"madoguchi-sheets"
PATIENCE = 60.0
"""Seconds for one PDF."""
_ONE_AT_A_TIME = Lock()


def printed(pages: Iterable[str]) -> bytes:
    """PDF: one page for each drawing; the same drawings give the same bytes."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    html = f"<!doctype html><html><head><style>{_STYLE}</style></head><body>{''.join(pages)}</body></html>"
    pdf: bytes = HTML(string=html).write_pdf(font_config=FontConfiguration(), pdf_identifier=_IDENTIFIER)
    return pdf


def printed_apart(pages: Sequence[str]) -> bytes:
    """別の処理での印刷: the same in a process that ends with it. Raises subprocess.SubprocessError."""
    program = [sys.executable, "-I", "-m", "activities.documents.blank_sheets"]
    with _ONE_AT_A_TIME:
        done = subprocess.run(  # noqa: S603 - our own module
            program, input=json.dumps(list(pages)).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=PATIENCE, check=True, cwd="/", env={},
        )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(printed(json.load(sys.stdin.buffer)))
