"""回答: the answers of a submission as a person reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.views import AttachmentView
from procedures.document import Procedure
from procedures.form import AttachmentField, ChoiceField, ConsentField, DateField, FormField, GroupField, IntegerField
from procedures.texts import Language, Text
from procedures.wording import answered, item_label
from ui import notation
from ui.language import translated
from ui.wording import N_

CHECKED, UNCHECKED = N_("はい"), N_("いいえ")


@dataclass(frozen=True)
class Line:
    """回答の一行: a question and its answer; of a repeated group, one question of one item."""

    field: str
    """The field's id; in a group group.index.id, the index from 0."""
    label: Text
    answer: str

    @property
    def asked(self) -> str:
        """質問: the id of the form's field the line belongs to; a group has many lines."""
        return self.field.partition(".")[0]


def shown(language: Language, answer: object, field: FormField) -> str:
    """表示: one answer in the reader's language; a group as paragraphs, one per item, under its number.

    An answer of the wrong shape is shown as it is, never dropped.
    """
    if isinstance(field, GroupField):
        return "\n\n".join(_item(language, field, index, item) for index, item in enumerate(_many(answer)))
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
    """回答の一覧: every question that was answered, in the order it was asked; items of a group are numbered."""
    found = []
    for field in procedure.form.fields():
        if isinstance(field, AttachmentField):
            names = comma(language).join(file.name for file in attachments if file.field == field.id)
            found.append(Line(field.id, field.label, names))
        given = {field.id: answers[field.id]} if field.id in answers else {}
        found += [
            Line(each.place, each.label, shown(language, each.answer, each.field))
            for each in answered(procedure, given)
        ]
    return tuple(line for line in found if line.answer)


def comma(language: Language) -> str:
    """読点: between the items of a list."""
    return "、" if language in ("ja", "zh") else ", "


def _item(language: Language, group: GroupField, index: int, item: object) -> str:
    """お子さん 1, and a line for each of its answers."""
    label = item_label(group, index).of(language)
    if not isinstance(item, Mapping):
        return f"{label}\n{item}"
    given = [
        (asked.label.of(language), shown(language, item[asked.id], asked)) for asked in group.fields if asked.id in item
    ]
    return "\n".join([label, *(f"{question}{colon(language)}{said}" for question, said in given)])


def colon(language: Language) -> str:
    """コロン: between a name and what it stands for."""
    return "：" if language in ("ja", "zh") else ": "


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
