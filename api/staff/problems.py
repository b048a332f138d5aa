"""職員の問題: what stands in the way of appointing, dismissing and standing in, and what to do about it."""

from procedures.texts import Text


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


OFFICER_PROBLEMS: dict[str, tuple[int, Text]] = {
    "duty_lost": (
        403,
        _text(
            "この案件のいまの段階を扱う職務が、あなたにはありません。代理の期間が終わったか、職務が変わりました。今回の操作は記録されていません。受信箱に戻ってください。",
            "You no longer hold the function for this case: you do not stand in for anybody any more, or your duties changed. Nothing was recorded. Please go back to the inbox.",  # noqa: E501
            "您已不具有处理此案件当前阶段的职务：代理期间已结束，或职务已变更。本次操作未被记录。请返回收件箱。",
            "이 안건의 현재 단계를 처리할 직무가 없습니다. 대리 기간이 끝났거나 직무가 변경되었습니다. 이번 조작은 기록되지 않았습니다. 수신함으로 돌아가 주세요.",  # noqa: E501
        ),
    ),
    "duty_unknown": (
        422,
        _text(
            "選んだ職務の中に、どの手続にもないものがあります。何も変更していません。ページを開き直して選んでください。",
            "One of the duties belongs to no procedure. Nothing was changed. Open the page again and choose.",
            "所选职务中有任何手续都不使用的职务。未做任何更改。请重新打开页面选择。",
            "선택한 직무 중 어떤 절차에도 없는 것이 있습니다. 변경된 것은 없습니다. 페이지를 다시 열어 선택해 주세요.",
        ),
    ),
    "appointment_incomplete": (
        422,
        _text(
            "氏名と、一つ以上の職務と、本人を確かめる証明書または職員認証の利用者IDが必要です。",
            "Give a name, at least one duty, and a certificate or a user ID of the identity provider.",
            "需要姓名、至少一项职务，以及用于确认本人的证书或职员认证的用户ID。",
            "이름, 하나 이상의 직무, 그리고 본인을 확인할 인증서 또는 직원 인증의 사용자 ID가 필요합니다.",
        ),
    ),
    "appointment_of_two": (
        409,
        _text(
            "証明書と職員認証の利用者IDは、別々の利用者のものです。どちらか一方だけを指定してください。",
            "The certificate and the user ID belong to two accounts. Give only one of them.",
            "证书与职员认证的用户ID属于不同的用户。请只指定其中之一。",
            "인증서와 직원 인증의 사용자 ID가 서로 다른 이용자의 것입니다. 둘 중 하나만 지정해 주세요.",
        ),
    ),
    "no_identity_provider": (
        422,
        _text(
            "この市は職員認証基盤につながっていません。本人の証明書を指定してください。",
            "This city has no identity provider. Give the officer's certificate instead.",
            "本市未连接职员认证平台。请指定本人的证书。",
            "이 시는 직원 인증 기반에 연결되어 있지 않습니다. 본인의 인증서를 지정해 주세요.",
        ),
    ),
    "last_administrator": (
        409,
        _text(
            "この市のただ一人の管理者です。先に別の職員を管理者に任命してください。何も変更していません。",
            "This is the city's only administrator. Appoint another one first. Nothing was changed.",
            "这是本市唯一的管理员。请先任命其他工作人员为管理员。未做任何更改。",
            "이 시의 유일한 관리자입니다. 먼저 다른 직원을 관리자로 임명해 주세요. 변경된 것은 없습니다.",
        ),
    ),
    "substitution_period": (
        422,
        _text(
            "代理の期間は、今日以後に始まり、1年以内に終わる日付で入力してください。",
            "Enter a period that begins today or later and ends within one year of its first day.",
            "请输入从今天或之后开始、并在一年以内结束的期间。",
            "오늘 이후에 시작하여 1년 이내에 끝나는 기간을 입력해 주세요.",
        ),
    ),
    "no_substitute": (
        422,
        _text(
            "この職員は代理になれません。任命されている、本人以外の職員を選んでください。",
            "This officer cannot stand in. Choose somebody who is appointed, and not the absent officer.",
            "该工作人员不能担任代理。请选择已任命的、本人以外的工作人员。",
            "이 직원은 대리가 될 수 없습니다. 임명되어 있는 본인 이외의 직원을 선택해 주세요.",
        ),
    ),
    "substitution_declared": (
        409,
        _text(
            "この二人の代理は、その期間と重なる届けがすでにあります。先にその届けを取り消してください。",
            "These two are already declared for days within that period. Revoke that declaration first.",
            "这两人在该期间内已有代理申报。请先撤销该申报。",
            "이 두 사람의 대리는 그 기간과 겹치는 신고가 이미 있습니다. 먼저 그 신고를 취소해 주세요.",
        ),
    ),
    "substitution_ended": (
        409,
        _text(
            "この代理はすでに終わったか、取り消されています。一覧を開き直してください。",
            "This substitution has ended or was revoked already. Open the list again.",
            "此代理已结束或已被撤销。请重新打开列表。",
            "이 대리는 이미 끝났거나 취소되었습니다. 목록을 다시 열어 주세요.",
        ),
    ),
}
