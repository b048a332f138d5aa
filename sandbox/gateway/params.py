"""引数: Stripe's nested form encoding (`a[b][0][c]=d`) read into dictionaries and lists."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from sandbox.gateway.refusal import Json, Refusal


def read(encoded: str) -> Json:
    """読取り: `items[0][name]=x` → {"items": [{"name": "x"}]}; `expand[]=x` → {"expand": ["x"]}."""
    root: Json = {}
    try:
        fields = parse_qsl(encoded, keep_blank_values=True, max_num_fields=500)
    except ValueError as error:
        raise Refusal("Too many parameters") from error
    for name, value in fields:
        _place(root, re.findall(r"[^\[\]]+|\[\]", name), value)
    listed = _lists(root)
    return listed if isinstance(listed, dict) else {}


def _place(root: Json, path: list[str], value: str) -> None:
    node = root
    for index, part in enumerate(path):
        key = str(len(node)) if part == "[]" else part
        if index == len(path) - 1:
            node[key] = value
            return
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise Refusal(f"Invalid parameter: {path[0]}", code="parameter_invalid", param=path[0])


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {key: _lists(value) for key, value in node.items()}
    if values and all(key.isdecimal() for key in values):
        return [values[key] for key in sorted(values, key=int)]
    return values


def known(params: Json, names: Iterable[str]) -> None:
    """既知の引数だけ: Stripe refuses a misspelt parameter, and so do we."""
    for name in params:
        if name not in names:
            raise Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def text(params: Json, name: str, *, required: bool = True) -> str:
    """文字列: a non-empty string, or '' where it may be left out."""
    value = params.get(name, "")
    if isinstance(value, str) and (value or not required):
        return value
    raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)


def whole(params: Json, name: str, default: int | None = None) -> int:
    """整数: an integer parameter."""
    value = params.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,12}", value):
        raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def labels(params: Json, name: str = "metadata") -> dict[str, str]:
    """メタデータ: string keys and values."""
    value = params.get(name) or {}
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise Refusal(f"Invalid {name}: must be a hash of strings", code="parameter_invalid", param=name)
    return dict(value)
