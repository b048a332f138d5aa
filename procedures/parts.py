"""文書の部分: the plain data of a procedure document by its place. Parts of the wrong shape are passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from procedures.mistakes import Mistake, Where

Node = Mapping[str, Any]
Placed = list[tuple[Where, Node]]


def nodes(parent: Node, key: str, where: Where = ()) -> Placed:
    """一覧の要素: the maps in the list under a key, each with its place."""
    items = parent.get(key)
    found = items if isinstance(items, list) else []
    return [((*where, key, i), item) for i, item in enumerate(found) if isinstance(item, Mapping)]


def sections(data: Node) -> Placed:
    """区分."""
    form = data.get("form")
    return nodes(form, "sections", ("form",)) if isinstance(form, Mapping) else []


def fields(data: Node) -> Placed:
    """項目: of the form, in the order asked; a group is one of them."""
    return [found for where, section in sections(data) for found in nodes(section, "fields", where)]


def review_fields(data: Node) -> Placed:
    """審査欄の項目."""
    form = data.get("review_form")
    return nodes(form, "fields", ("review_form",)) if isinstance(form, Mapping) else []


def ids(placed: Placed) -> list[str]:
    """IDの一覧."""
    return [node["id"] for _, node in placed if isinstance(node.get("id"), str)]


def repeated(placed: Placed, key: str, noun: str) -> Iterator[Mistake]:
    """重複: words used twice under the same key."""
    seen: set[str] = set()
    for where, node in placed:
        word = node.get(key)
        if isinstance(word, str) and word in seen:
            yield Mistake((*where, key), f'{noun} "{word}" is used twice', f"{key}: {word}_2, or another new {key}")
        seen |= {word} if isinstance(word, str) else set()
