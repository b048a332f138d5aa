"""大きさ: a file or function that outgrows these usually hides two. And whoever opens a file is told what it is."""

import ast
from collections.abc import Iterator

from house import CLONE, Module, modules

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
FILES = [*modules(), *(Module(file) for file in sorted((CLONE / "tests").rglob("*.py")))]


def long_functions(file: Module) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{file.name}:{node.lineno} {node.name} has {lines} lines"


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    long = [
        f"{file.name} has {file.text.count(chr(10))} lines" for file in FILES if file.text.count("\n") > LONGEST_FILE
    ]
    assert not long, f"{long}: find the second room in it and give it a file"


def test_a_function_fits_on_a_screen() -> None:
    long = [each for file in FILES for each in long_functions(file)]
    assert not long, f"{long}: give its parts names of their own"


def test_a_module_says_what_it_is() -> None:
    silent = [file.name for file in modules() if file.tree.body and not ast.get_docstring(file.tree)]
    assert not silent, f"{silent}: say in the first line what the file is for, the Japanese term first"
