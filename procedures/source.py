"""原本: one YAML document, read with the line of everything in it, so that a mistake can be shown where it stands."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from procedures.mistakes import Mistake, Where
from procedures.shape import shape_mistakes

Read = TypeVar("Read", bound=BaseModel)
LARGEST_FILE = 512_000
DEEPEST = 20


@dataclass(frozen=True)
class SourceMistake:
    """原本の誤り: a mistake with its file and line (from 1)."""

    path: Path
    line: int
    mistake: Mistake

    def __str__(self) -> str:
        here = Path.cwd()
        shown = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return f"{shown}:{self.line}: {self.mistake}"


class SourceInvalid(Exception):
    """不正な原本: its message lists every mistake, a line each."""

    def __init__(self, mistakes: list[SourceMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, mistakes)))

    @classmethod
    def at(cls, path: Path, key: str, problem: str, write: str) -> "SourceInvalid":
        """一項目の誤り: about one top-level key of a file that reads well otherwise."""
        tree = _tree(_bytes(path), path)
        return cls([SourceMistake(path, _line(tree, (key,)), Mistake((key,), problem, write))])


def read_document(path: Path, model: type[Read], inconsistent: Callable[[Any], list[Mistake]]) -> Read:
    """文書の読込: one file; `inconsistent` says of its plain data what no shape can. Raises SourceInvalid."""
    return document_in(_bytes(path), path, model, inconsistent)


def document_in(
    source: bytes, path: Path, model: type[Read], inconsistent: Callable[[Any], list[Mistake]]
) -> Read:  # fmt: skip
    """文書の検査: of bytes that need not be a file yet; `path` is where they would stand. Raises SourceInvalid."""
    tree = _tree(source, path)
    data = plain(tree)
    found = [*_shape(data, model), *inconsistent(data)]
    if found:
        # A mistake of shape and one of consistency may meet at one place; the first says more.
        first = {mistake.where: mistake for mistake in reversed(found)}
        lines = [SourceMistake(path, _line(tree, where), mistake) for where, mistake in first.items()]
        raise SourceInvalid(sorted(lines, key=lambda each: each.line))
    return model.model_validate_json(json.dumps(data))


def data_in(source: bytes, path: Path) -> Any:
    """原本のデータ: whatever keys and values these bytes hold, right or wrong. Raises SourceInvalid: not YAML."""
    return plain(_tree(source, path))


def plain(node: Any) -> Any:
    """素のデータ: YAML's own types as JSON's; a date becomes its ISO text, a tagged value its text."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if isinstance(node, date):
        return node.isoformat()
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, float):
        return float(node) if isfinite(node) else str(node)
    return int(node) if isinstance(node, int) else str(node)


def _tree(source: bytes, path: Path) -> CommentedMap:
    if len(source) > LARGEST_FILE:
        raise _unreadable(path, 1, f"the file is larger than {LARGEST_FILE:,} bytes", "a shorter document")
    try:
        _refuse_growth(path, source)
        tree = YAML(typ="rt").load(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _unreadable(path, line, f"not YAML: {error.problem}", _yaml_advice(error)) from None
    except (YAMLError, ValueError) as error:
        raise _unreadable(path, 1, f"not YAML: {error}", "a YAML 1.2 document in UTF-8") from None
    if not isinstance(tree, CommentedMap):
        raise _unreadable(path, 1, "expected keys with values", "id: …, version: 1, title: …")
    return tree


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable(
            path, 1, f"cannot be read: {error.strerror}", "a readable file, or remove the folder"
        ) from None


def _refuse_growth(path: Path, source: bytes) -> None:
    """Aliases could make a small file grow without bound (and no designer could show them), depth could stall us."""
    depth = 0
    for event in YAML(typ="rt").parse(source):
        line = event.start_mark.line + 1
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent):
            raise _unreadable(path, line, "aliases (*name) are not used here", "the text itself")
        if depth > DEEPEST:
            raise _unreadable(path, line, f"nested more than {DEEPEST} deep", "a list or keys, not lists of lists")


def _yaml_advice(error: MarkedYAMLError) -> str:
    if "duplicate key" in str(error.problem):
        return "each key once"
    return "key: value, indented with spaces, texts holding : or # in quotes"


def _unreadable(path: Path, line: int, problem: str, write: str) -> SourceInvalid:
    return SourceInvalid([SourceMistake(path, line, Mistake((), problem, write))])


def _shape(data: Any, model: type[BaseModel]) -> list[Mistake]:
    try:
        model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        return shape_mistakes(error, data, model)
    return []


def _line(tree: CommentedMap, where: Where) -> int:
    """The line of the deepest part of `where` that is written in the file, from 1."""
    node: Any = tree
    line = 0
    for part in where:
        try:
            if isinstance(node, CommentedMap):
                line = node.lc.key(part)[0]
            elif isinstance(node, CommentedSeq):
                line = node.lc.item(part)[0]
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
    return int(line) + 1
