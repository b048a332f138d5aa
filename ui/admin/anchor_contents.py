"""内容: what the page of the audit log's anchors shows."""

from collections.abc import Mapping
from typing import Any

from api.audit.anchors import AnchorsView, State
from ui.wording import N_

STATES: Mapping[State, tuple[str, str]] = {
    "verified": (N_("確認済み"), "green"),
    "waiting": (N_("時刻印を待っています"), "gray"),
    "altered": (N_("書き換えられています"), "red"),
    "different": (N_("監査記録と一致しません"), "red"),
    "untrusted": (N_("時刻印を信頼できません"), "red"),
}
"""状態: in words, and the colour of its chip."""
WRONG = frozenset({"altered", "different", "untrusted"})


def anchors(view: AnchorsView, *, typed: str, unknown: bool) -> dict[str, Any]:
    """監査の錨の一覧, and the form for evidence as it was typed."""
    newest = view.anchors[0] if view.anchors else None
    return {
        "total": view.total,
        "first_day": view.first_day,
        "newest": newest,
        "stamped": next((each for each in view.anchors if each.stamped_at), None),
        "waiting": [each for each in view.anchors if each.state == "waiting"],
        "wrong": [each for each in view.anchors if each.state in WRONG],
        "anchors": [(each, *STATES[each.state]) for each in view.anchors],
        "typed": typed,
        "unknown": unknown,
    }
