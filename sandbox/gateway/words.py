"""画面の言葉: the hosted page in Japanese, English, Chinese and Korean."""

from typing import Literal, get_args

Language = Literal["ja", "en", "zh", "ko"]

_ROWS: dict[str, tuple[str, str, str, str]] = {
    "title": ("お支払い", "Payment", "付款", "결제"),
    "sandbox": (
        "これは試験用の決済画面です。お金は動きません。本物のカード番号は入力しないでください。",
        "This is a sandbox. No money moves. Do not enter a real card number.",
        "这是测试用付款页面，不会产生实际扣款。请勿输入真实卡号。",
        "테스트용 결제 화면입니다. 실제로 결제되지 않습니다. 실제 카드 번호를 입력하지 마세요.",
    ),
    "item": ("内容", "Item", "项目", "내용"),
    "amount": ("金額", "Amount", "金额", "금액"),
    "yen": ("円", "yen", "日元", "엔"),
    "card_number": ("カード番号", "Card number", "卡号", "카드 번호"),
    "expiry": ("有効期限（月/年）", "Expiry (MM/YY)", "有效期（月/年）", "유효기간 (월/년)"),
    "cvc": ("セキュリティコード", "Security code (CVC)", "安全码（CVC）", "보안 코드 (CVC)"),
    "cvc_hint": (
        "カード裏面の3桁、AMEXは表面の4桁",
        "3 digits on the back; 4 on the front for AMEX",
        "卡背面的3位数字；AMEX为正面的4位数字",
        "카드 뒷면의 3자리, AMEX는 앞면의 4자리",
    ),
    "brands": ("使えるカード", "Accepted cards", "可用的卡", "사용 가능한 카드"),
    "required": ("※必須", "required", "必填", "필수"),
    "pay": ("支払う", "Pay", "支付", "결제하기"),
    "cancel": ("支払わずに戻る", "Go back without paying", "不付款并返回", "결제하지 않고 돌아가기"),
    "wrong": ("入力を確かめてください", "Please check your entries", "请检查输入内容", "입력 내용을 확인해 주세요"),
    "number_wrong": (
        "カード番号を確かめてください。",
        "Check the card number.",
        "请检查卡号。",
        "카드 번호를 확인해 주세요.",
    ),
    "brand_refused": (
        "このブランドのカードは使えません。",
        "This brand of card is not accepted.",
        "不支持该品牌的卡。",
        "이 브랜드의 카드는 사용할 수 없습니다.",
    ),
    "expiry_wrong": (
        "有効期限は「12/29」のように入力してください。",
        "Enter the expiry like 12/29.",
        "请按“12/29”的格式输入有效期。",
        "유효기간은 12/29와 같이 입력해 주세요.",
    ),
    "expiry_past": (
        "有効期限が過ぎています。",
        "The card has expired.",
        "该卡已过期。",
        "카드의 유효기간이 지났습니다.",
    ),
    "cvc_three": ("数字3桁を入力してください。", "Enter 3 digits.", "请输入3位数字。", "숫자 3자리를 입력해 주세요."),
    "cvc_four": ("数字4桁を入力してください。", "Enter 4 digits.", "请输入4位数字。", "숫자 4자리를 입력해 주세요."),
    "card_declined": (
        "カード会社に承認されませんでした。別のカードをお使いください。",
        "The card was declined. Try another card.",
        "发卡机构拒绝了该交易。请使用其他卡。",
        "카드사에서 승인되지 않았습니다. 다른 카드를 사용해 주세요.",
    ),
    "insufficient_funds": (
        "残高または利用枠が足りません。別のカードをお使いください。",
        "The card has insufficient funds. Try another card.",
        "余额或额度不足。请使用其他卡。",
        "잔액 또는 한도가 부족합니다. 다른 카드를 사용해 주세요.",
    ),
    "incorrect_cvc": (
        "セキュリティコードが違います。",
        "The security code is incorrect.",
        "安全码不正确。",
        "보안 코드가 올바르지 않습니다.",
    ),
    "processing_error": (
        "処理できませんでした。しばらくしてからもう一度お試しください。",
        "The card could not be processed. Try again in a little while.",
        "处理失败。请稍后再试。",
        "처리하지 못했습니다. 잠시 후 다시 시도해 주세요.",
    ),
    "test_mode_live_card": (
        "試験用のカード番号だけが使えます。",
        "Only test card numbers work here.",
        "此处只能使用测试卡号。",
        "테스트용 카드 번호만 사용할 수 있습니다.",
    ),
    "authentication_failed": (
        "本人認証ができませんでした。もう一度お試しください。",
        "Authentication failed. Please try again.",
        "身份验证失败。请重试。",
        "본인 인증에 실패했습니다. 다시 시도해 주세요.",
    ),
    "challenge": (
        "カード会社の本人認証（3-Dセキュア）",
        "Authentication by your card issuer (3-D Secure)",
        "发卡机构身份验证（3-D Secure）",
        "카드사 본인 인증 (3-D Secure)",
    ),
    "complete": ("認証する", "Complete authentication", "完成验证", "인증하기"),
    "fail": ("認証しない", "Fail authentication", "验证失败", "인증하지 않기"),
    "expired": (
        "この支払いの期限は過ぎました。",
        "This payment has expired.",
        "该付款已过期。",
        "결제 기한이 지났습니다.",
    ),
    "unknown": (
        "この支払いは見つかりません。",
        "There is no such payment.",
        "找不到该付款。",
        "해당 결제를 찾을 수 없습니다.",
    ),
}
_ROWS["expired_card"] = _ROWS["expiry_past"]


def words(language: Language) -> dict[str, str]:
    """言葉: every text of the page in one language."""
    column = get_args(Language).index(language)
    return {name: row[column] for name, row in _ROWS.items()}


def choose_language(locale: str, accept_language: str) -> Language:
    """言語の選択: the session's locale, or for `auto` the first the browser asks for that we have; else Japanese."""
    for wanted in [locale, *accept_language.split(",")]:
        for language in get_args(Language):
            if wanted.strip().lower().startswith(language):
                return language  # type: ignore[no-any-return]
    return "ja"
