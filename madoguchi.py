"""窓口: the command line. What each command runs is wired in wiring/, imported only where it is needed."""

import asyncio
import logging
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import typer
import uvicorn

from api.settings import WebSettings
from commands import (
    audit,
    backup,
    batch,
    certificates,
    keys,
    notices,
    officers,
    procedures,
    rehearse,
    replay,
    sheets,
)  # fmt: skip
from commands.leaving import carry_out
from procedures.values import MunicipalityCode
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE

QUEUES = (CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE)
"""Of workers; the counter's own queue is served by the web servers."""

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Madoguchi 窓口: a city counter as workflows.",
)
cli.add_typer(procedures.cli, name="procedures")
cli.add_typer(sheets.cli, name="sheets")
cli.add_typer(batch.cli, name="batch")
cli.add_typer(officers.cli, name="officers")
cli.add_typer(certificates.cli, name="certificates")
cli.add_typer(notices.cli, name="notices")
cli.command(name="replay")(replay.replay)
cli.add_typer(audit.cli, name="audit")
cli.add_typer(keys.cli, name="keys")
cli.add_typer(rehearse.cli, name="rehearse")
cli.command(name="backup")(backup.backup)
cli.command(name="restore")(backup.restore)
cli.command(name="tell-again")(backup.tell_again)


@cli.command()
def serve() -> None:
    """Run the web server: pages and JSON API."""
    from wiring.logs import write_json
    from wiring.web import KEEP_ALIVE, CounterServer, web_app

    write_json()
    settings, app = WebSettings(), web_app()
    server = CounterServer(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE,
        )
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(1)


@cli.command(name="worker")
def run_worker(queue: Annotated[str, typer.Argument(help=", ".join(QUEUES))]) -> None:
    """Run a worker of one task queue."""
    if queue not in QUEUES:
        raise typer.BadParameter(f"There is no queue {queue}: it is one of {', '.join(QUEUES)}.")
    from wiring.logs import write_json
    from wiring.workers import work

    write_json()
    asyncio.run(work(queue))


@cli.command()
def reader(
    counter: Annotated[str, typer.Option(help="Its name, as in MADOGUCHI_WEB_READERS.")],
    municipality: Annotated[str, typer.Option(help="The municipality's code.")],
    cities: Annotated[Path, typer.Option(help="The city's entry, as card agents have it (card-agent-city).")],
    port: Annotated[int, typer.Option(help="Of the page beside the reader, on 127.0.0.1.")] = 47110,
    name: Annotated[str | None, typer.Option(help="The card reader's name, where there are several.")] = None,
    tray: Annotated[Path | None, typer.Option(help="The sandbox's tray of demo cards (a unix socket).")] = None,
    slot: Annotated[int, typer.Option(help="The tray's slot this reader is.")] = 0,
) -> None:
    """Run the card reader of one counter: a worker of its own queue, and the page where PINs are typed."""
    from wiring.logs import write_json
    from wiring.reader import ReaderPlace, read_cards

    write_json()
    place = ReaderPlace(MunicipalityCode(municipality), counter, cities, port, reader=name, tray=tray, slot=slot)
    with suppress(KeyboardInterrupt):
        asyncio.run(read_cards(place))


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema (as its owner)."""
    from alembic import command
    from alembic.config import Config

    command.upgrade(Config(str(Path(__file__).parent / "alembic.ini")), "head")


PortsFrom = Annotated[int | None, typer.Option(help="Use consecutive ports from this one.")]


@cli.command()
def up(ports_from: PortsFrom = None) -> None:
    """Run the whole counter on this machine with its sandbox; drive one demonstration case; Ctrl-C ends it."""
    raise typer.Exit(_run_machine(ports_from, keep=True))


@cli.command()
def demo(ports_from: PortsFrom = None) -> None:
    """As `up`, but exit: status 0 only if the case was delivered and its PDF validated."""
    raise typer.Exit(_run_machine(ports_from, keep=False))


def _run_machine(ports_from: int | None, *, keep: bool) -> int:
    from machine.demo import demonstrate
    from machine.layout import Layout
    from machine.up import run

    return run(Layout.of(ports_from=ports_from), demo=demonstrate, keep=keep)


@cli.command(name="environment")
def print_environment(ports_from: PortsFrom = None) -> None:
    """Print this machine's settings for a shell: eval "$(madoguchi environment)", then any other command."""
    from machine.layout import Layout, environment

    for name, value in environment(Layout.of(ports_from=ports_from)).items():
        if name.startswith("MADOGUCHI_"):
            typer.echo(f"export {name}={shlex.quote(value)}")


@cli.command()
def screenshots(
    only: Annotated[Literal["counter", "paper"] | None, typer.Option(help="One of the two walks.")] = None,
) -> None:
    """Take pictures of the main pages into docs/screenshots (needs Chromium)."""
    from commands import sheet_pictures
    from machine.screenshots import take_pictures

    if only != "paper":
        take_pictures()
    if only != "counter":
        sheet_pictures.take_pictures()


@cli.command()
def card_agent_city(
    names: Annotated[list[str], typer.Argument(help="The city's name in Japanese, English, Chinese and Korean.")],
) -> None:
    """Print this city's entry for the card agents' list (cities.json): its address, name and public key."""
    import json

    from api.filing.request_key import RequestKey

    if len(names) != 4:
        raise typer.BadParameter("Give the city's name four times: in Japanese, English, Chinese and Korean.")
    settings = WebSettings()
    name = dict(zip(("ja", "en", "zh", "ko"), names, strict=True))
    keys = RequestKey.read(settings.request_key_file).public()
    typer.echo(
        json.dumps({"cities": [{"origin": settings.public_url, "name": name, "keys": keys}]}, ensure_ascii=False)
    )


def main() -> None:
    """The command line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    carry_out(cli)


if __name__ == "__main__":
    main()
