"""形の誤り: pydantic's errors as sentences for whoever writes the document."""

from datetime import date, time
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from procedures.mistakes import Mistake, Where, nearest, suggested
from procedures.rules import Rule
from procedures.texts import Text

_LANGUAGE_NAMES = {"ja": "Japanese", "en": "English", "zh": "Chinese", "ko": "Korean"}
_EXPECTED = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "literal_error": "one of the known words",
    "date_type": "a day",
    "date_parsing": "a day that exists",
    "date_from_datetime_parsing": "a day that exists",
    "time_type": "a time such as 06:30",
    "time_parsing": "a time such as 06:30",
}


def shape_mistakes(error: ValidationError, data: Any, document: type[BaseModel]) -> list[Mistake]:
    """形の誤りの一覧: what pydantic found in a document, without what its check of consistency says better."""
    return [_mistake(detail, data, document) for detail in error.errors() if detail["type"] != "inconsistent"]


def _mistake(detail: ErrorDetails, data: Any, document: type[BaseModel]) -> Mistake:
    """One of pydantic's errors as a sentence: the special ones first, then whatever has a type, then the bounds."""
    where = _written(detail["loc"], data)
    key = _key(where)
    owner = _owner(where[:-1], data, document)
    match detail["type"]:
        case "missing":
            return _missing(where, key, owner)
        case "extra_forbidden":
            return _unknown_key(where, key, owner)
        case "union_tag_invalid":
            return _unknown_kind(where, detail)
        case "literal_error":
            return _unknown_word(where, detail, owner)
    problem, write = _worded(detail, key, owner)
    return Mistake(where, problem, write)


def _worded(detail: ErrorDetails, key: str, owner: type[BaseModel] | None) -> tuple[str, str]:
    kind, context, example = detail["type"], detail.get("ctx", {}), f"{key}: {_example(key, owner)}"
    if kind == "union_tag_not_found":
        return 'missing "kind"', f"kind: one of {', '.join(_kinds(owner, key))}"
    if kind == "rule_syntax":
        problem = f"CEL syntax error at column {context['column']}: {context['reason']}"
        return problem, f"{example}, or another CEL expression"
    if kind == "string_pattern_mismatch":
        return f"{_found(detail)} does not look like {_looks(key)}", f"{key}: {_sample(key)}"
    if kind in {"string_too_short", "too_short"}:
        return "is empty", example
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {_found(detail)}", example
    message = detail["msg"][:1].lower() + detail["msg"][1:]
    return f"{message}, found {_found(detail)}", _bound(key, context)


def _key(where: Where) -> str:
    """The last key on the path: a list's item is written under the list's own key."""
    return next((part for part in reversed(where) if isinstance(part, str)), "the document")


def _kinds(owner: type[BaseModel] | None, key: str) -> list[str]:
    field = owner.model_fields.get(key) if owner else None
    tags = [word for model in _models(field.annotation if field else None) for word in _tags(model)]
    return [str(tag) for tag in tags]


def _tags(model: type[BaseModel]) -> list[Any]:
    return _words(model.model_fields["kind"].annotation) if "kind" in model.model_fields else []


def _written(loc: tuple[int | str, ...], data: Any) -> Where:
    """The path as written: pydantic's carries the tag of a discriminated union and a rule's inner steps."""
    path: list[int | str] = []
    node = data
    for i, part in enumerate(loc):
        if isinstance(node, dict) and part not in node and (node.get("kind") == part and i < len(loc) - 1):
            continue
        path.append(part)
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(path)


def _missing(where: Where, key: str, owner: type[BaseModel] | None) -> Mistake:
    if owner is Text:
        language = _LANGUAGE_NAMES[key]
        return Mistake(where, f"the {language} text is missing", f"{key}: the same in {language}")
    return Mistake(where, f'missing "{key}"', f"{key}: {_example(key, owner)}")


def _unknown_key(where: Where, key: str, owner: type[BaseModel] | None) -> Mistake:
    known = list(owner.model_fields) if owner else []
    near = nearest(key, known)
    write = f"{near} (did you mean it?)" if near else f"one of {', '.join(known)}"
    return Mistake(where, f'unknown key "{key}"', write)


def _unknown_kind(where: Where, detail: ErrorDetails) -> Mistake:
    context = detail["ctx"]
    known = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
    tag = str(context["tag"])
    return Mistake((*where, "kind"), f'unknown kind "{tag}"', f"kind: {suggested(tag, known)}")


def _unknown_word(where: Where, detail: ErrorDetails, owner: type[BaseModel] | None) -> Mistake:
    key = _key(where)
    field = owner.model_fields.get(key) if owner else None
    words = [str(word) for word in _words(field.annotation if field else None)]
    near = suggested(str(detail["input"]), words)
    return Mistake(where, f"{_found(detail)} is not known here", f"{key}: {near}")


def _words(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [word for inner in get_args(annotation) for word in _words(inner)]


def _owner(where: Where, data: Any, document: type[BaseModel]) -> type[BaseModel] | None:
    """The model that describes the part of the document at `where`; of a list, the model that holds the list."""
    owner: type[BaseModel] | None = document
    annotation: Any = document
    node = data
    for part in where:
        node = _child(node, part)
        if isinstance(part, str):
            field = owner.model_fields.get(part) if owner else None
            annotation = field.annotation if field else None
        if not isinstance(node, list):
            owner = _model(annotation, node)
    return owner


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside Optional, tuple, Annotated and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _model(annotation: Any, node: Any) -> type[BaseModel] | None:
    """The model of a node; of a union the one whose kind is written."""
    models = _models(annotation)
    kind = node.get("kind") if isinstance(node, dict) else None
    if len(models) > 1:
        models = [model for model in models if kind in _tags(model)]
    return models[0] if models else None


def _found(detail: ErrorDetails) -> str:
    value = detail["input"]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "keys with values" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else f'"{value[:60]}"' if isinstance(value, str) else str(value)[:60]


def _bound(key: str, context: dict[str, Any]) -> str:
    limit = next((f"{word} {context[name]}" for name, word in _BOUNDS.items() if name in context), "another value")
    return f"{key}: {limit}"


_BOUNDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "max_length": "at most this many:",
    "min_length": "at least this many:",
}


def _looks(key: str) -> str:
    return "a template's path" if key == "template" else "an id"


def _sample(key: str) -> str:
    return "documents/notice.html" if key == "template" else "lower_case_words, from a to z, at most 40 characters"


_EXAMPLES = {"rule": "answers.copies * 300", "points": "5000", "when": 'answers.delivery == "post"'}
_SCALARS: dict[Any, str] = {int: "1", float: "12.5", bool: "true", str: "text", date: "2026-04-01", time: '"06:30"'}


def _example(key: str, owner: type[BaseModel] | None) -> str:
    """What the key may hold: words where it has words, else something of the right shape."""
    field = owner.model_fields.get(key) if owner else None
    annotation = field.annotation if field else None
    models = _models(annotation)
    if key in _EXAMPLES:
        return _EXAMPLES[key]
    if get_origin(annotation) is tuple:
        return "a list, each item after -"
    if _words(annotation):
        return " or ".join(map(str, _words(annotation)))
    if Rule in models:
        return "answers.copies > 1"
    if models:
        return ", ".join(f"{name}: …" for name, each in models[0].model_fields.items() if each.is_required())
    return next((_SCALARS[each] for each in (annotation, *get_args(annotation)) if each in _SCALARS), "a value")
