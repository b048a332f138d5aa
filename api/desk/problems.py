"""受信箱の問題: what cannot be kept of an inbox, and what to do about it."""

from procedures.texts import Text

INBOX_PROBLEMS: dict[str, tuple[int, Text]] = {
    "view_named_so": (
        409,
        Text(
            ja="同じ名前の表示が、すでに保存されています。別の名前にするか、前のものを消してから保存してください。",
            en="You have already saved a view of this name. Please choose another name, or remove the old view first.",
            zh="已有同名的视图。请换一个名称，或先删除原有视图再保存。",
            ko="같은 이름의 보기가 이미 저장되어 있습니다. 다른 이름을 쓰거나 이전 보기를 지운 뒤 저장해 주세요.",
        ),
    ),
    "view_unnamed": (
        422,
        Text(
            ja="名前を、1文字から40文字で入力してください。",
            en="Please enter a name of 1 to 40 characters.",
            zh="请输入1至40个字符的名称。",
            ko="이름을 1자에서 40자로 입력해 주세요.",
        ),
    ),
    "too_many_views": (
        409,
        Text(
            ja="保存できる表示は20件までです。使わないものを消してから、もう一度保存してください。",
            en="You can save up to 20 views. Please remove one you no longer use, then save again.",
            zh="最多可保存20个视图。请删除不用的视图后再保存。",
            ko="보기는 20개까지 저장할 수 있습니다. 쓰지 않는 보기를 지운 뒤 다시 저장해 주세요.",
        ),
    ),
    "none_free": (
        404,
        Text(
            ja="担当者のいない案件は、いまこの条件の中にはありません。条件を変えるか、新しい申請をお待ちください。",
            en="No case without an officer is left among these. Change the filters, or wait for new applications.",
            zh="当前条件下没有尚未分配负责人的案件。请更改条件，或等待新的申请。",
            ko="현재 조건에 담당자가 없는 안건이 없습니다. 조건을 바꾸거나 새 신청을 기다려 주세요.",
        ),
    ),
    "bulk_empty": (
        422,
        Text(
            ja="まとめて処理できる案件がありません。受信箱で案件を選んでください。処理が済んだ案件は選べません。",
            en="There is no case to handle. Please choose cases in the inbox; closed ones cannot be chosen.",
            zh="没有可批量处理的案件。请在收件箱中选择案件，已处理的案件无法选择。",
            ko="일괄 처리할 안건이 없습니다. 수신함에서 안건을 선택해 주세요. 처리가 끝난 안건은 선택할 수 없습니다.",
        ),
    ),
    "bulk_over": (
        409,
        Text(
            ja="この一括処理は、いま動いていません。ページを開き直して、結果を確かめてください。",
            en="This order is not under way. Please open the page again and look at the results.",
            zh="此批量处理当前未在进行。请重新打开页面查看结果。",
            ko="이 일괄 처리는 지금 진행 중이 아닙니다. 페이지를 다시 열어 결과를 확인해 주세요.",
        ),
    ),
    "bulk_unreachable": (
        503,
        Text(
            ja="いまは指示を伝えられません。処理はそのまま続いています。少し待ってから、もう一度お試しください。",
            en="The order cannot be reached right now and goes on as it was. Please try again in a moment.",
            zh="目前无法传达指示，处理仍在继续。请稍候再试。",
            ko="지금은 지시를 전달할 수 없습니다. 처리는 그대로 계속됩니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "bulk_one_by_one": (
        422,
        Text(
            ja="郵送の作業は、お問い合わせ番号を記録するため、一件ずつ行ってください。",
            en="Posting needs a tracking number for each letter: please do these one by one.",
            zh="邮寄作业需记录查询号码，请逐件办理。",
            ko="우편 발송은 조회 번호를 기록해야 하므로 한 건씩 처리해 주세요.",
        ),
    ),
}
