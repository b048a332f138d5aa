"""検証結果の理由: why a signature was not accepted, in sentences for the person who signed (ja, en, zh, ko)."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Language = Literal["ja", "en", "zh", "ko"]


class Reason(StrEnum):
    """理由コード: stable; stored with the case. REVOCATION_UNKNOWN alone is worth asking again."""

    MALFORMED = "malformed"
    ALGORITHM_NOT_ACCEPTED = "algorithm_not_accepted"
    SIGNATURE_WRONG = "signature_wrong"
    CONTENT_ALTERED = "content_altered"
    SIGNING_TIME_WRONG = "signing_time_wrong"
    ISSUER_UNTRUSTED = "issuer_untrusted"
    ISSUER_NOT_IN_FORCE = "issuer_not_in_force"
    WRONG_CERTIFICATE_KIND = "wrong_certificate_kind"
    POLICY_NOT_ACCEPTED = "policy_not_accepted"
    PROCEDURE_NOT_COVERED = "procedure_not_covered"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"


class Sentences(NamedTuple):
    """住民への説明: what happened, what it means, what to do next."""

    happened: str
    means: str
    next_step: str


def sentences(reason: Reason, language: Language) -> Sentences:
    """The explanation of a reason in one language."""
    return _TEXTS[reason][language]


_TEXTS: Final = MappingProxyType[Reason, dict[Language, Sentences]](
    {
        Reason.MALFORMED: {
            "ja": Sentences(
                "電子署名のデータを読み取れませんでした。",
                "通信の途中で壊れたか、対応していないソフトで作られた可能性があります。手続は受け付けていません。",
                "カードをもう一度読み取って、やり直してください。",
            ),
            "en": Sentences(
                "The electronic signature could not be read.",
                "It may have been damaged on the way or made with unsupported software. Nothing was accepted.",
                "Please read your card again and repeat this step.",
            ),
            "zh": Sentences(
                "无法读取电子签名数据。",
                "数据可能在传输中损坏，或由不支持的软件生成。手续尚未受理。",
                "请重新读取卡片，再试一次。",
            ),
            "ko": Sentences(
                "전자서명 데이터를 읽을 수 없었습니다.",
                "전송 중에 손상되었거나 지원하지 않는 소프트웨어로 만들어졌을 수 있습니다. 접수되지 않았습니다.",
                "카드를 다시 읽혀 이 단계를 다시 진행해 주세요.",
            ),
        },
        Reason.ALGORITHM_NOT_ACCEPTED: {
            "ja": Sentences(
                "電子署名の方式が、受け付けられるものではありませんでした。",
                "古い方式や弱い方式の署名は、安全のため受け付けていません。",
                "カード読み取りソフトを最新版に更新して、やり直してください。",
            ),
            "en": Sentences(
                "The electronic signature uses a method we do not accept.",
                "Old or weak methods are refused for your safety.",
                "Please update the card software to its latest version and try again.",
            ),
            "zh": Sentences(
                "电子签名采用的方式不被接受。",
                "为确保安全，不接受陈旧或强度不足的签名方式。",
                "请将读卡软件更新至最新版本后重试。",
            ),
            "ko": Sentences(
                "전자서명에 사용된 방식은 접수할 수 없는 방식입니다.",
                "안전을 위해 오래되었거나 약한 방식의 서명은 받지 않습니다.",
                "카드 소프트웨어를 최신 버전으로 업데이트한 후 다시 시도해 주세요.",
            ),
        },
        Reason.SIGNATURE_WRONG: {
            "ja": Sentences(
                "電子署名が、カードの電子証明書と一致しませんでした。",
                "あなたのカードで署名されたことを確認できません。手続は受け付けていません。",
                "ご自分のカードで、もう一度署名してください。続く場合は窓口にご相談ください。",
            ),
            "en": Sentences(
                "The electronic signature does not match the certificate of the card.",
                "We cannot confirm that your card signed it. Nothing was accepted.",
                "Please sign again with your own card. If this continues, contact the counter.",
            ),
            "zh": Sentences(
                "电子签名与卡内的电子证书不一致。",
                "无法确认是由您的卡片签名。手续尚未受理。",
                "请用您本人的卡片重新签名。如仍出现此情况，请咨询窗口。",
            ),
            "ko": Sentences(
                "전자서명이 카드의 전자증명서와 일치하지 않습니다.",
                "본인의 카드로 서명되었는지 확인할 수 없습니다. 접수되지 않았습니다.",
                "본인의 카드로 다시 서명해 주세요. 계속되면 창구에 문의해 주세요.",
            ),
        },
        Reason.CONTENT_ALTERED: {
            "ja": Sentences(
                "署名した内容と、届いた内容が違っています。",
                "署名の後に内容が変わったため、受け付けていません。",
                "内容を確認し、もう一度署名してください。",
            ),
            "en": Sentences(
                "What arrived is not what was signed.",
                "The content changed after it was signed, so it was not accepted.",
                "Please check the content and sign it again.",
            ),
            "zh": Sentences(
                "收到的内容与签名的内容不一致。",
                "签名之后内容发生了变化，因此未予受理。",
                "请核对内容后重新签名。",
            ),
            "ko": Sentences(
                "서명한 내용과 도착한 내용이 다릅니다.",
                "서명 후 내용이 바뀌었기 때문에 접수되지 않았습니다.",
                "내용을 확인하고 다시 서명해 주세요.",
            ),
        },
        Reason.SIGNING_TIME_WRONG: {
            "ja": Sentences(
                "署名の日時が、受け付けた日時と大きく離れています。",
                "お使いの端末の時計がずれているか、署名してから時間がたちすぎています。",
                "端末の日付と時刻を合わせて、もう一度署名してください。",
            ),
            "en": Sentences(
                "The time of signing is far from the time we received it.",
                "The clock of your device is wrong, or the signature is too old.",
                "Please set the date and time of your device and sign again.",
            ),
            "zh": Sentences(
                "签名时间与受理时间相差过大。",
                "可能是您设备的时钟不准，或签名后已过去太久。",
                "请校准设备的日期和时间后重新签名。",
            ),
            "ko": Sentences(
                "서명 시각이 접수 시각과 크게 다릅니다.",
                "사용하시는 기기의 시계가 맞지 않거나 서명한 지 너무 오래되었습니다.",
                "기기의 날짜와 시각을 맞춘 후 다시 서명해 주세요.",
            ),
        },
        Reason.ISSUER_UNTRUSTED: {
            "ja": Sentences(
                "この電子証明書の発行元を確認できませんでした。",
                "市が受け付けている認証局の電子証明書ではありません。",
                "マイナンバーカードの電子証明書をお使いください。",
            ),
            "en": Sentences(
                "The issuer of this certificate could not be confirmed.",
                "It was not issued by an authority the city accepts.",
                "Please use the certificate on your My Number Card.",
            ),
            "zh": Sentences(
                "无法确认该电子证书的签发机构。",
                "该证书不是由本市认可的认证机构签发的。",
                "请使用个人编号卡中的电子证书。",
            ),
            "ko": Sentences(
                "이 전자증명서의 발급 기관을 확인할 수 없습니다.",
                "시가 인정하는 인증기관에서 발급한 것이 아닙니다.",
                "마이넘버카드의 전자증명서를 사용해 주세요.",
            ),
        },
        Reason.ISSUER_NOT_IN_FORCE: {
            "ja": Sentences(
                "この電子証明書は、現在使われていない認証局が発行したものです。",
                "認証局の利用期間の外にあるため、受け付けられません。",
                "市区町村の窓口で電子証明書を更新してください。",
            ),
            "en": Sentences(
                "This certificate comes from an authority that is no longer, or not yet, in use.",
                "It is outside the authority's period and cannot be accepted.",
                "Please renew the certificate at the counter of your municipality.",
            ),
            "zh": Sentences(
                "该电子证书由目前未在使用的认证机构签发。",
                "已不在该认证机构的使用期间内，无法受理。",
                "请到市区町村窗口更新电子证书。",
            ),
            "ko": Sentences(
                "이 전자증명서는 현재 사용되지 않는 인증기관이 발급한 것입니다.",
                "인증기관의 이용 기간을 벗어나 접수할 수 없습니다.",
                "시구정촌 창구에서 전자증명서를 갱신해 주세요.",
            ),
        },
        Reason.WRONG_CERTIFICATE_KIND: {
            "ja": Sentences(
                "別の用途の電子証明書が使われました。",
                "申請には手続の案内にある署名用の電子証明書、ログインには利用者証明用の電子証明書が必要です。",
                "手続の案内を確かめてやり直してください。カードの暗証番号は、申請が英数字6〜16文字、ログインが数字4桁です。",
            ),
            "en": Sentences(
                "A certificate for another purpose was used.",
                "Each procedure names the signing certificate it takes; a login takes the authentication certificate.",
                "Check the requirements and try again. A card signs with 6–16 characters and logs in with 4 digits.",
            ),
            "zh": Sentences(
                "使用了其他用途的电子证书。",
                "申请须使用手续说明中指定的签名用电子证书，登录须使用用户证明用电子证书。",
                "请确认手续说明后重试。卡片密码：申请时为6至16位英文数字，登录时为4位数字。",
            ),
            "ko": Sentences(
                "다른 용도의 전자증명서가 사용되었습니다.",
                "신청에는 절차 안내에 적힌 서명용 전자증명서, 로그인에는 이용자 증명용 전자증명서가 필요합니다.",
                "절차 안내를 확인하고 다시 시도해 주세요. 카드 비밀번호는 신청이 6~16자리, 로그인이 4자리입니다.",
            ),
        },
        Reason.POLICY_NOT_ACCEPTED: {
            "ja": Sentences(
                "この種類の電子証明書は、この手続に使えません。",
                "市が受け付けていない種類の電子証明書です。",
                "手続の案内にある種類の電子証明書をお使いください。",
            ),
            "en": Sentences(
                "This kind of certificate cannot be used here.",
                "The city does not accept certificates of this kind.",
                "Please use a certificate of a kind named in the requirements of the procedure.",
            ),
            "zh": Sentences(
                "该种类的电子证书不能用于此手续。",
                "本市不接受该种类的电子证书。",
                "请使用手续说明中列出的电子证书。",
            ),
            "ko": Sentences(
                "이 종류의 전자증명서는 이 절차에 사용할 수 없습니다.",
                "시가 접수하지 않는 종류의 전자증명서입니다.",
                "절차 안내에 적힌 종류의 전자증명서를 사용해 주세요.",
            ),
        },
        Reason.PROCEDURE_NOT_COVERED: {
            "ja": Sentences(
                "この認証局の電子証明書は、この手続では受け付けていません。",
                "認証局ごとに、使える手続が決まっています。電子証明書そのものに問題はありません。",
                "手続の案内にある電子証明書で、もう一度申請してください。",
            ),
            "en": Sentences(
                "Certificates of this issuer are not accepted in this procedure.",
                "Each issuer is accepted for certain procedures only. Nothing is wrong with your certificate.",
                "Please apply again with a certificate named in the requirements of the procedure.",
            ),
            "zh": Sentences(
                "本手续不接受该认证机构的电子证书。",
                "各认证机构的证书可用的手续各不相同。您的电子证书本身没有问题。",
                "请使用手续说明中列出的电子证书重新申请。",
            ),
            "ko": Sentences(
                "이 절차에서는 이 인증기관의 전자증명서를 받지 않습니다.",
                "인증기관마다 사용할 수 있는 절차가 정해져 있습니다. 전자증명서 자체에는 문제가 없습니다.",
                "절차 안내에 적힌 전자증명서로 다시 신청해 주세요.",
            ),
        },
        Reason.EXPIRED: {
            "ja": Sentences(
                "電子証明書の有効期間が過ぎています。",
                "有効期間の過ぎた電子証明書では受け付けられません。",
                "市区町村の窓口で電子証明書を更新してください。",
            ),
            "en": Sentences(
                "Your certificate has expired.",
                "An expired certificate cannot be accepted.",
                "Please renew the certificate at the counter of your municipality.",
            ),
            "zh": Sentences(
                "电子证书已过有效期。",
                "无法以过期的电子证书受理。",
                "请到市区町村窗口更新电子证书。",
            ),
            "ko": Sentences(
                "전자증명서의 유효기간이 지났습니다.",
                "유효기간이 지난 전자증명서로는 접수할 수 없습니다.",
                "시구정촌 창구에서 전자증명서를 갱신해 주세요.",
            ),
        },
        Reason.NOT_YET_VALID: {
            "ja": Sentences(
                "電子証明書の有効期間が、まだ始まっていません。",
                "署名した日時か受け付けた日時が、有効期間より前です。",
                "端末の日付と時刻を確かめ、有効期間が始まってからやり直してください。",
            ),
            "en": Sentences(
                "Your certificate is not valid yet.",
                "It was signed or received before the certificate's period begins.",
                "Check the date and time of your device, and try again once the period has begun.",
            ),
            "zh": Sentences(
                "电子证书的有效期尚未开始。",
                "签名或受理的时间早于有效期。",
                "请核对设备的日期和时间，并在有效期开始后重试。",
            ),
            "ko": Sentences(
                "전자증명서의 유효기간이 아직 시작되지 않았습니다.",
                "서명 또는 접수 시각이 유효기간보다 앞섭니다.",
                "기기의 날짜와 시각을 확인하고 유효기간이 시작된 후 다시 시도해 주세요.",
            ),
        },
        Reason.REVOKED: {
            "ja": Sentences(
                "この電子証明書は失効しています。",
                "引っ越しや氏名の変更、カードの紛失届などにより、使えなくなっています。",
                "市区町村の窓口で、新しい電子証明書の発行を受けてください。",
            ),
            "en": Sentences(
                "Your certificate has been revoked.",
                "A move, a change of name or a card reported lost ends it, for example.",
                "Please have a new certificate issued at the counter of your municipality.",
            ),
            "zh": Sentences(
                "该电子证书已失效。",
                "可能因搬迁、更改姓名或挂失卡片等原因而无法使用。",
                "请到市区町村窗口申请签发新的电子证书。",
            ),
            "ko": Sentences(
                "이 전자증명서는 실효되었습니다.",
                "이사, 성명 변경, 카드 분실 신고 등으로 사용할 수 없게 되었습니다.",
                "시구정촌 창구에서 새 전자증명서를 발급받아 주세요.",
            ),
        },
        Reason.REVOCATION_UNKNOWN: {
            "ja": Sentences(
                "電子証明書が失効していないかを、いま確認できません。",
                "確認先が応答していません。電子証明書に問題があるとは限りません。",
                "時間をおいて、もう一度お試しください。受付済みの申請は、市が確認を続けますので手続は不要です。",
            ),
            "en": Sentences(
                "We cannot confirm right now whether your certificate has been revoked.",
                "The service we ask gives no usable answer. Your certificate may be perfectly good.",
                "Try again later. If your application was already received, we keep asking; you need do nothing.",
            ),
            "zh": Sentences(
                "目前无法确认电子证书是否已失效。",
                "查询服务没有给出可用的答复，并不表示您的证书有问题。",
                "请稍后再试。已受理的申请由本市继续确认，您无需办理任何手续。",
            ),
            "ko": Sentences(
                "전자증명서가 실효되었는지 지금은 확인할 수 없습니다.",
                "확인 기관이 응답하지 않습니다. 전자증명서에 문제가 있다는 뜻은 아닙니다.",
                "잠시 후 다시 시도해 주세요. 이미 접수된 신청은 시가 계속 확인하므로 하실 일이 없습니다.",
            ),
        },
    }
)
