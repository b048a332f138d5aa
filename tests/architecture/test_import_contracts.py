"""間取り: the import contracts of .importlinter name every room, and hold what a list of forbidden names cannot."""

import ast
import configparser
import sys

import pytest
from house import CLONE, ROOMS, Module, modules

MAY_DECIDE = {"procedures", "workflows", "pydantic", "temporalio", "cryptography"} | sys.stdlib_module_names
"""What workflows/ may import; cryptography only for the codec."""
IMPURE = {"socket", "random", "secrets", "requests", "urllib", "http", "subprocess", "sqlite3", "tempfile", "logging"}
"""Standard library a decision has no use for: workflow.logger, workflow.random() and workflow.now() replay."""


def imported(file: Module) -> dict[str, int]:
    """Top-level names a file imports, with the line."""
    found: dict[str, int] = {}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0]: node.lineno for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found[node.module.split(".")[0]] = node.lineno
    return found


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(CLONE / ".importlinter")
    return parser


def test_every_room_of_the_house_is_under_contract() -> None:
    top = {folder.name for folder in CLONE.iterdir() if (folder / "__init__.py").exists()}
    assert top == set(ROOMS), "a room was added or left: tell .importlinter and tests/architecture/house.py"
    assert contracts()["importlinter"]["root_packages"].split() == list(ROOMS)


def test_no_contract_speaks_of_a_room_that_is_not_there() -> None:
    known = set(ROOMS) | {
        "sqlalchemy", "psycopg", "temporalio", "fastapi", "starlette", "httpx", "stripe", "obstore", "weasyprint",
        "pyhanko",
    }  # fmt: skip
    parser = contracts()
    for section in parser.sections():
        for key in ("source_modules", "forbidden_modules", "layers"):
            named = set(parser[section].get(key, "").replace("|", " ").split())
            named -= {each for each in named if "." in each and is_there(each)}
            assert named <= known, f"{section} {key}: {named - known} is nowhere, so the contract would hold for ever"


def is_there(module: str) -> bool:
    """A part of a room, named with a dot."""
    path = CLONE / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def test_the_checker_imports_nothing_of_ours_but_itself() -> None:
    files = [file for file in modules() if file.name.startswith("faults/checker/")]
    ours = {
        f"{file.name}: {node.module}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ROOMS
    }
    assert files
    foreign = {each for each in ours if ": faults.checker." not in each and not each.endswith(": faults.checker")}
    assert not foreign, f"{foreign}: whoever checks must not repeat a mistake by sharing it"


@pytest.mark.parametrize("file", [m for m in modules() if m.name.startswith("workflows/")], ids=lambda file: file.name)
def test_a_workflow_imports_nothing_it_could_reach_outside_with(file: Module) -> None:
    used = imported(file)
    foreign = used.keys() - MAY_DECIDE
    assert not foreign, f"{file.name} imports {foreign}: decisions only; do it in an activity"
    impure = used.keys() & IMPURE
    assert not impure, f"{file.name} imports {impure}: it would not replay; use temporalio.workflow's own"
    if "cryptography" in used:
        assert file.name == "workflows/codec.py", "only the codec encrypts"


def test_only_settings_classes_read_the_environment() -> None:
    readers = [
        f"{file.name}:{node.lineno}"
        for file in modules()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and node not in _written(file) | _thrown_away(file)
    ]
    assert not readers, f"{readers}: make it a field of a settings class, so that it is documented"


def _written(file: Module) -> set[ast.AST]:
    """`os.environ["X"] = …`: a library below us (libpcsclite) knows no other way to be told."""
    targets = (node.targets for node in ast.walk(file.tree) if isinstance(node, ast.Assign))
    return {one.value for each in targets for one in each if isinstance(one, ast.Subscript)}


def _thrown_away(file: Module) -> set[ast.AST]:
    """`os.environ.clear()`: by whoever is not to know of it."""
    called = (node.func for node in ast.walk(file.tree) if isinstance(node, ast.Call))
    return {each.value for each in called if isinstance(each, ast.Attribute) and each.attr == "clear"}


def test_settings_classes_live_where_people_look_for_them() -> None:
    homes = ("settings.py", "machine/layout.py")
    astray = [
        file.name for file in modules() if "pydantic_settings" in imported(file) and not file.name.endswith(homes)
    ]
    assert not astray, f"{astray}: put the class into a settings.py beside what it configures"
