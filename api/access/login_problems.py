"""ログインの問題: why a login or a registration did not happen, and what to do; in the reader's language."""

from procedures.texts import Text

LOGIN_PROBLEMS: dict[str, tuple[int, Text]] = {
    "certificate_revoked": (
        422,
        Text(
            ja=(
                "この証明書は失効しているため、ログインできません。カードを更新・再発行したときや、"
                "証明書の失効を届け出たときに失効します。新しいカード、"
                "または登録済みの別のカードかスマートフォンでログインしてください。"
                "心当たりがない場合は窓口にご相談ください。"
            ),
            en=(
                "This certificate has been revoked, so it cannot log in. That happens when a card is renewed, "
                "reissued or reported. Log in with the new card, or with another card or smartphone you "
                "registered. If you did none of this, please contact the counter."
            ),
            zh=(
                "此证书已失效，无法登录。更换、补办卡片或申报失效后，证书即失效。请使用新卡片，"
                "或其他已登记的卡片或智能手机登录。如非本人所为，请咨询窗口。"
            ),
            ko=(
                "이 인증서는 실효되어 로그인할 수 없습니다. 카드를 갱신·재발급하거나 실효를 신고하면 실효됩니다. "
                "새 카드나 등록된 다른 카드 또는 스마트폰으로 로그인해 주세요. 짐작 가는 일이 없으면 창구에 문의해 "
                "주세요."
            ),
        ),
    ),
    "certificate_administrator": (
        422,
        Text(
            ja=(
                "この証明書でのログインは、市が止めています。カードの紛失の届出などがあったときに止めます。"
                "本人確認書類をお持ちのうえ、窓口にお越しください。"
            ),
            en=(
                "The city has stopped logins with this certificate, as it does when a card is reported lost. "
                "Please come to the counter with proof of identity."
            ),
            zh="本市已停止使用此证书登录（例如收到卡片遗失申报时）。请携带身份证明文件到窗口办理。",
            ko=(
                "시에서 이 인증서의 로그인을 중지했습니다. 카드 분실 신고 등이 있을 때 중지합니다. 신분증을 가지고 "
                "창구로 와 주세요."
            ),
        ),
    ),
    "certificate_renewed": (
        422,
        Text(
            ja="このカードは新しいカードに引き継がれています。新しいカードでログインしてください。",
            en="This card has been replaced by a newer one. Please log in with the new card.",
            zh="此卡片已由新卡片取代。请使用新卡片登录。",
            ko="이 카드는 새 카드로 교체되었습니다. 새 카드로 로그인해 주세요.",
        ),
    ),
    "certificate_removed": (
        422,
        Text(
            ja=(
                "この証明書は、ご本人が登録を外しています。登録済みの別のカードかスマートフォンでログインし、"
                "「登録した証明書」からもう一度登録してください。"
            ),
            en=(
                "You removed this certificate from your account. Log in with another card or smartphone you "
                "registered, then add this one again under “Your certificates”."
            ),
            zh="此证书已由您本人取消登记。请使用其他已登记的卡片或智能手机登录，然后在“已登记的证书”中重新登记。",
            ko=(
                "본인이 이 인증서의 등록을 해제했습니다. 등록된 다른 카드나 스마트폰으로 로그인한 뒤 ‘등록한 "
                "인증서’에서 다시 등록해 주세요."
            ),
        ),
    ),
    "certificate_taken": (
        409,
        Text(
            ja=(
                "この証明書は、申請のある別の利用者として登録されています。追加できません。"
                "その証明書でログインし直すか、窓口にご相談ください。"
            ),
            en=(
                "This certificate belongs to another account that already has applications, so it cannot be added "
                "here. Log in with it instead, or contact the counter."
            ),
            zh="此证书已登记在另一个有申请记录的账户下，无法添加。请改用该证书登录，或咨询窗口。",
            ko=(
                "이 인증서는 신청 내역이 있는 다른 계정에 등록되어 있어 추가할 수 없습니다. 그 인증서로 다시 "
                "로그인하거나 창구에 문의해 주세요."
            ),
        ),
    ),
    "last_certificate": (
        409,
        Text(
            ja=(
                "最後の証明書は外せません。外すとログインできなくなります。"
                "先に別のカードかスマートフォンを登録してください。"
            ),
            en=(
                "The last certificate cannot be removed: you could not log in any more. Add another card or "
                "smartphone first."
            ),
            zh="无法取消最后一个证书，否则您将无法登录。请先登记其他卡片或智能手机。",
            ko=(
                "마지막 인증서는 해제할 수 없습니다. 해제하면 로그인할 수 없게 됩니다. 먼저 다른 카드나 스마트폰을 "
                "등록해 주세요."
            ),
        ),
    ),
    "former_certificate_unknown": (
        503,
        Text(
            ja=(
                "更新されたカードかどうかを、いま確認できません。カードに問題はありません。"
                "しばらくしてからもう一度お試しください。"
            ),
            en=(
                "Whether this card replaces an earlier one cannot be checked right now. Nothing is wrong with your "
                "card; please try again later."
            ),
            zh="目前无法确认此卡片是否为更换后的卡片。您的卡片没有问题，请稍后再试。",
            ko="갱신된 카드인지 지금은 확인할 수 없습니다. 카드에는 문제가 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "identity_absent": (
        404,
        Text(
            ja="職員用の認証基盤はつながれていません。マイナンバーカードでログインしてください。",
            en="No identity provider for staff is connected here. Please log in with your My Number Card.",
            zh="未连接职员用身份认证系统。请使用个人编号卡登录。",
            ko="직원용 인증 시스템이 연결되어 있지 않습니다. 마이넘버카드로 로그인해 주세요.",
        ),
    ),
    "identity_unreachable": (
        503,
        Text(
            ja=(
                "職員用の認証基盤がいま応答しません。しばらくしてからもう一度お試しになるか、"
                "マイナンバーカードでログインしてください。"
            ),
            en=(
                "The identity provider for staff does not answer right now. Try again later, or log in with your "
                "My Number Card."
            ),
            zh="职员用身份认证系统目前没有响应。请稍后再试，或使用个人编号卡登录。",
            ko="직원용 인증 시스템이 지금 응답하지 않습니다. 잠시 후 다시 시도하거나 마이넘버카드로 로그인해 주세요.",
        ),
    ),
    "identity_request_gone": (
        410,
        Text(
            ja=(
                "このログインは期限切れか、すでに使われたか、別のブラウザで始められたものです。"
                "もう一度ログインしてください。"
            ),
            en="This login has expired, was used already, or began in another browser. Please log in again.",
            zh="此登录已过期、已被使用，或是在其他浏览器中开始的。请重新登录。",
            ko=(
                "이 로그인은 기한이 지났거나, 이미 사용되었거나, 다른 브라우저에서 시작되었습니다. 다시 로그인해 "
                "주세요."
            ),
        ),
    ),
    "identity_refused": (
        422,
        Text(
            ja="職員用の認証基盤の応答を信頼できないため、ログインできません。続く場合は管理者に連絡してください。",
            en=(
                "The answer of the identity provider for staff cannot be trusted, so you were not logged in. If "
                "this goes on, tell your administrator."
            ),
            zh="职员用身份认证系统的响应不可信，无法登录。如持续出现，请联系管理员。",
            ko="직원용 인증 시스템의 응답을 신뢰할 수 없어 로그인할 수 없습니다. 계속되면 관리자에게 알려 주세요.",
        ),
    ),
    "identity_cancelled": (
        422,
        Text(
            ja="職員用の認証基盤でのログインが取りやめられました。もう一度お試しください。",
            en="The login at the identity provider for staff was cancelled. Please try again.",
            zh="已取消在职员用身份认证系统上的登录。请重试。",
            ko="직원용 인증 시스템에서의 로그인이 취소되었습니다. 다시 시도해 주세요.",
        ),
    ),
    "not_appointed": (
        403,
        Text(
            ja=(
                "この職員アカウントには、この窓口の担当がまだ割り当てられていません。"
                "管理者に任命を依頼してください。住民としての手続は、マイナンバーカードでログインしてください。"
            ),
            en=(
                "This staff account holds no duties at this counter yet. Ask an administrator to appoint you. For "
                "your own applications, log in with your My Number Card."
            ),
            zh="此职员账户尚未分配本窗口的职务。请联系管理员任命。办理个人手续请使用个人编号卡登录。",
            ko=(
                "이 직원 계정에는 아직 이 창구의 담당 업무가 지정되지 않았습니다. 관리자에게 임명을 요청해 주세요. "
                "주민으로서의 절차는 마이넘버카드로 로그인해 주세요."
            ),
        ),
    ),
}
