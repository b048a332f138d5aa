"""決裁の内容: the route of a case as stamps, and what may be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.deciding.approval_route import ApprovalsView, LevelView, SealView
from api.deciding.approvals import DeputisedView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language
from ui import wording
from ui.language import translated


@dataclass(frozen=True)
class Stamp:
    """印: what stands in the circle. `name`: the family name, as on a seal; `whole`: for whoever hears the page."""

    seal: SealView
    name: str
    whole: str


@dataclass(frozen=True)
class Column:
    """決裁欄の一枠."""

    level: LevelView
    title: str
    state: str
    stamps: tuple[Stamp, ...]


def approvals(language: Language, procedure: Procedure, view: ApprovalsView) -> dict[str, Any]:
    """決裁欄: `several` says whether there is a route to show at all."""
    titles = {step.id: step.title.of(language) for step in procedure.steps}
    return {
        "route": view,
        "columns": tuple(_column(language, level, titles[level.step]) for level in view.levels),
        "several": len(view.levels) > 1,
        "level_titles": titles,
        "levels_back": [(step, titles[step]) for step in reversed(view.may_return_to)],
    }


def deputised(library: Library, found: Iterable[DeputisedView]) -> dict[str, Any]:
    """後閲するもの: each case with its procedure's title."""
    return {"deputised": [(each, library.version(each.procedure, each.version).title) for each in found]}


def _column(language: Language, level: LevelView, title: str) -> Column:
    state = translated(language, wording.LEVELS[level.state])
    return Column(level, title, state, tuple(_stamp(seal) for seal in level.seals))


def _stamp(seal: SealView) -> Stamp:
    whole = seal.officer or ""
    return Stamp(seal, whole.split("　")[0][:6], whole)
