"""決裁の問題: what can go wrong on the way through the levels, and what to do next."""

from procedures.texts import Text


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


APPROVAL_PROBLEMS: dict[str, tuple[int, Text]] = {
    "no_such_level": (
        422,
        _text(
            "その段階には戻せません。何も変わっていません。画面を読み直し、示された段階から選んでください。",
            "The case cannot go back to that level. Nothing has changed; reload the page and choose one it offers.",
            "无法退回到该级别。未作任何更改。请重新加载页面，从显示的级别中选择。",
            "그 단계로는 되돌릴 수 없습니다. 변경된 내용은 없습니다. 새로 고쳐 표시된 단계에서 선택해 주세요.",
        ),
    ),
    "draft_unavailable": (
        503,
        _text(
            "いま文書案を作れません。案件は変わっていません。少し待って開き直し、続く場合は管理者に知らせてください。",
            "The draft cannot be made now; the case is unchanged. Try again in a moment, or tell your administrator.",
            "目前无法生成文书草案，案件没有变化。请稍候再次打开。如持续出现，请告知管理员。",
            "지금은 문서안을 만들 수 없습니다. 안건은 그대로입니다. 잠시 후 다시 열고 계속되면 관리자에게 알리세요.",
        ),
    ),
}
