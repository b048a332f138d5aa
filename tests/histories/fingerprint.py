"""動きの指紋: which commands the workflows ask for, in which order and under which conditions, as a page of text.

Read from the source, so that paths no recorded history takes are in it too. Words, comments and time limits are not.

python -m tests.histories.fingerprint: accepts the code as it stands now.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from machine.layout import CLONE
from workflows.compensation import UNDO
from workflows.steps import RUNS

ACCEPTED = Path(__file__).with_name("commands.txt")
COMMANDS = frozenset(
    {
        "execute_activity", "start_activity", "execute_local_activity", "start_local_activity", "sleep", "wait_for",
        "execute_child_workflow", "start_child_workflow", "continue_as_new", "upsert_search_attributes", "upsert_memo",
        "wait_condition", "gather", "patched", "deprecate_patch",
    }
)  # fmt: skip
"""What the SDK makes commands of, and what decides their order."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = ("body", "orelse", "finalbody")


def fingerprint(sources: Mapping[str, str]) -> str:
    """指紋 of modules by name: each function that asks for something, or calls one that does."""
    found = {f"{name}.{path}": each for name, text in sources.items() for path, each in _functions(ast.parse(text))}
    asking = _asking(found.values())
    parts = (
        f"{name}\n" + "\n".join(_lines(each.body, asking, 1)) for name, each in found.items() if _asks(each, asking)
    )
    return "\n\n".join(parts) + "\n"


def of_this_code() -> str:
    """指紋 of the code as it stands, with the tables that decide how a step runs and what is undone."""
    files = sorted((CLONE / "workflows").glob("*.py"))
    steps = (f"  {kind}: {'local activity' if run.local else 'activity'}" for kind, run in sorted(RUNS.items()))
    undone = (f"  {kind}: {activity}" for kind, activity in UNDO)
    tables = "\n".join(["steps.RUNS", *steps, "", "compensation.UNDO", *undone])
    return fingerprint({file.stem: file.read_text("utf-8") for file in files}) + f"\n{tables}\n"


def difference(accepted: str, now: str) -> str:
    """違い, as `diff` writes it; empty where there is none."""
    return "\n".join(unified_diff(accepted.splitlines(), now.splitlines(), "accepted", "now", lineterm="", n=4))


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, Function))


def _asking(functions: Iterable[Function]) -> frozenset[str]:
    """Names of functions that ask for something, themselves or through others."""
    everything, asking = list(functions), COMMANDS
    while more := {each.name for each in everything if _asks(each, asking)} - asking:
        asking |= more
    return asking


def _asks(function: Function, asking: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Call) and _name(node) in asking for node in ast.walk(function))


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _lines(body: list[ast.stmt], asking: frozenset[str], depth: int) -> Iterator[str]:
    """One line for each command, and those of conditions and loops around them."""
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                yield from _calls(statement, asking, depth)
                yield "  " * depth + type(statement).__name__.casefold()
            case ast.Match():
                for case in statement.cases:
                    yield from _block(f"case {ast.unparse(case.pattern)}", case.body, asking, depth)
            case _ if any(hasattr(statement, block) for block in BLOCKS) and not isinstance(statement, ast.ClassDef):
                yield from _compound(statement, asking, depth)
            case _:
                yield from _calls(statement, asking, depth)


def _compound(statement: ast.stmt, asking: frozenset[str], depth: int) -> Iterator[str]:
    head = ast.unparse(statement).splitlines()[0].rstrip(":")
    condition = getattr(statement, "test", None) or getattr(statement, "iter", None)
    if condition is not None:
        yield from _calls(condition, asking, depth)
    yield from _block(head, getattr(statement, "body", []), asking, depth)
    for handler in getattr(statement, "handlers", []):
        yield from _block(ast.unparse(handler).splitlines()[0].rstrip(":"), handler.body, asking, depth)
    yield from _block("else", getattr(statement, "orelse", []), asking, depth)
    yield from _block("finally", getattr(statement, "finalbody", []), asking, depth)


def _block(head: str, body: list[ast.stmt], asking: frozenset[str], depth: int) -> Iterator[str]:
    inner = list(_lines(body, asking, depth + 1))
    if inner:
        yield "  " * depth + head
        yield from inner


def _calls(node: ast.AST, asking: frozenset[str], depth: int) -> Iterator[str]:
    """Calls that ask for something, inner ones first, as they are made."""
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, asking, depth)
    if isinstance(node, ast.Call) and _name(node) in asking:
        said = [repr(each.value) for each in node.args[:1] if isinstance(each, ast.Constant)]
        said += [each.arg for each in node.keywords if each.arg == "timeout"]
        yield "  " * depth + f"{_name(node)}({', '.join(said)})"


if __name__ == "__main__":
    ACCEPTED.write_text(of_this_code(), "utf-8")
