"""紙の申請の問題: what stands in the way of a request on paper, and what to do about it."""

from procedures.texts import Text


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


PAPER_PROBLEMS: dict[str, tuple[int, Text]] = {
    "received_in_the_future": (
        422,
        _text(
            "受付日が先の日付になっています。申請書が届いた日（受付印の日）を入力してください。",
            "The day of receipt lies in the future. Enter the day on which the form arrived (its date stamp).",
            "受理日期晚于今天。请输入申请书到达的日期（受理章日期）。",
            "접수일이 미래의 날짜입니다. 신청서가 도착한 날(접수 도장의 날짜)을 입력해 주세요.",
        ),
    ),
    "received_too_long_ago": (
        422,
        _text(
            "受付日が60日より前です。年月日を確かめてください。本当に60日より前に届いた申請書は、管理者に相談してください。",
            "The day of receipt is more than 60 days ago. Check the date. If the form really arrived that long ago, "
            "please ask your administrator.",
            "受理日期早于60天前，请确认日期。如申请书确实在60天前到达，请咨询管理员。",
            "접수일이 60일보다 이전입니다. 날짜를 확인해 주세요. 실제로 그보다 전에 도착했다면 관리자와 상의해 주세요.",
        ),
    ),
    "not_received_then": (
        409,
        _text(
            "この日は、この手続の受付期間に入っていません。申請書が届いた日を確かめ、違っていれば受付日を直してください。",
            "On that day this procedure took no applications. Check when the form arrived and correct the day.",
            "该日不在本手续的受理期间内。请确认申请书到达的日期，如有误请更正受理日期。",
            "그날은 이 절차의 접수 기간이 아닙니다. 신청서가 도착한 날을 확인하고, 다르면 접수일을 고쳐 주세요.",
        ),
    ),
    "not_on_paper": (
        409,
        _text(
            "この手続は、紙の申請として入力できません。申請する方にオンラインで申請していただくか、担当課に確認してください。",
            "This procedure cannot be entered from paper. Ask the resident to apply online, or ask the department.",
            "本手续不能作为纸质申请录入。请申请人在线申请，或咨询负责科室。",
            "이 절차는 종이 신청으로 입력할 수 없습니다. 신청인에게 온라인 신청을 안내하거나 담당과에 확인해 주세요.",
        ),
    ),
    "proofs_insufficient": (
        422,
        _text(
            "本人確認書類が足りません。顔写真付きの公的な書類を1点、なければ2点（うち1点以上は公的な書類）を確認してください。",
            "That does not identify the person. Check one official document with a photograph, "
            "or two documents of which at least one is official.",
            "身份证件不足。请确认一份带照片的官方证件；没有时确认两份（其中至少一份为官方证件）。",
            "본인 확인 서류가 부족합니다. 사진이 있는 공적 서류 1점, 없으면 2점(1점 이상은 공적 서류)을 확인해 주세요.",
        ),
    ),
    "stated_incomplete": (
        422,
        _text(
            "申請する方の氏名、生年月日、性別、住所を、申請書のとおりに入力してください。生年月日は今日までの日付です。",
            "Enter name, date of birth, sex and address of the resident as written on the form. "
            "The date of birth cannot be later than today.",
            "请按申请书输入申请人的姓名、出生日期、性别和住址。出生日期不能晚于今天。",
            "신청인의 성명, 생년월일, 성별, 주소를 신청서대로 입력해 주세요. 생년월일은 오늘까지의 날짜여야 합니다.",
        ),
    ),
    "identity_unchecked": (
        422,
        _text(
            "本人確認がまだ記録されていません。「本人と申請書」で、申請する方と確認した書類を入力してください。",
            "Nobody has recorded how the resident was identified. Enter the person and the documents checked first.",
            "尚未记录身份确认。请先输入申请人及所确认的证件。",
            "본인 확인이 아직 기록되지 않았습니다. 신청인과 확인한 서류를 먼저 입력해 주세요.",
        ),
    ),
    "scan_missing": (
        422,
        _text(
            "申請書（補正のときは、届いた回答）の画像がありません。スキャンした画像かPDFを添付してください。",
            "The scan of the form (for a correction: of the reply) is missing. Attach a scanned picture or PDF.",
            "缺少申请书（补正时为收到的答复）的扫描件。请添加扫描图片或PDF。",
            "신청서(보정일 때는 도착한 회신)의 스캔이 없습니다. 스캔한 이미지나 PDF를 첨부해 주세요.",
        ),
    ),
    "fee_differs": (
        422,
        _text(
            "受け取った金額が、納めていただく手数料と違います。何も記録していません。金額を確かめてください。",
            "The amount received is not the fee that is due. Nothing was recorded; check the amount.",
            "收到的金额与应缴手续费不一致。未作任何记录，请确认金额。",
            "받은 금액이 납부할 수수료와 다릅니다. 기록하지 않았습니다. 금액을 확인해 주세요.",
        ),
    ),
    "nothing_to_receive": (
        409,
        _text(
            "いま窓口で受け取る手数料はありません。ほかの職員が先に受け取ったか、期限が過ぎています。案件を開き直してください。",
            "No fee is to be taken now: a colleague took it, or the term is over. Open the case again.",
            "目前没有需在窗口收取的手续费：可能已由其他职员收取，或已过期限。请重新打开案件。",
            "지금 창구에서 받을 수수료가 없습니다. 다른 직원이 받았거나 기한이 지났습니다. 안건을 다시 열어 주세요.",
        ),
    ),
    "nothing_to_pay_back": (
        409,
        _text(
            "返す手数料はありません。ほかの職員が先に返した可能性があります。案件を開き直してください。",
            "Nothing is to be paid back; a colleague may have done it. Open the case again.",
            "没有需要退还的手续费，可能已由其他职员退还。请重新打开案件。",
            "돌려줄 수수료가 없습니다. 다른 직원이 먼저 돌려주었을 수 있습니다. 안건을 다시 열어 주세요.",
        ),
    ),
    "nothing_to_tell": (
        409,
        _text(
            "この連絡は、もう済んでいます。案件を開き直してください。",
            "The resident has been told of this already. Open the case again.",
            "此事项已告知申请人。请重新打开案件。",
            "이 연락은 이미 마쳤습니다. 안건을 다시 열어 주세요.",
        ),
    ),
    "person_settled": (
        409,
        _text(
            "いまは申請する方の記載を直せません。住民記録の照合が済んでいるか、手続が終わっています。",
            "The person cannot be put right now: they were found in the register, or the case is closed.",
            "现在不能更正申请人信息：居民登记核对已完成，或手续已结束。",
            "지금은 신청인의 기재를 고칠 수 없습니다. 주민 기록 대조가 끝났거나 절차가 종료되었습니다.",
        ),
    ),
    "how_handed_out_required": (
        422,
        _text(
            "書面を窓口で渡したか、郵送したかを選んでください。",
            "Please choose whether the documents were handed over at the counter or posted.",
            "请选择文件是在窗口交付还是邮寄。",
            "서류를 창구에서 건넸는지, 우편으로 보냈는지 선택해 주세요.",
        ),
    ),
    "entered_by_oneself": (
        409,
        _text(
            "ご自身が入力した紙の申請は、ほかの職員が決定します。担当を外れて、ほかの職員に任せてください。",
            "You entered this paper yourself, so a colleague decides on it. Release the task for somebody else.",
            "这份纸质申请由您录入，须由其他职员作出决定。请解除负责，交由其他职员处理。",
            "본인이 입력한 종이 신청은 다른 직원이 결정합니다. 담당을 해제하고 다른 직원에게 맡겨 주세요.",
        ),
    ),
    "resident_without_portal": (
        409,
        _text(
            "紙で申請した方は、この窓口にログインできないため、メッセージを読めません。電話か手紙で知らせてください。",
            "Whoever applied on paper cannot log in here and would not read it. Please call or write a letter.",
            "以纸质方式申请的人无法登录本窗口，看不到消息。请用电话或信件告知。",
            "종이로 신청한 분은 이 창구에 로그인할 수 없어 메시지를 읽지 못합니다. 전화나 편지로 알려 주세요.",
        ),
    ),
    "not_readable": (
        409,
        _text(
            "この手続には、機械で読み取れる申請書の様式がありません。申請書を見ながら入力してください。",
            "There is no machine-readable form for this procedure. Please type in what the paper says.",
            "本手续没有可机读的申请书格式。请对照申请书录入。",
            "이 절차에는 기계로 읽을 수 있는 신청서 양식이 없습니다. 신청서를 보면서 입력해 주세요.",
        ),
    ),
    "reading_unreachable": (
        503,
        _text(
            "読取りを始められませんでした。少し待ってからもう一度押すか、手で入力してください。",
            "The reading could not be started. Try again in a moment, or type it in by hand.",
            "无法开始读取。请稍后再试，或手动录入。",
            "읽기를 시작하지 못했습니다. 잠시 후 다시 누르거나 직접 입력해 주세요.",
        ),
    ),
    "nothing_to_confirm": (
        409,
        _text(
            "確かめる読取りがありません。もう一度読み取るか、申請書を見ながら入力してください。",
            "There is no reading to confirm. Have it read again, or type in what the paper says.",
            "没有待确认的读取结果。请重新读取，或对照申请书录入。",
            "확인할 읽기 결과가 없습니다. 다시 읽거나 신청서를 보면서 입력해 주세요.",
        ),
    ),
    "reading_unseen": (
        422,
        _text(
            "まだ確かめていない項目があるため、入力していません。画像と見比べて「確認」に印をつけるか、値を直してください。",
            "Some items have not been looked at, so nothing was filled in. Compare them with the picture and tick "
            "them, or correct their values.",
            "尚有未确认的项目，因此未录入。请与图像对照，勾选“确认”或修改其值。",
            "아직 확인하지 않은 항목이 있어 입력하지 않았습니다. 그림과 비교해 ‘확인’에 표시하거나 값을 고쳐 주세요.",
        ),
    ),
    "reading_unconfirmed": (
        409,
        _text(
            "機械が読み取った内容を、まだ確かめていません。読取りの結果を確かめるか、使わずに手で入力してください。",
            "What was read by machine is not confirmed yet. Confirm the reading, or leave it and type by hand.",
            "机器读取的内容尚未确认。请确认读取结果，或不使用该结果而手动录入。",
            "기계가 읽은 내용을 아직 확인하지 않았습니다. 읽기 결과를 확인하거나, 사용하지 않고 직접 입력해 주세요.",
        ),
    ),
}
