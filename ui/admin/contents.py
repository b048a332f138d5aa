"""内容: what the administrator's pages show."""

from collections.abc import Callable, Iterable
from typing import Any

from api.views import CaseLine
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import ReceiptNumber
from ui import wording
from ui.language import translated


def cases(
    language: Language, library: Library, lines: Iterable[CaseLine], link: Callable[[ReceiptNumber], str],
    status: str = "",
) -> dict[str, Any]:  # fmt: skip
    """案件の一覧: each with its procedure's title and the address of its workflow."""
    rows = [(line, library.version(line.procedure, line.version).title, link(line.receipt_number)) for line in lines]
    statuses = [(code, translated(language, state.label)) for code, state in wording.STATES.items()]
    return {"cases": rows, "statuses": statuses, "status": status}
