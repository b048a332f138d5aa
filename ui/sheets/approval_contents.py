"""承認の内容: clubs with their people and totals; what was changed, does not add up, or differs from last month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.sheets.typed import in_clock
from api.sheets.views import ApprovalView, BatchView, ClubSumView, SheetSumView
from procedures.texts import Language
from sheets.document import CellId, Sheet
from ui.language import translated
from ui.wording import N_

Content = dict[str, Any]
CHANGES: Mapping[str, str] = {
    "more": N_("前月より多い"),
    "less": N_("前月より少ない"),
    "new": N_("前月なし"),
    "missing": N_("報告なし"),
}
COLUMNS = (
    N_("クラブ番号"), N_("クラブ"), N_("番号"), N_("氏名"),
    N_("前月の時間"), N_("前月との差"), N_("訂正した欄"), N_("合計の確認"),
)  # fmt: skip


@dataclass(frozen=True)
class ClubShown:
    """クラブの合計: `totals` of its sheets together."""

    club: ClubSumView
    totals: tuple[str, ...]
    changed: int
    contradicting: int
    before: str
    differing: int
    """People whose month differs from the one before, or of whom nothing came."""

    @property
    def remarkable(self) -> bool:
        """Worth opening: somebody changed something, something does not add up, or is not as last month."""
        return bool(self.changed or self.contradicting or self.differing)


def approval(language: Language, sheet: Sheet, batch: BatchView, found: ApprovalView) -> Content:
    """承認する内容."""
    cells = [sheet.cell(CellId(each)) for each in found.cells]
    everything = [each for club in found.clubs for each in club.sheets]
    kinds = [cell.kind for cell in cells]
    return {
        "batch": batch,
        "labels": [sheet.writing(cell).label.of(language) for cell in cells],
        "clubs": [_club(kinds, club) for club in found.clubs],
        "sheets": len(everything),
        "totals": _sums(kinds, everything),
        "changed": sum(each.changed for each in everything),
        "contradicting": sum(each.contradicts for each in everything),
        "compared": found.compared is not None,
        "differing": sum(_differing(club) for club in found.clubs),
        "changes": {code: translated(language, words) for code, words in CHANGES.items()},
        "before": _before,
        "seconds_a_sheet": round(batch.human_seconds / len(everything)) if everything else None,
        "ready": found.ready,
        "by_oneself": found.by_oneself,
    }


def sheet(language: Language, sheet: Sheet, found: ApprovalView) -> tuple[list[str], list[list[str | int | None]]]:
    """CSVの表: a line for each person, the missing ones too: header and rows."""
    labels = [sheet.writing(sheet.cell(CellId(each))).label.of(language) for each in found.cells]
    header = [translated(language, each) for each in COLUMNS]
    return [*header[:4], *labels, *header[4:]], [row for club in found.clubs for row in _rows(language, club, labels)]


def _rows(language: Language, club: ClubSumView, labels: Sequence[str]) -> Iterator[list[str | int | None]]:
    def change(code: str) -> str:
        return translated(language, CHANGES[code]) if code else ""

    for each in club.sheets:
        odd = translated(language, N_("合わない")) if each.contradicts else ""
        yield [club.group, club.name, each.person, each.name, *each.totals, _before(each.before), change(each.change),
               each.changed, odd]  # fmt: skip
    for gone in club.missing:
        yield [club.group, club.name, gone.person, gone.name, *[None] * len(labels), _before(gone.before),
               change("missing"), 0, ""]  # fmt: skip


def _before(minutes: int | None) -> str:
    return "" if minutes is None else in_clock("duration", minutes)


def _differing(club: ClubSumView) -> int:
    return sum(1 for each in club.sheets if each.change) + len(club.missing)


def _club(kinds: Sequence[Any], club: ClubSumView) -> ClubShown:
    changed = sum(each.changed for each in club.sheets)
    contradicting = sum(each.contradicts for each in club.sheets)
    before = _before(club.before)
    return ClubShown(club, _sums(kinds, club.sheets), changed, contradicting, before, _differing(club))


def _sums(kinds: Sequence[Any], sheets: Sequence[SheetSumView]) -> tuple[str, ...]:
    columns = ([each.numbers[at] or 0 for each in sheets] for at in range(len(kinds)))
    return tuple(in_clock(kind, sum(column)) for kind, column in zip(kinds, columns, strict=True))
