"""帳票の指令: check sheet documents, print blank sheets, and make a pile of filled ones to try readers on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from procedures.document import Procedure
from procedures.source import SourceInvalid
from procedures.texts import Language
from sheets.document import Sheet
from sheets.loader import SheetLibrary, SheetUnknown

cli = typer.Typer(no_args_is_help=True, help="Sheets of paper 帳票: check, print, try.")

Part = Literal["train", "calibrate", "held_out"]
"""As in `sandbox.scans.handwriting`, which is there only where the sandbox's packages are."""


@cli.command(name="check")
def check_sheets() -> None:
    """Read every sheet document; say what is wrong, where, and what to write instead."""
    from procedures.loader import Library

    library = _library({each.id: each for each in Library.read().all()})
    typer.echo(f"{len(library.all())} sheets read.")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of a sheet document."""
    import json

    from sheets.schema import schema as document_schema

    typer.echo(json.dumps(document_schema(), ensure_ascii=False, indent=2))


@cli.command(name="print")
def print_sheet(
    sheet_id: str,
    file: Annotated[Path, typer.Argument(help="The PDF to write; print it at 100 %.")],
    month: Annotated[str | None, typer.Option(help="Which month it is for, e.g. 2026-10.")] = None,
    club: Annotated[str | None, typer.Option(help="The club's number, e.g. 012.")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="What else is printed under the title; repeat it.")] = None,
    second: Annotated[Language | None, typer.Option(help="A second language, in small letters.")] = None,
) -> None:
    """Print a blank sheet, with its marks and its QR."""
    from activities.documents.blank_sheets import printed
    from sheets.drawing import Wording, facts, page
    from sheets.label import Label

    sheet = _sheet(sheet_id)
    label = Label(sheet=sheet.id, version=sheet.version, month=month, group=club)
    wording = Wording("ja", second)
    file.write_bytes(printed([page(sheet, label, facts(label, *(fact or [])), wording)]))
    typer.echo(f"{file}: {sheet.title.ja}, version {sheet.version}")


@cli.command()
def pile(
    folder: Annotated[Path, typer.Argument(help="A new folder for scans and truth.json.")],
    month: str = "2026-10",
    seed: int = 1,
    part: Annotated[Part, typer.Option(help="Whose handwriting; never tune anything on held_out.")] = "calibrate",
    clubs: Annotated[int, typer.Option(min=1, max=67, help="How many clubs hand in their sheets.")] = 67,
    dpi: Annotated[int, typer.Option(min=100, max=600)] = 200,
    processes: Annotated[int, typer.Option(min=1, max=64)] = 1,
) -> None:
    """Make a month's pile of filled and scanned work reports, to try readers on (needs the sandbox's packages)."""
    from activities.documents.blank_sheets import printed
    from sandbox.scans import batch, printer
    from sandbox.scans.clubs import clubs as all_clubs
    from sheets.drawing import facts, page
    from sheets.label import Label

    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} is not empty: name a new folder.")
    sheet = _sheet("club_work_report")
    chosen = all_clubs(seed)[:clubs]
    labels = [Label(sheet=sheet.id, version=sheet.version, month=month, group=club.number) for club in chosen]
    pages = [page(sheet, label, facts(label, club.name)) for label, club in zip(labels, chosen, strict=True)]
    papers = dict(zip((club.number for club in chosen), printer.printed(printed(pages), dpi), strict=True))
    order = batch.Order(month, seed, part, clubs=clubs, dpi=dpi)
    truth = batch.make(folder, sheet, papers, order, processes)
    typer.echo(f"{len(truth.pages)} pages in {len({each.file for each in truth.pages})} files: {folder}")


@cli.command()
def roster(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], municipality: str = "282014") -> None:
    """Import the clubs' list (名簿) from CSV, in place of the one before."""
    from commands.sheet_files import RosterUnreadable, read_roster
    from procedures.values import MunicipalityCode
    from store import rosters
    from store.database import Database
    from store.settings import StoreSettings

    try:
        entries = read_roster(file.read_text("utf-8"))
    except (RosterUnreadable, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file}: {error}") from error
    with Database(StoreSettings()).transaction(MunicipalityCode(municipality)) as connection:
        typer.echo(f"{rosters.replace(connection, entries)} people.")


@cli.command()
def examples(
    to: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")], municipality: str = "282014"
) -> None:
    """Export what officers have corrected, as pictures of single boxes, for the next training.

    How that is done: docs/digit-recogniser.md. What is exported outlives the batches it comes from: whoever exports it
    destroys it.
    """
    from activities.batch import examples as exporting
    from procedures.values import MunicipalityCode
    from store import sheet_pages
    from store.database import Database
    from store.objects import Objects
    from store.settings import StoreSettings

    settings, city = StoreSettings(), MunicipalityCode(municipality)
    with Database(settings).reading(city) as connection:
        settled = sheet_pages.examples(connection)
    found = exporting.collected(settled, Objects(settings.objects_url), _library())
    file = exporting.write(to, city, found)
    typer.echo(f"{file}: {len(found.labels)} boxes; {found.left_out} cells left out, since their paper says too little")


@cli.command(name="mail")
def take_mail(municipality: str = "282014") -> None:
    """Take in the scans attached to a mail from standard input, as a mail server pipes it (RFC 5322).

    Ends with status 0 where there is nothing to take, so that the server answers nobody; with 75 (EX_TEMPFAIL) where
    it should bring the mail again: the same mail twice is one batch.
    """
    import asyncio
    import sys

    from sqlalchemy.exc import SQLAlchemyError
    from temporalio.service import RPCError

    from activities.batch.intake import RPC_TIMEOUT, Intake, NothingToTake
    from activities.batch.settings import SheetSettings
    from procedures.values import MunicipalityCode
    from wiring.foundation import Foundation
    from workflows import sheet_batch_workflow
    from workflows.sheet_contracts import SheetBatchInput

    foundation, city = Foundation(), MunicipalityCode(municipality)
    intake = Intake(foundation.database, foundation.objects, SheetSettings().sheet)

    async def begin(given: SheetBatchInput) -> None:
        await sheet_batch_workflow.begin(await foundation.connect(), given, RPC_TIMEOUT)

    try:
        batch_id = intake.take_mail(city, sys.stdin.buffer.read())
        asyncio.run(begin(SheetBatchInput(municipality=city, batch_id=batch_id)))
    except NothingToTake as nothing:
        typer.echo(f"Nothing was taken. {nothing}")
    except (SQLAlchemyError, OSError, RPCError, RuntimeError):
        typer.echo("Database, files or Temporal cannot be reached. Bring this mail again later.", err=True)
        raise typer.Exit(75) from None
    else:
        typer.echo(f"Batch {batch_id}.")


def _library(procedures: Mapping[str, Procedure] | None = None) -> SheetLibrary:
    try:
        return SheetLibrary.read(procedures=procedures)
    except SourceInvalid as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _sheet(sheet_id: str) -> Sheet:
    try:
        return _library().current(sheet_id)
    except SheetUnknown as error:
        raise typer.BadParameter(str(error)) from error
