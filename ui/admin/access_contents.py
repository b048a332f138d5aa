"""内容: what the page of the access log shows, and its file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.staff.accesses import LONGEST_FILE, AccessesAsked, AccessesPage, AccessView
from procedures.calendar import JAPAN
from procedures.texts import Language
from ui.language import translated
from ui.wording import N_

ACCESSES = "/audit/accesses"
KINDS: Mapping[str, str] = {
    "task": N_("審査画面"),
    "case": N_("案件の内容"),
    "approvals": N_("決裁欄"),
    "attachment": N_("添付ファイル"),
    "label": N_("宛名ラベル"),
    "draft_document": N_("文書の案"),
    "document": N_("交付する書面"),
    "paper_draft": N_("入力中の紙の申請"),
    "messages": N_("申請者とのメッセージ"),
    "message_attachment": N_("メッセージの添付ファイル"),
    "evidence": N_("電子署名などの証拠"),
    "opinion": N_("意見照会"),
    "search": N_("氏名による検索"),
    "export": N_("CSVへの書き出し"),
    "certificates": N_("登録された証明書"),
    "access_log": N_("閲覧記録"),
    "operation": N_("案件の運行"),
    "decoding": N_("処理基盤の履歴の復号"),
    "sheet": N_("読み取った帳票"),
}
COLUMNS = (N_("日時"), N_("職員"), N_("代理"), N_("見たもの"), N_("受付番号"), N_("読み取った帳票"))
DESTROYED = N_("廃棄済みの帳票 %(id)s")


def accesses(
    language: Language,
    said: Mapping[str, str],
    asked: AccessesAsked | None,
    found: AccessesPage | None,
    everybody: Iterable[tuple[UUID, str]],
) -> dict[str, Any]:
    """閲覧記録: lines, and what may be chosen."""
    return {
        "asked": said,
        "legible": asked is not None,
        "lines": [_line(language, each) for each in found.lines] if found else [],
        "next_page": asked.address(ACCESSES, after=found.next_page) if asked and found and found.next_page else None,
        "file": asked.address(f"{ACCESSES}.csv") if asked else None,
        "first_page": asked.address(ACCESSES) if asked and asked.after else None,
        "narrowed": any(value for name, value in said.items() if name != "after"),
        "officers": [(str(account_id), name) for account_id, name in everybody],
        "kinds": [(kind, translated(language, label)) for kind, label in KINDS.items()],
        "most": LONGEST_FILE,
    }


def sheet(language: Language, lines: Sequence[AccessView]) -> tuple[list[str], list[list[str | None]]]:
    """CSVの表: header and rows. Times to the second, in Japan's."""
    header = [translated(language, label) for label in COLUMNS]
    rows = [
        [
            each.at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S"),
            each.officer_name,
            each.in_place_of,
            translated(language, KINDS[each.kind]),
            each.receipt_number,
            paper(language, each),
        ]
        for each in lines
    ]
    return header, rows


def paper(language: Language, line: AccessView) -> str | None:
    """見た紙: the batch's name, and the page of its file; by its id once it was destroyed."""
    if line.sheet_batch_id is None:
        return None
    if line.sheet_name is None:
        return translated(language, DESTROYED) % {"id": line.sheet_page_id or line.sheet_batch_id}
    if line.sheet_file is None:
        return line.sheet_name
    return f"{line.sheet_name} {line.sheet_file} p. {line.sheet_number}"


def _line(language: Language, line: AccessView) -> tuple[AccessView, str, str | None]:
    return line, translated(language, KINDS[line.kind]), paper(language, line)
