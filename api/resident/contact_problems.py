"""お知らせの問題: why an address was not taken or verified, and what to do; in the reader's language."""

from procedures.texts import Text

NOTICE_PROBLEMS: dict[str, tuple[int, Text]] = {
    "email_malformed": (
        422,
        Text(
            ja="メールアドレスの形が正しくありません。name@example.jp のように、半角の英数字と記号で入力してください。",
            en="This is no mail address. Enter it like name@example.jp.",
            zh="邮箱地址格式不正确。请按 name@example.jp 的形式用半角字符输入。",
            ko="메일 주소 형식이 올바르지 않습니다. name@example.jp와 같이 입력해 주세요.",
        ),
    ),
    "too_many_codes": (
        429,
        Text(
            ja="確認コードを続けて送れる回数を超えました。届いたメールを確かめ、届かない場合は時間をおいてやり直してください。",
            en="Too many codes were asked for. Look for the mails already sent, or try again later.",
            zh="请求验证码的次数过多。请先查看已收到的邮件，如未收到请稍后再试。",
            ko="확인 코드를 너무 많이 요청했습니다. 이미 도착한 메일을 확인하거나 나중에 다시 시도해 주세요.",
        ),
    ),
    "code_wrong": (
        422,
        Text(
            ja="確認コードが違います。いちばん新しいメールの6桁の数字を入力してください。",
            en="This code is wrong. Enter the six digits of the newest mail.",
            zh="验证码不正确。请输入最新邮件中的6位数字。",
            ko="확인 코드가 다릅니다. 가장 최근 메일의 6자리 숫자를 입력해 주세요.",
        ),
    ),
    "code_gone": (
        410,
        Text(
            ja="確認コードは使えなくなりました(30分を過ぎたか、5回まちがえました)。新しいコードを送ってください。",
            en="The code no longer works: 30 minutes have passed, or it was wrong five times. Ask for a new one.",
            zh="验证码已失效（超过30分钟，或输错5次）。请重新发送验证码。",
            ko="확인 코드를 더 이상 사용할 수 없습니다(30분이 지났거나 5번 틀렸습니다). 새 코드를 요청해 주세요.",
        ),
    ),
    "push_unavailable": (
        422,
        Text(
            ja="このブラウザのプッシュ通知は使えません。メールでのお知らせをご利用ください。",
            en="Push messages to this browser are not possible. Please use mail instead.",
            zh="无法向此浏览器发送推送通知。请使用邮件通知。",
            ko="이 브라우저의 푸시 알림은 사용할 수 없습니다. 메일 알림을 이용해 주세요.",
        ),
    ),
}
