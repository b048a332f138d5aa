"""繰返し項目の検査: the same questions for each of several people or things; every mistake is told at its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from procedures.entries import ABSENT, Refused, check_entry, is_empty
from procedures.form import GroupField
from procedures.problems import Problem, printable, problem
from procedures.rules import Facts

MOST_ITEMS = 200
"""Sent at once, blank ones included; more are refused unread."""
MOST_UNKNOWN = 5


def check_group(asked: GroupField, raw: object, facts: Facts) -> Any:
    """繰返し項目の検査: a list of answers by field id, without wholly blank items; ABSENT where none was given.

    A mistake's place is group.index.field; the index counts from 0 in the list as it was sent. Raises Refused with the
    mistakes of all items at once.
    """
    if not isinstance(raw, list | tuple):
        if is_empty(raw):
            return _none_given(asked)
        raise Refused(problem(asked.id, "not_a_list"))
    if len(raw) > MOST_ITEMS:
        raise Refused(problem(asked.id, "too_many_items", limit=str(asked.maximum)))
    kept = [(index, item) for index, item in enumerate(raw) if not is_blank(item)]
    if not kept:
        return _none_given(asked)
    return _checked_items(asked, kept, facts)


def is_blank(item: object) -> bool:
    """空の件か否か: nothing was entered for this one of several."""
    return all(map(is_empty, item.values())) if isinstance(item, Mapping) else is_empty(item)


def _none_given(asked: GroupField) -> object:
    if asked.required:
        raise Refused(problem(asked.id, "required"))
    return ABSENT


def _checked_items(asked: GroupField, kept: Sequence[tuple[int, object]], facts: Facts) -> list[dict[str, Any]]:
    found = _miscounted(asked, len(kept))
    checked = []
    for index, item in kept:
        answers, mistakes = _item(asked, item, facts)
        checked.append(answers)
        found += [replace(each, field=".".join(filter(None, (asked.id, str(index), each.field)))) for each in mistakes]
    if found:
        raise Refused(*found)
    return checked


def _miscounted(asked: GroupField, count: int) -> list[Problem]:
    if count < asked.minimum:
        return [problem(asked.id, "too_few_items", limit=str(asked.minimum))]
    if count > asked.maximum:
        return [problem(asked.id, "too_many_items", limit=str(asked.maximum))]
    return []


def _item(asked: GroupField, item: object, facts: Facts) -> tuple[dict[str, Any], list[Problem]]:
    if not isinstance(item, Mapping):
        return {}, [problem("", "not_a_list")]
    known = {field.id for field in asked.fields}
    unknown = [name for name in item if name not in known][:MOST_UNKNOWN]
    found = [problem(printable(name), "unknown_field") for name in unknown]
    answers: dict[str, Any] = {}
    for field in asked.fields:
        try:
            value = check_entry(field, item.get(field.id), facts)
        except Refused as refusal:
            found += refusal.problems
            continue
        answers |= {} if value is ABSENT else {field.id: value}
    return answers, found
