"""帳票の問題: what does not go with a sheet or a pile of them, and what to do about it."""

from procedures.texts import Text

SHEET_PROBLEMS: dict[str, tuple[int, Text]] = {
    "sheet_changed": (
        409,
        Text(
            ja="このシートは、先にほかの職員が変更したか、訂正の時期を過ぎています。何も保存していません。開き直して確かめてください。",
            en="Somebody else has changed this sheet first, or corrections are closed. Nothing was saved; "
            "open it again to see.",
            zh="其他职员已先修改了此表，或修改期已过。未保存任何内容，请重新打开确认。",
            ko="다른 직원이 먼저 바꾸었거나 정정 기간이 지나 저장하지 않았습니다. 다시 열어 확인해 주세요.",
        ),
    ),
    "sheet_value_impossible": (
        422,
        Text(
            ja="値として読めない欄があります。印のついた欄を直してください(8時15分は 815、時間数は 7:30 または 730)。",
            en="Some cells hold no value. Please correct the marked ones (a quarter past eight is 815; "
            "seven and a half hours 7:30 or 730).",
            zh="有的栏位不是有效的值。请修改标记的栏位（8时15分写作815，时长写作7:30或730）。",
            ko="값으로 읽을 수 없는 칸이 있습니다. 표시된 칸을 고쳐 주세요(8시 15분은 815, 시간 수는 7:30 또는 730).",
        ),
    ),
    "sheet_unseen": (
        422,
        Text(
            ja="まだ確かめていない欄があるため、確定していません。橙色の欄を画像と見比べ、「確認」に印をつけるか、値を直してください。",
            en="Some cells have not been looked at, so the sheet is not finished. Compare the orange cells with the "
            "picture and tick them, or correct their values.",
            zh="尚有未确认的栏位，因此未完成。请将橙色栏位与图像对照，勾选“确认”或修改其值。",
            ko="아직 확인하지 않은 칸이 있습니다. 주황색 칸을 그림과 비교해 ‘확인’에 표시하거나 값을 고쳐 주세요.",
        ),
    ),
    "sheet_contradicts": (
        422,
        Text(
            ja="合わないところが残っているため、確定していません。値を直すか、紙に書かれたとおりであることに印をつけてください。",
            en="The sheet does not add up, so it is not finished. Correct a value, or tick that it is written so.",
            zh="仍有不符之处，因此未完成。请修改值，或勾选“与纸上所写一致”。",
            ko="맞지 않는 곳이 남아 있어 확정하지 않았습니다. 값을 고치거나 종이에 적힌 대로임을 표시해 주세요.",
        ),
    ),
    "sheet_same_person": (
        409,
        Text(
            ja="ご自身が訂正したものは、ほかの職員が確かめて承認します。別の職員に依頼してください。",
            en="What you corrected yourself is confirmed and approved by somebody else. Please ask a colleague.",
            zh="您本人修改的内容须由其他职员确认和批准。请委托其他职员。",
            ko="본인이 정정한 것은 다른 직원이 확인하고 승인합니다. 다른 직원에게 요청해 주세요.",
        ),
    ),
    "sheet_unnamed": (
        422,
        Text(
            ja="どのクラブの何月分の紙かが選ばれていないため、読み直していません。画像を見て選んでください。",
            en="Which club's and which month's sheet it is has not been said, so it is not read again. "
            "Please look at the picture and choose.",
            zh="尚未选择是哪个俱乐部、哪个月份的表，因此未重新读取。请查看图像后选择。",
            ko="어느 클럽의 몇 월분인지 선택하지 않아 다시 읽지 않았습니다. 그림을 보고 선택해 주세요.",
        ),
    ),
    "batch_not_ready": (
        409,
        Text(
            ja="読取りまたは訂正がまだ終わっていないか、すでに承認されています。最新の状況を開いて確かめてください。",
            en="Sheets still wait to be read or corrected, or the batch was approved already. "
            "Open it again to see how it stands.",
            zh="读取或修改尚未结束，或已获批准。请重新打开确认最新状况。",
            ko="읽기나 정정이 아직 끝나지 않았거나 이미 승인되었습니다. 최신 상황을 열어 확인해 주세요.",
        ),
    ),
    "batch_unreachable": (
        503,
        Text(
            ja="処理の仕組みに伝えられませんでした。少し待ってから、もう一度操作してください。",
            en="The batch could not be told. Please wait a moment and try again.",
            zh="无法传达给处理系统。请稍后再试。",
            ko="처리 시스템에 전달하지 못했습니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "scan_refused": (
        422,
        Text(
            ja="読み取れるのは、スキャナーのPDF・TIFF・JPEGだけです。ファイルを選び直してください。",
            en="Only a scanner's PDF, TIFF or JPEG can be read. Please choose other files.",
            zh="只能读取扫描仪生成的PDF、TIFF、JPEG文件。请重新选择。",
            ko="스캐너의 PDF·TIFF·JPEG만 읽을 수 있습니다. 파일을 다시 선택해 주세요.",
        ),
    ),
    "sheet_draft_wrong": (
        422,
        Text(
            ja="様式に誤りがあるため、印刷も保存もしていません。印のついた欄を直してください。",
            en="The form has mistakes, so nothing was printed or saved. Please correct the marked places.",
            zh="样式有误，因此未打印也未保存。请修改标记之处。",
            ko="양식에 잘못이 있어 인쇄도 저장도 하지 않았습니다. 표시된 곳을 고쳐 주세요.",
        ),
    ),
    "sheet_too_large": (
        422,
        Text(
            ja="欄が多すぎて、一枚の用紙に収まりません。表の行か欄を減らしてください。",
            en="There are more cells than fit on one page. Please take away rows or fields.",
            zh="栏位过多，一张纸放不下。请减少表格的行或栏位。",
            ko="칸이 너무 많아 한 장에 들어가지 않습니다. 표의 줄이나 칸을 줄여 주세요.",
        ),
    ),
    "sheet_draft_unreadable": (
        422,
        Text(
            ja="このファイルは様式の文書として読めません。この画面で保存した sheet.yaml を選んでください。",
            en="This file is no document of a form. Please choose a sheet.yaml that was saved on this page.",
            zh="该文件不是样式文档。请选择在本页面保存的 sheet.yaml。",
            ko="이 파일은 양식 문서로 읽을 수 없습니다. 이 화면에서 저장한 sheet.yaml을 선택해 주세요.",
        ),
    ),
    "scan_not_drawn": (
        422,
        Text(
            ja="このファイルを下敷きにできません。スキャンした紙のPNG・JPEG・PDFを選んでください（パスワードのないもの）。",
            en="This file cannot be laid under the drawing. Please choose a PNG, a JPEG or a PDF without a password.",
            zh="该文件无法用作底图。请选择扫描纸张的PNG、JPEG或无密码的PDF。",
            ko="이 파일은 밑그림으로 쓸 수 없습니다. 종이를 스캔한 PNG·JPEG 또는 암호 없는 PDF를 선택해 주세요.",
        ),
    ),
    "blank_unprinted": (
        503,
        Text(
            ja="いま白紙のPDFを作れません。少し待ってから、もう一度操作してください。",
            en="The blank cannot be made right now. Please wait a moment and try again.",
            zh="目前无法生成空白表的PDF。请稍后再试。",
            ko="지금 빈 양식의 PDF를 만들 수 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
    ),
    "blank_label_malformed": (
        422,
        Text(
            ja="月は 2026-11 のように、番号は12桁までの数字で入力してください。空けておくこともできます。",
            en="Please write the month like 2026-11 and numbers in up to 12 digits; either may be left empty.",
            zh="月份请按 2026-11 的形式填写，编号请填写不超过12位的数字。也可以留空。",
            ko="월은 2026-11처럼, 번호는 12자리까지의 숫자로 입력해 주세요. 비워 둘 수도 있습니다.",
        ),
    ),
}
