"""内容: what officers' pages show, from read models and the procedure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.desk.handover import ColleagueView
from api.desk.views import TaskView
from api.views import UnreadView
from procedures.document import Procedure
from procedures.form import AttachmentField, GroupField
from procedures.loader import Library
from procedures.marks import Mark
from procedures.texts import Language
from ui import notation, paper_wording, wording
from ui.language import translated
from ui.reviewer import paper_case_contents
from ui.wording import N_

Content = dict[str, Any]


@dataclass(frozen=True)
class Typed:
    """入力: a decision as typed, shown again where it was refused."""

    decision: str = ""
    reason: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    ground: str = ""
    to: str = ""
    how: str = ""


def unread(library: Library, found: Iterable[UnreadView]) -> Content:
    """未読のメッセージ: each case with its procedure's title."""
    return {"unread": [(each, library.version(each.procedure, each.version).title) for each in found]}


def task(
    language: Language, procedure: Procedure, view: TaskView, now: datetime,
    typed: Typed | None = None, problem: object = None, colleagues: Iterable[ColleagueView] = (),
) -> Content:  # fmt: skip
    """審査: what is to be decided of a case, and with what; the case itself says case_contents.py."""
    return {
        "task": view,
        "procedure": procedure,
        "late": view.closed_at is None and view.due_at < now,
        "due_said": _due(language, view),
        "deemed": procedure.deemed[1] if procedure.deemed and view.deemed_at else None,
        "extensible": procedure.deemed[1].longest_extension_days if procedure.deemed and view.deemed_at else 0,
        "fields": [(f.id, f.label.of(language)) for f in procedure.form.fields() if f.id in view.markable],
        "held": view.closed_at is None and view.held_until is not None and view.held_until > now,
        **_deciding(language, procedure, view),
        **_on_paper(language, view),
        "typed": typed or Typed(),
        "colleagues": [(str(e.account_id), e.name) for e in colleagues if e.account_id != view.assignee],
        "problem": problem,
    }


def _due(language: Language, view: TaskView) -> str:
    """処理の期限, and for how long it stood still while the resident corrected (行政手続法7条)."""
    until = notation.moment(language, view.due_at)
    if not view.suspended_days:
        return until
    stood = translated(language, N_("%(until)s（補正の間、%(days)s開庁日止まっていました）"))
    return stood % {"until": until, "days": view.suspended_days}


def _deciding(language: Language, procedure: Procedure, view: TaskView) -> Content:
    """判断の選択肢: what is wrong with an answer, on which ground to reject, what an officer may put right."""
    labels = {field.id: field.label.of(language) for field in procedure.form.fields()}
    faulty = [place.split(".")[0] for each in view.missing if each.code == "answers" for place in each.fields]
    grounds = procedure.rejection.grounds if procedure.rejection else ()
    fixed = (AttachmentField, GroupField)
    return {
        "faults": [(fault, translated(language, name)) for fault, name in wording.FAULT_NAMES.items()],
        "faulty_answers": [labels.get(name, name) for name in dict.fromkeys(faulty)],
        "grounds": [(each.id, f"{each.reason.of(language)}（{each.law.of(language)}）") for each in grounds],
        "correctable": [(f.id, labels[f.id]) for f in procedure.form.fields() if not isinstance(f, fixed)],
        "missing": {each.code for each in view.missing},
    }


def _on_paper(language: Language, view: TaskView) -> Content:
    """紙の申請: how it came, and the ways in which its documents may be handed out."""
    ways = [(code, translated(language, name)) for code, name in paper_wording.HANDED_OUT.items()]
    facts = paper_case_contents.facts(language, view.paper) if view.paper else {}
    return {"ways_of_handing_out": ways, **facts}
