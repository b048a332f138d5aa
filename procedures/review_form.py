"""審査欄の検査: what a reviewer filled in, made clean or refused field by field; what is still missing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from procedures.entries import ABSENT, Refused, check_entry
from procedures.form import ConsentField, ReviewForm
from procedures.problems import Problem, printable, problem
from procedures.rules import Facts

MOST_UNKNOWN = 5


def check_sheet(form: ReviewForm, raw: Mapping[str, object], today: date) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """審査欄の検査: answers by field id, and what is wrong; it may be saved incomplete. Never raises."""
    known = {field.id for field in form.fields}
    found = [problem(printable(name), "unknown_field") for name in raw if name not in known][:MOST_UNKNOWN]
    answers: dict[str, Any] = {}
    facts = Facts({}, today)
    for field in form.fields:
        try:
            value = check_entry(field.model_copy(update={"required": False}), raw.get(field.id), facts)
        except Refused as refusal:
            found += refusal.problems
            continue
        if value is not ABSENT:
            answers[field.id] = value
    return answers, tuple(found)


def unfilled(form: ReviewForm, answers: Mapping[str, object]) -> tuple[str, ...]:
    """未記入の必須項目: an approval waits for them; a required checkbox must be checked."""
    return tuple(
        field.id
        for field in form.fields
        if field.required and (field.id not in answers or (isinstance(field, ConsentField) and not answers[field.id]))
    )
