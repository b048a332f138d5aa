"""言い換え: answers as a person reads them."""

from collections.abc import Mapping

from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, FormField
from procedures.texts import Language, Text

_BETWEEN = {"ja": "、", "en": ", ", "zh": "、", "ko": ", "}
_YES = Text(ja="はい", en="Yes", zh="是", ko="예")
_NO = Text(ja="いいえ", en="No", zh="否", ko="아니요")


def answers_in_words(procedure: Procedure, answers: Mapping[str, object], language: Language) -> dict[str, str]:
    """回答の言い換え: by field id, in the form's order; an option by its label."""
    fields = (field for field in procedure.form.fields() if field.id in answers)
    return {field.id: _in_words(field, answers[field.id], language) for field in fields}


def _in_words(field: FormField, value: object, language: Language) -> str:
    if isinstance(field, ChoiceField):
        labels = {option.value: option.label.of(language) for option in field.options}
        chosen = value if isinstance(value, list) else [value]
        return _BETWEEN[language].join(labels.get(str(each), str(each)) for each in chosen)
    if isinstance(field, ConsentField):
        return (_YES if value else _NO).of(language)
    return str(value)
