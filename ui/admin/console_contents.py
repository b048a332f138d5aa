"""内容: what the administrator's console shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.administration.batches import BatchesAsked, BatchesPage
from api.administration.cases import CaseCountsView, CasesAsked, CasesPage
from api.administration.course import CourseBucket, CourseView
from api.administration.histories import HistoryEventView, OperationView
from api.administration.stuck import BlockedView, StuckLine, StuckView
from api.administration.workers import WorkersView
from procedures.calendar import JAPAN
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import charts, notation, wording
from ui.admin import console_words as words
from ui.language import translated
from ui.reviewer.statistics_tables import shown

Content = dict[str, Any]
Link = Callable[[str], str]
"""From a workflow's id to its address in the Temporal Web UI."""
CASES, STUCK, BATCHES, REPAIRS = "/admin/cases", "/admin/stuck", "/admin/batches", "/admin/repairs"


@dataclass(frozen=True)
class ShownStuck:
    """進まない一行, in words."""

    line: StuckLine
    blocked: str
    what: str
    """The case's procedure and step, or the batch."""
    detail: str
    lasting: str
    link: str


@dataclass(frozen=True)
class ShownEvent:
    """出来事 in words; `facts` as the engine has them."""

    event: HistoryEventView
    at: str
    """To the second: an engine does much within a minute."""
    what: str
    work: str | None
    facts: str
    bad: bool


def cases(
    language: Language, library: Library, asked: CasesAsked, found: CasesPage, counts: CaseCountsView,
    stuck: StuckView, *, legible: bool = True,
) -> Content:  # fmt: skip
    """案件の一覧: what fails first as a summary, then the cases."""
    rows = [
        (
            line,
            library.version(line.procedure, line.version).title,
            _step(language, library, line),
            _reason(language, line),
        )
        for line in found.lines
    ]
    return {
        "asked": asked,
        "legible": legible,
        "cases": rows,
        "counts": counts,
        "exhausted": found.exhausted,
        "next_page": asked.address(CASES, after=found.next_page) if found.next_page else None,
        "first_page": asked.address(CASES) if asked.after else None,
        "repair": asked.address(f"{REPAIRS}/new"),
        "choices": _choices(language, library, asked, counts),
        **_summary(language, stuck),
    }


def stuck(language: Language, library: Library, view: StuckView, link: Link) -> Content:
    """進まない案件: by what they wait for, then line by line."""
    return {
        "view": view,
        "lines": [_stuck_line(language, library, line, view.at, link) for line in view.lines],
        **_summary(language, view),
    }


def batches(
    language: Language, asked: BatchesAsked, found: BatchesPage, link: Link, *, legible: bool = True
) -> Content:
    """まとめて行う処理: what fails first."""
    return {
        "asked": asked,
        "legible": legible,
        "batches": [
            (line, translated(language, words.BATCH_KINDS[line.kind]), words.BATCH_STATES[line.state],
             link(line.workflow_id))
            for line in found.lines
        ],
        "kinds": _labels(language, words.BATCH_KINDS),
        "states": [(code, translated(language, label)) for code, (label, _) in words.BATCH_STATES.items()],
        "next_page": asked.address(BATCHES, after=found.next_page) if found.next_page else None,
        "first_page": asked.address(BATCHES) if asked.after else None,
    }  # fmt: skip


def workers(language: Language, view: WorkersView) -> Content:
    """処理係と待ち行列."""
    rows = [
        (each, translated(language, words.QUEUES.get((each.name, each.kind), each.name)),
         words.STANDINGS[each.standing], shown(language, "span", each.oldest) if each.backlog else None)
        for each in view.queues
    ]  # fmt: skip
    readers = [
        (each, words.READERS[each.online], shown(language, "span", each.oldest) if each.backlog else None)
        for each in view.readers
    ]
    return {"at": view.at, "queues": rows, "readers": readers}


def course(language: Language, view: CourseView) -> Content:
    """推移: charts, each with its table."""
    largest = charts.shares([each.count for each in view.waiting])
    return {
        "view": view,
        "hours": _course(language, view.hours, notation.clock),
        "days": _course(language, view.days, notation.day),
        "waiting": list(zip(view.waiting, largest, strict=True)),
        "open": sum(each.count for each in view.waiting),
    }


def operation(language: Language, library: Library, view: OperationView, link: Link, here: str) -> Content:
    """案件の運行: the timeline, how the workflow stands, and its events."""
    procedure = library.version(view.case.procedure, view.case.version)
    titles = {step.id: step.title for step in procedure.steps}
    status = words.EXECUTIONS.get(view.execution.status) if view.execution else None
    return {
        "case": view.case,
        "procedure": procedure.title,
        "step": _step(language, library, view.case),
        "reason": _reason(language, view.case),
        "timeline": [(line, wording.HAPPENINGS[line.action], titles.get(line.step or "")) for line in view.timeline],
        "execution": view.execution,
        "execution_status": status,
        "failing": [
            (each, _work(language, each.activity), " ← ".join(each.cause))
            for each in (view.execution.failing if view.execution else ())
        ],
        "holds": view.holds,
        "held": any(each.lifted_at is None for each in view.holds),
        "history": view.history,
        "events": [_event(language, each) for each in view.events],
        "link": link(view.case.receipt_number),
        "next_page": f"{here}?after={view.next_page}#history" if view.next_page else None,
        "first_page": here if view.events and view.events[0].id > 1 else None,
    }


# --- small things -----------------------------------------------------------------------------------------------------


def _summary(language: Language, view: StuckView) -> Content:
    """何を待つか, each with how many and since when."""
    groups = [(each, *_blocked(language, each), shown(language, "span", view.at - each.since)) for each in view.groups]
    return {"groups": groups, "engine_at": view.engine_at, "more_stuck": view.more, "stuck_at": view.at}


def _blocked(language: Language, group: BlockedView) -> tuple[str, str]:
    label, meaning = words.BLOCKED[group.blocked]
    return translated(language, label), translated(language, meaning)


def _choices(language: Language, library: Library, asked: CasesAsked, counts: CaseCountsView) -> Content:
    """選べるもの: of a chosen procedure its versions and steps, else every step there is."""
    current = {each.id: each for each in library.all()}
    editions = [
        edition.procedure for edition in library.editions.values() if asked.procedure in (None, edition.procedure.id)
    ]
    steps = {step.id: step.title.of(language) for each in editions for step in each.steps}
    states = [
        (code, f"{translated(language, state.label)}（{notation.number(language, counts.statuses.get(code, 0))}）")
        for code, state in wording.STATES.items()
    ]
    return {
        "procedures": sorted((each.id, each.title.of(language)) for each in current.values()),
        "versions": [(str(n), f"v{n}") for n in sorted({each.version for each in editions})],
        "steps": sorted(steps.items()),
        "statuses": [*_labels(language, words.GROUPS), *states],
        "ages": _labels(language, words.AGES),
        "reasons": _labels(language, words.WAITING_REASONS),
        "orders": _labels(language, words.ORDERS),
    }


def _labels(language: Language, table: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(code, translated(language, label)) for code, label in table.items()]


def _step(language: Language, library: Library, line: Any) -> str | None:
    """ステップの名: where the case stands."""
    if not line.step or not line.procedure:
        return None
    found = library.version(line.procedure, line.version)
    titles: dict[str, Text] = {step.id: step.title for step in found.steps}
    return titles[line.step].of(language) if line.step in titles else str(line.step)


def _reason(language: Language, line: Any) -> str | None:
    if not line.reason:
        return None
    return translated(language, words.WAITING_REASONS.get(line.reason, line.reason))


def _work(language: Language, work: str) -> str:
    return translated(language, words.WORKS[work]) if work in words.WORKS else work


def _stuck_line(language: Language, library: Library, line: StuckLine, now: datetime, link: Link) -> ShownStuck:
    title = library.version(line.procedure, line.version or 1).title.of(language) if line.procedure else None
    step = _step(language, library, line)
    detail = _reason(language, line) or (" ← ".join(line.cause) if line.cause else line.work or "")
    return ShownStuck(
        line=line,
        blocked=translated(language, words.BLOCKED[line.blocked][0]),
        what="　".join(filter(None, (title, step))) or _work(language, line.work or ""),
        detail=detail,
        lasting=shown(language, "span", max(now - line.since, now - now)),
        link=link(line.workflow_id),
    )


def _event(language: Language, event: HistoryEventView) -> ShownEvent:
    what = words.EVENTS.get(event.event)
    return ShownEvent(
        event=event,
        at=event.at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S"),
        what=translated(language, what) if what else event.event,
        work=_work(language, event.work) if event.work else None,
        facts=" ".join([f"{name}={value}" for name, value in event.facts.items()] + list(event.cause)),
        bad=event.event in words.BAD_EVENTS,
    )


def _course(language: Language, buckets: Iterable[CourseBucket], write: Callable[[Language, datetime], str]) -> Content:
    """推移の図と表."""
    rows = list(buckets)
    return {
        "rows": [(write(language, each.start), each) for each in rows],
        "chart": charts.columns([(each.received, each.closed) for each in rows]),
        "met": charts.columns([(each.received, each.waited) for each in rows]) if any(e.waited for e in rows) else None,
        "received": sum(each.received for each in rows),
        "closed": sum(each.closed for each in rows),
        "waited": sum(each.waited for each in rows),
    }
