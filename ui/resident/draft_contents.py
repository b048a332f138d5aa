"""申請書の内容: what the pages of a draft show: its steps, its review, and what may stand in its way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.views import CaseView, DraftView
from procedures.answers import Checked
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.form import FieldBase, FormField, GroupField, Section
from procedures.reception import reception_at, reception_text
from procedures.rules import Facts, RuleFailed
from procedures.texts import Language, Text
from procedures.values import Yen
from ui import answers, form, steps
from ui.form import Shown
from ui.language import translated
from ui.steps import Walk
from ui.wording import N_

Row = tuple[str, str]
Content = dict[str, Any]


def step(language: Language, procedure: Procedure, way: Walk, shown: Shown) -> Content:
    """申請書の一段階."""
    section = shown.section
    return {
        "procedure": procedure,
        "draft": way.draft,
        "place": steps.place(way.draft),
        "form": shown,
        "steps": steps.navigation(language, procedure, way, section.id),
        "is_first": steps.beginning(way.draft) == steps.place(way.draft)
        and (section not in way.sections or way.beside(section, -1) is None),
        "is_last": section in way.sections and way.beside(section, 1) is None,
        "trail": (_above(language, procedure, way.draft), (section.title.of(language), None)),
    }


def _above(language: Language, procedure: Procedure, view: DraftView) -> tuple[str, str]:
    """一つ上の頁."""
    if view.arrival != "online":
        return translated(language, N_("紙の申請")), "/paper"
    return procedure.title.of(language), f"/procedures/{procedure.id}"


def draft(language: Language, procedure: Procedure, view: DraftView) -> Content:
    """下書き: what is kept of it."""
    filled = [name for name, value in view.answers.items() if value not in ("", [], None, False)]
    return {
        "procedure": procedure,
        "draft": view,
        "place": steps.place(view),
        "answered": len(filled),
        "trail": ((procedure.title.of(language), steps.place(view)),),
    }


def outdated(language: Language, procedure: Procedure, view: DraftView, gone: Iterable[FormField]) -> Content:
    """改定前の下書き: what the new form will not take over."""
    left = {field.id for field in gone}
    given = answers.lines(language, procedure, view.answers, view.attachments)
    lost = tuple((line.label.of(language), line.answer) for line in given if line.asked in left)
    return draft(language, procedure, view) | {"lost": lost}


def tidied(language: Language, procedure: Procedure, view: DraftView, paths: Iterable[str]) -> tuple[Row, ...]:
    """整えた回答: question and answer as it is kept, for the places an address names; others are no places."""
    found = (_at(language, procedure, view, path) for path in list(paths)[:50])
    return tuple(row for row in found if row)


def _at(language: Language, procedure: Procedure, view: DraftView, path: str) -> Row | None:
    asked: FieldBase | None
    name, *inside = path.split(".")
    asked = next((each for each in procedure.form.fields() if each.id == name), None)
    label, value = asked.label.of(language) if asked else "", view.answers.get(name)
    if isinstance(asked, GroupField) and len(inside) == 2 and inside[0].isdecimal():
        number, items = int(inside[0]), form.items(value)
        prefix = f"{asked.item.of(language)} {number + 1} "
        asked = next((each for each in asked.fields if each.id == inside[1]), None)
        label = prefix + asked.label.of(language) if asked else ""
        value = items[number].get(inside[1]) if number < len(items) else None
    if asked is None or isinstance(asked, GroupField) or value in (None, ""):
        return None
    return label, answers.shown(language, value, asked)


def review(
    language: Language, procedure: Procedure, view: DraftView, checked: Checked, now: datetime,
    city_closed: Collection[date],
) -> Content:  # fmt: skip
    """内容の確認: what will be signed, by step, what it costs, and why it may not be taken."""
    day = view.received_on or now.astimezone(JAPAN).date()
    facts, way = Facts(checked.answers, day), steps.walk(procedure, view, checked)
    reception = reception_at(procedure.reception, now, city_closed)
    is_closed = view.corrects is None and not reception.is_open
    return {
        "procedure": procedure,
        "draft": view,
        "parts": _parts(language, procedure, view, checked, way),
        "steps": steps.navigation(language, procedure, way, steps.REVIEW),
        "fee": _fee(procedure, facts),
        "refusals": _refusals(procedure, facts),
        "closed": reception_text(reception) if is_closed else None,
        "back": steps.address(view, way.sections[-1]) if way.sections else None,
        "changed": False,
        "corrected": (),
        "tidied": (),
        "trail": (
            (procedure.title.of(language), f"/procedures/{procedure.id}"),
            (translated(language, N_("内容の確認")), None),
        ),
    }


@dataclass(frozen=True)
class Corrected:
    """補正した回答: of a question that could be answered anew."""

    label: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        """Nothing shows a change: a person who forgot it must hear of it before they sign."""
        return self.before == self.after


def corrected(
    language: Language, procedure: Procedure, view: DraftView, checked: Checked, filed: CaseView
) -> tuple[Corrected, ...]:
    """補正した回答の一覧: the marked questions and whatever else is different, as `filed` and as it is now."""
    before = _by_question(language, answers.lines(language, procedure, filed.answers, filed.attachments))
    after = _by_question(language, answers.lines(language, procedure, checked.answers, view.attachments))
    return tuple(
        Corrected(field.label.of(language), before.get(field.id, ""), after.get(field.id, ""))
        for field in procedure.form.fields()
        if field.id in view.marks or before.get(field.id) != after.get(field.id)
    )


def _by_question(language: Language, lines: Sequence[answers.Line]) -> dict[str, str]:
    """A group has many lines: each item's answers, under their own labels."""
    found: dict[str, list[str]] = {}
    for line in lines:
        grouped = line.field != line.asked
        said = f"{line.label.of(language)}{answers.colon(language)}{line.answer}" if grouped else line.answer
        found.setdefault(line.asked, []).append(said)
    return {field: "\n".join(said) for field, said in found.items()}


def _parts(
    language: Language, procedure: Procedure, view: DraftView, checked: Checked, way: Walk
) -> tuple[tuple[Section, tuple[Row, ...], str | None], ...]:
    """Each section with its answers, and where they are changed."""
    lines = answers.lines(language, procedure, checked.answers, view.attachments)
    given = [(line.field.partition(".")[0], (line.label.of(language), line.answer)) for line in lines]
    found = (
        (section, tuple(row for name, row in given if name in checked.visible & {field.id for field in section.fields}))
        for section in procedure.form.sections
    )
    return tuple(
        (section, rows, steps.address(view, section) if section in way.sections else None)
        for section, rows in found
        if rows or section in way.sections
    )


def _fee(procedure: Procedure, facts: Facts) -> Yen | None:
    try:
        return procedure.fee_due(facts)
    except RuleFailed:
        return None


def _refusals(procedure: Procedure, facts: Facts) -> Sequence[Text]:
    try:
        return procedure.refusals(facts)
    except RuleFailed:
        return ()
