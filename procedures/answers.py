"""回答の検査: what a resident sent, made clean or refused field by field. Never raises, whatever was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from procedures.document import Procedure
from procedures.form import (
    AttachmentField,
    ChoiceField,
    ConsentField,
    DateField,
    FormField,
    IntegerField,
    LongTextField,
    TextField,
)
from procedures.patterns import matches
from procedures.problems import Code, Problem, day_problem, problem
from procedures.rules import Facts, Rule, RuleFailed
from procedures.submission import Attachment
from procedures.writing import half_width, is_blank_date, is_legible, katakana, lines, read_date, read_integer

MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
MOST_UNKNOWN = 20
LONGEST_NAME = 64
ABSENT = object()
_TRUE = frozenset({"true", "on", "1", "yes"})
_FALSE = frozenset({"false", "off", "0", "no", ""})


@dataclass(frozen=True)
class Checked:
    """検査済みの回答: JSON values by field id, in the form's order; hidden and empty fields are absent.

    text, long_text: str. integer: int. choice: the option's value, or a list of them. date: ISO 8601. consent: bool.
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


class _Refused(Exception):
    """One answer is refused."""

    def __init__(self, found: Problem) -> None:
        self.problem = found
        super().__init__(found.code)


def check_answers(procedure: Procedure, raw: Mapping[str, object], today: date) -> Checked:
    """回答の検査: `raw` is a JSON object, or a posted form as text by field id (lists for several values).

    An attachment's raw value is a list of {name, media_type, bytes, sha256}, of files the server has received and
    looked into. The language of the messages is the reader's choice: each problem has all four.
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
        except _Refused as refusal:
            problems.append(refusal.problem)
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


def _unknown(procedure: Procedure, raw: Mapping[str, object]) -> list[Problem]:
    known = {asked.id for asked in procedure.form.fields()}
    names = [name for name in raw if name not in known][:MOST_UNKNOWN]
    return [problem(_printable(name), "unknown_field") for name in names]


def _printable(name: object) -> str:
    text = name if isinstance(name, str) else type(name).__name__
    return ascii(text[:LONGEST_NAME])[1:-1]


def _checked(asked: FormField, raw: object, facts: Facts) -> Any:
    if isinstance(asked, ConsentField) or not _is_empty(raw):
        return _given(asked, raw, facts)
    if asked.required:
        raise _Refused(problem(asked.id, "required"))
    return [] if isinstance(asked, AttachmentField) else ABSENT


def _given(asked: FormField, raw: object, facts: Facts) -> Any:
    match asked:
        case IntegerField():
            return _integer(asked, raw)
        case ChoiceField():
            return _choice(asked, raw)
        case DateField():
            return _day(asked, raw, facts)
        case AttachmentField():
            return _attachments(asked, raw)
        case ConsentField():
            return _consent(asked, raw)
        case _:
            return _text(asked, raw)


def _is_empty(raw: object) -> bool:
    if isinstance(raw, str):
        return not raw.strip()
    return raw is None or raw in ([], (), {}) or is_blank_date(raw)


def _text(asked: TextField | LongTextField, raw: object) -> str:
    if not isinstance(raw, str):
        raise _Refused(problem(asked.id, "not_text"))
    if len(raw) > asked.max_length * 4:  # before any work on it; normalising shortens at most this much
        raise _Refused(problem(asked.id, "too_long", limit=str(asked.max_length)))
    long = isinstance(asked, LongTextField)
    text = lines(raw).strip() if long else raw.strip()
    if not is_legible(text, multiline=long):
        raise _Refused(problem(asked.id, "control_character"))
    text = _written(asked, text)
    if len(text) > asked.max_length:
        raise _Refused(problem(asked.id, "too_long", limit=str(asked.max_length)))
    if isinstance(asked, TextField) and asked.pattern and not matches(asked.pattern, text):
        raise _Refused(problem(asked.id, "pattern", example=asked.example or ""))
    return text


def _written(asked: TextField | LongTextField, text: str) -> str:
    match asked.writing if isinstance(asked, TextField) else "as_written":
        case "half_width":
            return half_width(text)
        case "katakana":
            return katakana(text)
        case _:
            return text


def _integer(asked: IntegerField, raw: object) -> int:
    number = read_integer(raw)
    if number is None:
        raise _Refused(problem(asked.id, "not_integer"))
    if number < asked.minimum:
        raise _Refused(problem(asked.id, "too_small", limit=str(asked.minimum)))
    if number > asked.maximum:
        raise _Refused(problem(asked.id, "too_large", limit=str(asked.maximum)))
    return number


def _choice(asked: ChoiceField, raw: object) -> str | list[str]:
    known = [option.value for option in asked.options]
    given = list(raw) if asked.many and isinstance(raw, list | tuple) else [raw]
    if len(given) > len(known) or not all(isinstance(value, str) and value in known for value in given):
        raise _Refused(problem(asked.id, "not_an_option"))
    chosen = [value for value in known if value in given]
    return chosen if asked.many else chosen[0]


def _day(asked: DateField, raw: object, facts: Facts) -> str:
    day = read_date(raw)
    if day is None:
        raise _Refused(problem(asked.id, "not_a_date"))
    _bounded(asked, day, asked.minimum, "too_early", facts)
    _bounded(asked, day, asked.maximum, "too_late", facts)
    return day.isoformat()


def _bounded(asked: DateField, day: date, rule: Rule | None, code: Code, facts: Facts) -> None:
    try:
        limit = rule.evaluate_date(facts) if rule else day
    except RuleFailed:
        # The limit hangs on another answer that is missing or refused; it will be checked with that one in place.
        return
    if (day < limit) if code == "too_early" else (day > limit):
        raise _Refused(day_problem(asked.id, code, limit))


def _consent(asked: ConsentField, raw: object) -> bool:
    given = raw.strip().lower() if isinstance(raw, str) else raw
    known = isinstance(given, bool) or given is None or (isinstance(given, str) and given in _TRUE | _FALSE)
    if not known:
        raise _Refused(problem(asked.id, "not_an_option"))
    agreed = given is True or (isinstance(given, str) and given in _TRUE)
    if asked.required and not agreed:
        raise _Refused(problem(asked.id, "consent_required"))
    return agreed


def _attachments(asked: AttachmentField, raw: object) -> list[Attachment]:
    if not isinstance(raw, list | tuple):
        raise _Refused(problem(asked.id, "not_an_attachment"))
    if len(raw) > asked.max_files:
        raise _Refused(problem(asked.id, "too_many_files", limit=str(asked.max_files)))
    return [_attachment(asked, each) for each in raw]


def _attachment(asked: AttachmentField, raw: object) -> Attachment:
    content = dict(raw) if isinstance(raw, Mapping) else {}
    media_type = content.pop("media_type", None)
    try:
        found = Attachment(**{"field": asked.id} | content)
    except (ValidationError, TypeError):
        raise _Refused(problem(asked.id, "not_an_attachment")) from None
    if not is_legible(found.name, multiline=False) or found.field != asked.id:
        raise _Refused(problem(asked.id, "not_an_attachment"))
    if media_type not in [MEDIA_TYPES[kind] for kind in asked.accept]:
        kinds = ", ".join(kind.upper() for kind in asked.accept)
        raise _Refused(problem(asked.id, "file_type", kinds=kinds))
    if found.bytes == 0:
        raise _Refused(problem(asked.id, "file_empty"))
    if found.bytes > asked.max_bytes:
        raise _Refused(problem(asked.id, "file_too_large", limit=f"{asked.max_bytes:,}"))
    return found
