"""印刷: the export as a person reads it: a tagged PDF in the resident's language, a part of the cases at a time."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from babel.dates import format_date
from temporalio import activity

from activities.desk import JAPAN, Desk
from activities.documents.render import Renderer
from activities.export.binding import bind
from activities.export.rows import still_wanted, wanted
from activities.export.settings import ExportSettings
from procedures.document import Procedure
from procedures.loader import Library, ProcedureUnknown
from procedures.texts import Language
from procedures.wording import answered, in_words
from store import exports
from store.exports import ExportRow
from store.objects import Objects
from workflows.contracts import ExportPart, ExportParts

TEMPLATE = "_shared/my_data.html"
Data = dict[str, Any]


class ExportPrints:
    """書き出しの印刷の処理, CPU-heavy: on the queue of the documents, a part at a time between theirs."""

    def __init__(self, desk: Desk, objects: Objects, renderer: Renderer, settings: ExportSettings) -> None:
        self._desk = desk
        self._objects = objects
        self._renderer = renderer
        self._settings = settings

    @activity.defn
    def print_export(self, given: ExportPart) -> None:
        """印刷: one part. The first one begins with everything that belongs to no case. Raises DocumentUnprintable."""
        row = wanted(self._desk, given)
        if row is None:
            return
        data: Data = json.loads(self._objects.get(row.json_key))
        size = self._settings.cases_per_part
        context = {
            **data,
            "cases": data["cases"][(given.part - 1) * size : given.part * size],
            "part": given.part,
            "parts": given.parts,
            "count": len(data["cases"]),
            "moment": partial(moment, row.language),
            "title_of": partial(title_of, self._desk.library, row.language),
            "answers_of": partial(answers_of, self._desk.library, row.language),
        }
        made_at = datetime.fromisoformat(data["made_at"])
        self._objects.put(_part(row, given.part), self._renderer.print_copy(TEMPLATE, context, issued_at=made_at))
        still_wanted(self._desk, self._objects, row, given)

    @activity.defn
    def bind_export(self, given: ExportParts) -> None:
        """製本: the parts become one file, and the export is ready."""
        row = wanted(self._desk, given)
        if row is None:
            return
        pdf = bind([self._objects.get(_part(row, number)) for number in range(1, given.parts + 1)])
        self._objects.put(row.pdf_key, pdf)
        if not still_wanted(self._desk, self._objects, row, given, pdf_bytes=len(pdf)):
            return
        with self._desk.writing(given.municipality) as connection:
            exports.finish(connection, row.id, "ready", self._settings.lifetime)
        self._objects.discard_under(row.parts_folder)


def _part(row: ExportRow, number: int) -> str:
    return f"{row.parts_folder}/{number}"


# --- what the template may ask ---------------------------------------------------------------------------------------


def moment(language: Language, at: str | None) -> str:
    """日時: to the minute, in Japan's time; nothing where there is none."""
    if at is None:
        return "—"
    there = datetime.fromisoformat(at).astimezone(JAPAN)
    return f"{format_date(there, 'long', locale={'zh': 'zh_Hans'}.get(language, language))} {there:%H:%M}"


def title_of(library: Library, language: Language, case: Mapping[str, Any]) -> str:
    """手続の名前, by the version the case is pinned to; the id of one that is no longer in the library."""
    procedure = _procedure(library, case)
    return procedure.title.of(language) if procedure else str(case["procedure"])


def answers_of(
    library: Library, language: Language, case: Mapping[str, Any], answers: Mapping[str, object]
) -> Sequence[tuple[str, str]]:
    """回答: (question, answer) in words, in the form's order."""
    procedure = _procedure(library, case)
    if procedure is None:
        return [(name, str(value)) for name, value in answers.items()]
    known = {field.id for field in procedure.form.fields()}
    left = [(name, str(value)) for name, value in answers.items() if name not in known]
    asked = answered(procedure, answers)
    return [(each.label.of(language), in_words(each.field, each.answer, language)) for each in asked] + left


def _procedure(library: Library, case: Mapping[str, Any]) -> Procedure | None:
    try:
        return library.version(case["procedure"], case["version"])
    except ProcedureUnknown:
        return None
