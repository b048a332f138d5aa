"""Retention: nothing to purge, much to purge, runs that failed, cases that stay; a list of holds with its results."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, get_args

from api.administration.retention import HeldCaseView, HoldOutcome, HoldView, KeptView, RetentionRunView, RetentionView
from api.problems import problem
from procedures.loader import Library
from procedures.texts import Language
from ui.admin import retention_contents as contents

PLACE = "/admin/retention"
RECEIPT = "282014-261129-7K3MQ"


def retention_pages(
    language: Language, library: Library, now: datetime, hostile: str
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(name, template, what it gets, path)."""
    typed = {"receipt_numbers": "", "reason": ""}
    full, empty = a_view(now, hostile), a_view(now, hostile, due=0, kept=(), runs=(), holds=())
    done = [HeldCaseView(receipt_number=RECEIPT, outcome=each) for each in get_args(HoldOutcome)]
    for name, view, results in (("retention", full, ()), ("nothing kept", empty, ()), ("holds settled", full, done)):
        shown = contents.overview(language, library, view, results)
        yield name, "admin/retention.html", shown | {"problem": None, "typed": typed}, PLACE
    refused = contents.overview(language, library, full)
    told = {"problem": problem("hold_unreasoned").text, "typed": {"receipt_numbers": RECEIPT, "reason": hostile}}
    yield "hold refused", "admin/retention.html", refused | told, PLACE


def a_view(now: datetime, hostile: str, **changes: Any) -> RetentionView:
    kept = tuple(
        KeptView(
            procedure=procedure, version=version, fiscal_year=2020 + year, due_on=due, cases=12 * year + 1, held=year
        )
        for year, (procedure, version, due) in enumerate(
            (
                ("residence_certificate", 1, date(2026, 4, 1)), ("child_allowance", 2, date(2027, 4, 1)),
                ("cancer_screening", 1, date(2027, 4, 1)), ("gone_long_ago", 9, None),
            )
        )
    )  # fmt: skip
    facts: dict[str, Any] = {
        "today": now.date(), "due": 1234, "kept": kept,
        "runs": tuple(a_run(now, day) for day in range(3)), "holds": a_hold_or_two(now, hostile),
    }  # fmt: skip
    return RetentionView.model_validate(facts | changes)


def a_run(now: datetime, day: int) -> RetentionRunView:
    failed = day == 1
    return RetentionRunView(
        id=f"retention-282014-{day}", started_at=now - timedelta(days=day),
        finished_at=None if day == 0 else now - timedelta(days=day) + timedelta(minutes=9), due=100 * day + 7,
        held=day, purged=100 * day, failed=7 if failed else 0,
        failures=({"receipt_number": RECEIPT, "cause": "OSError"},) if failed else (),
    )  # fmt: skip


def a_hold_or_two(now: datetime, word: str) -> tuple[HoldView, ...]:
    """One that lasts, one that was lifted."""
    facts: dict[str, Any] = {
        "receipt_number": RECEIPT, "reason": word or "令和8年(行ウ)第12号の係属中", "placed_by": "管理　夏男",
        "placed_at": now, "lifted_by": None, "lifted_at": None, "lifted_reason": None,
    }  # fmt: skip
    lifted = {"lifted_by": "管理　夏男", "lifted_at": now, "lifted_reason": word or "判決が確定"}
    return HoldView.model_validate(facts), HoldView.model_validate(facts | lifted)
