"""問題: what went wrong, what it means and what to do next, in the reader's language (RFC 9457 problem details)."""

from api.access.login_problems import LOGIN_PROBLEMS
from api.administration.problems import ADMINISTRATION_PROBLEMS
from api.case.problems import CASE_PROBLEMS
from api.deciding.approval_problems import APPROVAL_PROBLEMS
from api.deciding.deadline_problems import DEADLINE_PROBLEMS
from api.deciding.problems import DECISION_PROBLEMS
from api.desk.problems import INBOX_PROBLEMS
from api.filing.upload_problems import UPLOAD_PROBLEMS
from api.messaging.problems import MESSAGE_PROBLEMS
from api.paper.problems import PAPER_PROBLEMS
from api.paper.reader_problems import READER_PROBLEMS
from api.resident.contact_problems import NOTICE_PROBLEMS
from api.sheets.problems import SHEET_PROBLEMS
from api.staff.problems import OFFICER_PROBLEMS
from procedures.texts import Text
from trust.reasons import Reason, sentences


class Problem(Exception):
    """問題: `code` is stable for programs; `text` is for people; `retry_after` in seconds, where waiting helps."""

    def __init__(self, status: int, code: str, text: Text, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.text = text
        self.retry_after = retry_after


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


_PROBLEMS: dict[str, tuple[int, Text]] = {
    "login_required": (
        401,
        _text(
            "ログインが必要です。時間が経ってログアウトした場合は、もう一度ログインしてください。入力した下書きは残っています。",
            "Please log in. If you were logged out after a while, log in again; your drafts are still there.",
            "请登录。如果因长时间未操作而退出，请重新登录。您的草稿仍然保留。",
            "로그인이 필요합니다. 시간이 지나 로그아웃된 경우 다시 로그인해 주세요. 작성 중인 내용은 남아 있습니다.",
        ),
    ),
    "not_allowed": (
        403,
        _text(
            "この操作をする権限がありません。担当の方は管理者に確認してください。",
            "You are not allowed to do this. Officers: please ask your administrator.",
            "您没有执行此操作的权限。工作人员请联系管理员。",
            "이 작업을 할 권한이 없습니다. 담당자는 관리자에게 문의해 주세요.",
        ),
    ),
    "not_found": (
        404,
        _text(
            "見つかりませんでした。番号を確かめるか、一覧から開き直してください。",
            "This could not be found. Check the number, or open it again from the list.",
            "未找到。请确认编号，或从列表中重新打开。",
            "찾을 수 없습니다. 번호를 확인하거나 목록에서 다시 열어 주세요.",
        ),
    ),
    "draft_filed": (
        409,
        _text(
            "この下書きはすでに申請されています。申請の一覧でご確認ください。",
            "This draft has been filed already. Please look at your list of applications.",
            "此草稿已提交。请在申请列表中确认。",
            "이 초안은 이미 신청되었습니다. 신청 목록에서 확인해 주세요.",
        ),
    ),
    "draft_outdated": (
        409,
        _text(
            "この手続は下書きの後に改定されました。下書きを開き、新しい申請書に引き継いでから申請してください。",
            "This procedure was revised after you saved the draft. Open the draft and carry it over to the new form.",
            "保存草稿后，本手续已修订。请打开草稿，转入新的申请表后再提交。",
            "초안을 저장한 뒤 이 절차가 개정되었습니다. 초안을 열어 새 신청서로 옮긴 뒤 신청해 주세요.",
        ),
    ),
    "draft_changed": (
        412,
        _text(
            "この下書きは、ほかの端末やタブで先に変更されました。何も保存していません。最新の内容を読み込んで、もう一度お試しください。",
            "This draft was changed on another device or tab first. Nothing was saved; load it again and retry.",
            "此草稿已先在其他设备或标签页中被更改。未保存任何内容，请重新加载后再试。",
            "이 초안은 다른 기기나 탭에서 먼저 변경되어 저장하지 않았습니다. 다시 불러온 뒤 시도해 주세요.",
        ),
    ),
    "answers_incomplete": (
        422,
        _text(
            "入力に誤りがあるため、申請できません。申請書に戻り、印のついた項目を直してください。",
            "The form has mistakes and cannot be filed. Go back and mend the marked fields.",
            "填写内容有误，无法提交。请返回申请表并修改标记的项目。",
            "입력에 오류가 있어 신청할 수 없습니다. 신청서로 돌아가 표시된 항목을 고쳐 주세요.",
        ),
    ),
    "not_eligible": (
        422,
        _text(
            "この手続の対象ではないため、申請できません。",
            "You do not meet the conditions of this procedure, so it cannot be filed.",
            "您不符合本手续的条件，无法提交申请。",
            "이 절차의 대상이 아니므로 신청할 수 없습니다.",
        ),
    ),
    "field_not_marked": (
        422,
        _text(
            "補正では、職員が印をつけた項目だけを直せます。",
            "In a correction, only the answers marked by the officer may change.",
            "补正时只能修改工作人员标记的项目。",
            "보정에서는 직원이 표시한 항목만 고칠 수 있습니다.",
        ),
    ),
    "signature_required": (
        422,
        _text(
            "この手続には電子署名が必要です。「カードで署名する」から進んでください。",
            "This procedure needs an electronic signature. Continue with “Sign with your card”.",
            "本手续需要电子签名。请选择“使用卡片签名”继续。",
            "이 절차에는 전자서명이 필요합니다. ‘카드로 서명하기’로 진행해 주세요.",
        ),
    ),
    "signing_request_gone": (
        410,
        _text(
            "この署名の依頼は期限切れか、すでに使われています。元のページに戻り、もう一度始めてください。",
            "This signing request has expired or was used already. Go back to the page and start again.",
            "此签名请求已过期或已被使用。请返回原页面重新开始。",
            "이 서명 요청은 기한이 지났거나 이미 사용되었습니다. 원래 페이지로 돌아가 다시 시작해 주세요.",
        ),
    ),
    "certificate_unknown": (
        503,
        _text(
            "証明書の有効性をいま確認できません。カードに問題はありません。しばらくしてからもう一度お試しください。",
            "Your certificate's status cannot be checked right now. Nothing is wrong with your card; try again later.",
            "目前无法确认证书的有效性。您的卡片没有问题，请稍后再试。",
            "지금은 인증서의 유효성을 확인할 수 없습니다. 카드에는 문제가 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "attachment_refused": (
        422,
        _text(
            "このファイルは添付できません。種類(PDF・JPEG・PNG)と大きさを確かめてください。",
            "This file cannot be attached. Check its kind (PDF, JPEG, PNG) and its size.",
            "无法添加此文件。请确认文件类型（PDF、JPEG、PNG）和大小。",
            "이 파일은 첨부할 수 없습니다. 종류(PDF·JPEG·PNG)와 크기를 확인해 주세요.",
        ),
    ),
    "too_large": (
        413,
        _text(
            "送られたデータが大きすぎます。ファイルを小さくして、もう一度お試しください。",
            "What was sent is too large. Make the file smaller and try again.",
            "发送的数据过大。请缩小文件后重试。",
            "보낸 데이터가 너무 큽니다. 파일을 줄여 다시 시도해 주세요.",
        ),
    ),
    "no_colleague": (
        422,
        _text(
            "この職員には引き継げません。この案件の職務を持つ職員を選び直してください。何も変更していません。",
            "This officer cannot take it over. Choose one who holds the task's function. Nothing was changed.",
            "无法移交给该工作人员。请重新选择拥有此案件职务的人员。未做任何更改。",
            "이 직원에게는 인계할 수 없습니다. 이 안건의 직무를 가진 직원을 다시 선택해 주세요. 변경된 것은 없습니다.",
        ),
    ),
    "malformed": (
        422,
        _text(
            "送られた内容を読み取れませんでした。ページを開き直して、もう一度お試しください。",
            "What was sent could not be read. Open the page again and retry.",
            "无法读取发送的内容。请重新打开页面后再试。",
            "보낸 내용을 읽을 수 없습니다. 페이지를 다시 열어 시도해 주세요.",
        ),
    ),
    "task_taken": (
        409,
        _text(
            "この案件は、ほかの職員が先に担当したか、画面を開いた後に変わりました。開き直して確かめてください。",
            "Somebody else has this task, or it changed since you opened the page. Open it again.",
            "此案件已由其他工作人员负责，或在您打开页面后发生了变化。请重新打开确认。",
            "다른 직원이 먼저 맡았거나 화면을 연 뒤 변경되었습니다. 다시 열어 확인해 주세요.",
        ),
    ),
    "task_closed": (
        409,
        _text(
            "この案件の判断はすでに終わっています。",
            "This task has been decided already.",
            "此案件已作出决定。",
            "이 안건은 이미 결정되었습니다.",
        ),
    ),
    "duties_not_separated": (
        409,
        _text(
            "審査した職員は決裁できません。ほかの決裁者に依頼してください。",
            "The reviewer may not approve as well. Please ask another approver.",
            "审查人员不能同时进行审批。请交由其他审批人处理。",
            "심사한 직원은 결재할 수 없습니다. 다른 결재자에게 요청해 주세요.",
        ),
    ),
    "reason_required": (
        422,
        _text(
            "理由を入力してください。申請者に伝わります。",
            "Please give the reason; the resident will read it.",
            "请填写理由。申请人将会看到。",
            "이유를 입력해 주세요. 신청자에게 전달됩니다.",
        ),
    ),
    "marks_required": (
        422,
        _text(
            "差し戻す項目に印をつけ、理由を入力してください。",
            "Mark the answers to be corrected and say why.",
            "请标记需要补正的项目并填写理由。",
            "돌려보낼 항목에 표시하고 이유를 입력해 주세요.",
        ),
    ),
    "tracking_number_required": (
        422,
        _text(
            "追跡番号を数字とハイフンで入力してください。",
            "Please enter the tracking number (digits and hyphens).",
            "请输入追踪号码（数字和连字符）。",
            "추적 번호를 숫자와 하이픈으로 입력해 주세요.",
        ),
    ),
    "too_late_to_withdraw": (
        409,
        _text(
            "書面の作成が始まったため、取り下げできません。窓口にご相談ください。",
            "The document is being issued, so the application can no longer be withdrawn. Please contact the counter.",
            "文件已开始制作，无法撤回。请咨询窗口。",
            "문서 작성이 시작되어 취하할 수 없습니다. 창구에 문의해 주세요.",
        ),
    ),
    "payment_unavailable": (
        503,
        _text(
            "いま決済サービスにつながりません。料金は請求されていません。しばらくしてからもう一度お試しください。",
            "The payment service cannot be reached right now. You have not been charged; please try again later.",
            "目前无法连接支付服务。尚未扣款，请稍后再试。",
            "지금은 결제 서비스에 연결할 수 없습니다. 요금은 청구되지 않았습니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "nothing_to_pay": (
        409,
        _text(
            "お支払いいただくものはありません。",
            "There is nothing to pay.",
            "没有需要支付的款项。",
            "납부할 금액이 없습니다.",
        ),
    ),
    "nothing_to_retry": (
        409,
        _text(
            "この案件は、ほかのシステムの応答を待っていません。再試行は要りません。",
            "This case is not waiting for another system, so there is nothing to try again.",
            "此案件未在等待其他系统的响应，无需重试。",
            "이 안건은 다른 시스템의 응답을 기다리고 있지 않으므로 다시 시도할 필요가 없습니다.",
        ),
    ),
    "nothing_to_correct": (
        409,
        _text(
            "いま補正が必要な項目はありません。",
            "No correction is asked for at the moment.",
            "目前没有需要补正的内容。",
            "지금 보정이 필요한 항목은 없습니다.",
        ),
    ),
    "case_closed": (
        409,
        _text(
            "この申請はすでに終わっています。",
            "This application is closed.",
            "此申请已结束。",
            "이 신청은 이미 종료되었습니다.",
        ),
    ),
    "forged_webhook": (
        400,
        _text(
            "決済通知の署名を確認できません。",
            "The webhook's signature is not the gateway's.",
            "无法确认支付通知的签名。",
            "결제 알림의 서명을 확인할 수 없습니다.",
        ),
    ),
    "payment_unknown": (
        409,
        _text(
            "この支払いはまだ確認されていません。通知をもう一度送ってください。",
            "This payment is not known here yet. Deliver the webhook again later.",
            "尚未确认该笔付款。请稍后重新发送通知。",
            "아직 확인되지 않은 결제입니다. 나중에 알림을 다시 보내 주세요.",
        ),
    ),
    "document_unreadable": (
        422,
        _text(
            "PDFファイルとして読み取れませんでした。市から交付されたPDFファイルをそのまま選んでください。",
            "This is not a readable PDF. Choose the PDF file just as the city delivered it.",
            "无法作为PDF读取。请直接选择市政府交付的PDF文件。",
            "PDF로 읽을 수 없습니다. 시에서 교부한 PDF 파일을 그대로 선택해 주세요.",
        ),
    ),
    "idempotency_key_invalid": (
        400,
        _text(
            "Idempotency-Keyヘッダーは、空白を含まない1~128文字の英数字・記号で一つだけ送ってください。",
            "Send exactly one Idempotency-Key header of 1 to 128 visible ASCII characters.",
            "请只发送一个Idempotency-Key标头，由1至128个不含空格的ASCII字符组成。",
            "Idempotency-Key 헤더는 공백 없는 ASCII 문자 1~128자로 하나만 보내 주세요.",
        ),
    ),
    "idempotency_in_progress": (
        409,
        _text(
            "同じ操作を処理しています。Retry-Afterの秒数だけ待って、もう一度送ってください。二重には処理されません。",
            "The same request is being worked on. Wait for Retry-After seconds and send it again; it is done once.",
            "相同的请求正在处理中。请等待Retry-After指定的秒数后重新发送，不会重复处理。",
            "같은 요청을 처리하고 있습니다. Retry-After의 초만큼 기다린 뒤 다시 보내 주세요. 중복 처리되지 않습니다.",
        ),
    ),
    "idempotency_key_reused": (
        422,
        _text(
            "このIdempotency-Keyは別の内容の操作で使われています。新しい操作には新しいキーを使ってください。",
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
            "此Idempotency-Key已用于其他请求。新的请求请使用新的键。",
            "이 Idempotency-Key는 다른 요청에 사용되었습니다. 새 요청에는 새 키를 사용해 주세요.",
        ),
    ),
    "too_many_requests": (
        429,
        _text(
            "短い時間に操作が集中したため、少しお待ちいただいています。表示された秒数の後に、もう一度お試しください。保存した内容は失われません。",
            "Too many requests came in a short time. Wait for the seconds given and try again; nothing saved is lost.",
            "短时间内请求过多，请稍候。请在显示的秒数之后重试。已保存的内容不会丢失。",
            "짧은 시간에 요청이 몰렸습니다. 표시된 초가 지난 뒤 다시 시도해 주세요. 저장된 내용은 사라지지 않습니다.",
        ),
    ),
    "period_malformed": (
        422,
        _text(
            "この期間では集計できません。開始日を終了日以前にし、3年以内の期間を指定してください。",
            "This period cannot be counted. Let it end on or after its first day, and be no longer than three years.",
            "无法统计此期间。请使开始日不晚于结束日，且期间不超过3年。",
            "이 기간은 집계할 수 없습니다. 시작일을 종료일 이전으로 하고 3년 이내의 기간을 지정해 주세요.",
        ),
    ),
}

_TABLES = (
    _PROBLEMS,
    UPLOAD_PROBLEMS,
    MESSAGE_PROBLEMS,
    DECISION_PROBLEMS,
    INBOX_PROBLEMS,
    APPROVAL_PROBLEMS,
    CASE_PROBLEMS,
    DEADLINE_PROBLEMS,
    NOTICE_PROBLEMS,
    OFFICER_PROBLEMS,
    ADMINISTRATION_PROBLEMS,
    PAPER_PROBLEMS,
    READER_PROBLEMS,
    LOGIN_PROBLEMS,
    SHEET_PROBLEMS,
)

RETRY_AFTER: dict[str, int] = {
    "idempotency_in_progress": 2,
    "certificate_unknown": 60,
    "draft_unavailable": 30,
    "pictures_busy": 10,
    "blank_unprinted": 10,
    "payment_unavailable": 60,
    "payment_unknown": 60,
}
"""Seconds to wait before the same request may do better."""


def known(code: str | None) -> Text | None:
    """問題の文: the sentence of a code that was kept; None for one that has none."""
    return next((table[code][1] for table in _TABLES if code in table), None) if code else None


def problem(code: str, retry_after: int | None = None) -> Problem:
    """問題 by its code."""
    status, text = next(each[code] for each in _TABLES if code in each)
    return Problem(status, code, text, retry_after or RETRY_AFTER.get(code))


def codes() -> frozenset[str]:
    """Every code of the tables."""
    return frozenset().union(*_TABLES)


def refused_login(text: Text) -> Problem:
    """A card was refused, for the reason given (trust's own sentence)."""
    return Problem(422, "certificate_refused", text)


def reason_text(reason: Reason) -> Text:
    """trust's three sentences as one text in four languages."""
    return Text(
        ja="".join(sentences(reason, "ja")),
        en=" ".join(sentences(reason, "en")),
        zh="".join(sentences(reason, "zh")),
        ko=" ".join(sentences(reason, "ko")),
    )


# The workflow's validators speak in types; pages in sentences.
FROM_WORKFLOW: dict[str, str] = {
    "TaskClosed": "task_closed",
    "DutiesNotSeparated": "duties_not_separated",
    "EnteredByOneself": "entered_by_oneself",
    "NoSuchLevel": "no_such_level",
    "NothingToPay": "nothing_to_pay",
    "GatewayAway": "payment_unavailable",
    "NothingToCorrect": "nothing_to_correct",
    "TooLateToWithdraw": "too_late_to_withdraw",
    "CaseClosed": "case_closed",
    "AwaitingCorrection": "resident_corrects",
    "StepNotReached": "step_not_reached",
    "NothingToSettle": "nothing_to_settle",
    "NotBroken": "not_broken",
    "VersionNotNewer": "version_not_newer",
    "StepGone": "step_gone",
}


def taken_in(status: str, error: str | None) -> bool:
    """指令の返答: of a command written before. False: its case has not answered. Raises Problem where it refused."""
    if status == "refused":
        raise problem(FROM_WORKFLOW.get(error or "", "case_closed"))
    return status == "acknowledged"
