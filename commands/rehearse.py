"""訓練の指令: break a step of the open counter on this machine on purpose, and mend it again."""

from typing import Annotated

import typer
from rich.console import Console

cli = typer.Typer(no_args_is_help=True, help="Rehearse 訓練 on this machine's counter: break a step, mend it.")
PortsFrom = Annotated[int | None, typer.Option(help="As the counter was opened.")]


@cli.command(name="break")
def break_step(
    cases: Annotated[int, typer.Option(min=1, max=500, help="How many apply meanwhile.")] = 50,
    ports_from: PortsFrom = None,
) -> None:
    """The resident register falls silent; so many cases come to wait for it."""
    from machine.layout import Layout
    from machine.rehearsal import break_step

    break_step(Layout.of(ports_from=ports_from), cases, Console())


@cli.command(name="mend")
def mend_step(ports_from: PortsFrom = None) -> None:
    """The resident register answers again."""
    from machine.layout import Layout
    from machine.rehearsal import mend_step

    mend_step(Layout.of(ports_from=ports_from), Console())
