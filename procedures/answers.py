"""回答の検査: what a resident sent, made clean or refused field by field. Never raises, whatever was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from procedures.document import Procedure
from procedures.entries import ABSENT, MEDIA_TYPES, Refused, check_entry
from procedures.form import AttachmentField, FormField, GroupField
from procedures.groups import check_group
from procedures.problems import Problem, printable, problem
from procedures.rules import Facts, Rule, RuleFailed
from procedures.submission import Attachment

__all__ = ["MEDIA_TYPES", "Checked", "check_answers"]

MOST_UNKNOWN = 20


@dataclass(frozen=True)
class Checked:
    """検査済みの回答: JSON values by field id, in the form's order; hidden and empty fields are absent.

    text, long_text: str. integer: int. choice: the option's value, or a list of them. date: ISO 8601. consent: bool.
    group: a list of such answers by field id, one per item.
    """

    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]
    attachments: tuple[Attachment, ...] = ()
    visible: frozenset[str] = field(default_factory=frozenset)
    """Ids of the fields to show."""

    @property
    def accepted(self) -> bool:
        """受付可能か否か: no problem was found."""
        return not self.problems


def check_answers(procedure: Procedure, raw: Mapping[str, object], today: date) -> Checked:
    """回答の検査: `raw` is a JSON object, or a posted form as text by field id (lists for several values).

    A group's raw value is a list of such objects, one per item. An attachment's is a list of {name, media_type, bytes,
    sha256}, of files the server has received and looked into. The language of the messages is the reader's choice: each
    problem has all four.
    """
    answers: dict[str, Any] = {}
    attachments: list[Attachment] = []
    problems = _unknown(procedure, raw)
    visible: set[str] = set()
    for asked in procedure.form.fields():
        facts = Facts(answers, today)
        if not _is_visible(asked.visible_when, facts):
            continue
        visible.add(asked.id)
        try:
            value = _checked(asked, raw.get(asked.id), facts)
        except Refused as refusal:
            problems += refusal.problems
            continue
        if isinstance(asked, AttachmentField):
            attachments += value
        elif value is not ABSENT:
            answers[asked.id] = value
    return Checked(MappingProxyType(answers), tuple(problems), tuple(attachments), frozenset(visible))


def _is_visible(rule: Rule | None, facts: Facts) -> bool:
    """A question whose condition cannot be told (an answer above is missing or refused) is not asked yet."""
    try:
        return rule is None or rule.evaluate_condition(facts)
    except RuleFailed:
        return False


def _checked(asked: FormField, raw: object, facts: Facts) -> Any:
    return check_group(asked, raw, facts) if isinstance(asked, GroupField) else check_entry(asked, raw, facts)


def _unknown(procedure: Procedure, raw: Mapping[str, object]) -> list[Problem]:
    known = {asked.id for asked in procedure.form.fields()}
    names = [name for name in raw if name not in known][:MOST_UNKNOWN]
    return [problem(printable(name), "unknown_field") for name in names]
