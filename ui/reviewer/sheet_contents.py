"""審査欄の内容: the procedure's own questions to its reviewers, as saved, as typed, and what is wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from api.case.views import ReviewSheetView
from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, DateField, ReviewField
from procedures.problems import Problem
from procedures.texts import Language
from ui import answers, entry
from ui.form import DATE_PARTS, MOST_RADIOS

PREFIX = "review."


@dataclass(frozen=True)
class TypedSheet:
    """審査欄の入力: as typed, and what is wrong with it."""

    answers: Mapping[str, object]
    problems: tuple[Problem, ...] = ()
    stale: bool = False
    """A colleague saved meanwhile: what they wrote is shown beside each field."""


@dataclass(frozen=True)
class SheetField:
    """審査欄の一項目."""

    field: ReviewField
    label: str
    hint: str | None
    value: object
    parts: Mapping[str, str]
    shown: str
    error: str | None
    other: str | None

    @property
    def id(self) -> str:
        """要素のid; field ids hold no hyphen, so that no other control has it."""
        return f"review-{self.field.id}"

    @property
    def name(self) -> str:
        """入力欄の名."""
        return f"{PREFIX}{self.field.id}"

    @property
    def is_group(self) -> bool:
        """複数の入力欄: several inputs answer one question."""
        several = isinstance(self.field, DateField | ChoiceField | ConsentField)
        return several and not self.is_select

    @property
    def is_select(self) -> bool:
        """プルダウン."""
        return isinstance(self.field, ChoiceField) and not self.field.many and len(self.field.options) > MOST_RADIOS

    @property
    def described_by(self) -> str:
        """説明の参照."""
        notes = (("error", self.error), ("hint", self.hint), ("-elsewhere", self.other))
        return " ".join(f"{self.id}-{name}" for name, note in notes if note is not None)


def sheet(
    language: Language, procedure: Procedure, view: ReviewSheetView | None, typed: TypedSheet | None = None
) -> dict[str, Any]:
    """審査欄; None where the procedure has none."""
    form = procedure.review_form
    if form is None or view is None:
        return {"sheet": None, "sheet_missing": ()}
    fields = [_field(language, each, view, typed) for each in form.fields]
    return {
        "sheet": view,
        "sheet_about": form.description.of(language) if form.description else None,
        "sheet_fields": fields,
        "sheet_faults": sum(each.error is not None for each in fields),
        "sheet_missing": [each.label for each in fields if each.field.id in view.missing],
        "sheet_stale": typed is not None and typed.stale,
    }


def typed_in(procedure: Procedure, sent: FormData) -> dict[str, object]:
    """入力: what the form of the sheet sent."""
    form = procedure.review_form
    return {each.id: entry.answer(each, sent, f"{PREFIX}{each.id}") for each in (form.fields if form else ())}


def _field(language: Language, asked: ReviewField, view: ReviewSheetView, typed: TypedSheet | None) -> SheetField:
    saved = view.answers.get(asked.id)
    value = saved if typed is None else typed.answers.get(asked.id)
    wrong = _wrong(asked.id, typed.problems if typed else ())
    other = None
    if typed is not None and typed.stale and str(saved or "") != str(value or ""):
        other = "" if saved is None else answers.shown(language, saved, asked)
    given = [part.lstrip("0") for part in str(value or "").split("-", 2)] if isinstance(asked, DateField) else []
    return SheetField(
        field=asked,
        label=asked.label.of(language),
        hint=asked.hint.of(language) if asked.hint else None,
        value=value,
        parts=dict(zip(DATE_PARTS, [*given, "", "", ""], strict=False)),
        shown="" if saved is None else answers.shown(language, saved, asked),
        error=wrong.message.of(language) if wrong else None,
        other=other,
    )


def _wrong(field: str, problems: Iterable[Problem]) -> Problem | None:
    return next((each for each in problems if each.field == field), None)
