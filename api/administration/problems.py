"""管理の問題: what keeps an administrator's order from being carried out, and what to do about it."""

from procedures.texts import Text

ADMINISTRATION_PROBLEMS: dict[str, tuple[int, Text]] = {
    "purge_not_started": (
        503,
        Text(
            ja="廃棄を始められませんでした。処理のサーバーが応答していません。数分後にもう一度お試しください。",
            en="The purge could not be started: the workflow server does not answer. Try again in a few minutes.",
            zh="未能开始销毁。处理服务器没有响应。请几分钟后重试。",
            ko="폐기를 시작하지 못했습니다. 처리 서버가 응답하지 않습니다. 몇 분 후에 다시 시도해 주세요.",
        ),
    ),
    "hold_unreasoned": (
        422,
        Text(
            ja="受付番号と、500文字以内の理由を入力してください。一度に指定できるのは500件までです。",
            en="Give receipt numbers, at most 500 at a time, and a reason of at most 500 characters.",
            zh="请输入受理编号（一次最多500个）和不超过500字的理由。",
            ko="접수 번호(한 번에 500건까지)와 500자 이내의 이유를 입력해 주세요.",
        ),
    ),
    "replay_not_started": (
        503,
        Text(
            ja="確認を始められませんでした。処理のサーバーが応答していません。数分後にもう一度お試しください。",
            en="The check could not be started: the workflow server does not answer. Try again in a few minutes.",
            zh="未能开始确认。处理服务器没有响应。请几分钟后重试。",
            ko="확인을 시작하지 못했습니다. 처리 서버가 응답하지 않습니다. 몇 분 후에 다시 시도해 주세요.",
        ),
    ),
    "repair_empty": (
        422,
        Text(
            ja="修復する案件がありません。案件を選んでください。案件の管理の一覧にない番号は使えません。",
            en="There is no case to repair. Choose cases; numbers that the list of cases does not have cannot be used.",
            zh="没有要修复的案件。请选择案件。案件管理列表中没有的编号无法使用。",
            ko="복구할 안건이 없습니다. 안건을 선택해 주세요. 안건 관리 목록에 없는 번호는 쓸 수 없습니다.",
        ),
    ),
    "own_repair": (
        403,
        Text(
            ja="ご自身が起案した修復は承認できません。別の管理者に承認を依頼してください。",
            en="You cannot approve a repair you proposed yourself. Ask another administrator to approve it.",
            zh="您不能批准自己提出的修复。请委托其他管理员批准。",
            ko="본인이 기안한 복구는 승인할 수 없습니다. 다른 관리자에게 승인을 요청해 주세요.",
        ),
    ),
    "repair_over": (
        409,
        Text(
            ja="この修復は、すでに終わったか取り下げられました。必要なら、新しく起案してください。",
            en="This repair has ended or was withdrawn. Propose a new one if it is still needed.",
            zh="该修复已结束或已被撤回。如仍需要，请重新提出。",
            ko="이 복구는 이미 끝났거나 철회되었습니다. 필요하면 새로 기안해 주세요.",
        ),
    ),
    "not_broken": (
        409,
        Text(
            ja="この案件の処理は止まっていません。再実行は、処理が異常終了した案件だけに使えます。",
            en="This case has not broken off. Running again is only for cases whose processing ended abnormally.",
            zh="该案件的处理没有异常终止。重新运行只适用于处理异常终止的案件。",
            ko="이 안건의 처리는 중단되지 않았습니다. 재실행은 처리가 비정상 종료된 안건에만 쓸 수 있습니다.",
        ),
    ),
    "not_administrators": (
        403,
        Text(
            ja="起案した人と承認した人の両方が、いまも管理者である必要があります。この案件には何もしていません。",
            en="Both who proposed and who approved must still be administrators. Nothing was done to this case.",
            zh="提出者和批准者现在都必须是管理员。未对该案件做任何处理。",
            ko="기안자와 승인자 모두 지금도 관리자여야 합니다. 이 안건에는 아무것도 하지 않았습니다.",
        ),
    ),
    "resident_corrects": (
        409,
        Text(
            ja="申請者に補正をお願いしている間は、やり直せません。補正が届いてから行ってください。",
            en="The case cannot go back while the resident is asked for a correction. Wait until it has arrived.",
            zh="正在请申请人补正，期间无法退回重做。请在补正提交后进行。",
            ko="신청자에게 보정을 요청하는 동안에는 되돌릴 수 없습니다. 보정이 도착한 뒤에 해 주세요.",
        ),
    ),
    "step_not_reached": (
        409,
        Text(
            ja="案件はまだその処理まで進んでいません。すでに進んだ処理を選んでください。",
            en="The case has not come to that step yet. Choose a step it has already reached.",
            zh="案件尚未进行到该步骤。请选择已进行过的步骤。",
            ko="안건이 아직 그 단계까지 진행되지 않았습니다. 이미 진행된 단계를 선택해 주세요.",
        ),
    ),
    "nothing_to_settle": (
        409,
        Text(
            ja="案件は、その処理で外部の回答を待っていません。もう回答があったか、別の処理に進んでいます。",
            en="The case is not waiting for an answer at that step. It was answered, or the case has moved on.",
            zh="案件并未在该步骤等待外部答复。可能已有答复，或已进入其他步骤。",
            ko="안건이 그 단계에서 외부의 답을 기다리고 있지 않습니다. 이미 답이 왔거나 다른 단계로 진행되었습니다.",
        ),
    ),
    "version_not_newer": (
        409,
        Text(
            ja="この案件の手続に、これより新しい版はありません。",
            en="There is no newer version of this case’s procedure.",
            zh="该案件的手续没有更新的版本。",
            ko="이 안건의 절차에는 더 새로운 버전이 없습니다.",
        ),
    ),
    "step_gone": (
        409,
        Text(
            ja="案件がいま行っている処理は、新しい版にありません。その処理が終わるか、前に戻してから移してください。",
            en="The new version does not have the step this case is at. Move it once that step is over or undone.",
            zh="新版本中没有该案件当前所处的步骤。请在该步骤结束或退回之后再转移。",
            ko="안건이 현재 진행 중인 단계가 새 버전에 없습니다. 그 단계가 끝나거나 되돌린 뒤에 옮겨 주세요.",
        ),
    ),
    "answers_do_not_fit": (
        409,
        Text(
            ja="提出された回答が、新しい版の様式に合いません。この案件は、いまの版のまま終わらせてください。",
            en="What was filed does not fit the form of the new version. Let this case end under its present version.",
            zh="提交的回答不符合新版本的表格。请让该案件按现有版本办结。",
            ko="제출된 답변이 새 버전의 양식에 맞지 않습니다. 이 안건은 현재 버전으로 마치도록 해 주세요.",
        ),
    ),
    "step_needed": (
        409,
        Text(
            ja="あとの処理がこの処理の結果を使うため、飛ばせません。相手が答えるのを待つか、「認められない」と記録するか、案件を打ち切ってください。",
            en="A later step needs what this one finds out. Wait for the answer, record a refusal, or end the case.",
            zh="后续步骤要使用本步骤的结果，因此不能跳过。请等待对方答复、记录为“不予认可”，或终止案件。",
            ko="이후 단계에 이 결과가 필요합니다. 답을 기다리거나, ‘인정 안 됨’으로 기록하거나, 종료해 주세요.",
        ),
    ),
    "step_unknown": (
        409,
        Text(
            ja="この案件の手続の版には、その処理がありません。",
            en="This version of the procedure has no such step.",
            zh="该案件所用的手续版本中没有该步骤。",
            ko="이 안건의 절차 버전에는 그 단계가 없습니다.",
        ),
    ),
    "repair_unsaid": (
        422,
        Text(
            ja="何をするかを選んでください。",
            en="Choose what is to be done.",
            zh="请选择要进行的处理。",
            ko="무엇을 할지 선택해 주세요.",
        ),
    ),
    "repair_step_unsaid": (
        422,
        Text(
            ja="どの処理についてかを選んでください。",
            en="Choose which step it is about.",
            zh="请选择针对哪个步骤。",
            ko="어느 단계에 대한 것인지 선택해 주세요.",
        ),
    ),
}
