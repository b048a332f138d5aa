"""指示の言葉: the states of an order for many cases (一括処理, 修復), and of each case in it."""

from collections.abc import Mapping

from ui.wording import N_, Colour

ORDER_STATES: Mapping[str, tuple[str, Colour]] = {
    "running": (N_("実行中"), "blue"),
    "paused": (N_("一時停止中"), "orange"),
    "stopped": (N_("取りやめ中"), "orange"),
    "finished": (N_("終了"), "green"),
}
"""一括処理・修復の状態, once it has begun."""
ITEM_STATES: Mapping[str | None, tuple[str, Colour]] = {
    None: (N_("待っています"), "gray"),
    "done": (N_("できました"), "green"),
    "sent": (N_("反映待ち"), "blue"),
    "refused": (N_("できませんでした"), "red"),
}
"""その一件の結果."""
