"""内容: what the administrator's pages of registered certificates show, and their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.administration.certificates import RegistrationView, StatusView, Suspension, Unconfirmed
from ui.wording import N_, Colour


@dataclass(frozen=True)
class Cause:
    """原因: why a list is not confirmed, and what to do about it."""

    label: str
    next_step: str


CAUSES: dict[Unconfirmed, Cause] = {
    "waiting": Cause(N_("まだ確認していません"), N_("順番に確認しています。お待ちください。")),
    "unreachable": Cause(
        N_("失効リストを取得できません"),
        N_("回線と、認証局からのお知らせを確かめてください。しばらくすると自動でやり直します。"),
    ),
    "stale": Cause(
        N_("失効リストが今日のものではありません"),
        N_("認証局に、失効リストの発行が遅れていないか確かめてください。市のサーバーの時計も確かめてください。"),
    ),
    "unauthentic": Cause(
        N_("失効リストを信用できません"),
        N_("署名、形式または対象の範囲が正しくありません。認証局に確かめてください。"),
    ),
    "no_source": Cause(
        N_("失効リストの取得先が分かりません"),
        N_("認証局の登録簿（anchors.json）に、この認証局と失効リストの取得先を加えてください。"),
    ),
}

STATES: dict[Suspension | None, tuple[str, Colour]] = {
    None: (N_("有効"), "green"),
    "revoked": (N_("失効"), "red"),
    "administrator": (N_("市が停止"), "red"),
    "renewed": (N_("更新済み"), "gray"),
    "removed": (N_("登録解除"), "gray"),
}
KINDS = {"jpki_card": N_("マイナンバーカード"), "jpki_smartphone": N_("スマートフォン")}

HAPPENINGS = {
    "registered": N_("登録されました"),
    "linked": N_("利用者に結び付けられました"),
    "suspended": N_("停止されました"),
    "resumed": N_("再開されました"),
    "removed": N_("登録が解除されました"),
}
ACTORS = {"system": N_("自動処理"), "holder": N_("本人"), "officer": N_("市の職員")}
REASONS = {
    "revoked": N_("認証局が失効を公表しました。"),
    "renewed": N_("新しい証明書に引き継がれました。"),
    "removed": N_("本人が登録を外しました。"),
}
"""Reasons that are codes; any other is an officer's own words."""

CHART_HEIGHT = 100
BAR = 10


@dataclass(frozen=True)
class Bar:
    """棒: one run in a chart; `height` of CHART_HEIGHT. The newest stands at the right."""

    x: int
    height: float


@dataclass(frozen=True)
class Chart:
    """グラフ: one figure over the newest runs. Each has a scale of its own: they differ by orders of magnitude."""

    title: str
    tone: Colour
    largest: int
    bars: tuple[Bar, ...]


def status(view: StatusView, *, started: bool) -> dict[str, object]:
    """失効確認の状況: the newest run, what it could not confirm, and the runs before it."""
    newest = view.runs[0] if view.runs else None
    return {
        "run": newest,
        "moving": started or (newest is not None and newest.finished_at is None),
        "started": started,
        "resting": bool(view.unconfirmed_lists) and all(each.reason != "waiting" for each in view.unconfirmed_lists),
        "lists": [(each, CAUSES[each.reason]) for each in view.unconfirmed_lists],
        "runs": view.runs,
        "charts": (
            _chart(N_("停止した証明書"), "orange", [run.suspended for run in view.runs]),
            _chart(N_("確認できなかった証明書"), "red", [run.unconfirmed for run in view.runs]),
        ),
    }


def _chart(title: str, tone: Colour, values: Sequence[int]) -> Chart:
    largest = max(values, default=0)
    newest_last = list(reversed(values))
    bars = (Bar(at * BAR, CHART_HEIGHT * value / largest) for at, value in enumerate(newest_last) if value)
    return Chart(title, tone, largest, tuple(bars))


def lines(found: Sequence[RegistrationView]) -> list[tuple[RegistrationView, str, tuple[str, Colour]]]:
    """一覧: each with the words of its kind and state."""
    return [(each, KINDS[each.kind], STATES[each.suspension]) for each in found]


def registration(view: RegistrationView) -> dict[str, object]:
    """登録された証明書, whether it can be suspended or resumed, and its history."""
    events = [
        (e, HAPPENINGS[e.action], ACTORS[e.by.partition(":")[0]], REASONS.get(e.reason or "")) for e in view.events
    ]
    return {
        "certificate": view,
        "kind": KINDS[view.kind],
        "state": STATES[view.suspension],
        "why": REASONS.get(view.suspension or ""),
        "may_suspend": view.suspension is None,
        "may_resume": view.suspension in ("revoked", "administrator"),
        "events": events,
    }
