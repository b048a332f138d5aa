"""公開版: what was published stays as it was. `published.json` holds the SHA-256 of every file of each version.

A version covers procedure.yaml and documents/*. `_shared/` is left out on purpose: it is the city's letterhead (its
name, seal, fonts), which changes for all documents at once; a delivered PDF is stored, sealed and never rendered again.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

from procedures.loader import LIBRARY, procedure_folders, read_procedure, superseded_folders

Checksums = dict[str, str]


class EditionChanged(Exception):
    """公開版の改変: a published version was edited, or a version was never published."""


def read_published(folder: Path = LIBRARY) -> dict[str, Checksums]:
    """公開台帳: "<id>/<version>" to {file: SHA-256 in hex}."""
    ledger = folder / "published.json"
    published: dict[str, Checksums] = json.loads(ledger.read_text("utf-8")) if ledger.exists() else {}
    return published


def checksums(edition: Path) -> Checksums:
    """版の照合値: of procedure.yaml and documents/* under the folder of one version."""
    documents = edition / "documents"
    files = [edition / "procedure.yaml", *(path for path in documents.rglob("*") if path.is_file())]
    return {
        path.relative_to(edition).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)
    }


def publish(procedure_id: str, folder: Path = LIBRARY) -> str:
    """公開: locks the current version and returns "<id>/<version>". Raises EditionChanged, SourceInvalid."""
    home = _home(procedure_id, folder)
    key = f"{procedure_id}/{read_procedure(home / 'procedure.yaml').version}"
    published = read_published(folder)
    if key in published and (changed := _changed(published[key], home)):
        raise EditionChanged(_edited(procedure_id, key, changed))
    _write(published | {key: checksums(home)}, folder)
    return key


def supersede(procedure_id: str, folder: Path = LIBRARY) -> int:
    """改版: keeps the published version under superseded/ and opens the next. Returns its number.

    Raises EditionChanged where the current version is not as it was published, SourceInvalid.
    """
    home = _home(procedure_id, folder)
    version = read_procedure(home / "procedure.yaml").version
    key = f"{procedure_id}/{version}"
    locked = read_published(folder).get(key)
    if locked is None:
        raise EditionChanged(f"{key} is not published: edit it as it is, or run: {_publish(procedure_id)}")
    if changed := _changed(locked, home):
        raise EditionChanged(_edited(procedure_id, key, changed))
    _keep(home, version)
    _renumber(home / "procedure.yaml", version + 1)
    return version + 1


def changed_editions(folder: Path = LIBRARY) -> list[str]:
    """改変の検査: a sentence for every version that is not as published, or not published; empty where all is well."""
    published = read_published(folder)
    found = []
    present = set()
    for home in procedure_folders(folder):
        for edition in [*superseded_folders(home).values(), home]:
            key = f"{home.name}/{read_procedure(edition / 'procedure.yaml').version}"
            present.add(key)
            if key not in published:
                found.append(f"{key} is not published. When it is ready, run: {_publish(home.name)}")
            elif changed := _changed(published[key], edition):
                found.append(_edited(home.name, key, changed))
    missing = [
        f"{key} was published and is gone. Cases may run on it: put it back" for key in published.keys() - present
    ]
    return found + sorted(missing)


def _home(procedure_id: str, folder: Path) -> Path:
    homes = {home.name: home for home in procedure_folders(folder)}
    if procedure_id not in homes:
        raise EditionChanged(f'there is no procedure "{procedure_id}"; there are: {", ".join(homes)}')
    return homes[procedure_id]


def _changed(locked: Checksums, edition: Path) -> list[str]:
    return sorted({name for name, _ in locked.items() ^ checksums(edition).items()})


def _edited(procedure_id: str, key: str, changed: list[str]) -> str:
    return (
        f"{key} is published and cases run on it, but it was edited: {', '.join(changed)}. Put the files back "
        f"(git restore procedures/library/{procedure_id}), run: madoguchi procedures supersede {procedure_id}, "
        "and edit the new version"
    )


def _publish(procedure_id: str) -> str:
    return f"madoguchi procedures publish {procedure_id}"


def _keep(home: Path, version: int) -> None:
    kept = home / "superseded" / str(version)
    kept.mkdir(parents=True)
    shutil.copy2(home / "procedure.yaml", kept)
    shutil.copytree(home / "documents", kept / "documents")


def _renumber(path: Path, version: int) -> None:
    source = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^version:\s*\d+", f"version: {version}", source, count=1), "utf-8")


def _write(published: dict[str, Checksums], folder: Path) -> None:
    ledger = folder / "published.json"
    ledger.write_text(json.dumps(published, indent=2, sort_keys=True) + "\n", "utf-8")
