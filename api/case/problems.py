"""案件の画面の問題: what stands in the way of looking into a case and writing around it, and what to do about it."""

from procedures.texts import Text

CASE_PROBLEMS: dict[str, tuple[int, Text]] = {
    "case_purged": (
        410,
        Text(
            ja="この案件は保存期間が終わったため、廃棄しました。内容は残っていません。受付番号と、廃棄した記録だけがあります。",
            en="The retention period of this case is over and it was purged. Nothing of its content is left: "
            "only its number, and the record that it was purged.",
            zh="此案件的保存期限已满，已被销毁。内容均未保留，仅留有受理编号和销毁记录。",
            ko="이 안건은 보존 기간이 끝나 폐기되었습니다. 내용은 남아 있지 않으며, 접수 번호와 폐기 기록만 있습니다.",
        ),
    ),
    "picture_impossible": (
        422,
        Text(
            ja="このファイルの画像を作れませんでした。ファイルをダウンロードして確かめてください。",
            en="No picture could be made of this file. Please download it and look at it there.",
            zh="无法生成该文件的图像。请下载文件查看。",
            ko="이 파일의 화면을 만들 수 없었습니다. 파일을 내려받아 확인해 주세요.",
        ),
    ),
    "pictures_busy": (
        503,
        Text(
            ja="いま多くのページを表示しています。少し待ってから、もう一度開いてください。",
            en="Many pages are being shown right now. Please wait a moment and open it again.",
            zh="目前正在显示大量页面。请稍候再打开。",
            ko="지금 많은 페이지를 표시하고 있습니다. 잠시 후 다시 열어 주세요.",
        ),
    ),
    "nothing_signed": (
        404,
        Text(
            ja="この案件には、検証の済んだ電子署名がありません。",
            en="This case has no electronic signature that was checked.",
            zh="此案件没有已验证的电子签名。",
            ko="이 안건에는 검증된 전자서명이 없습니다.",
        ),
    ),
    "note_empty": (
        422,
        Text(
            ja="メモが入力されていません。2,000文字以内で入力してください。",
            en="Please write a note of at most 2,000 characters.",
            zh="请输入备注，最多2,000字。",
            ko="메모를 2,000자 이내로 입력해 주세요.",
        ),
    ),
    "note_not_yours": (
        403,
        Text(
            ja="メモを取り下げられるのは、書いた職員だけです。取り下げ済みのメモは、もう一度取り下げられません。",
            en="Only who wrote a note may withdraw it, and only once.",
            zh="只有撰写者可以撤回备注，且只能撤回一次。",
            ko="메모는 작성한 직원만 한 번 철회할 수 있습니다.",
        ),
    ),
    "opinion_unaskable": (
        422,
        Text(
            ja="照会先を一覧から選んでください。この案件を担当する職務には照会できません。",
            en="Choose from the list whom to ask. Those who handle this case cannot be asked for an outside opinion.",
            zh="请从列表中选择征询对象。不能征询负责此案件的职务。",
            ko="목록에서 조회할 상대를 선택해 주세요. 이 안건을 담당하는 직무에는 조회할 수 없습니다.",
        ),
    ),
    "opinion_incomplete": (
        422,
        Text(
            ja="質問（4,000文字以内）と、今日から180日以内の希望日を入力してください。見せる項目は、この申請にあるものだけです。",
            en="Write a question of at most 4,000 characters and wish for a day within 180 days. Only what is in this application can be shown.",  # noqa: E501
            zh="请输入问题（4,000字以内）以及180天以内的希望日期。只能展示此申请中的项目。",
            ko="질문(4,000자 이내)과 180일 이내의 희망일을 입력해 주세요. 이 신청에 있는 항목만 보여 줄 수 있습니다.",
        ),
    ),
    "opinion_settled": (
        409,
        Text(
            ja="この照会は、すでに回答されたか取り下げられています。ページを開き直してください。",
            en="This question was answered or withdrawn already. Please open the page again.",
            zh="此征询已被答复或撤回。请重新打开页面。",
            ko="이 조회는 이미 답변되었거나 철회되었습니다. 페이지를 다시 열어 주세요.",
        ),
    ),
    "opinion_empty": (
        422,
        Text(
            ja="賛否と、4,000文字以内の意見を入力してください。",
            en="Choose agree, object or comment, and write an opinion of at most 4,000 characters.",
            zh="请选择赞成、反对或意见，并输入4,000字以内的意见。",
            ko="찬성·반대·의견 중 하나를 선택하고 4,000자 이내로 의견을 입력해 주세요.",
        ),
    ),
    "opinion_awaited": (
        409,
        Text(
            ja="回答を待つことにした意見照会が残っているため、承認できません。回答を待つか、照会を取り下げてください。",
            en="An opinion this approval must wait for is missing. Wait for it, or withdraw the question.",
            zh="尚有须等待答复的意见征询，不能批准。请等待答复或撤回征询。",
            ko="답변을 기다리기로 한 의견 조회가 남아 있어 승인할 수 없습니다. 답변을 기다리거나 조회를 철회해 주세요.",
        ),
    ),
    "template_incomplete": (
        422,
        Text(
            ja="名前（60文字以内）と日本語の文（5,000文字以内）が必要です。差込みは {受付番号} と {手続名} だけです。",
            en="Give it a name (60 characters) and a Japanese text (5,000). Only {受付番号} and {手続名} are filled.",
            zh="模板需要名称（60字以内）和日语正文（5,000字以内）。只能插入 {受付番号} 和 {手続名}。",
            ko="이름(60자 이내)과 일본어 문장(5,000자 이내)이 필요합니다. {受付番号}와 {手続名}만 채워집니다.",
        ),
    ),
    "template_taken": (
        409,
        Text(
            ja="同じ名前の定型文が、この担当課にすでにあります。別の名前を付けてください。",
            en="This department has a template of that name already. Please give it another name.",
            zh="该科室已有同名模板。请使用其他名称。",
            ko="이 담당과에 같은 이름의 정형문이 이미 있습니다. 다른 이름을 붙여 주세요.",
        ),
    ),
    "template_changed": (
        409,
        Text(
            ja="ほかの職員が、この定型文を変更しました。一覧から開き直し、いまの内容を確かめてください。",
            en="A colleague changed this template. Open it again from the list and look at it as it is now.",
            zh="其他职员已更改此模板。请从列表重新打开并确认当前内容。",
            ko="다른 직원이 이 정형문을 변경했습니다. 목록에서 다시 열어 지금의 내용을 확인해 주세요.",
        ),
    ),
    "review_form_absent": (
        404,
        Text(
            ja="この手続には審査欄がありません。",
            en="This procedure asks reviewers nothing.",
            zh="此手续没有审查栏。",
            ko="이 절차에는 심사란이 없습니다.",
        ),
    ),
    "review_form_stale": (
        409,
        Text(
            ja="ほかの職員が先に審査欄を保存しました。その内容を確かめ、必要なら直して、もう一度保存してください。",
            en="A colleague saved the reviewer's part first. Look at what they wrote, correct it if needed, and save again.",  # noqa: E501
            zh="其他职员已先保存审查栏。请确认其内容，必要时修改后重新保存。",
            ko="다른 직원이 먼저 심사란을 저장했습니다. 그 내용을 확인하고 필요하면 고쳐서 다시 저장해 주세요.",
        ),
    ),
    "review_form_incomplete": (
        422,
        Text(
            ja="審査欄の必須の項目が入力されていないため、承認できません。入力して保存してください。",
            en="Required fields of the reviewer's part are empty, so this cannot be approved. Fill them in and save.",
            zh="审查栏的必填项尚未填写，不能批准。请填写并保存。",
            ko="심사란의 필수 항목이 입력되지 않아 승인할 수 없습니다. 입력하고 저장해 주세요.",
        ),
    ),
}
