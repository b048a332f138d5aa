"""間取り: the product's rooms and their source, as the architecture tests read them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
ROOMS = (
    "procedures",
    "sheets",
    "store",
    "workflows",
    "activities",
    "trust",
    "card",
    "api",
    "ui",
    "sandbox",
    "machine",
    "wiring",
    "commands",
    "faults",
    "training",
)
LANGUAGES_OF_SOURCE = ("py", "yaml", "html", "json")


@dataclass(frozen=True)
class Module:
    """A Python file of the product."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(CLONE).as_posix()

    @property
    def tree(self) -> ast.Module:
        return parsed(self.path)

    @property
    def text(self) -> str:
        return self.path.read_text()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the rooms, and madoguchi.py."""
    files = [file for room in ROOMS for file in sorted((CLONE / room).rglob("*.py"))]
    return tuple(Module(file) for file in [*files, CLONE / "madoguchi.py"])


def module(name: str) -> Module:
    return Module(CLONE / name)


def snake(name: str) -> str:
    """CaseWorkflow, caseWorkflow, CASE_WORKFLOW → case_workflow."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(name, line) of everything this file gives a name to: functions, classes, arguments, variables, columns."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno
            case ast.Call(func=ast.Name(id="Table" | "Column"), args=[ast.Constant(value=str(name)), *_]):
                yield name, node.lineno


@cache
def words_of_the_code() -> frozenset[str]:
    """Every name and word the product's source uses, in snake case."""
    files = [file for room in ROOMS for kind in LANGUAGES_OF_SOURCE for file in (CLONE / room).rglob(f"*.{kind}")]
    found: set[str] = set()
    for file in files:
        found.update(snake(word) for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", file.read_text()))
        found.add(snake(file.stem))
    return frozenset(found)
