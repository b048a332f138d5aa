"""控えと復元: what is refused, and what is made good. That a case goes on elsewhere: tests/faults."""

import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from machine.backup import DUMP, MANIFEST, database, take
from machine.layout import Layout, environment
from machine.postgres import Role
from machine.program import MachineError
from machine.restore import put_back, verified
from machine.up import up

MADOGUCHI = Path(sys.prefix) / "bin" / "madoguchi"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """An installation with a migrated database and one file, closed."""
    layout = Layout.ephemeral(tmp_path_factory.mktemp("first") / "var")
    layout.furnish()
    (layout.objects / "282014").mkdir()
    (layout.objects / "282014" / "paper.pdf").write_bytes(b"%PDF")
    with database(layout):
        subprocess.run(
            [MADOGUCHI, "migrate"], env=environment(layout), cwd=layout.clone, check=True, capture_output=True
        )
    return layout


@pytest.fixture
def copy(installed: Layout, tmp_path: Path) -> Path:
    take(installed, tmp_path / "copy", with_secrets=True)
    return tmp_path / "copy"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Layout]:
    return Layout.ephemeral(tmp_path / "elsewhere")


def tables(layout: Layout) -> set[str]:
    with database(layout), layout.postgres.connect(Role.OWNER) as owner:
        return {row[0] for row in owner.execute("select tablename from pg_tables where schemaname = 'public'")}


def test_a_closed_installation_is_backed_up_and_becomes_another(copy: Path, elsewhere: Layout) -> None:
    put_back(elsewhere, copy)
    assert {"case_file", "audit", "command"} <= tables(elsewhere)
    assert (elsewhere.objects / "282014" / "paper.pdf").read_bytes() == b"%PDF"
    assert not elsewhere.restoring.exists()


def test_only_its_owner_may_look_into_a_backup(copy: Path) -> None:
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700


def test_the_keys_are_in_it_only_when_asked_for(installed: Layout, tmp_path: Path, elsewhere: Layout) -> None:
    key = (installed.secrets / "master_key").read_bytes()
    take(installed, tmp_path / "plain")
    held = b"".join(path.read_bytes() for path in (tmp_path / "plain").rglob("*") if path.is_file())
    assert key not in held
    with pytest.raises(MachineError, match="holds no secrets: put the master key at"):
        put_back(elsewhere, tmp_path / "plain")

    elsewhere.secrets.mkdir(parents=True)
    (elsewhere.secrets / "master_key").write_bytes(os.urandom(32))
    with pytest.raises(MachineError, match="is another master key"):
        put_back(elsewhere, tmp_path / "plain")

    (elsewhere.secrets / "master_key").write_bytes(key)
    put_back(elsewhere, tmp_path / "plain")
    assert "case_file" in tables(elsewhere)


def test_it_is_never_restored_over_an_installation(copy: Path, installed: Layout) -> None:
    with pytest.raises(MachineError, match="is there already: restore into an empty installation"):
        put_back(installed, copy)
    assert (installed.objects / "282014" / "paper.pdf").exists()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda copy: (copy / DUMP).write_bytes((copy / DUMP).read_bytes()[:-1]), "is not what was written there"),
        (lambda copy: (copy / DUMP).unlink(), "is missing"),
        (lambda copy: (copy / "more").touch(), "is not in the manifest"),
        (lambda copy: (copy / MANIFEST).unlink(), "has no manifest.json: it is no backup"),
    ],
)  # fmt: skip
def test_a_harmed_backup_is_refused_before_anything_is_written(
    copy: Path, elsewhere: Layout, harm: object, said: str
) -> None:
    verified(copy)
    harm(copy)  # type: ignore[operator]
    with pytest.raises(MachineError, match=said):
        put_back(elsewhere, copy)
    assert not elsewhere.var.exists()


def test_a_backup_of_a_newer_program_is_refused(copy: Path, elsewhere: Layout) -> None:
    told = json.loads((copy / MANIFEST).read_text()) | {"schema_revision": "9999"}
    (copy / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(MachineError, match=r"by a newer program \(schema 9999"):
        put_back(elsewhere, copy)


def test_a_counter_does_not_open_on_half_a_restore_and_the_next_one_begins_anew(copy: Path, elsewhere: Layout) -> None:
    """A dump that PostgreSQL refuses, though it is what was written: the restore stops half-way."""
    whole, manifest = (copy / DUMP).read_bytes(), (copy / MANIFEST).read_text()
    (copy / DUMP).write_bytes(b"PGDMP garbage")
    told = json.loads(manifest)
    told["files"][DUMP] = {"bytes": 13, "sha256": hashlib.sha256(b"PGDMP garbage").hexdigest()}
    (copy / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(MachineError, match="pg_restore ended with status"):
        put_back(elsewhere, copy)
    with pytest.raises(MachineError, match="was not finished"), up(elsewhere, Console(quiet=True)):
        pass

    (copy / DUMP).write_bytes(whole)
    (copy / MANIFEST).write_text(manifest)
    put_back(elsewhere, copy)
    assert "case_file" in tables(elsewhere)


def test_a_backup_goes_into_a_folder_of_its_own(copy: Path, installed: Layout) -> None:
    with pytest.raises(MachineError, match="is not empty: give a folder of its own"):
        take(installed, copy)


def test_where_nothing_is_nothing_is_backed_up(elsewhere: Layout, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="There is nothing to back up"):
        take(elsewhere, tmp_path / "copy")
