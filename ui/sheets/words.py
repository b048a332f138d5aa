"""帳票の言葉: states, kinds and faults of paper that a machine read."""

from collections.abc import Mapping

from ui.wording import N_, Colour

BATCHES: Mapping[str, tuple[str, Colour]] = {
    "reading": (N_("読取り中"), "blue"),
    "correcting": (N_("訂正待ち"), "orange"),
    "approving": (N_("承認待ち"), "orange"),
    "entering": (N_("入力中"), "blue"),
    "finished": (N_("完了"), "green"),
    "stopped": (N_("中止"), "gray"),
}
PAGES: Mapping[str, tuple[str, Colour]] = {
    "waiting": (N_("読取り待ち"), "gray"),
    "read": (N_("要確認"), "orange"),
    "corrected": (N_("確認済み"), "green"),
    "approved": (N_("承認済み"), "blue"),
    "entered": (N_("入力済み"), "green"),
    "handed_over": (N_("手入力が必要"), "red"),
    "set_aside": (N_("取り分け"), "gray"),
}
KINDS: Mapping[str, str] = {
    "sheet": N_("帳票"),
    "blank": N_("白紙"),
    "foreign": N_("別の書類"),
    "unreadable": N_("QRコードを読み取れない帳票"),
    "duplicate": N_("同じ紙の二度目の読取り"),
    "not_registered": N_("四隅の印がそろわない帳票"),
}
REASONS: Mapping[str, str] = {
    "not_ours": N_("別の書類だった"),
    "other_form": N_("この一括とは別の様式だった"),
    "typed_by_hand": N_("手で入力した"),
    "to_be_asked": N_("紙を書いた人に確かめる"),
    "by_officer": N_("そのほか"),
}
"""取り分ける理由, to choose from; how it is told afterwards is among the causes."""
IMPOSSIBLE = N_("値として読めません。")
CAUSES: Mapping[str, str] = {
    "unknown_format": N_("PDF・TIFF・JPEGではありません"),
    "locked": N_("パスワードがかかっています"),
    "broken": N_("ファイルが壊れています"),
    "too_large": N_("画像が大きすぎます"),
    "too_many_pages": N_("ページが多すぎます"),
    "label_unreadable": N_("QRコードを読み取れません"),
    "sheet_unknown": N_("登録のない様式か版です"),
    "not_registered": N_("四隅の印がそろわず、位置を合わせられません"),
    "other_sheet": N_("この一括とは別の様式です"),
    "by_officer": N_("職員が取り分けました"),
    "not_ours": N_("別の書類です"),
    "other_form": N_("別の様式の紙です"),
    "typed_by_hand": N_("職員が手で入力しました"),
    "to_be_asked": N_("紙を書いた人に確かめます"),
    "process_ended": N_("読取りの処理が途中で終わりました"),
    "took_too_long": N_("読取りに時間がかかりすぎました"),
    "not_on_roster": N_("名簿にない職員番号です"),
    "no_total": N_("合計がありません"),
    "no_month": N_("対象の月が分かりません"),
    "does_not_add_up": N_("計算が合いません"),
    "row_incomplete": N_("行の記入がそろっていません"),
    "same_person_twice": N_("同じ人の報告が二枚あります"),
    "planned_differently": N_("別の値ですでに入力されています"),
    "differs": N_("給与システムの表示と異なります"),
    "LoginRefused": N_(
        "給与システムがロボットの利用者IDかパスワードを受け付けません。アカウントが止められないよう、一度しか試していません。"
        "システム担当者に、ロボットの二つのファイルの更新を頼んでください。"
    ),
    "SystemClosed": N_("給与システムが長い時間、利用時間外のままです"),
    "SystemUnavailable": N_("給与システムが応答しません"),
    "ScreenNotExpected": N_("給与システムの画面が想定と異なります"),
    "SubjectMissing": N_("給与システムに対象の人がいません"),
    "EntryAlreadyThere": N_("給与システムにすでに入力されています"),
    "EnteredTwice": N_("給与システムに二重に登録されています"),
    "EntryDiffers": N_("給与システムに登録された値が異なります"),
    "EntryRefused": N_("給与システムが値を受け付けません"),
}
"""原因: of a file, a page, or an entry that the robot gave back."""
