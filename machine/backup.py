"""控え: PostgreSQL, Temporal and the object store of one machine, copied while the counter is open.

The order is what makes three copies one. Temporal first, then the database, then the files: whatever a workflow had
done when Temporal was copied stands in the rows, and every file a row names was written before its row. A workflow that
is older than its rows walks again and finds its effects stored; `madoguchi tell-again` repeats what it was told since.
The other way round a workflow would believe in rows that are lost.
"""

import base64
import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import obstore
import psycopg
from obstore.store import LocalStore
from pydantic import BaseModel, ConfigDict

from machine.city import servers
from machine.layout import Layout, write_once
from machine.postgres import DATABASE, Role
from machine.program import MachineError
from machine.supervisor import Supervisor
from machine.temporal import binary

MANIFEST, DUMP, HISTORIES, OBJECTS, SECRETS = "manifest.json", "madoguchi.dump", "temporal.db", "objects", "secrets"
KEY_BYTES = 32
KEYS = ("master_key", "request_key.pem", "push_key.pem")
"""Secrets that cannot be made anew without loss. Passwords of the database can."""
COUNTED = {
    "cases": "select count(*) from case_file",
    "open cases": "select count(*) from case_file where closed_at is null",
    "commands": "select count(*) from command",
    "audit lines": "select count(*) from audit",
    "documents": "select count(*) from document",
}


class FileSum(BaseModel):
    """一つのファイルの控え."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int
    sha256: str


class Snapshot(BaseModel):
    """データベースの控え."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_revision: str
    """The newest migration in it."""
    database_at: datetime
    counts: dict[str, int]


class Manifest(Snapshot):
    """控えの目録: written last, so that what has none is no backup."""

    format: int = 1
    madoguchi: str
    postgres: str
    """Its major version."""
    temporal: str
    temporal_at: datetime
    """The database's own time just before Temporal was copied: what was acknowledged later may be missing there."""
    finished_at: datetime
    master_key: str
    """Tells the master key from another one; the key itself cannot be found from it."""
    with_secrets: bool
    files: dict[str, FileSum]


def take(layout: Layout, folder: Path, *, with_secrets: bool = False) -> Manifest:
    """控えを取る into an empty folder."""
    _require_empty(folder)
    if not is_installed(layout):
        raise MachineError(f"There is nothing to back up under {layout.var}: no counter was opened there yet.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with database(layout):
        temporal_at = copy_temporal(layout, folder)
        copied = copy_database(layout, folder)
    copy_objects(layout, folder)
    if with_secrets:
        copy_secrets(layout, folder)
    return seal(layout, folder, temporal_at, copied)


def is_installed(layout: Layout) -> bool:
    return (layout.postgres.data / "PG_VERSION").exists()


@contextmanager
def database(layout: Layout) -> Iterator[None]:
    """The running database, or one of our own for as long as the block lasts."""
    if is_installed(layout) and layout.postgres.ready():
        yield
        return
    with Supervisor(layout.var, lambda _: None) as supervisor:
        supervisor.start([unit for unit in servers(layout) if unit.name == "postgres"])
        yield


def copy_temporal(layout: Layout, folder: Path) -> datetime:
    """Temporal's file as of one moment (SQLite's online backup); since when what it was told may be missing."""
    with layout.postgres.connect(Role.ADMIN) as connection:
        began: datetime = connection.execute("select clock_timestamp()").fetchall()[0][0]
    source = layout.temporal.file
    if source.exists():
        with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(folder / HISTORIES)) as copied:
            running.backup(copied)
            if copied.execute("pragma quick_check").fetchone() != ("ok",):
                raise MachineError(f"{source} is damaged: look into {layout.temporal.log} before anything else.")
    return began


def copy_database(layout: Layout, folder: Path) -> Snapshot:
    """The database as of one moment."""
    with layout.postgres.connect(Role.ADMIN) as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        at, snapshot = connection.execute("select now(), pg_export_snapshot()").fetchall()[0]
        revision = connection.execute("select version_num from alembic_version").fetchall()[0][0]
        counts = counted(connection)
        run_tool(layout, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={folder / DUMP}", DATABASE)
    return Snapshot(schema_revision=revision, database_at=at, counts=counts)


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """件数, by which a restored database is compared."""
    return {name: connection.execute(statement).fetchall()[0][0] for name, statement in COUNTED.items()}


def run_tool(layout: Layout, tool: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, as the cluster's administrator."""
    postgres = layout.postgres
    surroundings = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGPASSWORD": postgres.password(Role.ADMIN)}
    reach = ("--host=127.0.0.1", f"--port={postgres.port}", f"--username={Role.ADMIN}", "--no-password")
    done = subprocess.run(  # noqa: S603
        [str(postgres.binaries / tool), *reach, *arguments],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MachineError(f"{tool} ended with status {done.returncode}: {done.stderr.strip()}")


def copy_objects(layout: Layout, folder: Path) -> None:
    """Every file, piece by piece. One that is deleted meanwhile was deleted on purpose."""
    copy_all(layout.objects, folder / OBJECTS)


def copy_all(source: Path, target: Path) -> None:
    """Of one folder into another, as the object store lists them: without what is half written."""
    target.mkdir(parents=True, exist_ok=True)
    store = LocalStore(source)
    for batch in obstore.list(store):
        for each in batch:
            with suppress(FileNotFoundError):
                _copy(store, each["path"], target / each["path"])


def _copy(store: LocalStore, key: str, file: Path) -> None:
    pieces = obstore.get(store, key)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as copied:
        for piece in pieces:
            copied.write(piece)


def copy_secrets(layout: Layout, folder: Path) -> None:
    """Only when asked: with them in it, whoever finds the backup can read every history."""
    (folder / SECRETS).mkdir(mode=0o700)
    for name in KEYS:
        write_once(folder / SECRETS / name, (layout.secrets / name).read_bytes())


def seal(layout: Layout, folder: Path, temporal_at: datetime, copied: Snapshot) -> Manifest:
    """目録を書く: versions, counts, and the SHA-256 of every file."""
    manifest = Manifest(
        madoguchi=version("madoguchi"),
        postgres=(layout.postgres.data / "PG_VERSION").read_text().strip(),
        temporal=temporal_version(),
        temporal_at=temporal_at,
        finished_at=datetime.now(UTC),
        master_key=fingerprints(layout.secrets / "master_key")[-1],
        with_secrets=(folder / SECRETS).exists(),
        files={path.relative_to(folder).as_posix(): summed(path) for path in _files(folder)},
        **dict(copied),
    )
    write_once(folder / MANIFEST, manifest.model_dump_json(indent=2).encode())
    return manifest


def summed(path: Path) -> FileSum:
    with path.open("rb") as file:
        return FileSum(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def fingerprints(key_file: Path) -> tuple[str, ...]:
    """鍵の指紋, the newest last: of the one key of a new installation, or of all that a rotated file still holds."""
    content = key_file.read_bytes()
    if len(content) == KEY_BYTES:
        return (_fingerprint(content),)
    held = (each.get("secret") for each in json.loads(content)["keys"])
    return tuple(_fingerprint(base64.b64decode(secret)) for secret in held if secret)


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"madoguchi master key\0" + key).hexdigest()[:16]


def temporal_version() -> str:
    """As the server says it of itself."""
    told = subprocess.run([str(binary()), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return told.stdout.strip()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise MachineError(f"{folder} is not empty: give a folder of its own to every backup.")
