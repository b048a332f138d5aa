"""再生の指令: can what is open go on with this program? For release scripts, CI and administrators."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from temporalio.client import Client

    from wiring.foundation import Foundation
    from workflows.divergence import Move
    from workflows.replay import Verdict

GOOD, BREAKS, UNKNOWN = 0, 1, 2
"""Exit status. BREAKS goes before UNKNOWN where both are true; whatever went wrong here is UNKNOWN, never good."""
KINDS = {
    "activity": "the work",
    "local_activity": "the short write",
    "timer": "a waiting time",
    "child": "the workflow",
    "patch": "the mark of a program change (patched)",
    "attributes": "an update of the list's columns",
    "update": "the message",
    "signal": "a message to another workflow",
    "end": "the end of the workflow",
    "nothing": "nothing at all",
    "other": "the event",
}
REASONS = {
    "other_command": "this program goes another way than it went before",
    "no_such_workflow": "this program does not have its workflow any more",
    "step_failed": "this program fails on what was recorded",
    "no_history": "there is no history: it has not begun, or it is gone",
    "key_destroyed": "its key was destroyed, so its history cannot be read",
    "unreadable": "its history cannot be read",
}

Judging = Callable[[], Awaitable["Verdict"]]
Case = Annotated[str | None, typer.Option(help="One case by its receipt number, open or closed.")]
Procedure = Annotated[str | None, typer.Option(help="Every open case of a procedure.")]
Histories = Annotated[
    list[Path] | None,
    typer.Option(exists=True, dir_okay=False, help="A recorded history (.json, .json.gz) instead. Can be repeated."),
]
PerSecond = Annotated[float, typer.Option(min=0.1, help="Histories per second at most: the counter stays open.")]


def replay(
    case: Case = None, procedure: Procedure = None, history: Histories = None, per_second: PerSecond = 20.0
) -> None:
    """Replay histories on this program; without an option those of every open workflow, cases and batches.

    Exit status 0: all are deterministic, it is safe to go on with this program. 1: those named would break.
    2: of some it cannot be told (history gone, key destroyed, server away); unknown is never good.
    """
    if sum(map(bool, (case, procedure, history))) > 1:
        raise typer.BadParameter("Give one of --case, --procedure and --history.")
    opened = _recorded(history) if history else _on_the_server(case, procedure)
    raise typer.Exit(asyncio.run(_judge_all(opened, per_second)))


class Tally:
    """集計: what is not good is said at once; how many there were of each, at the end."""

    def __init__(self) -> None:
        self._seen = {"deterministic": 0, "would_break": 0, "unknown": 0}
        self._stopped = False

    def add(self, verdict: "Verdict", of: int) -> None:
        self._seen[verdict.outcome] += 1
        done = sum(self._seen.values())
        if verdict.outcome != "deterministic":
            self._wipe()
            typer.echo(said(verdict))
        if sys.stderr.isatty():
            typer.echo(f"\r{done} / {of}", nl=done == of, err=True)

    def stop(self, why: Exception) -> None:
        """Whatever was not reached cannot be told."""
        self._wipe()
        self._stopped = True
        typer.echo(f"Stopped before the end: {type(why).__name__}: {why}", err=True)

    def sum_up(self) -> int:
        good, breaks, unknown = self._seen.values()
        typer.echo(f"{good} deterministic, {breaks} would break, {unknown} cannot be told.")
        if breaks:
            return BREAKS
        return UNKNOWN if unknown or self._stopped else GOOD

    def _wipe(self) -> None:
        if sys.stderr.isatty():
            typer.echo("\r\033[K", nl=False, err=True)


def said(verdict: "Verdict") -> str:
    """再生の結果 in a sentence, with the SDK's own below it."""
    outcome = "would break" if verdict.outcome == "would_break" else "cannot be told"
    lines = [f"{verdict.workflow_id} {outcome}: {REASONS[verdict.reason or 'unreadable']}."]
    if parted := verdict.divergence:
        at = f"at event {parted.event} " if parted.event else ""
        lines.append(f"  {at}its history has {_named(parted.recorded)}; this program asks for {_named(parted.came)}.")
    return "\n".join([*lines, *(f"    {line}" for line in verdict.detail.splitlines())])


def _named(move: "Move | None") -> str:
    if move is None:
        return "something else"
    return KINDS[move.kind] + (f" `{move.name}`" if move.name else "")


async def _judge_all(opened: "AbstractAsyncContextManager[Sequence[Judging]]", per_second: float) -> int:
    from sqlalchemy.exc import SQLAlchemyError
    from temporalio.service import RPCError

    from commands.recorded import NotAHistory

    tally, clock = Tally(), asyncio.get_running_loop()
    try:
        async with opened as judgings:
            begun = clock.time()
            for done, judging in enumerate(judgings, 1):
                tally.add(await judging(), len(judgings))
                await asyncio.sleep(max(0.0, begun + done / per_second - clock.time()))
    except (NotAHistory, RPCError, SQLAlchemyError, RuntimeError, OSError, ValueError) as why:
        tally.stop(why)
    return tally.sum_up()


# --- where histories come from ----------------------------------------------------------------------------------------


@asynccontextmanager
async def _recorded(files: Sequence[Path]) -> AsyncIterator[Sequence[Judging]]:
    """From files: without a server, and without any key where they were recorded readable."""
    from commands.recorded import NoKeys, encrypted, read
    from wiring.workers import replay_of

    histories = [read(file) for file in files]
    keys = _foundation().keys if any(map(encrypted, histories)) else NoKeys()
    async with replay_of(keys, "recorded").judging() as judge:
        yield [partial(judge, each) for each in histories]


@asynccontextmanager
async def _on_the_server(case: str | None, procedure: str | None) -> AsyncIterator[Sequence[Judging]]:
    """From Temporal: as of the moment each is asked for."""
    from wiring.workers import replay_of

    foundation = _foundation()
    if procedure and procedure not in {each.id for each in foundation.library.all()}:
        raise ValueError(f"There is no procedure {procedure}.")
    client = await foundation.connect()
    ids = [case] if case else await _open(foundation, client, procedure)
    async with replay_of(foundation.keys, client.namespace).judging() as judge:
        yield [partial(judge.of_workflow, client, each) for each in ids]


async def _open(foundation: "Foundation", client: "Client", procedure: str | None) -> list[str]:
    """開いているもの: what Temporal lists, and what our own books call open: its list is written a little later."""
    from api.settings import WebSettings
    from store import replays

    narrowed = f" and `Procedure` = '{procedure}'" if procedure else ""
    listed = [each.id async for each in client.list_workflows(f"ExecutionStatus = 'Running'{narrowed}")]
    booked: list[str] = []
    for municipality in WebSettings().municipalities:
        with foundation.database.reading(municipality) as connection:
            booked += replays.open_cases(connection, procedure)
    return sorted({*listed, *booked})


def _foundation() -> "Foundation":
    from wiring.foundation import Foundation

    return Foundation()
