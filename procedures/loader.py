"""手続の書庫: reads procedures/library. A wrong document is refused with file, line, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from procedures import consistency
from procedures.document import Procedure
from procedures.mistakes import Mistake
from procedures.source import SourceInvalid, SourceMistake, read_document

LIBRARY = Path(__file__).parent / "library"
"""The city's own folder, one folder per procedure."""


class ProcedureUnknown(KeyError):
    """未登録の手続: no such procedure or version in the library."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Edition:
    """版: one version of a procedure and the folder its templates lie in."""

    procedure: Procedure
    folder: Path


@dataclass(frozen=True)
class Library:
    """手続の書庫: every procedure with all its versions, read once."""

    editions: Mapping[tuple[str, int], Edition]
    latest: Mapping[str, int]

    @classmethod
    def read(cls, folder: Path = LIBRARY) -> "Library":
        """読込: every folder not starting with `_` or `.`. Raises SourceInvalid with all mistakes of all files."""
        editions: dict[tuple[str, int], Edition] = {}
        latest: dict[str, int] = {}
        mistakes: list[SourceMistake] = []
        for home in procedure_folders(folder):
            try:
                current = _read_current(home)
                editions |= {(home.name, edition.procedure.version): edition for edition in _superseded(home, current)}
            except SourceInvalid as error:
                mistakes += error.mistakes
                continue
            editions[home.name, current.version] = Edition(current, home)
            latest[home.name] = current.version
        if mistakes:
            raise SourceInvalid(mistakes)
        return cls(MappingProxyType(editions), MappingProxyType(latest))

    def all(self) -> tuple[Procedure, ...]:
        """全手続: the current version of each, by id."""
        return tuple(self.current(procedure_id) for procedure_id in sorted(self.latest))

    def current(self, procedure_id: str) -> Procedure:
        """現行版. Raises ProcedureUnknown."""
        if procedure_id not in self.latest:
            raise ProcedureUnknown(f'there is no procedure "{procedure_id}" in the library')
        return self.version(procedure_id, self.latest[procedure_id])

    def version(self, procedure_id: str, number: int) -> Procedure:
        """指定版: the version a case is pinned to. Raises ProcedureUnknown."""
        return self._edition(procedure_id, number).procedure

    def folder(self, procedure_id: str, number: int) -> Path:
        """様式の場所: the folder that holds this version's documents/. Raises ProcedureUnknown."""
        return self._edition(procedure_id, number).folder

    def template(self, procedure_id: str, number: int, document_id: str) -> Path:
        """様式: the template file of one document. Raises ProcedureUnknown, or KeyError for the document."""
        edition = self._edition(procedure_id, number)
        return edition.folder / edition.procedure.document(document_id).template

    def _edition(self, procedure_id: str, number: int) -> Edition:
        if edition := self.editions.get((procedure_id, number)):
            return edition
        raise ProcedureUnknown(f'there is no version {number} of procedure "{procedure_id}" in the library')


def read_procedure(path: Path) -> Procedure:
    """手続文書の読込: one file and its templates. Raises SourceInvalid."""
    return read_document(path, Procedure, lambda data: [*consistency.mistakes(data), *_templates(data, path.parent)])


def procedure_folders(folder: Path) -> list[Path]:
    """手続の一覧: the folders that hold a procedure; `_shared` and hidden ones do not."""
    return sorted(home for home in folder.iterdir() if home.is_dir() and home.name[0] not in "._")


def _read_current(home: Path) -> Procedure:
    procedure = read_procedure(home / "procedure.yaml")
    if procedure.id != home.name:
        raise SourceInvalid.at(
            home / "procedure.yaml", "id", f'is "{procedure.id}", but its folder is {home.name}', f"id: {home.name}"
        )
    return procedure


def superseded_folders(home: Path) -> dict[int, Path]:
    """旧版の一覧: folders of the superseded versions by number, oldest first."""
    numbered = {int(old.name): old for old in home.glob("superseded/*") if old.name.isascii() and old.name.isdigit()}
    return dict(sorted(numbered.items()))


def _superseded(home: Path, current: Procedure) -> list[Edition]:
    folders = superseded_folders(home)
    if list(folders) != list(range(1, current.version)):
        found = ", ".join(map(str, folders)) or "none"
        problem = f"is {current.version}, but the superseded versions are: {found}"
        write = f"version: {max(folders, default=0) + 1}"
        raise SourceInvalid.at(home / "procedure.yaml", "version", problem, write)
    return [_read_old(folder, current.id, number) for number, folder in folders.items()]


def _read_old(folder: Path, procedure_id: str, number: int) -> Edition:
    path = folder / "procedure.yaml"
    procedure = read_procedure(path)
    if (procedure.id, procedure.version) != (procedure_id, number):
        problem = f"is {procedure.id} {procedure.version} in the place of {procedure_id} {number}"
        raise SourceInvalid.at(path, "version", problem, f"id: {procedure_id} and version: {number}")
    return Edition(procedure, folder)


def _templates(data: Any, folder: Path) -> list[Mistake]:
    found = []
    documents = data.get("documents")
    for i, document in enumerate(documents if isinstance(documents, list) else []):
        template = document.get("template") if isinstance(document, dict) else None
        if isinstance(template, str) and ".." not in template and not (folder / template).is_file():
            problem = f"the file {template} does not exist beside the document"
            found.append(Mistake(("documents", i, "template"), problem, "the name of a file in documents/, or add it"))
    return found
