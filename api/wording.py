"""言い換え: a signing request in the words a resident reads before signing."""

from collections.abc import Mapping

from procedures.loader import Library
from procedures.texts import Language, Text
from procedures.wording import answered, in_words

SIGNING_TITLES: dict[str, Text] = {
    "login": Text(
        ja="電子窓口へのログイン",
        en="Log in to the online counter",
        zh="登录电子窗口",
        ko="온라인 창구 로그인",
    ),
    "register": Text(
        ja="カードの追加登録",
        en="Add a card to your account",
        zh="追加登记卡片",
        ko="카드 추가 등록",
    ),
    "read": Text(
        ja="カードの券面事項の読取り",
        en="Read your details from the card",
        zh="从卡片读取券面信息",
        ko="카드 기재사항 읽기",
    ),
    "identify": Text(
        ja="窓口での本人確認",
        en="Identify yourself at the counter",
        zh="在窗口确认身份",
        ko="창구에서 본인 확인",
    ),
    "sign": Text(
        ja="申請書への電子署名",
        en="Sign your application",
        zh="对申请书进行电子签名",
        ko="신청서에 전자서명",
    ),
}
_PROCEDURE = Text(ja="手続", en="Procedure", zh="手续", ko="절차")
_SERVER = Text(ja="ログイン先", en="Where", zh="登录位置", ko="로그인 대상")
_FILE = Text(ja="添付ファイル", en="Attachment", zh="附件", ko="첨부 파일")


def summary_of(library: Library, content: Mapping[str, object], language: Language) -> list[tuple[str, str]]:
    """What is about to be signed, label by label; read back from the very bytes that will be signed."""
    if content.get("purpose") == "identify":
        return []  # who asks, the reader's page says itself
    if "procedure" not in content:
        return [(_SERVER.of(language), str(content.get("server", "")))]
    procedure = library.version(str(content["procedure"]), int(str(content["version"])))
    lines = [(_PROCEDURE.of(language), procedure.title.of(language))]
    answers, attachments = content.get("answers"), content.get("attachments")
    if isinstance(answers, Mapping):
        given = answered(procedure, answers)
        lines += [(each.label.of(language), in_words(each.field, each.answer, language)) for each in given]
    if isinstance(attachments, list):
        lines += [(_FILE.of(language), str(each["name"])) for each in attachments]
    return lines
