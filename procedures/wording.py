"""言い換え: answers as a person reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, FormField, GroupField
from procedures.texts import LANGUAGES, Language, Text

Words = str | tuple[dict[str, str], ...]
_BETWEEN = {"ja": "、", "en": ", ", "zh": "、", "ko": ", "}
_COLON = {"ja": "：", "en": ": ", "zh": "：", "ko": ": "}
_YES = Text(ja="はい", en="Yes", zh="是", ko="예")
_NO = Text(ja="いいえ", en="No", zh="否", ko="아니요")


@dataclass(frozen=True)
class Answered:
    """答えた質問: one question with its answer; of a group, one question of one item."""

    place: str
    """The field's id; in a group group.index.id, the index from 0."""
    label: Text
    """In a group with the item's number from 1: お子さん 1：氏名."""
    field: FormField
    answer: object


def answered(procedure: Procedure, answers: Mapping[str, object]) -> tuple[Answered, ...]:
    """答えた質問の一覧: in the order asked. An answer of the wrong shape is there as it is, never dropped."""
    return tuple(
        each for field in procedure.form.fields() if field.id in answers for each in _answered(field, answers[field.id])
    )


def item_label(group: GroupField, index: int) -> Text:
    """何番目: what the item at an index (from 0) is called: お子さん 1."""
    return _text({language: f"{group.item.of(language)} {index + 1}" for language in LANGUAGES})


def answers_in_words(procedure: Procedure, answers: Mapping[str, object], language: Language) -> dict[str, Words]:
    """回答の言い換え: by field id, in the form's order; an option by its label, a group as a tuple of such maps."""
    fields = (field for field in procedure.form.fields() if field.id in answers)
    return {field.id: _words(field, answers[field.id], language) for field in fields}


def in_words(field: FormField, value: object, language: Language) -> str:
    """言い換え: one answer; an option by its label."""
    if isinstance(field, ChoiceField):
        labels = {option.value: option.label.of(language) for option in field.options}
        chosen = value if isinstance(value, list) else [value]
        return _BETWEEN[language].join(labels.get(str(each), str(each)) for each in chosen)
    if isinstance(field, ConsentField):
        return (_YES if value else _NO).of(language)
    return str(value)


def _answered(field: FormField, value: object) -> Iterator[Answered]:
    items = _items(field, value)
    if not isinstance(field, GroupField) or items is None:
        yield Answered(field.id, field.label, field, value)
        return
    for index, item in enumerate(items):
        for asked in field.fields:
            if asked.id in item:
                label = _beside(item_label(field, index), asked.label)
                yield Answered(f"{field.id}.{index}.{asked.id}", label, asked, item[asked.id])


def _words(field: FormField, value: object, language: Language) -> Words:
    items = _items(field, value)
    if not isinstance(field, GroupField) or items is None:
        return in_words(field, value, language)
    return tuple(
        {asked.id: in_words(asked, item[asked.id], language) for asked in field.fields if asked.id in item}
        for item in items
    )


def _items(field: FormField, value: object) -> Sequence[Mapping[str, object]] | None:
    """The items of a group's answer; None where it is not the answer of a group."""
    if not isinstance(field, GroupField) or not isinstance(value, list | tuple):
        return None
    return value if all(isinstance(item, Mapping) for item in value) else None


def _beside(first: Text, second: Text) -> Text:
    return _text({name: f"{first.of(name)}{_COLON[name]}{second.of(name)}" for name in LANGUAGES})


def _text(words: Mapping[Language, str]) -> Text:
    return Text(ja=words["ja"], en=words["en"], zh=words["zh"], ko=words["ko"])
