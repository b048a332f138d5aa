"""隣の窓口: a second counter with a database and a Temporal of its own, among the neighbours of a town that is up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from machine.city import counter, servers
from machine.layout import Layout, Ports
from machine.supervisor import Supervisor


def beside(town: Layout, folder: Path) -> Layout:
    """Another folder and other ports; the neighbours are where they were."""
    own = Ports.free()
    shared = {name: getattr(town.ports, name) for name in ("pki", "gateway", "register", "identity", "mail", "mailbox")}
    (folder / "sandbox").mkdir(parents=True)
    for neighbour in town.sandbox.iterdir():
        if neighbour.name != "agent":  # the list of cities is each counter's own
            (folder / "sandbox" / neighbour.name).symlink_to(neighbour)
    return Layout(town.clone, folder, replace(own, **shared), fast=True)


@contextmanager
def opened(layout: Layout, **told: str) -> Iterator[None]:
    """Its own processes, for as long as the block lasts; `told`: settings besides the usual ones."""
    ours = (*servers(layout), *counter(layout))
    names = {unit.name for unit in ours}
    units = [
        replace(
            unit,
            after=tuple(names & set(unit.after)),
            patience=180.0,
            program=replace(unit.program, environment={**unit.program.environment, **told}),
        )
        for unit in ours
    ]
    with Supervisor(layout.var, lambda _: None) as supervisor:
        supervisor.start(units)
        yield
