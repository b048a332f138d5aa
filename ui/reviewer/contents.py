"""内容: what officers' pages show, from read models and the procedure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from api.handover import ColleagueView
from api.views import TaskView, ThreadView, UnreadView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language
from ui import answers, notation, wording
from ui.language import translated

Content = dict[str, Any]


@dataclass(frozen=True)
class Typed:
    """入力: a decision as typed, shown again where it was refused."""

    decision: str = ""
    reason: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)


def unread(library: Library, found: Iterable[UnreadView]) -> Content:
    """未読のメッセージ: each case with its procedure's title."""
    return {"unread": [(each, library.version(each.procedure, each.version).title) for each in found]}


def task(
    language: Language, procedure: Procedure, view: TaskView, now: datetime, thread: ThreadView,
    typed: Typed | None = None, problem: object = None, colleagues: Iterable[ColleagueView] = (),
) -> Content:  # fmt: skip
    """審査: answers beside what certificate and register say."""
    lines = answers.lines(language, procedure, view.answers, view.attachments)
    return {
        "task": view,
        "procedure": procedure,
        "late": view.closed_at is None and view.due_at < now,
        "rows": [(line.label.of(language), line.answer) for line in lines],
        "fields": [(f.id, f.label.of(language)) for f in procedure.form.fields()],
        "people": people(language, view),
        "organization": organization(view),
        "thread": thread,
        "typed": typed or Typed(),
        "colleagues": [(str(e.account_id), e.name) for e in colleagues if e.account_id != view.assignee],
        "problem": problem,
    }


def people(language: Language, view: TaskView) -> tuple[tuple[str, str, str, bool], ...]:
    """比較: attribute, as signed, as registered, and whether they differ."""
    if view.signer is None and view.registered is None:
        return ()
    signed = view.signer.model_dump() if view.signer else {}
    registered = view.registered.model_dump() if view.registered else {}
    return tuple(
        (label, _attribute(language, name, signed), _attribute(language, name, registered), name in view.differences)
        for name, label in wording.ATTRIBUTES.items()
    )


def organization(view: TaskView) -> tuple[tuple[str, str, bool], ...]:
    """事業者: label, what the certificate says, and whether the application says something else."""
    if view.organization is None:
        return ()
    said = view.organization.model_dump()
    return tuple(
        (label, said[name] or "—", wording.DIFFERENCES.get(name) in view.findings)
        for name, label in wording.ORGANIZATION.items()
    )


def _attribute(language: Language, name: str, record: Mapping[str, object]) -> str:
    value = str(record.get(name) or "—")
    if name == "sex":
        return translated(language, wording.SEXES[value]) if value in wording.SEXES else value
    if name == "birth_date":
        try:
            return notation.birthday(language, date.fromisoformat(value))
        except ValueError:
            return value
    return value
