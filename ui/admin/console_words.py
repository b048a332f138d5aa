"""運行の言葉: what a workflow does, fails at and waits for, in the city's words; the engine's word stands small beside.

Tests hold these tables against the activities, Updates, commands and causes that exist. A word that is missing falls
back to the engine's own.
"""

from collections.abc import Mapping

from api.administration.cases import Age
from api.administration.stuck import Blocked
from api.administration.workers import Standing
from ui.wording import N_, Colour

WORKS: Mapping[str, str] = {
    "CaseWorkflow": N_("案件の流れ"),
    "core_patch": N_("改訂されたプログラムの動きを採用"),
    "RecallWorkflow": N_("交付後の取消し"),
    "ExportWorkflow": N_("個人データの書き出し"),
    "DraftWorkflow": N_("文書の案の作成"),
    "BulkWorkflow": N_("一括処理"),
    "CertificateStatusWorkflow": N_("日次の失効確認"),
    "ReconciliationWorkflow": N_("照合"),
    "LeaseWorkflow": N_("担当の期限の見守り"),
    "ReplayWorkflow": N_("続けられるかの確認"),
    "AuditAnchorWorkflow": N_("監査記録の証明"),
    "RetentionWorkflow": N_("保存期間の終わった案件の廃棄"),
    "begin_retention": N_("廃棄の開始"),
    "find_due": N_("廃棄する案件の選定"),
    "purge_case": N_("案件の廃棄"),
    "tell_unpurged": N_("廃棄できなかったことの記録"),
    "finish_retention": N_("廃棄の終了"),
    "check_signature": N_("電子署名の確認"),
    "check_register": N_("住民記録の確認"),
    "collect_fee": N_("手数料の請求"),
    "settle_payment": N_("入金の確認"),
    "refund_fee": N_("手数料の返金"),
    "refund_surplus": N_("払いすぎの返金"),
    "review": N_("審査の受付"),
    "approve": N_("決裁の受付"),
    "nudge_task": N_("期限のお知らせ"),
    "record_decision": N_("判断の記録"),
    "record_deemed": N_("法律によるみなしの記録"),
    "record_extension": N_("延長の記録"),
    "seat_deputies": N_("代決者の受付"),
    "deliver": N_("書面の交付"),
    "revoke_documents": N_("書面の無効化"),
    "award_points": N_("ポイントの付与"),
    "reverse_points": N_("ポイントの取消し"),
    "record_wait": N_("回答待ちの記録"),
    "close_case": N_("終結の記録"),
    "begin_again": N_("やり直しの記録"),
    "record_version": N_("新しい版の記録"),
    "close_account": N_("利用者登録の抹消"),
    "tell_registry": N_("住民記録端末への引継ぎ"),
    "issue_document": N_("書面の作成"),
    "post_document": N_("郵送する書面の作成"),
    "issue_rejection": N_("却下の通知書の作成"),
    "draw_draft": N_("文書の案の作成"),
    "discard_draft": N_("文書の案の破棄"),
    "collect_export": N_("個人データの取りまとめ"),
    "print_export": N_("個人データの印刷"),
    "bind_export": N_("個人データの製本"),
    "fail_export": N_("書き出しの失敗の記録"),
    "reconcile_payments": N_("支払いの照合"),
    "reconcile_inbox": N_("受信箱の照合"),
    "reconcile_exports": N_("書き出しの照合"),
    "reconcile_bulks": N_("一括処理の照合"),
    "release_lapsed_tasks": N_("期限の切れた担当の解除"),
    "check_status_lists": N_("失効リストの確認"),
    "finish_status_run": N_("失効確認の終了"),
    "replay_cases": N_("案件の記録をたどる確認"),
    "finish_replay": N_("続けられるかの確認の終了"),
    "gather_anchor": N_("監査記録の末尾の取りまとめ"),
    "stamp_anchors": N_("監査記録への時刻印"),
    "carry_out_bulk": N_("一括処理の実行"),
    "count_unanswered": N_("返答の確認"),
    "show_bulk": N_("一括処理の状態の記録"),
    "IdentityWorkflow": N_("窓口のカードリーダーでの本人確認"),
    "confirm_identity": N_("カードによる本人確認"),
    "record_unconfirmed": N_("本人確認ができなかったことの記録"),
    "SheetBatchWorkflow": N_("帳票の読取りから入力まで"),
    "SheetIntakeWorkflow": N_("帳票の夜間の受入れ"),
    "PaperReadingWorkflow": N_("紙の申請書の読取り"),
    "end_batch": N_("帳票の処理の終了の記録"),
    "enter_payroll": N_("給与システムへの入力"),
    "find_next": N_("帳票の次の仕事を決める"),
    "give_up_pages": N_("読めない頁を職員に回す"),
    "look_again": N_("帳票を見直す求め"),
    "plan_entries": N_("入力の計画"),
    "read_pages": N_("帳票の読取り"),
    "read_paper": N_("紙の申請書を読む"),
    "report_batch": N_("月次の報告の作成"),
    "settle_entry": N_("入力の結果の記録"),
    "show_pause": N_("帳票の一時停止の記録"),
    "sort_out": N_("帳票の重複の確認"),
    "split_files": N_("帳票のファイルを頁に分ける"),
    "take_in_folder": N_("フォルダーの帳票の受入れ"),
    "start": N_("案件の開始"),
    "decide": N_("職員の判断"),
    "confirm_payment": N_("入金の通知"),
    "reopen_payment": N_("支払いのやり直し"),
    "correct": N_("補正"),
    "extend": N_("期限の延長"),
    "withdraw": N_("取下げ"),
    "dispute": N_("支払いへの異議"),
    "retry_now": N_("再試行の指示"),
    "go_back": N_("やり直しの指示"),
    "settle": N_("手による結果の記録"),
    "hold": N_("止めておく指示"),
    "resume": N_("再開の指示"),
    "terminate": N_("打切りの指示"),
    "rerun": N_("再実行の指示"),
    "adopt_version": N_("新しい版へ移す指示"),
    "recall": N_("交付後の取消し"),
    "pace": N_("一括処理の調整"),
    "draw": N_("文書の案の求め"),
}
"""処理: activities, Updates, commands and workflows."""

EVENTS: Mapping[str, str] = {
    "WorkflowExecutionStarted": N_("流れを始めました"),
    "WorkflowExecutionCompleted": N_("流れが終わりました"),
    "WorkflowExecutionFailed": N_("流れが失敗して終わりました"),
    "WorkflowExecutionTimedOut": N_("流れが時間切れで終わりました"),
    "WorkflowExecutionTerminated": N_("流れが打ち切られました"),
    "WorkflowExecutionCancelRequested": N_("流れの中止が求められました"),
    "WorkflowExecutionCanceled": N_("流れを中止しました"),
    "WorkflowExecutionContinuedAsNew": N_("新しい履歴に引き継ぎました"),
    "WorkflowExecutionSignaled": N_("知らせを受け取りました"),
    "WorkflowTaskScheduled": N_("次の段取りを決めることになりました"),
    "WorkflowTaskStarted": N_("段取りを決めています"),
    "WorkflowTaskCompleted": N_("段取りを決めました"),
    "WorkflowTaskFailed": N_("段取りを決められませんでした"),
    "WorkflowTaskTimedOut": N_("段取りが時間内に決まりませんでした"),
    "ActivityTaskScheduled": N_("処理を依頼しました"),
    "ActivityTaskStarted": N_("処理に取りかかりました"),
    "ActivityTaskCompleted": N_("処理が済みました"),
    "ActivityTaskFailed": N_("処理に失敗しました"),
    "ActivityTaskTimedOut": N_("処理が時間内に終わりませんでした"),
    "ActivityTaskCancelRequested": N_("処理の中止を求めました"),
    "ActivityTaskCanceled": N_("処理を中止しました"),
    "MarkerRecorded": N_("その場で処理しました"),
    "TimerStarted": N_("待ち始めました"),
    "TimerFired": N_("待つ時間が過ぎました"),
    "TimerCanceled": N_("待つのをやめました"),
    "UpsertWorkflowSearchAttributes": N_("状態を更新しました"),
    "WorkflowExecutionUpdateAdmitted": N_("指示が届きました"),
    "WorkflowExecutionUpdateAccepted": N_("指示を受け付けました"),
    "WorkflowExecutionUpdateCompleted": N_("指示に応えました"),
    "WorkflowExecutionUpdateRejected": N_("指示を断りました"),
}
"""出来事 of a history."""
BAD_EVENTS = frozenset(
    {"WorkflowTaskFailed", "WorkflowTaskTimedOut", "ActivityTaskFailed", "ActivityTaskTimedOut",
     "WorkflowExecutionFailed", "WorkflowExecutionTimedOut", "WorkflowExecutionTerminated"}
)  # fmt: skip
EXECUTIONS: Mapping[str, tuple[str, Colour]] = {
    "Running": (N_("進行中"), "blue"),
    "Completed": (N_("終了"), "green"),
    "Failed": (N_("失敗"), "red"),
    "Canceled": (N_("中止"), "gray"),
    "Terminated": (N_("打切り"), "red"),
    "ContinuedAsNew": (N_("引継ぎ"), "gray"),
    "TimedOut": (N_("時間切れ"), "red"),
    "Paused": (N_("停止中"), "orange"),
}
"""流れの状態."""

BLOCKED: Mapping[Blocked, tuple[str, str]] = {
    "mistake": (
        N_("市のシステムの誤り"),
        N_("待っても進みません。原因の型を手がかりに直し、直した版を配備してから再試行してください。"),
    ),
    "certificate_authority": (
        N_("認証局"),
        N_("電子証明書が有効かを確かめられません。回復すると自動で進みます。"),
    ),
    "resident_register": (N_("住民記録システム"), N_("住民記録を読めません。回復すると自動で進みます。")),
    "payment_gateway": (N_("決済会社"), N_("請求・入金・返金を確かめられません。回復すると自動で進みます。")),
    "document_seal": (
        N_("書面を作るしくみ"),
        N_("タイムスタンプ局か保管庫に届きません。回復すると自動で進みます。"),
    ),
    "database": (N_("市のデータベース"), N_("記録を書けません。回復すると自動で進みます。")),
    "workflow": (N_("ワークフローの返事"), N_("指示が届いていません。処理係が動いているか確かめてください。")),
}
"""何を待つか, and what it means."""

STANDINGS: Mapping[Standing, tuple[str, Colour]] = {
    "works": (N_("動いています"), "green"),
    "slow": (N_("遅れています"), "orange"),
    "nobody": (N_("処理係がいません"), "red"),
}
READERS: Mapping[bool, tuple[str, Colour]] = {True: (N_("使えます"), "green"), False: (N_("応答していません"), "red")}
"""カードリーダーの様子."""
QUEUES: Mapping[tuple[str, str], str] = {
    ("cases", "workflow"): N_("案件の段取り"),
    ("cases", "activity"): N_("記録と、ほかのシステムへの問合せ"),
    ("documents", "activity"): N_("書面の作成"),
    ("counter", "activity"): N_("一括処理の実行"),
    ("sheets", "activity"): N_("帳票の処理"),
    ("robots", "activity"): N_("ほかのシステムへの自動入力"),
}
"""待ち行列."""

BATCH_KINDS: Mapping[str, str] = {
    "approve": N_("一括承認"),
    "assign": N_("一括割当"),
    "send_back": N_("一括差戻し"),
    "message": N_("一括メッセージ"),
    "export": N_("一括書き出し"),
    "repair": N_("修復"),
    "data_export": N_("個人データの書き出し"),
    "certificate_check": N_("日次の失効確認"),
    "replay": N_("続けられるかの確認"),
    "retention": N_("保存期間を過ぎた案件の廃棄"),
    "audit_anchor": N_("監査記録への時刻印"),
}
BATCH_STATES: Mapping[str, tuple[str, Colour]] = {
    "running": (N_("実行中"), "blue"),
    "paused": (N_("一時停止"), "orange"),
    "stopped": (N_("取りやめ中"), "orange"),
    "finished": (N_("終了"), "green"),
    "incomplete": (N_("確認できないものあり"), "red"),
    "failed": (N_("失敗"), "red"),
}
AGES: Mapping[Age, str] = {
    "day": N_("24時間以内に受付"),
    "week": N_("7日以内に受付"),
    "month": N_("30日以内に受付"),
    "before_week": N_("7日より前に受付"),
    "before_month": N_("30日より前に受付"),
    "before_quarter": N_("90日より前に受付"),
}
ORDERS: Mapping[str, str] = {"newest": N_("受付が新しい順"), "oldest": N_("受付が古い順")}
GROUPS: Mapping[str, str] = {"open": N_("すべての処理中"), "closed": N_("すべての終了")}
"""状態 together."""
WAITING_REASONS: Mapping[str, str] = {
    "unreachable": N_("接続できない"),
    "unknown": N_("回答がない"),
    "step_failed": N_("処理の誤り"),
    "revocation_unknown": N_("失効を確認できない"),
    "register_unavailable": N_("住民記録を利用できない"),
}
"""理由 a case waits for, as administrators read it."""
