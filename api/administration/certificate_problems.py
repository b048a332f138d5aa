"""証明書の管理の問題: why a suspension or a check did not happen, and what to do; in the reader's language."""

from api.problems import Problem
from procedures.texts import Text

_PROBLEMS: dict[str, tuple[int, Text]] = {
    "check_not_started": (
        503,
        Text(
            ja="失効の確認を始められませんでした。処理のサーバーが応答していません。数分後にもう一度お試しください。",
            en="The check could not be started: the workflow server does not answer. Try again in a few minutes.",
            zh="未能开始失效确认。处理服务器没有响应。请几分钟后重试。",
            ko="실효 확인을 시작하지 못했습니다. 처리 서버가 응답하지 않습니다. 몇 분 후에 다시 시도해 주세요.",
        ),
    ),
    "already_suspended": (
        409,
        Text(
            ja="この証明書はすでに停止しています。最新の状態を開いて確かめてください。",
            en="This certificate is suspended already. Open it again to see its present state.",
            zh="此证书已停用。请重新打开并确认最新状态。",
            ko="이 인증서는 이미 정지되어 있습니다. 최신 상태를 다시 열어 확인해 주세요.",
        ),
    ),
    "not_resumable": (
        409,
        Text(
            ja="この証明書は再開できません。停止していないか、本人が登録を外したか、更新後の証明書に引き継がれています。",
            en=(
                "This certificate cannot be resumed: it is not suspended, or its holder removed it, "
                "or a renewed one took its place."
            ),
            zh="此证书无法恢复：未被停用、已由本人取消登记，或已由更新后的证书取代。",
            ko=(
                "이 인증서는 재개할 수 없습니다. 정지되어 있지 않거나, 본인이 등록을 해제했거나, "
                "갱신된 인증서로 교체되었습니다."
            ),
        ),
    ),
}


def certificate_problem(code: str) -> Problem:
    """問題 by its code."""
    status, text = _PROBLEMS[code]
    return Problem(status, code, text)
