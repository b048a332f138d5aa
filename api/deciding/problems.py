"""判断の問題: what stands in the way of a decision, and what to do about it."""

from procedures.texts import Text

DECISION_PROBLEMS: dict[str, tuple[int, Text]] = {
    "hold_too_long": (
        422,
        Text(
            ja="保留は、今日から60日以内の日までにしてください。それより長くかかるときは、期限の延長か差戻しを使ってください。",
            en="Choose a day within 60 days from today. If it takes longer, extend the deadline or send the case back.",
            zh="请选择今天起60天以内的日期。需要更长时间时，请延长期限或退回补正。",
            ko="오늘부터 60일 이내의 날짜를 선택해 주세요. 더 오래 걸릴 때는 기한을 연장하거나 돌려보내 주세요.",
        ),
    ),
    "extension_pending": (
        409,
        Text(
            ja="前の延長をまだ処理しています。少し待ってから、ページを開き直してください。",
            en="An earlier extension is still under way. Please wait a moment and open the page again.",
            zh="上一次延长仍在处理中。请稍候再重新打开页面。",
            ko="이전 연장을 아직 처리하고 있습니다. 잠시 후 페이지를 다시 열어 주세요.",
        ),
    ),
    "field_unknown": (
        422,
        Text(
            ja="この項目は正せません。添付ファイルは、差し戻して出し直してもらってください。",
            en="This answer cannot be put right here. Send the case back to have a file replaced.",
            zh="此项目不能在此更正。附件请退回由申请人重新提交。",
            ko="이 항목은 여기에서 정정할 수 없습니다. 첨부 파일은 돌려보내 다시 제출받아 주세요.",
        ),
    ),
    "nothing_put_right": (
        422,
        Text(
            ja="回答が前と同じです。正しい内容を入力してください。",
            en="The answer is the same as before. Please enter what it should say.",
            zh="回答与之前相同。请输入正确的内容。",
            ko="답변이 이전과 같습니다. 올바른 내용을 입력해 주세요.",
        ),
    ),
    "correction_changes_course": (
        422,
        Text(
            ja="この訂正では、手数料や進み方、申請の資格が変わります。申請者に確かめる必要があるため、差し戻してください。",
            en="This changes the fee, the steps or the eligibility. Ask the resident: please send it back.",
            zh="此更正会改变手续费、办理流程或申请资格，须由申请人确认，请退回补正。",
            ko="이 정정은 수수료, 절차의 진행 또는 신청 자격을 바꿉니다. 신청인의 확인이 필요하므로 돌려보내 주세요.",
        ),
    ),
    "recused": (
        403,
        Text(
            ja="この案件は、申請者と近い関係にあるため担当できません。受信箱に戻り、ほかの職員に任せてください。",
            en="You are too close to this case to handle it. Please go back to the inbox and leave it to a colleague.",
            zh="因与申请人关系密切，您不能负责此案件。请返回收件箱，交由其他职员处理。",
            ko="신청인과 가까운 관계이므로 이 안건을 담당할 수 없습니다. 수신함으로 돌아가 다른 직원에게 맡겨 주세요.",
        ),
    ),
    "findings_unchecked": (
        422,
        Text(
            ja="確認が必要な点があります。内容を見て「確認しました」に印を付けてから承認してください。",
            en="Some points need a look. Check them, tick “I have checked them”, then approve.",
            zh="有需要确认的事项。请查看内容并勾选“已确认”后再批准。",
            ko="확인이 필요한 사항이 있습니다. 내용을 보고 ‘확인했습니다’에 표시한 뒤 승인해 주세요.",
        ),
    ),
    "approval_incomplete": (
        422,
        Text(
            ja="必要な回答または添付が足りないため、承認できません。差し戻して補正を求めてください。",
            en="A required answer or file is missing, so this cannot be approved. Please send it back for correction.",
            zh="缺少必填回答或附件，不能批准。请退回要求补正。",
            ko="필요한 답변이나 첨부가 부족하여 승인할 수 없습니다. 돌려보내 보정을 요청해 주세요.",
        ),
    ),
    "ground_required": (
        422,
        Text(
            ja="却下の根拠となる規定を一つ選んでください。通知書に記載します。",
            en="Please choose the provision the rejection rests on. It stands in the notice.",
            zh="请选择驳回所依据的规定，将写入通知书。",
            ko="각하의 근거가 되는 규정을 하나 선택해 주세요. 통지서에 기재됩니다.",
        ),
    ),
}
