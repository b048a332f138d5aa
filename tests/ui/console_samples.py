"""運行の管理の見本: the administrators' console in every state; `ui_samples` shows it with all other pages."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from retention_samples import a_hold_or_two

from api.administration.batches import BatchesAsked, BatchesPage, BatchView
from api.administration.cases import CaseCountsView, CasesAsked, CasesPage, ConsoleLine
from api.administration.course import CourseBucket, CourseView, WaitingNow
from api.administration.histories import ExecutionView, FailingView, HistoryEventView, OperationView
from api.administration.readers import ReaderView
from api.administration.stuck import BlockedView, StuckLine, StuckView
from api.administration.workers import QueueView, WorkersView, WorkerView
from api.case.views import HistoryLine
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import ReceiptNumber
from ui import wording
from ui.admin import console_contents as contents
from ui.admin import console_words as words

RECEIPT = ReceiptNumber("282014-261123-7K3MQ")
LINK = "http://127.0.0.1:8233/namespaces/default/workflows/{}".format
LONG = "a_very_long_word_of_the_engine_that_nobody_breaks_" * 2

Shown = tuple[str, str, dict[str, Any], str]
"""Name, template, what it shows, path."""


def console_pages(language: Language, library: Library, now: datetime, *, hostile: bool) -> Iterator[Shown]:
    """Every page of the console; `hostile`: with the longest words an engine can say."""
    word = LONG if hostile else "unreachable"
    calm, away = a_look(now, ()), a_look(now, (), engine_at=None)
    stuck = a_look(now, tuple(a_stuck(now, blocked, word) for blocked in words.BLOCKED), more=True)
    full = CasesPage(lines=tuple(a_line(now, status, word) for status in wording.STATES), next_page="x", exhausted=True)
    narrow = CasesAsked(status="open", procedure="residence_certificate", after="y")
    for name, asked, found, look, legible in (
        ("admin cases", narrow, full, stuck, True),
        ("no admin cases", CasesAsked(), CasesPage(lines=()), calm, True),
        ("admin cases of an unreadable question", CasesAsked(), full, away, False),
    ):
        counts = CaseCountsView(
            looked_at=20_000, capped=bool(found.lines), found=len(found.lines), statuses={"delivered": 4_000}
        )
        shown = contents.cases(language, library, asked, found, counts, look, legible=legible)
        yield name, "admin/cases.html", shown, "/admin/cases"
    for name, look in (("stuck cases", stuck), ("nothing stuck", calm), ("stuck with Temporal away", away)):
        yield name, "admin/stuck.html", contents.stuck(language, library, look, LINK), "/admin/stuck"
    yield from _batches(language, now)
    yield from _workers(language, now, word)
    yield from _courses(language, now)
    yield from _operations(language, library, now, word)


def a_line(now: datetime, status: str, word: str = "unreachable") -> ConsoleLine:
    return ConsoleLine.model_validate(
        {"receipt_number": RECEIPT, "procedure": "residence_certificate", "version": 1,
         "department": "resident_counter", "status": status, "step": "register", "reason": word,
         "received_at": now, "due_at": now + timedelta(days=3), "closed_at": None, "arrival": "online",
         "purged_at": now if status == "lapsed" else None, "held": status == "under_review"}
    )  # fmt: skip


def a_stuck(now: datetime, blocked: str, word: str = "unreachable") -> StuckLine:
    batch = blocked == "database"
    about = {"receipt_number": RECEIPT, "procedure": "residence_certificate", "version": 1, "step": "register"}
    return StuckLine.model_validate(
        (dict.fromkeys(about) if batch else about)
        | {
            "workflow_id": f"bulk-{UUID(int=5)}" if batch else RECEIPT, "status": None, "blocked": blocked,
            "reason": word if blocked == "resident_register" else None,
            "work": "carry_out_bulk" if batch else "check_register",
            "cause": () if blocked == "resident_register" else ("GatewayRefused", word),
            "since": now - timedelta(hours=5), "tries": 17, "next_at": None if batch else now,
            "may_retry": blocked == "resident_register",
        }
    )  # fmt: skip


def a_look(now: datetime, lines: tuple[StuckLine, ...], *, more: bool = False, **changes: Any) -> StuckView:
    groups = tuple(BlockedView(blocked=each.blocked, count=12, since=each.since) for each in lines)
    facts = {"at": now, "engine_at": now, "groups": groups, "lines": lines, "more": more}
    return StuckView.model_validate(facts | changes)


def _batches(language: Language, now: datetime) -> Iterator[Shown]:
    def line(kind: str, state: str, **changes: Any) -> BatchView:
        facts: dict[str, Any] = {
            "id": str(UUID(int=5)), "kind": kind, "state": state, "failing": state in ("failed", "incomplete"),
            "started_at": now, "finished_at": None if state == "running" else now, "total": 500, "done": 483,
            "failed": 17, "workflow_id": f"bulk-{UUID(int=5)}",
        }  # fmt: skip
        return BatchView.model_validate(facts | changes)

    states = list(words.BATCH_STATES)
    lines = [line(kind, states[n % len(states)]) for n, kind in enumerate(words.BATCH_KINDS)]
    lines.append(line("data_export", "failed", total=None, done=None, failed=None))
    asked, full = BatchesAsked(after="x"), BatchesPage(lines=tuple(lines), next_page="y")
    for name, found, legible in (("batches", full, True), ("no batches", BatchesPage(lines=()), False)):
        shown = contents.batches(language, asked, found, LINK, legible=legible)
        yield name, "admin/batches.html", shown, "/admin/batches"


def _workers(language: Language, now: datetime, word: str) -> Iterator[Shown]:
    def worker(identity: str, *, silent: bool = False) -> WorkerView:
        return WorkerView(identity=identity, last_seen_at=now, build="1.4.0", silent=silent)

    def queue(name: str, kind: str, standing: str, workers: Iterable[WorkerView], backlog: int = 0) -> QueueView:
        facts = {"name": name, "kind": kind, "standing": standing, "workers": tuple(workers), "backlog": backlog}
        return QueueView.model_validate(facts | {"oldest": timedelta(seconds=95)})

    queues = (
        queue("cases", "workflow", "works", [worker("4711@himeji")]),
        queue("cases", "activity", "slow", [worker(f"4711@{word}"), worker("4712@himeji", silent=True)], 12_345),
        queue("documents", "activity", "nobody", [], 3),
    )
    off = {"online": False, "backlog": 2, "oldest": timedelta(seconds=95)}
    readers = (
        ReaderView(counter="1", online=True, last_seen_at=now, backlog=0, oldest=timedelta(0)),
        ReaderView.model_validate(off | {"counter": "a-counter-with-a-long-name-30", "last_seen_at": now}),
        ReaderView.model_validate(off | {"counter": "3", "last_seen_at": None}),
    )
    for name, view in (
        ("workers", WorkersView(at=now, queues=queues)),
        ("workers and card readers", WorkersView(at=now, queues=queues, readers=readers)),
        ("workers with Temporal away", WorkersView(at=None, queues=())),
    ):
        yield name, "admin/workers.html", contents.workers(language, view), "/admin/workers"


def _courses(language: Language, now: datetime) -> Iterator[Shown]:
    def buckets(count: int, length: timedelta, much: int) -> tuple[CourseBucket, ...]:
        return tuple(
            CourseBucket(
                start=now - (count - n) * length, received=much * ((n * 37) % 71), closed=much * ((n * 29) % 67),
                waited=much * (40 if n in (7, 8) else 0),
            )
            for n in range(count)
        )  # fmt: skip

    waiting = tuple(WaitingNow(status=status, count=3 ** (7 - n)) for n, status in enumerate(list(wording.STATES)[:7]))
    for name, much, open_ in (("course", 1, waiting), ("course of nothing", 0, ())):
        view = CourseView(
            at=now, hours=buckets(24, timedelta(hours=1), much), days=buckets(14, timedelta(days=1), much),
            waiting=open_,
        )  # fmt: skip
        yield name, "admin/course.html", contents.course(language, view), "/admin/course"


def _operations(language: Language, library: Library, now: datetime, word: str) -> Iterator[Shown]:
    failing = FailingView(activity="refund_fee", attempt=9, since=now, next_at=None, cause=("GatewayRefused", word))
    execution = ExecutionView(
        run_id=str(UUID(int=6)), status="Running", started_at=now, closed_at=None, events=3_211, failing=(failing,),
        broken=True, tries_of_task=8,
    )  # fmt: skip
    done = execution.model_copy(update={"status": "Completed", "failing": (), "broken": False, "closed_at": now})
    events = tuple(an_event(now, n, name, word) for n, name in enumerate([*words.EVENTS, "SomethingNew"], 101))
    here = f"/admin/cases/{RECEIPT}"
    for name, status, ran, history, shown_events in (
        ("operation that waits", "awaiting_neighbour", execution, "read", events),
        ("operation of a closed case", "delivered", done, "read", events[:3]),
        ("operation with Temporal away", "under_review", None, "away", ()),
        ("operation without a history", "delivered", None, "gone", ()),
        ("operation without a key", "delivered", done, "shredded", ()),
        ("operation of a purged case", "lapsed", done, "shredded", ()),
    ):
        view = OperationView.model_validate(
            {"case": a_line(now, status, word), "timeline": tuple(a_timeline(now)), "execution": ran,
             "holds": a_hold_or_two(now, word) if status == "delivered" else (),
             "history": history, "events": shown_events, "next_page": "abc" if shown_events else None}
        )  # fmt: skip
        yield name, "admin/operation.html", contents.operation(language, library, view, LINK, here), here


def a_timeline(now: datetime) -> Iterator[HistoryLine]:
    for seq, action in enumerate(("received", "signature_checked", "neighbour_awaited", "retry_requested"), 1):
        yield HistoryLine.model_validate(
            {"seq": seq, "at": now, "actor": "counter", "officer": None, "to": None, "action": action,
             "step": "register" if action == "neighbour_awaited" else None, "facts": {"reason": "unreachable"}}
        )  # fmt: skip


def an_event(now: datetime, number: int, name: str, word: str) -> HistoryEventView:
    bad = name in words.BAD_EVENTS
    return HistoryEventView(
        id=number, at=now, event=name, work="check_register" if name.startswith("Activity") else None,
        facts={"step": "register", "outcome": word}, cause=("RegisterRefused", word) if bad else (),
    )  # fmt: skip
