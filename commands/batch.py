"""帳票の一括の指令: take in a pile of paper, see how far it is, pause it; and a demonstration from paper to payroll."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from uuid import UUID

import typer

from procedures.values import MunicipalityCode

if TYPE_CHECKING:
    from temporalio.client import Client

cli = typer.Typer(no_args_is_help=True, help="Piles of paper 帳票の一括: take in, watch, pause; demonstrate.")
TIMEOUT = timedelta(seconds=10)
City = Annotated[str, typer.Option(help="The municipality's code.")]


@cli.command()
def add(
    folder: Path, name: str = "", municipality: City = "282014",
    sheet: Annotated[str | None, typer.Option(help="Which sheet they are of; else as the settings say.")] = None,
) -> None:  # fmt: skip
    """Take every scan (PDF, TIFF, JPEG) of a folder in as one batch, and begin to read it. The files stay."""
    from activities.batch.intake import Intake, scans
    from activities.batch.settings import SheetSettings
    from wiring.foundation import Foundation
    from workflows import sheet_batch_workflow
    from workflows.sheet_contracts import SheetBatchInput

    files = list(scans(folder))
    if not files:
        raise typer.BadParameter(f"{folder} holds no PDF, TIFF or JPEG.")
    foundation, city = Foundation(), MunicipalityCode(municipality)
    intake = Intake(foundation.database, foundation.objects, sheet or SheetSettings().sheet)
    contents = ((file.name, file.read_bytes()) for file in files)
    batch_id = intake.take(city, name or folder.resolve().name, "folder", contents)
    typer.echo(f"{batch_id}  {len(files)} files")
    given = SheetBatchInput(municipality=city, batch_id=batch_id)
    _ask(lambda client: sheet_batch_workflow.begin(client, given, TIMEOUT))


@cli.command(name="list")
def list_batches(municipality: City = "282014", limit: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """Print the newest batches and how far each is."""
    from store import sheet_batches
    from store.database import Database
    from store.settings import StoreSettings

    database = Database(StoreSettings())
    with database.reading(MunicipalityCode(municipality)) as connection:
        for each in sheet_batches.newest(connection, limit):
            counted = sheet_batches.progress(connection, each.id)
            states = ", ".join(f"{state} {count}" for state, count in counted.pages.items() if count)
            paused = f" (paused{f': {each.fault}' if each.fault else ''})" if each.paused else ""
            typer.echo(f"{each.id}  {each.opened_at:%Y-%m-%d %H:%M}  {each.state}{paused}  {each.name}  {states}")


@cli.command()
def pause(batch: UUID) -> None:
    """Let what is under way end, and begin nothing more."""
    _pace(batch, "pause", "Paused. What was under way ends.")


@cli.command()
def resume(batch: UUID) -> None:
    """Go on."""
    _pace(batch, "go_on", "It goes on.")


@cli.command()
def stop(batch: UUID) -> None:
    """End it for good; what was entered stays."""
    _pace(batch, "stop", "Stopped. What was entered stays.")


@cli.command()
def demo(
    sheets: Annotated[int, typer.Option(min=1, max=600, help="About so many; whole clubs are taken.")] = 600,
    month: str = "2026-10",
    folder: Annotated[Path | None, typer.Option(help="Where the pile is made, or lies already.")] = None,
    ports_from: Annotated[int | None, typer.Option(help="Use consecutive ports from this one.")] = None,
) -> None:
    """Make a pile of paper, read it, correct it from its truth by script, approve it, type it into the payroll.

    Status 0 only if the payroll shows every sheet as it is true, or says to whom it was handed over and why.
    """
    from commands.batch_demo import run
    from machine.layout import Layout

    layout = Layout.of(ports_from=ports_from)
    raise typer.Exit(run(layout, folder or layout.var / "piles" / f"{month}-{sheets}", month, sheets))


def _pace(batch: UUID, wanted: str, done: str) -> None:
    from workflows import sheet_batch_workflow
    from workflows.contracts import Pace

    pace = Pace.model_validate({"wanted": wanted})

    async def ask(client: "Client") -> None:
        handle: Any = client.get_workflow_handle(sheet_batch_workflow.workflow_id(batch))
        await handle.execute_update(sheet_batch_workflow.SheetBatchWorkflow.pace, pace, rpc_timeout=TIMEOUT)

    _ask(ask, f"Batch {batch} is not under way; `madoguchi batch list` says which are.")
    typer.echo(done)


def _ask(what: "Callable[[Client], Awaitable[None]]", not_there: str = "") -> None:
    """One call to Temporal; says what to do where it, or whoever carries it out, does not answer."""
    from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.service import RPCError, RPCStatusCode

    from wiring.foundation import Foundation

    async def call() -> None:
        await what(await Foundation().connect())

    try:
        asyncio.run(call())
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        _give_up("It was told, but nobody has answered yet: are `madoguchi worker cases` and `madoguchi worker sheets`"
                 " running? Once they are, it is done.")  # fmt: skip
    except (RPCError, RuntimeError) as failed:
        if not_there and isinstance(failed, RPCError) and failed.status == RPCStatusCode.NOT_FOUND:
            _give_up(not_there)
        _give_up(f"Temporal did not take it: {failed}. A batch that is in is begun by the next night's run.")


def _give_up(why: str) -> NoReturn:
    typer.echo(why, err=True)
    sys.exit(1)
