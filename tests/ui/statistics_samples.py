"""統計の見本: a full month, one case, and nothing at all."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from api.problems import problem
from api.statistics import Bucket, CaseFigures, Period, StatisticsView, StepFigures, WaitingView, Workload
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import ProcedureId, StepId
from ui.reviewer import statistics_contents

MARCH = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))
HOUR = timedelta(hours=1)
CERTIFICATE, SCREENING = ProcedureId("residence_certificate"), ProcedureId("cancer_screening")
TYPED = {"since": "2026-03-01", "until": "2026-03-31", "procedure": "", "department": ""}


def statistics_pages(
    language: Language, library: Library, now: datetime, hostile: str
) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(name, template, contents, address)."""
    everything, refusal = library.all(), problem("period_malformed").text
    names = sorted({each.department.id for each in everything})
    for name, view, allowed, refused in (
        ("statistics", full(now, hostile), None, None),
        ("statistics of one case", single(now), frozenset(names[:1]), None),
        ("statistics of nothing", nothing(now), None, None),
        ("statistics of no period", nothing(now), None, refusal),
    ):
        typed = TYPED | ({"since": hostile, "procedure": hostile} if hostile else {})
        shown = statistics_contents.statistics(
            language, library, view, typed, now.date(), allowed, everybody=allowed is None, problem=refused
        )
        yield name, "reviewer/statistics.html", shown, "/statistics"


def figures(procedure: ProcedureId | None = None, department: str | None = None, **counted: Any) -> CaseFigures:
    """Of one procedure; what is not said is nothing."""
    none: dict[str, Any] = {name: 0 for name, field in CaseFigures.model_fields.items() if field.annotation is int}
    times: dict[str, Any] = {"median": None, "p90": None}
    version = 1 if procedure else None
    named = {"procedure": procedure, "version": version, "department": department}
    return CaseFigures(**(none | times | named | counted))


def full(now: datetime, hostile: str = "") -> StatisticsView:
    """年度末の一か月."""
    certificates = figures(
        CERTIFICATE, "resident_counter", received=1204, online=871, at_counter=254, by_post=79,
        closed=1180, delivered=1127, rejected=18, withdrawn=21,
        lapsed=13, recalled=1, corrected=96, closed_late=7, waiting=63, waiting_late=2,
        median=5.4 * HOUR, p90=61 * HOUR,
    )  # fmt: skip
    screenings = figures(SCREENING, "health", received=240, online=240, waiting=41)
    gone = figures(
        ProcedureId("of_another_time"), "gone", received=1, by_post=1, closed=1, delivered=1, median=HOUR / 5
    )
    unnamed = {"procedure": None, "version": None, "department": None}
    total = certificates.model_copy(update=unnamed | {"received": 1445, "online": 1111, "closed": 1181, "waiting": 104})
    waiting = (
        (CERTIFICATE, "review", "under_review", 41), (CERTIFICATE, "fee", "awaiting_payment", 16),
        (CERTIFICATE, "review", "awaiting_correction", 6), (SCREENING, None, "received", 41),
    )  # fmt: skip
    steps = ((CERTIFICATE, "review", 1167, 4, 3.2, 26.0), (SCREENING, "review", 220, 0, 20.0, 70.5))
    return StatisticsView(
        period=MARCH, at=now, total=total, procedures=(screenings, gone, certificates), grain="day",
        waiting=tuple(
            WaitingView(procedure=p, version=1, step=StepId(step) if step else None, status=status, count=count)  # type: ignore[arg-type]
            for p, step, status, count in waiting
        ),
        steps=tuple(
            StepFigures(procedure=p, version=1, step=StepId(s), decided=n, late=late, median=m * HOUR, p90=p90 * HOUR)
            for p, s, n, late, m, p90 in steps
        ),
        course=tuple(
            Bucket(
                start=date(2026, 3, n), received=(n * 37) % 71 + n, closed=(n * 29) % 67 if n % 7 > 1 else 0,
                online=(n * 37) % 71,
            )
            for n in range(1, 32)
        ),
        officers=(
            worked(1, hostile or "窓口　一郎", 604, 51, 9, 0, 4), worked(2, "窓口　二郎", 523, 45, 9, 12, 0),
        ),
    )  # fmt: skip


def worked(number: int, name: str, approved: int, sent_back: int, rejected: int, dispatched: int, holding: int) -> Workload:  # fmt: skip # noqa: E501
    return Workload(
        account_id=UUID(int=number), name=name, approved=approved, sent_back=sent_back, rejected=rejected,
        dispatched=dispatched, decided=approved + sent_back + rejected + dispatched, holding=holding,
    )  # fmt: skip


def single(now: datetime) -> StatisticsView:
    """一日に一件."""
    one: dict[str, Any] = {"received": 1, "online": 1, "closed": 1, "delivered": 1, "median": HOUR / 4, "p90": HOUR / 4}
    day = date(2026, 3, 2)
    return StatisticsView(
        period=Period(first=day, last=day), at=now, total=figures(**one),
        procedures=(figures(CERTIFICATE, "resident_counter", **one),), waiting=(), steps=(), grain="day",
        course=(Bucket(start=day, received=1, closed=1, online=1),), officers=(),
    )  # fmt: skip


def nothing(now: datetime) -> StatisticsView:
    """何もない一か月."""
    course = tuple(Bucket(start=date(2026, 3, n), received=0, closed=0, online=0) for n in range(1, 32))
    return StatisticsView(
        period=MARCH, at=now, total=figures(), procedures=(), waiting=(), steps=(), grain="day", course=course,
        officers=(),
    )  # fmt: skip
