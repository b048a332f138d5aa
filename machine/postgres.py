"""データベース: a private PostgreSQL cluster from Debian's binaries, inside the clone, wherever that lies.

PostgreSQL refuses to run as root, and the unprivileged user it then runs as may not be allowed to look
into the clone (root's home has mode 700). No parent directory is opened up for it: root opens the data
folder and hands it over as an open file, which the server reaches as /proc/self/fd/N. Permission is then
checked on the data folder alone, which belongs to that user (proc(5); measured on PostgreSQL 15).
"""

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from machine.program import HANDED, MARK, Child, Identity, MachineError, Program, end, spawn, start_time, wait_until

UNPRIVILEGED = "postgres"
"""The system user that Debian's package creates; only used when we are root."""

DATABASE = "madoguchi"


class Role(StrEnum):
    """Who connects. Only `APP` serves requests: no superuser, no owner, row-level security applies to it."""

    ADMIN = "madoguchi_admin"
    OWNER = "madoguchi_owner"
    APP = "madoguchi_app"


MODEST = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_parameter_max_length": "0",  # values are personal data
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # DETAIL lines repeat the row that was refused
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster under `folder`; passwords are files in `secrets_folder` (mode 600, generated once).

    `fast=True` gives up durability for speed: tests only.
    """

    folder: Path
    port: int
    secrets_folder: Path
    log: Path
    fast: bool = False
    mark: str = ""
    _children: list[Child] = field(default_factory=list, repr=False)

    @classmethod
    def beside(cls, folder: Path, port: int, *, fast: bool = True) -> "Postgres":
        """A cluster that keeps its data, secrets and log under one folder (tests)."""
        return cls(folder / "postgres", port, folder / "secrets", folder / "postgres.log", fast)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @cached_property
    def binaries(self) -> Path:
        """The newest installed server version's folder."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: _version(path))
        if not found:
            raise MachineError("PostgreSQL's server is not installed: run `apt-get install postgresql`.")
        return found[-1].parent

    def password_file(self, role: Role) -> Path:
        return self.secrets_folder / f"postgres_{role.removeprefix('madoguchi_')}"

    def password(self, role: Role) -> str:
        return self.password_file(role).read_text().strip()

    def url(self, role: Role, database: str = DATABASE) -> str:
        """An SQLAlchemy URL with its password (tests); production settings carry the two apart."""
        return f"postgresql+psycopg://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def connect(self, role: Role, database: str = DATABASE) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=role, password=self.password(role), dbname=database,
            autocommit=True, connect_timeout=5,
        )  # fmt: skip

    def prepare(self) -> None:
        """Passwords and data folder; nothing to do from the second start on, except after a kill -9."""
        self._write_passwords()
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self._clear_previous()
        else:
            self._initdb()

    def program(self) -> Program:
        settings = MODEST | {"port": str(self.port)} | (FAST if self.fast else {})
        options = (part for key, value in settings.items() for part in ("-c", f"{key}={value}"))
        return Program(
            name="postgres",
            argv=(str(self.binaries / "postgres"), "-D", HANDED, *options),
            environment=self._environment,
            log=self.log,
            user=_user(),
            stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for every client
            grace=20.0,
            handed=self.data,
        )

    def ready(self) -> bool:
        """Whether it accepts our password (not only whether the port answers)."""
        try:
            self.connect(Role.ADMIN, "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def furnish(self) -> None:
        """Roles and the database, created once; passwords set again so that the files always fit."""
        with self.connect(Role.ADMIN, "postgres") as connection:
            for role in (Role.OWNER, Role.APP):
                _ensure_role(connection, role, self.password(role))
            connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(_name(Role.OWNER)))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            self.create_database(DATABASE)

    def create_database(self, name: str, template: str = "template1") -> None:
        """An empty database (or a copy of `template`) that only our roles may enter."""
        database = _name(name)
        with self.connect(Role.ADMIN, "postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(database, _name(Role.OWNER), _name(template))
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, _name(Role.APP)))
        with self.connect(Role.ADMIN, name) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(_name(Role.OWNER)))
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    def drop_database(self, name: str) -> None:
        with self.connect(Role.ADMIN, "postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name(name)))

    def start(self) -> "Postgres":
        """Prepares, starts, waits and furnishes; for use without the supervisor (`with Postgres(...)`)."""
        self.prepare()
        child = spawn(self.program())
        self._children.append(child)
        try:
            wait_until(child, self.ready)
            self.furnish()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        while self._children:
            self._children.pop().stop()

    def __enter__(self) -> "Postgres":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", MARK: self.mark or str(self.folder)}

    def _write_passwords(self) -> None:
        self.secrets_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for role in Role:
            path = self.password_file(role)
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(24))

    def _initdb(self) -> None:
        """A half-made data folder of an interrupted first start holds nothing yet and is made anew."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        user = _user()
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(fresh, account.pw_uid, account.pw_gid)
        handle, password = os.open(fresh, os.O_RDONLY | os.O_DIRECTORY), os.memfd_create("password", 0)
        try:
            os.write(password, self.password(Role.ADMIN).encode() + b"\n")
            self._run_initdb(handle, password, user)
        finally:
            os.close(handle)
            os.close(password)
        fresh.rename(self.data)

    def _run_initdb(self, handle: int, password: int, user: str | None) -> None:
        done = subprocess.run(  # noqa: S603
            [
                str(self.binaries / "initdb"), "-D", f"/proc/self/fd/{handle}", "-U", str(Role.ADMIN),
                "--auth=scram-sha-256", f"--pwfile=/proc/self/fd/{password}", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-instructions", *(["--no-sync"] if self.fast else ["--data-checksums"]),
            ],
            cwd="/", env=self._environment, user=user, group=user, extra_groups=None if user is None else [],
            pass_fds=(handle, password), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise MachineError(f"PostgreSQL could not create its cluster in {self.data}: {done.stderr.strip()}")

    def _check_version(self) -> None:
        have, want = (self.data / "PG_VERSION").read_text().strip(), str(_version(self.binaries / "postgres"))
        if have != want:
            raise MachineError(
                f"{self.data} was made by PostgreSQL {have} but {want} is installed: install postgresql-{have}, "
                f"or upgrade the cluster (docs/operations.md), or start afresh with `make clean`."
            )

    def _clear_previous(self) -> None:
        """After kill -9 the lock file stays. Ours, if still running, is ended; a reused id is not ours; and
        PID 1 may reap a zombie late, which PostgreSQL takes for a running server."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = abs(int(lock.read_text().split("\n", 1)[0]))
        started = start_time(pid)
        if started is not None and self._serves_our_data(pid):
            end(Identity(pid, started), signal.SIGINT)
        elif started is not None:
            lock.unlink()
            return
        deadline = time.monotonic() + 15
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _serves_our_data(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").samefile(self.data)
        except OSError:
            return False


def _ensure_role(connection: psycopg.Connection, role: Role, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [str(role)]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}").format(
            verb, _name(role), sql.Literal(password)
        )
    )


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(str(name))


def _user() -> str | None:
    return UNPRIVILEGED if os.geteuid() == 0 else None


def _version(binary: Path) -> int:
    found = re.search(r"/postgresql/(\d+)/", str(binary))
    return int(found.group(1)) if found else 0
