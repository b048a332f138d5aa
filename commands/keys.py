"""鍵の指令: the master keys that wrap every case's key: list them, rotate them, retire one."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from store.database import Database
    from store.rotation import Held, Rotation

cli = typer.Typer(no_args_is_help=True, help="The master keys 親鍵 that wrap every case's key.")


@cli.command(name="list")
def list_keys() -> None:
    """Say which master keys there are, and how many case keys each still wraps."""
    with closing(_database()) as database:
        for held in _rotation(database).held():
            typer.echo(_line(held))


@cli.command(name="rotate")
def rotate(
    only_make: Annotated[
        bool, typer.Option(help="Make the key and stop: copy the file to every other machine, then rotate.")
    ] = False,
) -> None:
    """Make a new master key and wrap every case's key with it. Ended half-way, run it again: it goes on."""
    from store.master_keys import RotationRefused

    with closing(_database()) as database:
        rotation = _rotation(database)
        try:
            made = rotation.begin()
        except RotationRefused as refused:
            raise typer.BadParameter(str(refused)) from refused
        left = rotation.left()
        typer.echo(f"Master key {made.id} made." if made else "A rotation was not finished: going on with it.")
        if only_make:
            return
        done = 0
        for part in rotation.rewrap():
            done += part
            typer.echo(f"{done:,} of {max(left, done):,} case keys wrapped anew.")
        typer.echo("Every case key is wrapped by the newest master key. Back up the file now, apart from the database.")


@cli.command(name="retire")
def retire(key_id: str) -> None:
    """Destroy a master key that wraps nothing any more. Backups of the database from its time need it to be read."""
    from store.master_keys import RotationRefused

    with closing(_database()) as database:
        try:
            gone = _rotation(database).retire(key_id)
        except RotationRefused as refused:
            raise typer.BadParameter(str(refused)) from refused
    typer.echo(f"Master key {gone.id} is retired. Destroy its copies too, and the backups of its file.")


def _database() -> "Database":
    from store.database import Database
    from store.settings import StoreSettings

    return Database(StoreSettings())


def _rotation(database: "Database") -> "Rotation":
    from api.settings import WebSettings
    from store.rotation import Rotation
    from store.settings import StoreSettings

    return Rotation(database, StoreSettings().master_key_file, WebSettings().municipalities)


def _line(held: "Held") -> str:
    key = held.key
    made = "as installed" if key.made_at is None else f"made {key.made_at:%Y-%m-%d %H:%M} UTC"
    state = "newest, wraps" if held.newest else "retired" if key.secret is None else "unwraps"
    return f"{key.id:<20} {made:<27} {state:<14} {held.wraps:>9,} case keys"
