"""控えの指令: back one machine up, restore it elsewhere, and tell workflows again what they forgot by it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from machine.backup import Manifest

Folder = Annotated[Path, typer.Argument(help="The backup's own folder.")]
PortsFrom = Annotated[int | None, typer.Option(help="Use consecutive ports from this one.")]


def backup(
    folder: Folder,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="The keys, too: whoever has it reads all.")
    ] = False,
    ports_from: PortsFrom = None,
) -> None:
    """Copy this machine's PostgreSQL, Temporal and files into an empty FOLDER; the counter may stay open."""
    from machine.backup import take
    from machine.layout import Layout
    from machine.program import MachineError

    try:
        manifest = take(Layout.of(ports_from=ports_from), folder, with_secrets=with_secrets)
    except MachineError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{folder}: {_said(manifest)}")
    typer.echo(
        "The keys are in it: lock it away." if with_secrets else
        "The keys are not in it: keep var/secrets/master_key, request_key.pem and push_key.pem somewhere else."
    )  # fmt: skip


def restore(folder: Folder, ports_from: PortsFrom = None) -> None:
    """Make an installation of this clone from the backup in FOLDER; refuses to write over one."""
    from machine.layout import Layout
    from machine.program import MachineError
    from machine.restore import put_back

    layout = Layout.of(ports_from=ports_from)
    try:
        manifest, told = put_back(layout, folder)
    except MachineError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{layout.var}: {_said(manifest)}")
    typer.echo(told)


def tell_again(
    since: Annotated[str, typer.Option(help="Since when Temporal may have forgotten (ISO 8601, with its zone).")],
) -> None:
    """After a restore of an older Temporal: what was acknowledged since is told again. It happens once all the same."""
    from api.settings import WebSettings
    from store import commands
    from store.database import Database
    from store.settings import StoreSettings

    moment = _moment(since)
    database, again = Database(StoreSettings()), 0
    for municipality in WebSettings().municipalities:
        with database.transaction(municipality) as connection:
            again += commands.tell_again(connection, moment)
    database.close()
    typer.echo(f"{again} commands will be told again when the counter opens.")


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter("Say the time with its zone, for example 2026-11-29T12:00:00+09:00.")
    return moment


def _said(manifest: "Manifest") -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in manifest.counts.items())
    return f"{counts}; {len(manifest.files):,} files, {sum(each.bytes for each in manifest.files.values()):,} bytes."
