"""修復と廃棄の計測: 500 cases back to before their review by one order, and 1,000 purged in one night's run."""

import time
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from test_officers import ORDER, applied, books

from machine.up import City
from machine.visitor import Visitor, wait_for
from tests.api.scenes import SCREENING, Books

__all__ = ["books"]
pytestmark = pytest.mark.timeout(1800)

PURGED = 2 * ORDER
ADMIN = "/api/administration"


def finished(repair: dict[str, Any]) -> bool:
    return bool(repair["state"] == "finished")


def ordered(asker: Visitor, signer: Visitor, wanted: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Seconds from the second signature to the end of a repair of all screenings under review."""
    everything = {"view": {"procedure": SCREENING, "status": "under_review"}, "reason": "計測"}
    repair = asker.post(f"{ADMIN}/repairs", wanted | everything)
    begun = time.monotonic()
    signer.post(f"{ADMIN}/repairs/{repair['id']}/approval", {})
    look = f"{ADMIN}/repairs/{repair['id']}"
    done = wait_for(lambda: asker.get(look), finished, "the repair to end", 900)
    return time.monotonic() - begun, done["progress"]


def purged(administrator: Visitor, books: Books) -> tuple[float, dict[str, Any]]:
    """Seconds of a run that finds 1,000 cases closed forty years ago."""
    books.write(
        "update case_file set closed_at = now() - interval '40 years' where procedure = %s and status = 'recalled'",
        SCREENING,
    )
    begun = time.monotonic()
    administrator.post(f"{ADMIN}/retention/runs")

    def last() -> dict[str, Any] | None:
        return next((run for run in administrator.get(f"{ADMIN}/retention")["runs"] if run["purged"]), None)

    run = wait_for(last, lambda seen: bool(seen and seen["finished_at"]), "the run to end", 900)
    assert run is not None
    return time.monotonic() - begun, run


def test_five_hundred_cases_go_back_and_a_thousand_are_purged(city: City, books: Books, console: Console) -> None:
    asker, signer = (books.newcomer("*:administrator") for _ in range(2))
    applied(city, books)
    back, went_back = ordered(asker, signer, {"kind": "go_back", "step": "review"})
    ending, ended = ordered(asker, signer, {"kind": "terminate"})
    applied(city, books)
    ordered(asker, signer, {"kind": "terminate"})
    purging, run = purged(asker, books)

    table = Table(title="修復と廃棄", title_justify="left")
    for column in ("what", "cases", "seconds", "milliseconds a case"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what, count, seconds in (
        ("go_back: before the review", went_back["done"], back), ("terminate: ended, undone", ended["done"], ending),
        ("purged", run["purged"], purging),
    ):  # fmt: skip
        table.add_row(what, f"{count:,}", f"{seconds:.1f}", f"{1000 * seconds / count:.0f}")
    console.print()
    console.print(table)
    assert (went_back["done"], ended["done"]) == (ORDER, ORDER)
    assert (run["purged"], run["failed"]) == (PURGED, 0)
    for each in (asker, signer):
        each.http.close()
