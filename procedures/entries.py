"""回答一件の検査: the answer to one question, made clean or refused with what to enter."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from procedures.contacts import read_email, read_phone, read_postal_code
from procedures.form import (
    AttachmentField,
    ChoiceField,
    ConsentField,
    DateField,
    IntegerField,
    LongTextField,
    TextField,
    Writing,
)
from procedures.patterns import matches
from procedures.problems import Code, Problem, day_problem, problem
from procedures.rules import Facts, Rule, RuleFailed
from procedures.submission import Attachment
from procedures.writing import half_width, is_blank_date, is_legible, katakana, lines, read_date, read_integer

MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ABSENT = object()
_TRUE = frozenset({"true", "on", "1", "yes"})
_FALSE = frozenset({"false", "off", "0", "no", ""})

SingleField = TextField | LongTextField | IntegerField | ChoiceField | DateField | AttachmentField | ConsentField


class Refused(Exception):
    """拒否: an answer is refused; a repeated one for as many reasons as its items have."""

    def __init__(self, *found: Problem) -> None:
        self.problems = found
        super().__init__(", ".join(each.code for each in found))


def check_entry(asked: SingleField, raw: object, facts: Facts) -> Any:
    """回答一件の検査: the clean value, or ABSENT where nothing was given. Raises Refused, nothing else."""
    if isinstance(asked, ConsentField) or not is_empty(raw):
        return _given(asked, raw, facts)
    if asked.required:
        raise Refused(problem(asked.id, "required"))
    return [] if isinstance(asked, AttachmentField) else ABSENT


def is_empty(raw: object) -> bool:
    """無回答か否か: nothing was given, whatever the control."""
    if isinstance(raw, str):
        return not raw.strip()
    return raw is None or raw in ([], (), {}) or is_blank_date(raw)


def _given(asked: SingleField, raw: object, facts: Facts) -> Any:
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


def _text(asked: TextField | LongTextField, raw: object) -> str:
    if not isinstance(raw, str):
        raise Refused(problem(asked.id, "not_text"))
    if len(raw) > asked.max_length * 4:  # before any work on it; normalising shortens at most this much
        raise Refused(problem(asked.id, "too_long", limit=str(asked.max_length)))
    long = isinstance(asked, LongTextField)
    text = lines(raw).strip() if long else raw.strip()
    if not is_legible(text, multiline=long):
        raise Refused(problem(asked.id, "control_character"))
    text = _written(asked, text)
    if len(text) > asked.max_length:
        raise Refused(problem(asked.id, "too_long", limit=str(asked.max_length)))
    if isinstance(asked, TextField) and asked.pattern and not matches(asked.pattern, text):
        raise Refused(problem(asked.id, "pattern", example=asked.example or ""))
    return text


def _written(asked: TextField | LongTextField, text: str) -> str:
    writing: Writing = asked.writing if isinstance(asked, TextField) else "as_written"
    if writing in _READERS:
        read, code = _READERS[writing]
        found = read(text)
        if found is None:
            raise Refused(problem(asked.id, code))
        return found
    return _NORMAL_FORMS[writing](text)


_NORMAL_FORMS: Mapping[Writing, Callable[[str], str]] = {
    "as_written": str,
    "half_width": half_width,
    "katakana": katakana,
}
_READERS: Mapping[Writing, tuple[Callable[[str], str | None], Code]] = {
    "phone": (read_phone, "not_a_phone"),
    "postal_code": (read_postal_code, "not_a_postal_code"),
    "email": (read_email, "not_an_email"),
}


def _integer(asked: IntegerField, raw: object) -> int:
    number = read_integer(raw)
    if number is None:
        raise Refused(problem(asked.id, "not_integer"))
    if number < asked.minimum:
        raise Refused(problem(asked.id, "too_small", limit=str(asked.minimum)))
    if number > asked.maximum:
        raise Refused(problem(asked.id, "too_large", limit=str(asked.maximum)))
    return number


def _choice(asked: ChoiceField, raw: object) -> str | list[str]:
    known = [option.value for option in asked.options]
    given = list(raw) if asked.many and isinstance(raw, list | tuple) else [raw]
    if len(given) > len(known) or not all(isinstance(value, str) and value in known for value in given):
        raise Refused(problem(asked.id, "not_an_option"))
    chosen = [value for value in known if value in given]
    return chosen if asked.many else chosen[0]


def _day(asked: DateField, raw: object, facts: Facts) -> str:
    day = read_date(raw)
    if day is None:
        raise Refused(problem(asked.id, "not_a_date"))
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
        raise Refused(day_problem(asked.id, code, limit))


def _consent(asked: ConsentField, raw: object) -> bool:
    given = raw.strip().lower() if isinstance(raw, str) else raw
    known = isinstance(given, bool) or given is None or (isinstance(given, str) and given in _TRUE | _FALSE)
    if not known:
        raise Refused(problem(asked.id, "not_an_option"))
    agreed = given is True or (isinstance(given, str) and given in _TRUE)
    if asked.required and not agreed:
        raise Refused(problem(asked.id, "consent_required"))
    return agreed


def _attachments(asked: AttachmentField, raw: object) -> list[Attachment]:
    if not isinstance(raw, list | tuple):
        raise Refused(problem(asked.id, "not_an_attachment"))
    if len(raw) > asked.max_files:
        raise Refused(problem(asked.id, "too_many_files", limit=str(asked.max_files)))
    return [_attachment(asked, each) for each in raw]


def _attachment(asked: AttachmentField, raw: object) -> Attachment:
    content = dict(raw) if isinstance(raw, Mapping) else {}
    media_type = content.pop("media_type", None)
    try:
        found = Attachment(**{"field": asked.id} | content)
    except (ValidationError, TypeError):
        raise Refused(problem(asked.id, "not_an_attachment")) from None
    if not is_legible(found.name, multiline=False) or found.field != asked.id:
        raise Refused(problem(asked.id, "not_an_attachment"))
    if media_type not in [MEDIA_TYPES[kind] for kind in asked.accept]:
        kinds = ", ".join(kind.upper() for kind in asked.accept)
        raise Refused(problem(asked.id, "file_type", kinds=kinds))
    if found.bytes == 0:
        raise Refused(problem(asked.id, "file_empty"))
    if found.bytes > asked.max_bytes:
        raise Refused(problem(asked.id, "file_too_large", limit=f"{asked.max_bytes:,}"))
    return found
