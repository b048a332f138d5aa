"""意見照会の内容: questions asked of others and their answers; what somebody asked is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from api.case.views import DutyChoice, OpinionView, SharedView
from api.views import AttachmentView
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.loader import Library
from procedures.texts import Language
from ui import answers, wording
from ui.form import DATE_PARTS
from ui.language import translated


@dataclass(frozen=True)
class TypedQuestion:
    """照会の入力: as typed, shown again where it was refused."""

    asked: str = ""
    question: str = ""
    fields: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    wished_for: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(DATE_PARTS, ""))
    required: bool = False


@dataclass(frozen=True)
class TypedAnswer:
    """回答の入力."""

    stance: str = ""
    text: str = ""


def opinions(
    language: Language, procedure: Procedure, found: Iterable[OpinionView], choices: Iterable[DutyChoice],
    given: Mapping[str, object], attachments: Iterable[AttachmentView], typed: TypedQuestion | None = None,
) -> dict[str, Any]:  # fmt: skip
    """この案件の意見照会, and what a new question may show."""
    listed = [_opinion(language, each) for each in found]
    fields = [each for each in procedure.form.fields() if not isinstance(each, AttachmentField) and each.id in given]
    return {
        "opinions": listed,
        "awaited": [each for each in listed if each["view"].is_waiting],
        "choices": [(f"{each.department}:{each.function}", duty(language, each)) for each in choices],
        "shareable": [(each.id, each.label.of(language)) for each in fields],
        "shareable_files": [(str(each.id), each.name) for each in attachments],
        "typed_question": typed or TypedQuestion(),
        "next_opinion": uuid4(),
    }


def waiting(library: Library, found: Iterable[OpinionView]) -> dict[str, Any]:
    """受信箱の意見照会: each with its procedure's title."""
    return {"asked_opinions": [(each, library.version(each.procedure, each.version).title) for each in found]}


def asked(
    language: Language, procedure: Procedure, view: SharedView, typed: TypedAnswer | None = None, problem: object = None
) -> dict[str, Any]:
    """意見を求められた案件."""
    lines = answers.lines(language, procedure, view.answers)
    return {
        "opinion": view.opinion,
        "asked_of": duty(language, view.opinion.asked),
        "procedure": procedure,
        "rows": [(line.label.of(language), line.answer) for line in lines],
        "stances": [(code, translated(language, label)) for code, label in wording.STANCES.items()],
        "typed": typed or TypedAnswer(),
        "problem": problem,
    }


def duty(language: Language, choice: DutyChoice) -> str:
    """照会先の言い方."""
    names = (choice.department_name, choice.function_title)
    return " · ".join(each.get(language) or each.get("ja", "") for each in names)


def _opinion(language: Language, view: OpinionView) -> dict[str, Any]:
    stance = wording.STANCES.get(view.stance or "")
    return {
        "view": view,
        "asked_of": duty(language, view.asked),
        "stance": stance and translated(language, stance),
        "colour": wording.STANCE_COLOURS.get(view.stance or "", "gray"),
    }
