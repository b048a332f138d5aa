"""復元: a backup becomes an installation of its own, in an empty place, and its open cases go on.

Nothing is written before the whole backup was verified, and nothing is ever written over. While it is being written, a
mark stands in the folder: a counter does not open on half of a restore, and the next restore begins it anew.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from machine.backup import (
    DUMP,
    HISTORIES,
    KEYS,
    MANIFEST,
    OBJECTS,
    SECRETS,
    Manifest,
    copy_all,
    counted,
    database,
    fingerprints,
    run_tool,
    summed,
)
from machine.layout import Layout, environment, write_once
from machine.postgres import DATABASE, Role
from machine.program import MachineError


def put_back(layout: Layout, folder: Path) -> tuple[Manifest, str]:
    """復元する; the manifest, and how many commands will be told again, in a sentence."""
    manifest = verified(folder)
    _require_known_schema(layout, manifest)
    _require_empty(layout)
    _require_master_key(layout, folder, manifest)
    layout.var.mkdir(parents=True, exist_ok=True)
    layout.restoring.touch()
    _clear(layout)
    if manifest.with_secrets:
        for name in KEYS:
            write_once(_in(layout.secrets) / name, (folder / SECRETS / name).read_bytes())
    layout.furnish()
    if (folder / HISTORIES).exists():
        shutil.copyfile(folder / HISTORIES, _in(layout.temporal.folder) / layout.temporal.file.name)
    copy_all(folder / OBJECTS, layout.objects)
    with database(layout):
        run_tool(
            layout, "pg_restore", f"--dbname={DATABASE}", "--exit-on-error", "--single-transaction", str(folder / DUMP)
        )
        _compare(layout, manifest)
        _run(layout, "migrate")
        told = _run(layout, "tell-again", "--since", manifest.temporal_at.isoformat())
    layout.restoring.unlink()
    return manifest, told


def verified(folder: Path) -> Manifest:
    """検証: the manifest, once every file it names is there, byte for byte, and no other."""
    file = folder / MANIFEST
    if not file.exists():
        raise MachineError(f"{folder} has no {MANIFEST}: it is no backup, or one that was not finished.")
    manifest = Manifest.model_validate_json(file.read_bytes())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(found ^ set(manifest.files)):
        raise MachineError(
            f"{folder / name} is {'not in the manifest' if name in found else 'missing'}: use another backup."
        )
    for name, known in manifest.files.items():
        if summed(folder / name) != known:
            raise MachineError(f"{folder / name} is not what was written there: use another backup.")
    return manifest


def _require_known_schema(layout: Layout, manifest: Manifest) -> None:
    revision = manifest.schema_revision
    if not list((layout.clone / "migrations" / "versions").glob(f"{revision}_*.py")):
        raise MachineError(
            f"The backup was taken by a newer program (schema {revision}, Madoguchi {manifest.madoguchi}): "
            f"restore it with that version, or a later one."
        )


def _require_empty(layout: Layout) -> None:
    if layout.restoring.exists():
        return
    kept = (layout.postgres.data, layout.temporal.file, layout.objects)
    for path in kept:
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise MachineError(f"{path} is there already: restore into an empty installation, never over another.")


def _require_master_key(layout: Layout, folder: Path, manifest: Manifest) -> None:
    placed = layout.secrets / "master_key"
    if not placed.exists() and manifest.with_secrets:
        placed = folder / SECRETS / "master_key"
    if not placed.exists():
        raise MachineError(
            f"The backup holds no secrets: put the master key at {placed} (mode 600) first, with request_key.pem and "
            f"push_key.pem beside it. Without it no history can be read."
        )
    if manifest.master_key not in fingerprints(placed):
        raise MachineError(f"{placed} is another master key than the one this backup was taken with.")


def _clear(layout: Layout) -> None:
    """What an interrupted restore left: the mark says that it is nobody's installation yet."""
    for folder in (layout.postgres.folder, layout.temporal.folder, layout.objects):
        shutil.rmtree(folder, ignore_errors=True)


def _compare(layout: Layout, manifest: Manifest) -> None:
    with layout.postgres.connect(Role.ADMIN) as connection:
        found = counted(connection)
    if found != manifest.counts:
        raise MachineError(f"The database holds {found}, but the backup was taken of {manifest.counts}.")


def _run(layout: Layout, *command: str) -> str:
    """One of the product's own commands, on what was restored."""
    program = str(Path(sys.prefix) / "bin" / "madoguchi")
    done = subprocess.run(  # noqa: S603
        [program, *command], env=environment(layout), cwd=layout.clone, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MachineError(f"madoguchi {command[0]} failed on what was restored: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def _in(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
