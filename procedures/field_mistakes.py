"""項目の整合性: what must hold between the keys of a field, of a group of fields, and of the reception."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from typing import Any

from procedures.mistakes import Mistake, Where, suggested
from procedures.parts import Node, Placed, fields, ids, nodes, repeated, review_fields
from procedures.patterns import matches, pattern_problem

_PREFILLED = {"birth_date": ("date",), "sex": ("choice",), "address": ("text", "long_text")}
"""Kinds of field by what fills them; all others are one line of text."""
_SEXES = {"male", "female", "other"}


def field_mistakes(data: Node) -> Iterator[Mistake]:
    """項目の誤り: of every field and of the fields of groups."""
    form = fields(data)
    for where, field in form:
        yield from _one_field(where, field, form)
        if field.get("kind") == "group":
            yield from _group(where, field)


def review_mistakes(data: Node) -> Iterator[Mistake]:
    """審査欄の誤り: its fields are always asked, and filled in by reviewers alone."""
    for where, field in review_fields(data):
        yield from repeated(nodes(field, "options", where), "value", "the option value")
        yield from _bounds(where, field)
        yield from _pattern(where, field)
        for key in ("visible_when", "prefill", "address_field"):
            if field.get(key) is not None:
                yield Mistake((*where, key), f"{key} has no meaning in the review form", f"no {key}")


def _one_field(where: Where, field: Node, beside: Placed) -> Iterator[Mistake]:
    yield from repeated(nodes(field, "options", where), "value", "the option value")
    yield from _bounds(where, field)
    yield from _pattern(where, field)
    yield from _prefill(where, field)
    yield from _address_field(where, field, beside)
    yield from _photographs(where, field)


def _group(where: Where, group: Node) -> Iterator[Mistake]:
    items = nodes(group, "fields", where)
    yield from repeated(items, "id", "the field id")
    if group.get("prefill") is not None:
        yield Mistake((*where, "prefill"), "a group cannot be prefilled", "no prefill")
    if group.get("minimum") == 0 and group.get("required", True) is True:
        problem = "is 0, but the group is required"
        yield Mistake((*where, "minimum"), problem, "minimum: 1, or required: false: then none or at least the minimum")
    for place, field in items:
        yield from _one_field(place, field, items)
        for key in ("visible_when", "prefill"):
            if field.get(key) is not None:
                problem = f"{key} has no meaning within a group"
                yield Mistake((*place, key), problem, f"no {key}, or the field outside the group")


def _bounds(where: Where, field: Node) -> Iterator[Mistake]:
    usual = (1, 10) if field.get("kind") == "group" else (None, None)
    low, high = field.get("minimum", usual[0]), field.get("maximum", usual[1])
    if type(low) is int and type(high) is int and low > high:
        yield Mistake((*where, "maximum"), f"is below the minimum, {low}", f"maximum: {low} or more")


def _pattern(where: Where, field: Node) -> Iterator[Mistake]:
    pattern, example = field.get("pattern"), field.get("example")
    if not isinstance(pattern, str):
        return
    if problem := pattern_problem(pattern):
        yield Mistake((*where, "pattern"), problem, "a regular expression such as [0-9]{7}")
    elif not isinstance(example, str):
        yield Mistake(where, "a pattern needs an example of what to enter", "example: an answer it accepts")
    elif not matches(pattern, example):
        yield Mistake((*where, "example"), f'"{example}" does not match the pattern', "an answer it accepts")


def _prefill(where: Where, field: Node) -> Iterator[Mistake]:
    source, kind = field.get("prefill"), field.get("kind")
    if not isinstance(source, str) or kind == "group":
        return
    fitting = _PREFILLED.get(source, ("text",))
    if kind not in fitting:
        problem = f'"{source}" does not fit a field of kind {kind}'
        yield Mistake((*where, "prefill"), problem, f"kind: {' or '.join(fitting)}, or another prefill")
    elif source == "sex" and not {str(option.get("value")) for _, option in nodes(field, "options")} & _SEXES:
        yield Mistake((*where, "prefill"), "no option is a sex", "options with the values male and female")


def _address_field(where: Where, field: Node, beside: Placed) -> Iterator[Mistake]:
    named = field.get("address_field")
    if not isinstance(named, str):
        return
    if field.get("writing") != "postal_code":
        yield Mistake((*where, "address_field"), "belongs to a postal code", "writing: postal_code")
    texts = ids([(place, other) for place, other in beside if other.get("kind") == "text" and other is not field])
    if named not in texts:
        problem = f'"{named}" is no text field {"of this group" if "fields" in where[4:] else "of the form"}'
        yield Mistake((*where, "address_field"), problem, suggested(named, texts))


def _photographs(where: Where, field: Node) -> Iterator[Mistake]:
    accept = field.get("accept")
    if field.get("kind") != "attachment" or not isinstance(accept, list):
        return
    if field.get("photos_as_pdf") is True and not ("pdf" in accept and {"jpeg", "png"} & set(map(str, accept))):
        problem = "photographs become a PDF, but accept does not name pdf and a kind of photograph"
        yield Mistake((*where, "photos_as_pdf"), problem, "accept: [pdf, jpeg, png]")
    if field.get("max_pages") is not None and "pdf" not in accept:
        yield Mistake((*where, "max_pages"), "only PDFs have pages, and accept names no pdf", "accept: [pdf]")


def reception_mistakes(data: Node) -> Iterator[Mistake]:
    """受付期間の誤り: it closes after it opens, each day too, by Japan's clock."""
    given = data.get("reception")
    if not isinstance(given, Mapping):
        return
    opens, closes = (_read(date.fromisoformat, given.get(key)) for key in ("opens", "closes"))
    if opens and closes and closes < opens:
        yield Mistake(("reception", "closes"), f"is before opens, {opens}", f"closes: {opens} or later")
    hours = {key: _read(time.fromisoformat, given.get(key)) for key in ("from_time", "until_time")}
    zoned = [key for key, at in hours.items() if at is not None and at.tzinfo is not None]
    for key in zoned:
        yield Mistake(("reception", key), "has a time zone; the hours are always Japan's", f'{key}: "06:30"')
    begin, end = hours["from_time"] or time(0), hours["until_time"]
    if end is not None and not zoned and end <= begin:
        problem = f"is not after from_time, {begin:%H:%M}"
        yield Mistake(("reception", "until_time"), problem, f'until_time: later than "{begin:%H:%M}", or leave it out')


def _read(read: Callable[[str], Any], value: object) -> Any:
    try:
        return read(value) if isinstance(value, str) else None
    except ValueError:
        return None
