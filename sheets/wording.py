"""矛盾の説明: what does not agree on a sheet, in a sentence for whoever corrects it."""

from collections.abc import Mapping

from procedures.texts import Text
from sheets.checks import Check, Complete, Count, Days, Difference, OneTick, Sum
from sheets.decoding import Contradiction
from sheets.document import CellId, Sheet
from sheets.kinds import Kind

_SENTENCES: Mapping[type, tuple[str, str, str, str]] = {
    Difference: (
        "始業・終業・休憩と合いません。計算では{due}です。",
        "It does not agree with start, end and break: they make {due}.",
        "与开始、结束、休息时间不符。计算结果为{due}。",
        "시작·종료·휴식과 맞지 않습니다. 계산하면 {due}입니다.",
    ),
    Sum: (
        "行の合計と合いません。計算では{due}です。",
        "It does not agree with the rows: they sum to {due}.",
        "与各行合计不符。计算结果为{due}。",
        "각 줄의 합계와 맞지 않습니다. 계산하면 {due}입니다.",
    ),
    Count: (
        "記入のある行の数と合いません。{due}行あります。",
        "It does not agree with the number of rows filled in, which is {due}.",
        "与已填写的行数不符。共{due}行。",
        "기입된 줄 수와 맞지 않습니다. {due}줄입니다.",
    ),
    Days: (
        "日付が前の行より後になっていません。",
        "The day does not come after the one above.",
        "日期不在上一行之后。",
        "날짜가 윗줄보다 뒤가 아닙니다.",
    ),
    Complete: (
        "行の一部だけが記入されています。",
        "Only a part of the row is filled in.",
        "该行仅填写了一部分。",
        "줄의 일부만 기입되어 있습니다.",
    ),
    OneTick: (
        "一つだけ選ぶところです。",
        "Exactly one of these is to be ticked.",
        "此处只能选择一项。",
        "하나만 선택하는 곳입니다.",
    ),
}
_NOT_ALLOWED = (
    "この欄に書ける値ではありません(範囲・名簿・上限・月の日数)。",
    "This value cannot stand here (range, list, limit, or days of the month).",
    "此栏不能填写该值(范围、名单、上限或当月天数)。",
    "이 칸에 적을 수 없는 값입니다(범위·명단·상한·그 달의 일수).",
)
_UNKNOWN = "?"


def explanation(sheet: Sheet, contradiction: Contradiction) -> Text:
    """矛盾の説明: with the row it is about, and what would be right where the rest of the sheet says so."""
    check = None if contradiction.check is None else sheet.checks[contradiction.check]
    due = _written(sheet, check, contradiction)
    ja, en, zh, ko = (sentence.format(due=due) for sentence in (_SENTENCES[type(check)] if check else _NOT_ALLOWED))
    where = _place(sheet, contradiction.cells)
    return Text(ja=f"{where.ja}：{ja}", en=f"{where.en}: {en}", zh=f"{where.zh}：{zh}", ko=f"{where.ko}: {ko}")


def _place(sheet: Sheet, cells: tuple[CellId, ...]) -> Text:
    """The label of the cell to blame, with its row."""
    cell = sheet.cell(cells[-1])
    label = sheet.writing(cell).label
    if cell.row is None:
        return label
    row = int(cell.row[-2:])
    return Text(
        ja=f"{row}行目 {label.ja}",
        en=f"Row {row}, {label.en}",
        zh=f"第{row}行 {label.zh}",
        ko=f"{row}번째 줄 {label.ko}",
    )


def _written(sheet: Sheet, check: Check | None, contradiction: Contradiction) -> str:
    if contradiction.due is None or check is None:
        return _UNKNOWN
    kind: Kind = sheet.cell(contradiction.cells[-1]).kind
    if kind in ("time", "duration") and not isinstance(check, Count):
        hours, minutes = divmod(abs(contradiction.due), 60)
        return f"{'-' if contradiction.due < 0 else ''}{hours}:{minutes:02}"
    return str(contradiction.due)
