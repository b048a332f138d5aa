"""データベース: a real private cluster, in a folder the server's user may not look into."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from keeping import gone

from machine.layout import Ports
from machine.postgres import DATABASE, UNPRIVILEGED, Postgres, Role
from machine.program import MachineError, spawn, wait_until


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of mode 700, as root's home is."""
    folder = tmp_path_factory.mktemp("home") / "hidden"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def cluster(hidden: Path) -> Iterator[Postgres]:
    with Postgres.beside(hidden, Ports.free().postgres) as postgres:
        yield postgres


def modes(folder: Path) -> dict[Path, int]:
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in (folder, *folder.parents)}


def postmaster(postgres: Postgres) -> int:
    return int((postgres.data / "postmaster.pid").read_text().split("\n", 1)[0])


def test_it_runs_unprivileged_below_a_folder_only_we_may_enter(hidden: Path, cluster: Postgres) -> None:
    owner = (cluster.data / "PG_VERSION").stat().st_uid
    assert modes(hidden)[hidden] == 0o700
    if os.geteuid() == 0:
        assert owner == pwd.getpwnam(UNPRIVILEGED).pw_uid
        denied = subprocess.run(["/usr/bin/ls", hidden], user=UNPRIVILEGED, capture_output=True, check=False)
        assert denied.returncode, "the test's own folder is open, so it would prove nothing"
    assert Path(f"/proc/{postmaster(cluster)}").stat().st_uid == owner
    with cluster.connect(Role.OWNER) as connection:
        connection.execute("CREATE TABLE kept AS SELECT g AS n FROM generate_series(1, 10000) g")
        connection.execute("CREATE INDEX ON kept (n)")


def test_no_parent_folder_was_opened_up_for_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = modes(tmp_path)
    with Postgres.beside(tmp_path / "clone", Ports.free().postgres):
        pass
    assert modes(tmp_path) == before


@pytest.mark.parametrize("role", [Role.OWNER, Role.APP])
def test_neither_of_the_products_roles_can_bypass_row_level_security(cluster: Postgres, role: Role) -> None:
    with cluster.connect(Role.ADMIN) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", [role]
        ).fetchone()
    assert found == (False, False, False, False)


def test_the_application_owns_nothing_and_makes_nothing(cluster: Postgres) -> None:
    with cluster.connect(Role.APP) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n int)")


def test_a_wrong_password_is_refused(cluster: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=cluster.port, user=Role.APP, password="guess", dbname=DATABASE)


def test_passwords_are_files_only_their_owner_reads(cluster: Postgres) -> None:
    assert {stat.S_IMODE(cluster.password_file(role).stat().st_mode) for role in Role} == {0o600}
    assert cluster.password(Role.APP) not in Path(f"/proc/{postmaster(cluster)}/environ").read_text()


def test_statements_can_be_counted(cluster: Postgres) -> None:
    with cluster.connect(Role.OWNER) as connection:
        assert connection.execute("SELECT sum(calls) > 0 FROM pg_stat_statements").fetchone() == (True,)


def test_a_copy_of_a_database_is_quick_to_make_and_to_drop(cluster: Postgres) -> None:
    with cluster.connect(Role.OWNER) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seed AS SELECT 1 AS n")
    cluster.create_database("copied", template=DATABASE)
    with cluster.connect(Role.OWNER, "copied") as connection:
        assert connection.execute("SELECT n FROM seed").fetchone() == (1,)
    cluster.drop_database("copied")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        cluster.connect(Role.OWNER, "copied")


def test_committed_rows_survive_kill_9_and_the_next_start_waits_for_nothing_by_hand(tmp_path: Path) -> None:
    durable = Postgres.beside(tmp_path, Ports.free().postgres, fast=False)
    with durable:
        with durable.connect(Role.OWNER) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(postmaster(durable), signal.SIGKILL)
    with durable, durable.connect(Role.OWNER) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_server_still_running_from_a_killed_run_is_ended_first(tmp_path: Path) -> None:
    postgres = Postgres.beside(tmp_path, Ports.free().postgres)
    postgres.prepare()
    orphan = spawn(postgres.program())
    wait_until(orphan, postgres.ready)
    threading.Thread(target=orphan.process.wait).start()  # as PID 1 does for a real orphan
    with postgres:
        assert gone(orphan.identity.pid)
        assert postmaster(postgres) != orphan.identity.pid
    orphan.stop()


def test_a_lock_whose_process_id_now_belongs_to_somebody_else_is_removed(tmp_path: Path) -> None:
    postgres = Postgres.beside(tmp_path, Ports.free().postgres)
    postgres.prepare()
    stranger = subprocess.Popen(["/usr/bin/sleep", "1000"], user=UNPRIVILEGED if os.geteuid() == 0 else None)
    try:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n0\n1\n\n\n")
        with postgres:
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_made_good(tmp_path: Path) -> None:
    postgres = Postgres.beside(tmp_path, Ports.free().postgres)
    (tmp_path / "postgres" / "data.new").mkdir(parents=True)
    (tmp_path / "postgres" / "data.new" / "base").touch()
    with postgres:
        assert not (tmp_path / "postgres" / "data.new").exists()


def test_a_cluster_of_another_version_is_refused_with_the_choices(tmp_path: Path) -> None:
    postgres = Postgres.beside(tmp_path, Ports.free().postgres)
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(MachineError, match=r"was made by PostgreSQL 9 but \d+ is installed: install postgresql-9"):
        postgres.prepare()
    shutil.rmtree(postgres.data)
