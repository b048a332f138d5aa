"""表計算ファイル: a table as CSV that Excel opens as it is meant: UTF-8 with a mark, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""Byte order mark: without it Excel reads UTF-8 as Shift_JIS."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may run (OWASP, CSV Injection), the full-width signs Japanese Excel reads alike included."""

Cell = str | int | float | None
"""None is an empty cell: unknown, not zero."""


def written(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV (RFC 4180)."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return (MARK + file.getvalue()).encode()


def harmless(cell: Cell) -> Cell:
    """無害化: a text that would be a formula begins with an apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell
