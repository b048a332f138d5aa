"""起動: brings the whole counter up, drives the demonstration, and stays or goes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.markup import escape

from machine.city import BROWSER, at_counter, back_office, units
from machine.interrupt import interruptible
from machine.layout import Layout
from machine.phases import Phases
from machine.program import MachineError
from machine.supervisor import LONGEST_BACKOFF, Supervisor


@dataclass(frozen=True)
class City:
    """A counter that is up: what the demonstration gets."""

    layout: Layout
    supervisor: Supervisor
    phases: Phases
    console: Console


Demo = Callable[[City], bool]
"""Drives one case through the public API; whether it was delivered and its document found valid."""


def run(layout: Layout, *, demo: Demo, keep: bool, console: Console | None = None) -> int:
    """Starts everything, runs `demo`, and stays until Ctrl-C if `keep`. The exit status: 0 only if `demo` held."""
    console = console or Console()
    try:
        with interruptible(), up(layout, console) as city:
            held = demo(city)
            console.print(city.phases.table())
            if keep:
                city.supervisor.start((at_counter(layout),))
                if BROWSER.exists():
                    city.supervisor.start(back_office(layout))
                else:
                    console.print(f"The back office (reading paper, robots) stays closed: {BROWSER} is not installed.")
                console.print("[bold]窓口 is open.[/bold] Ctrl-C ends it; everything it keeps is in var/.")
                threading.Event().wait()
            return 0 if held else 1
    except MachineError as error:
        console.print(f"[bold red]✗[/bold red] {escape(str(error))}", highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("窓口 is closed; `make run` opens it again where it stopped.")
        return 0 if keep else 130


@contextmanager
def up(
    layout: Layout, console: Console, *, longest_pause: float = LONGEST_BACKOFF, patience: float = 0.0
) -> Iterator[City]:
    """The whole counter, for as long as the block lasts. Enter it from the thread that outlives it.

    `longest_pause`: seconds before a process that crashed again and again is started once more; `patience`: at least so
    many are given to each process to become ready.
    """
    if layout.restoring.exists():
        raise MachineError(f"A restore into {layout.var} was not finished: run `madoguchi restore` again.")
    layout.var.mkdir(parents=True, exist_ok=True)
    layout.furnish()
    phases = Phases.after(layout.var / "run" / "phases", console)

    def lap(name: str, _seconds: float) -> None:
        phases.lap(name)

    with Supervisor(layout.var, console.print, on_ready=lap, longest_pause=longest_pause) as supervisor:
        supervisor.start([replace(unit, patience=max(unit.patience, patience)) for unit in units(layout)])
        try:
            yield City(layout, supervisor, phases, console)
        finally:
            console.print("Ending what was started …")
