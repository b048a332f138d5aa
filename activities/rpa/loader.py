"""画面の文書の読込: one file; a mistake is told with its line and what to write instead."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from activities.rpa.script import ScreenId, Script
from procedures.mistakes import Mistake, suggested
from procedures.parts import Placed, nodes, repeated
from procedures.source import read_document

LIBRARY = Path(__file__).parent / "library"
Needs = Mapping[ScreenId, Collection[str]]
"""What a robot asks of a system's screens: names of fields, buttons, values and tables (a column as table.column)."""


def read_script(name: str, needs: Needs, folder: Path = LIBRARY) -> Script:
    """画面の文書 of the system `name`, with everything its robot needs. Raises SourceInvalid."""
    return read_document(folder / f"{name}.yaml", Script, lambda data: [*_mistakes(data, needs)])


def _mistakes(data: Mapping[str, Any], needs: Needs) -> Iterator[Mistake]:
    screens = nodes(data, "screens")
    yield from repeated(screens, "id", "the screen id")
    yield from _lacking(screens, needs)


def _lacking(screens: Placed, needs: Needs) -> Iterator[Mistake]:
    found = {screen.get("id"): (where, screen) for where, screen in screens}
    for name, wanted in needs.items():
        if name not in found:
            yield Mistake(("screens",), f'the robot needs a screen "{name}"', f"- id: {name}, with what shows it")
            continue
        where, screen = found[name]
        known = _names(screen)
        for each in sorted(set(wanted) - known):
            yield Mistake(where, f'the robot needs "{each}" on this screen', f"{each}: …, or {suggested(each, known)}")


def _names(screen: Mapping[str, Any]) -> set[str]:
    known: set[str] = set()
    for part in ("fields", "buttons", "reads"):
        declared = screen.get(part)
        known |= set(declared) if isinstance(declared, Mapping) else set()
    for _, table in nodes(screen, "tables"):
        columns = table.get("columns")
        known |= {str(table.get("id"))}
        known |= {f"{table.get('id')}.{column}" for column in columns} if isinstance(columns, Mapping) else set()
    return known
