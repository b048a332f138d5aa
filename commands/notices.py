"""お知らせの指令: run a courier apart from the workers, and take in what came back."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from activities.notify.bounces import Bounce

cli = typer.Typer(no_args_is_help=True, help="Notices お知らせ by mail and push.")


@cli.command(name="deliver")
def deliver_notices() -> None:
    """Run a courier of its own until it is told to stop. Every worker of the queue `cases` has one already."""
    from store.database import Database
    from store.settings import StoreSettings
    from wiring.logs import write_json
    from wiring.workers import courier

    write_json()

    async def deliver() -> None:
        running = asyncio.create_task(courier(Database(StoreSettings())).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.gather(running, return_exceptions=True)
        if not running.cancelled() and (error := running.exception()):
            raise error

    asyncio.run(deliver())


@cli.command(name="bounce")
def take_bounce(
    recipient: Annotated[str, typer.Option(help="The address it came to, where the mail server knows it.")] = "",
) -> None:
    """Take in a mail that came to the return path, from standard input, as a mail server pipes it.

    Ends with status 0 for whatever is no report about a mail of ours, so that the server answers nobody; with 75
    (EX_TEMPFAIL) where it should bring the report again.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from activities.notify.bounces import NotABounce, read_bounce
    from store.notice_key import NoticeKey
    from store.settings import StoreSettings

    try:
        bounce = read_bounce(sys.stdin.buffer.read(), NoticeKey(StoreSettings().master_key_file), recipient)
    except NotABounce as other:
        typer.echo(f"Nothing was changed. {other}")
        return
    try:
        known = _write_down(bounce)
    except SQLAlchemyError:
        typer.echo("The database cannot be reached. Bring this report again later.", err=True)
        raise typer.Exit(75) from None
    typer.echo(f"Delivery {bounce.delivery_id}: {bounce.error}." if known else "Nothing was changed. It is not known.")


def _write_down(bounce: "Bounce") -> bool:
    """In whichever municipality the delivery is; row-level security shows each its own."""
    from api.settings import WebSettings
    from store import deliveries
    from store.database import Database
    from store.settings import StoreSettings

    database = Database(StoreSettings())
    try:
        for municipality in WebSettings().municipalities:
            with database.transaction(municipality) as connection:
                write = deliveries.bounce if bounce.for_good else deliveries.return_late
                if write(connection, bounce.delivery_id, bounce.error):
                    return True
    finally:
        database.close()
    return False
