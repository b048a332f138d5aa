"""表の結果: a row of a CSV for each sheet, with the columns that the sheet's document declares."""

import csv
import io
from collections.abc import Iterable, Sequence

from sheets.document import Sheet
from sheets.filing import taken
from sheets.results import TableResult
from store.sheet_pages import CellRow

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may run (OWASP, CSV Injection), the full-width signs Japanese Excel reads alike included."""


def table_csv(table: TableResult, papers: Iterable[tuple[Sheet, Sequence[CellRow]]]) -> bytes:
    """CSV: UTF-8 with its mark, CRLF (RFC 4180), so that spreadsheets read it; what nobody could tell stays empty."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([column.name for column in table.columns])
    for sheet, cells in papers:
        texts = {each.cell: each.final for each in cells}
        rows.writerow([_harmless(taken(sheet, column, texts) or "") for column in table.columns])
    return written.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
