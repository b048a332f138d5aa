"""お知らせの文面: what mails and push messages say, in four languages, and nothing personal.

Neither name nor answers, not even which procedure (but for the end of the registration itself): whoever sees the
screen or reads the mail on its way learns that somebody has business with the city.
"""

from collections.abc import Mapping

from procedures.texts import Text
from store.notices import topic_of

SUBJECTS: Mapping[str, Text] = {
    "payment": Text(
        ja="手数料のお支払いのお願い",
        en="Please pay the fee",
        zh="请支付手续费",
        ko="수수료 납부를 부탁드립니다",
    ),
    "correction": Text(
        ja="申請内容の確認のお願い",
        en="Please check your application",
        zh="请确认您的申请内容",
        ko="신청 내용을 확인해 주세요",
    ),
    "message": Text(
        ja="担当課からメッセージが届いています",
        en="You have a message from the counter",
        zh="您收到来自窗口的消息",
        ko="담당 부서에서 메시지가 도착했습니다",
    ),
    "result": Text(
        ja="手続の結果のお知らせ",
        en="Your procedure has a result",
        zh="手续已有结果",
        ko="절차 결과 안내",
    ),
    "account_closing": Text(
        ja="利用者登録の抹消の前に、通知書を保存してください",
        en="Save your notice before your registration is deleted",
        zh="请在注销用户登记前保存通知书",
        ko="이용자 등록이 말소되기 전에 통지서를 저장해 주세요",
    ),
    "extended": Text(
        ja="処理の期限を延ばしました",
        en="Your application will take longer",
        zh="您的申请处理期限已延长",
        ko="신청 처리 기한이 연장되었습니다",
    ),
    "answer_corrected": Text(
        ja="申請の内容を市が訂正しました",
        en="The city put an answer of yours right",
        zh="市政府已更正您的申请内容",
        ko="시에서 신청 내용을 정정했습니다",
    ),
    "task_due_soon": Text(
        ja="期限が近い案件があります",
        en="Cases are due soon",
        zh="有案件即将到期",
        ko="기한이 임박한 안건이 있습니다",
    ),
    "task_overdue": Text(
        ja="期限を過ぎた案件があります",
        en="Cases are overdue",
        zh="有案件已超过期限",
        ko="기한이 지난 안건이 있습니다",
    ),
    "law_decides_soon": Text(
        ja="法律により結果が決まる日が近い案件があります",
        en="A law will soon decide cases",
        zh="有案件即将依法自动确定结果",
        ko="법률에 따라 결과가 정해질 날이 가까운 안건이 있습니다",
    ),
    "law_decided": Text(
        ja="法律により結果が決まった案件があります",
        en="A law has decided cases",
        zh="有案件已依法自动确定结果",
        ko="법률에 따라 결과가 정해진 안건이 있습니다",
    ),
    "code": Text(
        ja="メールアドレスの確認コード",
        en="Code to confirm your mail address",
        zh="邮箱地址验证码",
        ko="메일 주소 확인 코드",
    ),
}

NEWS: Mapping[str, Text] = {
    "payment": Text(
        ja="申請された手続について、手数料のお支払いをお願いします。お支払いの後に審査へ進みます。",
        en="A procedure you filed is waiting for its fee. It goes on once you have paid.",
        zh="您申请的手续正在等待支付手续费。付款后将进入审查。",
        ko="신청하신 절차의 수수료 납부를 기다리고 있습니다. 납부하시면 심사가 진행됩니다.",
    ),
    "correction": Text(
        ja="申請された手続について、内容の確認または修正をお願いします。修正されるまで、処理は止まっています。",
        en="Please check or correct a procedure you filed. It stands still until you do.",
        zh="请确认或修改您申请的手续内容。在您修改之前，处理将暂停。",
        ko="신청하신 절차의 내용을 확인하거나 수정해 주세요. 수정하실 때까지 처리가 멈춰 있습니다.",
    ),
    "message": Text(
        ja="申請された手続について、担当課からメッセージが届いています。",
        en="An officer has written to you about a procedure you filed.",
        zh="关于您申请的手续，负责部门给您发来了消息。",
        ko="신청하신 절차에 대해 담당 부서에서 메시지를 보냈습니다.",
    ),
    "result": Text(
        ja="申請された手続について、結果が出ました。",
        en="There is a result for a procedure you filed.",
        zh="您申请的手续已有结果。",
        ko="신청하신 절차의 결과가 나왔습니다.",
    ),
    "account_closing": Text(
        ja="利用者登録は、別の職員が承認するとすぐに抹消されます。その後はログインできず、通知書も取り出せません。"
        "通知書を今のうちに保存してください。提出された申請とその書類、ポイントの記録は、保存期間の間、市に残ります。",
        en="Your registration will be deleted as soon as a second officer approves. After that you can neither log in "
        "nor get your notice: please download it now. Applications you filed, their files and the record of your "
        "points stay with the city for as long as it must keep them.",
        zh="另一名职员批准后，您的用户登记将立即注销。此后您将无法登录，也无法再取得通知书，请现在就下载保存。"
        "您已提交的申请及其文件、积分记录，将在规定的保存期限内由市政府保留。",
        ko="다른 직원이 승인하면 이용자 등록이 바로 말소됩니다. 그 후에는 로그인할 수 없고 통지서도 받을 수 없으니, "
        "지금 통지서를 내려받아 주세요. 제출하신 신청과 그 서류, 포인트 기록은 보존 기간 동안 시에 남습니다.",
    ),
    "extended": Text(
        ja="申請された手続について、処理の期限を延ばしました。理由と新しい期限をご確認ください。",
        en="A procedure you filed will take longer than announced. Please read why, and until when.",
        zh="您申请的手续处理期限已延长。请确认理由和新的期限。",
        ko="신청하신 절차의 처리 기한이 연장되었습니다. 이유와 새로운 기한을 확인해 주세요.",
    ),
    "task_due_soon": Text(
        ja="受信箱に、処理の期限が近い案件があります。",
        en="There are cases in your inbox whose deadline is near.",
        zh="收件箱中有即将到期的案件。",
        ko="수신함에 처리 기한이 임박한 안건이 있습니다.",
    ),
    "task_overdue": Text(
        ja="担当または所属の案件に、処理の期限を過ぎたものがあります。",
        en="Cases of yours or of your department are past their deadline.",
        zh="您负责或所属部门的案件中有已超过处理期限的。",
        ko="담당 또는 소속 부서의 안건 중 처리 기한이 지난 것이 있습니다.",
    ),
    "law_decides_soon": Text(
        ja="担当または所属の案件に、職員が判断しないまま法律により結果が決まる日が近いものがあります。",
        en="In cases of yours or of your department the law will soon decide in the city's place.",
        zh="您负责或所属部门的案件中，有的若无人决定，即将依法自动确定结果。",
        ko="담당 또는 소속 부서의 안건 중 직원이 판단하지 않으면 곧 법률에 따라 결과가 정해지는 것이 있습니다.",
    ),
    "law_decided": Text(
        ja="担当または所属の案件に、職員が判断しないまま法律により結果が決まったものがあります。",
        en="In cases of yours or of your department the law has decided, since no officer had.",
        zh="您负责或所属部门的案件中，有的因无人决定，已依法自动确定结果。",
        ko="담당 또는 소속 부서의 안건 중 직원이 판단하지 않아 법률에 따라 결과가 정해진 것이 있습니다.",
    ),
    "answer_corrected": Text(
        ja="申請された手続について、明らかな誤りを市が訂正しました。訂正した内容をご確認ください。",
        en="In a procedure you filed, the city has put an obvious mistake right. Please check what was changed.",
        zh="在您申请的手续中，市政府更正了明显的错误。请确认更正内容。",
        ko="신청하신 절차에서 명백한 오류를 시에서 정정했습니다. 정정된 내용을 확인해 주세요.",
    ),
}

OPEN = Text(
    ja="次のページにログインして、内容をご確認ください。",
    en="Log in to this page to read more:",
    zh="请登录以下页面查看详情。",
    ko="다음 페이지에 로그인하여 내용을 확인해 주세요.",
)
CODE = Text(
    ja="お知らせのページに、次の確認コードを入力してください。",
    en="Enter this code on the page for your notices:",
    zh="请在通知设置页面输入以下验证码。",
    ko="알림 설정 페이지에 다음 확인 코드를 입력해 주세요.",
)
CODE_ENDS = Text(
    ja="このコードは{minutes}分間使えます。心当たりがない場合は、何もせずにこのメールを削除してください。登録はされません。",
    en="It works for {minutes} minutes. If you did not ask for it, delete this mail; nothing will be registered.",
    zh="此验证码在{minutes}分钟内有效。如非本人操作，请直接删除此邮件，不会进行登记。",
    ko="이 코드는 {minutes}분 동안 사용할 수 있습니다. 요청한 적이 없다면 이 메일을 삭제해 주세요. 등록되지 않습니다.",
)
NOTHING_PERSONAL = Text(
    ja="安全のため、このメールにはお名前も手続の内容も書いていません。市がメールで暗証番号をおたずねすることはありません。",
    en="For your safety this mail holds neither your name nor any detail. The city never asks for PINs by mail.",
    zh="为安全起见，本邮件不含您的姓名和手续内容。市政府绝不会通过邮件询问您的密码。",
    ko="안전을 위해 이 메일에는 성함이나 절차 내용이 적혀 있지 않습니다. 시는 메일로 비밀번호를 묻지 않습니다.",
)
NO_REPLY = Text(
    ja="このメールは送信専用です。返信いただいてもお読みできません。",
    en="Nobody reads answers to this address.",
    zh="本邮件为系统自动发送，请勿回复。",
    ko="이 메일은 발신 전용입니다. 회신하셔도 읽을 수 없습니다.",
)
CHOOSE = Text(
    ja="お知らせの選択・アドレスの変更:",
    en="Choose notices or change your address:",
    zh="选择通知内容或更改地址：",
    ko="알림 선택·주소 변경:",
)
STOP = Text(
    ja="メールの停止(ログイン不要):",
    en="Stop all mails (no login needed):",
    zh="停止接收邮件（无需登录）：",
    ko="메일 수신 중단(로그인 불필요):",
)
COUNTER = Text(
    ja="{city} オンライン窓口",
    en="{city} Online Counter",
    zh="{city}在线窗口",
    ko="{city} 온라인 창구",
)


def subject(kind: str) -> Text:
    """件名 of a notice, or of the mail with a code: its own, else its topic's."""
    return SUBJECTS.get(kind) or SUBJECTS[topic_of(kind)]


def news(kind: str) -> Text:
    """知らせ: what it is about and what to do, its own words or its topic's."""
    return NEWS.get(kind) or NEWS[topic_of(kind)]
