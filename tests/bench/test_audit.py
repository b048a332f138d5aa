"""監査記録の計測: what writing a chained line costs beside a bare one, and verifying the log beside bare hashing."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from rich.console import Console
from rich.table import Table

from api.audit.verification import Verification
from machine.layout import environment
from machine.postgres import Role
from machine.up import City
from procedures.values import MunicipalityCode
from store import anchors, audit_log
from store.database import Database
from store.settings import StoreSettings
from tests.store.conftest import a_case
from trust.anchors import AnchorRegistry

pytestmark = pytest.mark.timeout(600)

CASES, LINES = 500, 20
"""As many lines as a delivered certificate has, and then some."""
WRITE = (
    "insert into {table} (receipt_number, seq, municipality, actor, action, step, facts, prev_hash, hash)"
    " select %s, n, %s, 'counter', 'reviewed', 'review', '{{\"amount\": 300}}', '', '' from generate_series(1, %s) n"
)


@pytest.fixture
def municipality() -> MunicipalityCode:
    return MunicipalityCode(f"8{secrets.randbelow(100_000):05d}")


@pytest.fixture
def database(city: City) -> Iterator[Database]:
    told = environment(city.layout)
    names = {name: f"MADOGUCHI_STORE_{name.upper()}" for name in StoreSettings.model_fields}
    found = Database(StoreSettings.model_validate({n: told[key] for n, key in names.items() if key in told}))
    yield found
    found.close()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def written(owner: psycopg.Connection, table: str, numbers: list[str], municipality: str) -> float:
    def write() -> None:
        for number in numbers:
            owner.execute(WRITE.format(table=table), (number, municipality, LINES))  # type: ignore[arg-type]

    return seconds(write)


def test_what_the_audit_costs(city: City, database: Database, municipality: MunicipalityCode, console: Console) -> None:
    with database.transaction(municipality) as connection:
        numbers = [str(a_case(connection, municipality).receipt_number) for _ in range(CASES)]
    with city.layout.postgres.connect(Role.OWNER) as owner:
        owner.execute(f"set app.municipality = '{municipality}'")  # type: ignore[arg-type]
        owner.execute("create temp table bare (like audit including defaults including indexes)")
        bare, chained = (written(owner, table, numbers, municipality) for table in ("bare", "audit"))

    registry = AnchorRegistry.load(city.layout.pki / "anchors.json", allow_sandbox=True)
    verification = Verification(database, registry, municipality)
    verified = seconds(lambda: list(verification.findings()))
    with database.reading(municipality) as connection:
        lines = [each.line for each in audit_log.lines(connection)]
    texts = [(line.prev_hash, line.written) for line in lines]
    hashed = seconds(lambda: [hashlib.sha256(before + text.encode()).digest() for before, text in texts])
    recomputed = seconds(lambda: [line.is_whole for line in lines])
    with database.transaction(municipality) as connection:
        day = lines[0].at.date()
        gathered = seconds(lambda: anchors.gather(connection, municipality, "bench", day))

    table = Table(title=f"監査記録: {CASES:,} cases of {LINES} lines", title_justify="left")
    for column in ("what", "seconds", "lines a second", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    count = len(lines)
    for what, took, floor in (
        ("written without chain", bare, bare), ("written with chain", chained, bare),
        ("hashed, nothing else", hashed, hashed), ("canonical form and hash", recomputed, hashed),
        ("audit verify: read, walked, hashed", verified, hashed), ("gathered into an anchor", gathered, hashed),
    ):  # fmt: skip
        table.add_row(what, f"{took:.3f}", f"{count / took:,.0f}", f"{took / floor:.1f}")
    console.print(table)
    console.print(f"chain per case of {LINES} lines: {(chained - bare) / CASES * 1000:.2f} ms")
    assert (verification.cases, verification.lines) == (CASES, CASES * LINES)
    assert count == CASES * LINES
