"""監査の試験の土台: a database of its own, whose owner may switch its guards off; the town's timestamp authority."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache

import psycopg
import pytest

from activities.audit.anchoring import AnchorGathering, AnchorStamping
from activities.desk import Desk
from activities.documents.timestamp import TimestampClient
from machine.layout import Layout, environment, url
from machine.postgres import Role
from procedures.loader import Library
from procedures.values import MunicipalityCode, ReceiptNumber
from store import anchors, cases
from store.anchors import AuditAnchor
from store.database import Database
from store.settings import StoreSettings
from tests.store.conftest import a_case, migrated
from trust.anchors import AnchorRegistry
from trust.revocation import RevocationChecker
from workflows.contracts import AnchorRound


class Archive:
    """文書庫: the audit log of one municipality, what it is anchored by, and hands that can change it unseen."""

    def __init__(self, town: Layout, settings: StoreSettings, database: Database, owner: psycopg.Connection) -> None:
        self.town = town
        self.city = MunicipalityCode(f"8{secrets.randbelow(100_000):05d}")
        self.settings = settings
        self.database = database
        self.owner = owner
        self.registry = AnchorRegistry.load(town.pki / "anchors.json", allow_sandbox=True)

    def case(self, lines: int = 3) -> ReceiptNumber:
        with self.database.transaction(self.city) as connection:
            number = a_case(connection, self.city).receipt_number
            for each in range(lines):
                cases.say(connection, number, "received" if each == 0 else "reviewed", facts={"at": each})
        return number

    def say(self, number: ReceiptNumber) -> None:
        with self.database.transaction(self.city) as connection:
            cases.say(connection, number, "delivered")

    def anchor(self) -> AuditAnchor:
        """One more anchor, stamped by the town's authority; as the workflow makes it."""
        self.gather()
        assert self.stamp(f"{url(self.town.ports.pki)}/tsa") == 0
        return self.newest()

    def gather(self) -> None:
        run = AnchorRound(municipality=self.city, run_id=secrets.token_hex(8))
        AnchorGathering(self._desk()).gather_anchor(run)

    def stamp(self, authority: str, registry: AnchorRegistry | None = None) -> int:
        clock = TimestampClient(authority, timeout_seconds=5, clock_tolerance=timedelta(minutes=5))
        try:
            with RevocationChecker() as revocation:
                stamping = AnchorStamping(self._desk(), clock, registry or self.registry, revocation)
                return stamping.stamp_anchors(AnchorRound(municipality=self.city, run_id="any"))
        finally:
            clock.close()

    def newest(self) -> AuditAnchor:
        with self.database.reading(self.city) as connection:
            found = anchors.newest(connection)
        assert found is not None
        return found

    @contextmanager
    def unguarded(self, table: str = "audit") -> Iterator[Callable[..., object]]:
        """The tables' owner with every trigger off."""
        self.owner.execute(f"alter table {table} disable trigger user")  # type: ignore[arg-type]
        try:
            yield self.owner.execute
        finally:
            self.owner.execute(f"alter table {table} enable trigger user")  # type: ignore[arg-type]
            self.owner.commit()

    def verify(self, *options: str) -> subprocess.CompletedProcess[str]:
        """`madoguchi audit verify`, as whoever runs the counter calls it."""
        surroundings = environment(self.town) | {"MADOGUCHI_STORE_DATABASE_URL": self.settings.database_url}
        command = [f"{sys.prefix}/bin/madoguchi", "audit", "verify", "--municipality", self.city, *options]
        return subprocess.run(
            command, env=surroundings, cwd=self.town.clone, capture_output=True, text=True, check=False
        )

    def _desk(self) -> Desk:
        return Desk(self.database, _library())


@cache
def _library() -> Library:
    return Library.read()


@pytest.fixture(scope="session")
def audit_settings(town: Layout, worker_id: str) -> Iterator[StoreSettings]:
    with migrated(town, f"audit_{worker_id}_{os.getpid()}") as settings:
        yield settings


@pytest.fixture
def archive(town: Layout, audit_settings: StoreSettings) -> Iterator[Archive]:
    database = Database(audit_settings)
    name = audit_settings.database_url.rsplit("/", 1)[1]
    with town.postgres.connect(Role.OWNER, name) as owner:
        yield Archive(town, audit_settings, database, owner)
    database.close()
