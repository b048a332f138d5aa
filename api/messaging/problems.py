"""問題: of messages about a case, and of pages that are told of changes."""

from procedures.texts import Text

MESSAGE_PROBLEMS: dict[str, tuple[int, Text]] = {
    "message_empty": (
        422,
        Text(
            ja="メッセージが入力されていません。本文を入力するか、ファイルを選んでください。",
            en="There is no message. Please write something or choose a file.",
            zh="尚未输入留言。请输入正文或选择文件。",
            ko="메시지가 입력되지 않았습니다. 내용을 입력하거나 파일을 선택해 주세요.",
        ),
    ),
    "message_too_long": (
        422,
        Text(
            ja="メッセージは5,000文字以内で入力してください。長い内容は2回に分けるか、PDFを添付してください。",
            en="A message may have at most 5,000 characters. Send it in two parts, or attach a PDF.",
            zh="留言请控制在5,000字以内。内容较长时请分两次发送，或附上PDF。",
            ko="메시지는 5,000자 이내로 입력해 주세요. 긴 내용은 두 번에 나누어 보내거나 PDF를 첨부해 주세요.",
        ),
    ),
    "message_too_many_files": (
        422,
        Text(
            ja="1回に添付できるファイルは5つまでです。残りは次のメッセージで送ってください。",
            en="A message may carry at most 5 files. Send the others with another message.",
            zh="每次最多可添加5个文件。其余文件请在下一条留言中发送。",
            ko="한 번에 첨부할 수 있는 파일은 5개까지입니다. 나머지는 다음 메시지로 보내 주세요.",
        ),
    ),
    "messages_closed": (
        409,
        Text(
            ja="手続の終了から30日が過ぎたため、新しいメッセージは送れません。担当課へ電話などでお問い合わせください。",
            en="This case was closed more than 30 days ago, so no message can be sent. Please contact the department.",
            zh="手续结束已超过30天，无法发送新留言。请通过电话等方式联系负责部门。",
            ko="절차가 끝난 지 30일이 지나 새 메시지를 보낼 수 없습니다. 담당 부서에 전화 등으로 문의해 주세요.",
        ),
    ),
    "message_id_taken": (
        409,
        Text(
            ja="このメッセージの番号はすでに使われています。ページを開き直して、もう一度送ってください。",
            en="This message id is taken. Open the page again and send the message once more.",
            zh="此留言编号已被使用。请重新打开页面后再次发送。",
            ko="이 메시지 번호는 이미 사용되었습니다. 페이지를 다시 열고 다시 보내 주세요.",
        ),
    ),
    "nothing_paid": (
        404,
        Text(
            ja="この申請には、領収したお支払いがありません。",
            en="Nothing has been paid for this application, so there is no receipt.",
            zh="此申请没有已收取的款项，因此没有收据。",
            ko="이 신청에는 받은 금액이 없어 영수증이 없습니다.",
        ),
    ),
    "too_many_streams": (
        429,
        Text(
            ja="同時に開いているページが多すぎます。使っていないページを閉じてください。内容は開き直せば見られます。",
            en="Too many pages are open. Close those you do not use; reloading a page shows the newest state.",
            zh="同时打开的页面过多。请关闭不用的页面，重新打开即可查看最新内容。",
            ko="열린 페이지가 너무 많습니다. 쓰지 않는 페이지를 닫아 주세요. 다시 열면 최신 내용을 볼 수 있습니다.",
        ),
    ),
}
