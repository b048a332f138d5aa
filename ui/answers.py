"""回答: the answers of a submission as a person reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.views import AttachmentView
from procedures.document import Procedure
from procedures.form import AttachmentField, ChoiceField, ConsentField, DateField, FormField, IntegerField
from procedures.texts import Language, Text
from ui import notation
from ui.language import translated
from ui.wording import N_

CHECKED, UNCHECKED = N_("はい"), N_("いいえ")


@dataclass(frozen=True)
class Line:
    """回答の一行: a question and its answer."""

    field: str
    label: Text
    answer: str


def shown(language: Language, answer: object, field: FormField) -> str:
    """表示: one answer in the reader's language. An answer of the wrong shape is shown as it is, never dropped."""
    match field:
        case ChoiceField():
            return comma(language).join(_option(language, field, value) for value in _many(answer))
        case ConsentField():
            return translated(language, CHECKED if answer is True else UNCHECKED)
        case DateField():
            return _day(language, answer)
        case IntegerField() if isinstance(answer, int):
            return notation.number(language, answer)
        case _:
            return "" if answer is None else str(answer)


def lines(
    language: Language,
    procedure: Procedure,
    answers: Mapping[str, object],
    attachments: Sequence[AttachmentView] = (),
) -> tuple[Line, ...]:
    """回答の一覧: every question that was answered, in the order it was asked."""
    return tuple(
        Line(field.id, field.label, text)
        for field in procedure.form.fields()
        if (text := _line(language, field, answers, attachments))
    )


def comma(language: Language) -> str:
    """読点: between the items of a list."""
    return "、" if language in ("ja", "zh") else ", "


def _line(
    language: Language, field: FormField, answers: Mapping[str, object], attachments: Sequence[AttachmentView]
) -> str:
    if isinstance(field, AttachmentField):
        return comma(language).join(file.name for file in attachments if file.field == field.id)
    return shown(language, answers[field.id], field) if field.id in answers else ""


def _many(answer: object) -> Sequence[object]:
    if answer is None:
        return ()
    return answer if isinstance(answer, list | tuple) else (answer,)


def _option(language: Language, field: ChoiceField, value: object) -> str:
    labels = {option.value: option.label.of(language) for option in field.options}
    return labels.get(str(value), str(value))


def _day(language: Language, answer: object) -> str:
    try:
        return notation.birthday(language, date.fromisoformat(str(answer)))
    except ValueError:
        return str(answer)
