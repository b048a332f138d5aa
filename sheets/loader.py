"""帳票の書庫: reads sheets/library. A wrong document is refused with file, line, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from procedures.document import Procedure
from procedures.mistakes import Mistake
from procedures.source import SourceInvalid, SourceMistake, document_in, read_document
from sheets import consistency, filing
from sheets.document import Sheet

LIBRARY = Path(__file__).parent / "library"
"""The city's own folder: one folder per sheet, its older versions under superseded/<version>/."""
DOCUMENT = "sheet.yaml"


class SheetUnknown(KeyError):
    """未登録の帳票: no such sheet or version in the library."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class SheetLibrary:
    """帳票の書庫: every sheet with all its versions. Paper lives long: a page is read as the version its QR names."""

    editions: Mapping[tuple[str, int], Sheet]
    latest: Mapping[str, int]

    @classmethod
    def read(cls, folder: Path = LIBRARY, procedures: Mapping[str, Procedure] | None = None) -> "SheetLibrary":
        """読込: every folder not starting with `_` or `.`. Raises SourceInvalid with all mistakes of all files.

        With the procedures in force, what a sheet says of their forms is checked, too.
        """
        editions: dict[tuple[str, int], Sheet] = {}
        latest: dict[str, int] = {}
        mistakes: list[SourceMistake] = []
        for home in sorted(home for home in folder.iterdir() if home.is_dir() and home.name[0] not in "._"):
            try:
                current, *old = [_read(path, home.name, procedures or {}) for path in _documents(home)]
            except SourceInvalid as error:
                mistakes += error.mistakes
                continue
            editions |= {(sheet.id, sheet.version): sheet for sheet in (*old, current)}
            mistakes += _second_from_folder(home, current, [editions[each] for each in latest.items()])
            latest[current.id] = current.version
        if mistakes:
            raise SourceInvalid(mistakes)
        return cls(MappingProxyType(editions), MappingProxyType(latest))

    def all(self) -> tuple[Sheet, ...]:
        """全帳票: the current version of each, by id."""
        return tuple(self.current(sheet_id) for sheet_id in sorted(self.latest))

    def current(self, sheet_id: str) -> Sheet:
        """現行版. Raises SheetUnknown."""
        if sheet_id not in self.latest:
            raise SheetUnknown(f'there is no sheet "{sheet_id}" in the library')
        return self.version(sheet_id, self.latest[sheet_id])

    @property
    def from_folder(self) -> str | None:
        """フォルダとメールの紙: what comes unnamed is taken for this sheet."""
        return next((each.id for each in self.all() if each.from_folder), None)

    def version(self, sheet_id: str, number: int) -> Sheet:
        """指定版: the version a page names. Raises SheetUnknown."""
        if sheet := self.editions.get((sheet_id, number)):
            return sheet
        raise SheetUnknown(f'there is no version {number} of sheet "{sheet_id}" in the library')


def checked(source: bytes) -> Sheet:
    """下書きの検査: a document that stands in no folder yet, read like one that does. Raises SourceInvalid."""
    return document_in(source, Path(DOCUMENT), Sheet, consistency.mistakes)


def _documents(home: Path) -> list[Path]:
    """The current version first."""
    return [home / DOCUMENT, *sorted(home.glob("superseded/*/sheet.yaml"))]


def _second_from_folder(home: Path, sheet: Sheet, others: list[Sheet]) -> tuple[SourceMistake, ...]:
    other = next((each.id for each in others if each.from_folder), None)
    if not sheet.from_folder or other is None:
        return ()
    return SourceInvalid.at(home / DOCUMENT, "from_folder", f"is true of {other}, too", "from_folder: false").mistakes


def _read(path: Path, name: str, procedures: Mapping[str, Procedure]) -> Sheet:
    """Only the sheet in force has to go with the procedures in force."""
    current = procedures if path.parent.name == name else None

    def inconsistent(data: Any) -> list[Mistake]:
        return [*consistency.mistakes(data), *(filing.mistakes(data, current) if current else [])]

    sheet = read_document(path, Sheet, inconsistent)
    if sheet.id != name:
        raise SourceInvalid.at(path, "id", f'is "{sheet.id}", but its folder is {name}', f"id: {name}")
    if path.parent.name != name and path.parent.name != str(sheet.version):
        raise SourceInvalid.at(
            path, "version", f"is {sheet.version} in the place of {path.parent.name}", f"version: {path.parent.name}"
        )
    return sheet
