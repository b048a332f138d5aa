"""保存する回答: valid answers as the form writes them, others as typed, and only what the database can hold."""

import math
from collections.abc import Iterator, Mapping, Sequence

from procedures.answers import Checked
from procedures.document import Procedure
from procedures.form import DateField, FieldBase, GroupField, IntegerField, LongTextField, TextField
from procedures.groups import is_blank
from procedures.writing import is_blank_date, lines

LONGEST_LIST = 200
LONGEST_TEXT = 20_000
LONGEST_NAME = 64
DATE_PARTS = ("year", "month", "day")


def normalised(procedure: Procedure, raw: Mapping[str, object], checked: Checked) -> dict[str, object]:
    """正規化: what to keep of `raw`. A blank item of a repeated group keeps its place, so that a page can show it."""
    fields = {field.id: field for field in procedure.form.fields()}
    return {
        name: _kept(fields.get(name), value, checked.answers[name]) if name in checked.answers else value
        for name, value in storable(raw).items()
    }


def _kept(field: FieldBase | None, typed: object, valid: object) -> object:
    if not isinstance(field, GroupField) or not isinstance(typed, list) or not isinstance(valid, list):
        return valid
    items = iter(valid)
    return [{} if is_blank(item) else next(items, item) for item in typed]


def tidied(procedure: Procedure, raw: Mapping[str, object], kept: Mapping[str, object]) -> tuple[str, ...]:
    """整えた回答: the places (`phone`, `children.0.kana`) that are kept in other words than typed, but for trimming."""
    return tuple(path for field in procedure.form.fields() for path in _tidied(field, "", raw, kept))


def _tidied(field: FieldBase, place: str, raw: Mapping[str, object], kept: Mapping[str, object]) -> Iterator[str]:
    typed, stored, path = raw.get(field.id), kept.get(field.id), place + field.id
    if isinstance(field, GroupField):
        for index, (each, item) in enumerate(zip(_items(typed), _items(stored), strict=False)):
            for asked in field.fields:
                yield from _tidied(asked, f"{path}.{index}.", each, item)
    elif isinstance(field, TextField | LongTextField | IntegerField | DateField) and not _is_same(field, typed, stored):
        yield path


def _items(value: object) -> Sequence[Mapping[str, object]]:
    items = value if isinstance(value, list | tuple) else ()
    return [item if isinstance(item, Mapping) else {} for item in items]


def _is_same(field: FieldBase, typed: object, stored: object) -> bool:
    if not isinstance(typed, str):
        return True
    before, after = lines(typed).strip(), str(stored)
    if isinstance(field, DateField):
        before, after = ("-".join(part.lstrip("0") for part in text.split("-")) for text in (before, after))
    return before == after or not before


def storable(raw: Mapping[str, object]) -> dict[str, object]:
    """What PostgreSQL's JSON can hold: no U+0000, no half surrogates, no NaN; the check has named them already."""
    return {_text(name)[:LONGEST_NAME]: _value(value) for name, value in raw.items()}


def _value(value: object) -> object:
    return [_item(each) for each in value[:LONGEST_LIST]] if isinstance(value, list) else _scalar(value)


def _item(value: object) -> object:
    """One of several answers: an option's value, or the answers of one repeated item, by field id."""
    if not isinstance(value, dict) or not all(_is_shallow(each) for each in value.values()):
        return _scalar(value)
    some = list(value.items())[:LONGEST_LIST]
    return {_text(str(name))[:LONGEST_NAME]: _many(each) for name, each in some}


def _many(value: object) -> object:
    return [_scalar(each) for each in value[:LONGEST_LIST]] if isinstance(value, list) else _scalar(value)


def _is_shallow(value: object) -> bool:
    return not isinstance(value, list) or not any(isinstance(each, list | dict) for each in value)


def _scalar(value: object) -> object:
    """An answer is a text, a number, a yes or no; anything deeper was typed by no resident."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_blank_date(value):
        return ""  # or a blank item of a group would no longer be one
    try:
        return _text(_date_typed(value) or str(value))[:LONGEST_TEXT]
    except RecursionError:
        return None


def _date_typed(value: object) -> str | None:
    """The three inputs of a date that is none, as one text: so the page shows each of them again (ui.form)."""
    if not isinstance(value, Mapping) or not set(value) <= set(DATE_PARTS):
        return None
    parts = [value.get(name, "") for name in DATE_PARTS]
    return "-".join(map(str, parts)) if all(isinstance(part, str | int) for part in parts) else None


def _text(value: str) -> str:
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()
