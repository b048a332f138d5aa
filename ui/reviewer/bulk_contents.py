"""一括処理の内容: what its pages show, from read models and the procedures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.bulk.orders import BulkLine, BulkView, ExportedCase, ItemView
from api.desk.handover import ColleagueView
from api.problems import known
from procedures.document import Procedure
from procedures.loader import Library
from procedures.marks import Mark
from procedures.texts import Language, Text
from procedures.values import ProcedureId
from ui import answers, notation, wording
from ui.language import translated
from ui.order_words import ITEM_STATES, ORDER_STATES
from ui.spreadsheet import Cell
from ui.wording import N_, Colour

Content = dict[str, Any]
Sheet = tuple[list[str], list[list[Cell]]]

KINDS: Mapping[str, str] = {
    "approve": N_("まとめて承認"),
    "assign": N_("まとめて割当て"),
    "send_back": N_("まとめて差戻し"),
    "message": N_("まとめてメッセージ"),
    "export": N_("まとめて書き出し"),
}
CHOICES: Mapping[str, str] = {
    "approve": N_("承認する"),
    "assign": N_("担当を替える"),
    "send_back": N_("差し戻す"),
    "message": N_("メッセージを送る"),
    "export": N_("CSVに書き出す"),
}
ACTIONS: Mapping[str, str] = {
    "approve": N_("まとめて承認する"),
    "assign": N_("まとめて担当を替える"),
    "send_back": N_("まとめて差し戻す"),
    "message": N_("まとめて送る"),
    "export": N_("書き出す"),
}
STATES: Mapping[str, tuple[str, Colour]] = {"planned": (N_("確認"), "blue"), **ORDER_STATES}


@dataclass(frozen=True)
class Typed:
    """入力: an order as typed, shown again where it was refused."""

    reason: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class BulkRow:
    """一件の行: what could be done, or what became of it, and why not."""

    item: ItemView
    title: Text
    label: str
    colour: str
    why: Text | None


def choices(language: Language) -> list[tuple[str, str]]:
    """まとめてできること."""
    return [(kind, translated(language, label)) for kind, label in CHOICES.items()]


def orders(language: Language, found: Iterable[BulkLine]) -> Content:
    """一括処理の記録: each with what it was and how it stands."""
    return {"orders": [(each, translated(language, KINDS[each.kind]), *_state(language, each)) for each in found]}


def order(
    language: Language, library: Library, found: BulkView, colleagues: Iterable[ColleagueView] = (),
    typed: Typed | None = None, problem: object = None,
) -> Content:  # fmt: skip
    """一括処理: before it begins, while it runs, and when it is over."""
    versions = {(item.task.procedure, item.task.version) for item in found.items}
    only = library.version(*versions.pop()) if len(versions) == 1 else None
    rows = [_row(language, library, found, item) for item in found.items]
    files = sorted({item.task.procedure for item in found.items if item.outcome == "done"})
    return {
        "order": found,
        "heading": translated(language, KINDS[found.kind]),
        "state": _state(language, found),
        "action": translated(language, ACTIONS[found.kind]),
        "rows": rows,
        "hindered": sum(item.obstacle is not None for item in found.items),
        "says": " / ".join(notation.number(language, n) for n in (found.progress.done, found.progress.total)),
        "faults": [(fault, translated(language, name)) for fault, name in wording.FAULT_NAMES.items()],
        "fields": [(each.id, each.label.of(language)) for each in only.form.fields()] if only else [],
        "colleagues": [(str(each.account_id), each.name) for each in colleagues],
        "files": [(library.current(each).title.of(language), each) for each in files if found.kind == "export"],
        "typed": typed or Typed(),
        "problem": problem,
    }


def sheet(language: Language, library: Library, found: Iterable[ExportedCase], procedure: ProcedureId) -> Sheet:
    """書き出した表: a row for each case of a procedure, a column for each question of the newest version among them."""
    cases = [each for each in found if each.task.procedure == procedure]
    newest = library.version(procedure, max((each.task.version for each in cases), default=1))
    asked = newest.form.fields()
    head = [N_("受付番号"), N_("受付"), N_("期限"), N_("担当")]
    header = [*(translated(language, each) for each in head), *(each.label.of(language) for each in asked)]
    return header, [_cells(language, newest, each) for each in cases]


def _cells(language: Language, procedure: Procedure, case: ExportedCase) -> list[Cell]:
    task = case.task
    said = {each.id: case.answers.get(each.id) for each in procedure.form.fields()}
    about: list[Cell] = [
        task.receipt_number, notation.local(task.received_at).isoformat(), notation.local(task.due_at).isoformat(),
        task.assignee_name or "",
    ]  # fmt: skip
    return about + [
        None if value is None else answers.shown(language, value, procedure.field(name)) for name, value in said.items()
    ]


def _state(language: Language, found: BulkLine) -> tuple[str, str]:
    label, colour = STATES[found.state]
    return translated(language, label), colour


def _row(language: Language, library: Library, found: BulkView, item: ItemView) -> BulkRow:
    label, colour = _item_state(found, item)
    title = library.version(item.task.procedure, item.task.version).title
    return BulkRow(item, title, translated(language, label), colour, known(item.obstacle or item.reason))


def _item_state(found: BulkView, item: ItemView) -> tuple[str, str]:
    """一件の状態: label and colour; of what was only looked at, whether it could be done; of what was left, that."""
    if found.state == "planned":
        return (N_("実行できません"), "orange") if item.obstacle else (N_("実行できます"), "green")
    if found.state == "finished" and item.outcome is None:
        return N_("取りやめ"), "gray"
    return ITEM_STATES[item.outcome]
