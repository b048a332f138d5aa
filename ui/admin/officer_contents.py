"""内容: what the pages of officers, their duties and substitutes show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from api.desk.handover import ColleagueView
from api.staff.functions import FunctionView, ProcedureFunctionsView
from api.staff.officers import OfficerRecord, OfficerView
from api.staff.substitutions import SubstitutionView
from api.views import DutyView
from procedures.calendar import JAPAN
from procedures.loader import Library
from procedures.occupancy import Gap
from procedures.texts import Language
from ui.duties import DutyNames
from ui.form import DATE_PARTS
from ui.language import translated
from ui.submitted import text
from ui.wording import N_, Colour

Content = dict[str, Any]

GAPS: dict[Gap, tuple[str, str, Colour]] = {
    "nobody": (N_("担当者がいません"), N_("この処理まで進んだ案件は、誰も処理できずに止まります。"), "red"),
    "too_few": (N_("人数が足りません"), N_("必要な人数の承認がそろわず、案件が止まります。"), "red"),
    "deputy_only": (N_("代決者だけです"), N_("代決できる日になるまで、案件が待ちます。"), "orange"),
}
"""不足: its name, what comes of it, and how bad that is."""


@dataclass(frozen=True)
class Typed:
    """入力: an appointment as typed, shown again where it was refused."""

    name: str = ""
    subject: str = ""
    duties: tuple[str, ...] = ()


def officers(
    language: Language, library: Library, found: Iterable[OfficerView], substitutions: Sequence[SubstitutionView]
) -> Content:
    """職員の一覧: each with the names of their duties, who stands in for them, and for whom they stand in."""
    names = DutyNames.of(language, library)
    running = [each for each in substitutions if each.running]
    rows = [
        (
            each,
            names.grouped(each.duties),
            [other.substitute_name for other in running if other.absent == each.account_id],
            [other.absent_name for other in running if other.substitute == each.account_id],
        )
        for each in found
    ]
    return {"officers": rows}


def record(
    language: Language,
    library: Library,
    found: OfficerRecord,
    colleagues: Iterable[ColleagueView],
    substitutions: Iterable[SubstitutionView],
) -> Content:
    """職員の記録: duties, substitutes, and what became of the duties over time."""
    names = DutyNames.of(language, library)
    theirs = [each for each in substitutions if found.account_id in (each.absent, each.substitute)]
    return {
        "officer": found,
        "duties": names.grouped(found.duties),
        "substitutions": declared(names, theirs),
        "colleagues": [(str(e.account_id), e.name) for e in colleagues if e.account_id != found.account_id],
        "history": [(each, names.grouped(each.duties)) for each in found.history],
    }


def declared(names: DutyNames, found: Iterable[SubstitutionView]) -> list[tuple[SubstitutionView, list[str]]]:
    """代理の一覧: each with the names of the departments it is limited to; none: all duties."""
    return [(each, [names.department(name) for name in each.departments or ()]) for each in found]


def typed_substitution(form: FormData | None) -> Content:
    """代理の届けの入力: as typed; an empty form proposes to begin today."""
    if form is None:
        today = datetime.now(JAPAN).date()
        return {"days": {"first_day": [today.year, today.month, today.day], "last_day": [""] * 3}, "substitute": ""}
    days = {day: [text(form, f"{day}.{part}", 36) for part in DATE_PARTS] for day in ("first_day", "last_day")}
    return {"days": days, "substitute": text(form, "substitute", 36)}


def appointing(language: Language, library: Library, known: Iterable[DutyView], typed: Typed) -> Content:
    """任命: every duty as a box to tick, by department."""
    return {"groups": DutyNames.of(language, library).grouped(known), "typed": typed}


def functions(language: Language, library: Library, found: Iterable[ProcedureFunctionsView]) -> Content:
    """職務と手続: by department, those with a gap first."""
    names = DutyNames.of(language, library)
    ordered = sorted(found, key=lambda each: (each.complete, names.department(each.department), each.procedure))
    return {
        "procedures": [(each, names.department(each.department), _alone(language, each)) for each in ordered],
        "lacking": sum(not each.complete for each in ordered),
        "gaps": GAPS,
        "holders": lambda function: _holders(language, function),
    }


def _alone(language: Language, view: ProcedureFunctionsView) -> list[list[str]]:
    """兼務: the titles of the levels of each group."""
    titles = {each.step: each.title.get(language, each.title["ja"]) for each in view.steps}
    return [[titles[step] for step in group] for group in view.too_few_for]


def _holders(language: Language, function: FunctionView) -> list[tuple[str, list[str]]]:
    """担当できる職員: each with what is particular about them."""
    whole_city, substitute = (translated(language, word) for word in (N_("全庁"), N_("代理")))
    return [
        (each.name, [mark for mark, held in ((whole_city, each.whole_city), (substitute, each.substitute)) if held])
        for each in function.holders
    ]
