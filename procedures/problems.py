"""入力の誤り: what is wrong with an answer and what to enter, in the resident's language."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from procedures.texts import Text

Code = Literal[
    "required",
    "consent_required",
    "unknown_field",
    "not_text",
    "control_character",
    "too_long",
    "pattern",
    "not_integer",
    "too_small",
    "too_large",
    "not_a_date",
    "too_early",
    "too_late",
    "not_an_option",
    "not_an_attachment",
    "too_many_files",
    "file_type",
    "file_too_large",
    "file_empty",
    "too_many_pages",
    "file_infected",
    "file_unchecked",
    "file_broken",
    "not_a_phone",
    "not_a_postal_code",
    "not_an_email",
    "not_a_list",
    "too_few_items",
    "too_many_items",
]


@dataclass(frozen=True)
class Problem:
    """入力の誤り: of one field. The message never repeats the answer."""

    field: str
    """The field's id; in a repeated group group.index.id, the index from 0: children.0.birth_date."""
    code: Code
    message: Text


_MESSAGES: dict[Code, tuple[str, str, str, str]] = {
    "required": (
        "入力してください。",
        "Please fill this in.",
        "请填写此项。",
        "입력해 주세요.",
    ),
    "consent_required": (
        "内容を確認し、チェックを入れてください。",
        "Please read this and tick the box.",
        "请确认内容并勾选。",
        "내용을 확인하고 체크해 주세요.",
    ),
    "unknown_field": (
        "この手続にない項目です。ページを開き直して、もう一度入力してください。",
        "This procedure has no such field. Please open the page again and fill in the form.",
        "本手续没有此项目。请重新打开页面后填写。",
        "이 절차에 없는 항목입니다. 페이지를 다시 열고 입력해 주세요.",
    ),
    "not_text": (
        "文字で入力してください。",
        "Please enter text.",
        "请输入文字。",
        "문자로 입력해 주세요.",
    ),
    "control_character": (
        "使えない文字(制御文字)が含まれています。文字を入力し直してください。",
        "It contains control characters, which cannot be used. Please type the text again.",
        "包含无法使用的字符(控制字符)。请重新输入。",
        "사용할 수 없는 문자(제어 문자)가 포함되어 있습니다. 다시 입력해 주세요.",
    ),
    "too_long": (
        "{limit}文字以内で入力してください。",
        "Please enter no more than {limit} characters.",
        "请输入不超过{limit}个字符。",
        "{limit}자 이내로 입력해 주세요.",
    ),
    "pattern": (
        "形式が違います。例のように入力してください。例：{example}",
        "The format is different. Please enter it like this: {example}",
        "格式不正确。请按示例填写：{example}",
        "형식이 다릅니다. 예와 같이 입력해 주세요. 예: {example}",
    ),
    "not_integer": (
        "整数を数字で入力してください。",
        "Please enter a whole number.",
        "请输入整数。",
        "정수를 숫자로 입력해 주세요.",
    ),
    "too_small": (
        "{limit}以上の数を入力してください。",
        "Please enter {limit} or more.",
        "请输入{limit}以上的数字。",
        "{limit} 이상의 수를 입력해 주세요.",
    ),
    "too_large": (
        "{limit}以下の数を入力してください。",
        "Please enter {limit} or less.",
        "请输入{limit}以下的数字。",
        "{limit} 이하의 수를 입력해 주세요.",
    ),
    "not_a_date": (
        "実在する日付を入力してください。例：2026年4月1日、令和8年4月1日",
        "Please enter a date that exists, for example 2026-04-01.",
        "请输入有效的日期。例：2026年4月1日",
        "실제 날짜를 입력해 주세요. 예: 2026년 4월 1일",
    ),
    "too_early": (
        "{ja}以降の日付を入力してください。",
        "Please enter {en} or a later date.",
        "请输入{ja}或之后的日期。",
        "{ko} 이후의 날짜를 입력해 주세요.",
    ),
    "too_late": (
        "{ja}以前の日付を入力してください。",
        "Please enter {en} or an earlier date.",
        "请输入{ja}或之前的日期。",
        "{ko} 이전의 날짜를 입력해 주세요.",
    ),
    "not_an_option": (
        "一覧から選んでください。",
        "Please choose from the list.",
        "请从列表中选择。",
        "목록에서 선택해 주세요.",
    ),
    "not_an_attachment": (
        "ファイルを読み取れませんでした。もう一度選んでください。",
        "The file could not be read. Please choose it again.",
        "无法读取文件。请重新选择。",
        "파일을 읽을 수 없습니다. 다시 선택해 주세요.",
    ),
    "too_many_files": (
        "ファイルは{limit}個以内にしてください。",
        "Please attach no more than {limit} file(s).",
        "文件不得超过{limit}个。",
        "파일은 {limit}개 이내로 해 주세요.",
    ),
    "file_type": (
        "{kinds}のファイルを選んでください。",
        "Please choose a file of one of these kinds: {kinds}.",
        "请选择以下格式的文件：{kinds}。",
        "{kinds} 파일을 선택해 주세요.",
    ),
    "file_too_large": (
        "ファイルの大きさを{limit}バイト以下にしてください。",
        "Please choose a file of no more than {limit} bytes.",
        "请选择不超过{limit}字节的文件。",
        "{limit}바이트 이하의 파일을 선택해 주세요.",
    ),
    "file_empty": (
        "ファイルが空です。別のファイルを選んでください。",
        "The file is empty. Please choose another one.",
        "文件为空。请选择其他文件。",
        "파일이 비어 있습니다. 다른 파일을 선택해 주세요.",
    ),
    "too_many_pages": (
        "{limit}ページ以内のファイルを選んでください。必要なページだけを選んで保存し直すと、短くなります。",
        "Please choose a file of no more than {limit} page(s). You can save only the pages that are needed.",
        "请选择不超过{limit}页的文件。只保存需要的页面即可缩短。",
        "{limit}페이지 이내의 파일을 선택해 주세요. 필요한 페이지만 다시 저장하면 줄일 수 있습니다.",
    ),
    "file_infected": (
        "ウイルスが見つかったため、このファイルは受け取れません。端末をウイルス対策ソフトで調べ、別のファイルを選んでください。",
        "A virus was found, so this file was not accepted. Please scan your device and choose another file.",
        "发现病毒，无法接收此文件。请用杀毒软件检查您的设备，并选择其他文件。",
        "바이러스가 발견되어 이 파일은 받을 수 없습니다. 기기를 백신으로 검사하고 다른 파일을 선택해 주세요.",
    ),
    "file_unchecked": (
        "いまウイルス検査ができないため、ファイルを受け取れませんでした。数分後に、もう一度選んでください。ほかの入力内容は残っています。",
        "The virus check is not available now, so the file was not accepted. Please choose it again in a few minutes; "
        "your other answers are kept.",
        "目前无法进行病毒检查，文件未被接收。请几分钟后重新选择。其他填写内容已保留。",
        "지금은 바이러스 검사를 할 수 없어 파일을 받지 못했습니다. 몇 분 뒤에 다시 선택해 주세요. "
        "다른 입력 내용은 남아 있습니다.",
    ),
    "file_broken": (
        "ファイルが壊れているか、パスワードがかかっていて開けません。別の方法で保存し直すか、写真を撮り直して選んでください。",
        "The file is damaged or locked with a password. Please save it again without a password, or take a new photo.",
        "文件已损坏或设有密码，无法打开。请不设密码重新保存，或重新拍照后选择。",
        "파일이 손상되었거나 암호가 걸려 있어 열 수 없습니다. 암호 없이 다시 저장하거나 사진을 다시 찍어 "
        "선택해 주세요.",
    ),
    "not_a_phone": (
        "つながる電話番号を市外局番から入力してください。例：079-221-2111、090-1234-5678",
        "Please enter a Japanese telephone number with its area code, for example 079-221-2111 or 090-1234-5678.",
        "请输入包含区号的日本电话号码。例：079-221-2111、090-1234-5678",
        "지역번호를 포함한 일본 전화번호를 입력해 주세요. 예: 079-221-2111, 090-1234-5678",
    ),
    "not_a_postal_code": (
        "郵便番号を7桁の数字で入力してください。例：670-8501",
        "Please enter the seven digits of the postal code, for example 670-8501.",
        "请输入7位数字的邮政编码。例：670-8501",
        "우편번호를 숫자 7자리로 입력해 주세요. 예: 670-8501",
    ),
    "not_an_email": (
        "メールアドレスを一つだけ、@を含めて入力してください。例：hanako@example.jp",
        "Please enter one email address, with its @, for example hanako@example.jp.",
        "请输入一个包含@的电子邮箱。例：hanako@example.jp",
        "@를 포함한 이메일 주소를 하나만 입력해 주세요. 예: hanako@example.jp",
    ),
    "not_a_list": (
        "この項目を読み取れませんでした。ページを開き直して、もう一度入力してください。",
        "This part could not be read. Please open the page again and fill it in.",
        "无法读取此项内容。请重新打开页面后填写。",
        "이 항목을 읽을 수 없습니다. 페이지를 다시 열고 입력해 주세요.",
    ),
    "too_few_items": (
        "{limit}件以上、入力してください。",
        "Please fill in at least {limit}.",
        "请至少填写{limit}项。",
        "{limit}건 이상 입력해 주세요.",
    ),
    "too_many_items": (
        "{limit}件以内にしてください。多いときは、残りを削除してください。",
        "Please enter no more than {limit}. Remove the others.",
        "不得超过{limit}项。请删除多余的内容。",
        "{limit}건 이내로 입력해 주세요. 나머지는 삭제해 주세요.",
    ),
}


LONGEST_NAME = 64


def printable(name: object) -> str:
    """表示できる名前: of a field nobody asked for, as a bounded piece of ASCII."""
    text = name if isinstance(name, str) else type(name).__name__
    return ascii(text[:LONGEST_NAME])[1:-1]


def problem(field: str, code: Code, **values: str) -> Problem:
    """入力の誤りの作成: the message of a code, with what the field asks for."""
    ja, en, zh, ko = (sentence.format(**values) for sentence in _MESSAGES[code])
    return Problem(field, code, Text(ja=ja, en=en, zh=zh, ko=ko))


def day_problem(field: str, code: Code, limit: date) -> Problem:
    """日付の誤りの作成: with the limit as each language writes it."""
    day = written_day(limit)
    return problem(field, code, ja=day.ja, en=day.en, ko=day.ko)


def written_day(day: date) -> Text:
    """日付の表記: in the long form of each language."""
    year, month = day.year, day.month
    return Text(
        ja=f"{year}年{month}月{day.day}日",
        en=f"{day.day} {_MONTHS[month - 1]} {year}",
        zh=f"{year}年{month}月{day.day}日",
        ko=f"{year}년 {month}월 {day.day}일",
    )


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
