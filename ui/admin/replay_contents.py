"""内容: what the pages of replays show: can cases go on, and where a program would go another way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.administration.replay import MoveView, ReplayedCaseView, ReplayLine, ReplayView
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import notation
from ui.language import translated
from ui.wording import N_, Colour

WORK: Mapping[str, tuple[str, str]] = {
    "activity": (N_("処理"), N_("処理「%(name)s」")),
    "local_activity": (N_("記録の書込み"), N_("記録の書込み「%(name)s」")),
    "timer": (N_("待ち時間"), N_("待ち時間「%(name)s」")),
    "child": (N_("別の流れ"), N_("別の流れ「%(name)s」")),
    "patch": (N_("プログラムの変更の印"), N_("プログラムの変更の印「%(name)s」")),
    "attributes": (N_("一覧の項目の更新"), N_("一覧の項目の更新「%(name)s」")),
    "update": (N_("外からの指示"), N_("外からの指示「%(name)s」")),
    "signal": (N_("別の流れへの知らせ"), N_("別の流れへの知らせ「%(name)s」")),
    "end": (N_("案件の終わり"), N_("案件の終わり「%(name)s」")),
    "nothing": (N_("何もしない"), N_("何もしない")),
    "other": (N_("そのほかの動き"), N_("そのほかの動き「%(name)s」")),
}
"""動きの名前: without and with the name of the work."""
REASONS: Mapping[str, str] = {
    "other_command": N_("これまでと違う道を進もうとします。"),
    "no_such_workflow": N_("この案件の流れが、いまのプログラムにありません。"),
    "step_failed": N_("記録をたどる途中で、いまのプログラムが誤りを起こします。"),
    "no_history": N_("記録がありません。まだ始まっていないか、失われています。"),
    "key_destroyed": N_("記録を読む鍵が廃棄されています。"),
    "unreadable": N_("記録を読めません。壊れているか、別の環境のものです。"),
}
VERDICTS: Mapping[str, tuple[str, Colour]] = {
    "running": (N_("確認中"), "blue"),
    "safe": (N_("続けられます"), "green"),
    "breaks": (N_("続けられない案件があります"), "red"),
    "unsure": (N_("分からない案件があります"), "orange"),
    "empty": (N_("案件がありません"), "gray"),
}


@dataclass(frozen=True)
class Explained:
    """一件の説明: why, and for another way: what was recorded and what the program asks for."""

    case: ReplayedCaseView
    why: str
    recorded: str | None
    came: str | None


def overview(
    language: Language, library: Library, found: Iterable[ReplayLine], procedure: str = "", problem: Text | None = None
) -> dict[str, Any]:
    """再生の記録, and what may be asked."""
    return {
        "lines": [(each, scope(language, library, each), *_verdict(language, each)) for each in found],
        "procedures": [(each.id, each.title.of(language)) for each in library.all()],
        "procedure": procedure,
        "problem": problem,
    }


def replayed(language: Language, library: Library, found: ReplayView) -> dict[str, Any]:
    """再生: how far it is, and what was told."""
    return {
        "replay": found,
        "scope": scope(language, library, found),
        "verdict": verdict(found),
        "state": _verdict(language, found),
        "breaking": [_explained(language, each) for each in found.breaking],
        "untold": [_explained(language, each) for each in found.untold],
        "says": " / ".join(notation.number(language, n) for n in (found.done, found.total)),
    }


def scope(language: Language, library: Library, line: ReplayLine) -> str:
    """対象 in words."""
    if line.receipt_number:
        return line.receipt_number
    if line.procedure:
        return library.current(line.procedure).title.of(language)
    return translated(language, N_("すべての手続"))


def verdict(line: ReplayLine) -> str:
    """判定: unknown is never good, and of nothing nothing was told."""
    if line.finished_at is None:
        return "running"
    if line.would_break:
        return "breaks"
    if line.done < line.total or line.unknown:
        return "unsure"
    return "safe" if line.total else "empty"


def _verdict(language: Language, line: ReplayLine) -> tuple[str, Colour]:
    label, colour = VERDICTS[verdict(line)]
    return translated(language, label), colour


def _explained(language: Language, case: ReplayedCaseView) -> Explained:
    why = translated(language, REASONS[case.reason or "unreadable"])
    return Explained(case, why, _named(language, case.recorded), _named(language, case.came))


def _named(language: Language, move: MoveView | None) -> str | None:
    if move is None:
        return None
    alone, with_name = WORK[move.kind]
    return translated(language, with_name) % {"name": move.name} if move.name else translated(language, alone)
