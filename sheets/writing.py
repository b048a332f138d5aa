"""帳票文書の書出し: a sheet's plain data as a document of the library, keys in the order in which people read them."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

TOP = (
    "id", "version", "title", "belongs_to", "department", "from_folder", "result",
    "box", "fields", "tables", "notes", "checks", "marks", "qr",
)  # fmt: skip
WRITING = (
    "id", "kind", "x", "y", "width", "height", "comb", "minimum", "maximum", "step", "label_at", "label_x", "label",
)  # fmt: skip
TABLE = ("id", "rows", "top", "pitch", "columns")
NOTE = ("x", "y", "width", "style", "text")
ON_ONE_LINE = frozenset({"comb", "label", "box", "qr", "text"})
"""What the library writes in braces or brackets."""
EACH_ON_A_LINE = frozenset({"checks", "marks"})
APART = ("result", "fields", "tables", "notes", "checks", "marks")
"""Keys with an empty line before them."""
WIDEST = 4096
"""Characters of a line: texts are not broken."""


def written(data: Mapping[str, Any]) -> bytes:
    """帳票文書: YAML in UTF-8, of whatever a draft holds; `sheets.loader.checked` says whether it is right."""
    out = io.StringIO()
    _yaml().dump(_document(data), out)
    return out.getvalue().encode("utf-8", "replace")


def part_written(node: Any) -> str:
    """文書の一部: of whatever it holds."""
    out = io.StringIO()
    _yaml().dump(_laid_out(node, flow=False), out)
    return out.getvalue()


def _document(data: Mapping[str, Any]) -> CommentedMap:
    shown = _ordered(data, TOP)
    for key, keys in (("fields", WRITING), ("notes", NOTE)):
        _order_each(shown, key, keys)
    _order_each(shown, "tables", TABLE)
    for table in _maps(shown.get("tables")):
        _order_each(table, "columns", WRITING)
    made: CommentedMap = _laid_out(shown, flow=False)
    for key in APART:
        if key in made:
            made.yaml_set_comment_before_after_key(key, before="\n")
    return made


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.width, yaml.allow_unicode = WIDEST, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _ordered(node: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Known keys first; one nobody knows stays, so that the loader names it."""
    known = {key: node[key] for key in keys if key in node}
    return known | {str(key): value for key, value in node.items() if key not in known}


def _order_each(parent: dict[str, Any], key: str, keys: Iterable[str]) -> None:
    items = parent.get(key)
    if isinstance(items, list | tuple):
        order = tuple(keys)
        parent[key] = [_ordered(item, order) if isinstance(item, Mapping) else item for item in items]


def _maps(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _laid_out(node: Any, *, flow: bool) -> Any:
    """As ruamel writes it: in braces or brackets below what stands on one line, else a line for each key."""
    if isinstance(node, Mapping):
        made = CommentedMap()
        for key, value in node.items():
            apart = key in EACH_ON_A_LINE and not flow
            made[str(key)] = _items(value) if apart else _laid_out(value, flow=flow or key in ON_ONE_LINE)
        if flow:
            made.fa.set_flow_style()
        return made
    if isinstance(node, list | tuple):
        listed = CommentedSeq(_laid_out(item, flow=flow) for item in node)
        if flow:
            listed.fa.set_flow_style()
        return listed
    return _number(node)


def _items(node: Any) -> Any:
    """A list of things that are each written on one line."""
    if not isinstance(node, list | tuple):
        return _laid_out(node, flow=True)
    return CommentedSeq(_laid_out(item, flow=True) for item in node)


def _number(node: Any) -> Any:
    """40.0 is written 40."""
    return int(node) if isinstance(node, float) and node.is_integer() else node
