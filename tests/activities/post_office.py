"""郵便局: residents with addresses, couriers as processes of their own, and what arrived."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import text

from api.resident.push_services import public_key
from machine.layout import Layout, environment
from machine.postgres import Role
from machine.visitor import wait_for
from procedures.texts import Language
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import notices
from store.cases import CaseRow
from store.database import Database
from store.notice_key import NoticeKey
from store.receipts import new_receipt_number
from store.settings import StoreSettings
from tests.store.conftest import write_case

HIMEJI = MunicipalityCode("282014")
Mail = dict[str, Any]


@dataclass(frozen=True)
class Resident:
    account_id: UUID
    receipt_number: ReceiptNumber
    email: str


class PostOffice:
    def __init__(
        self, town: Layout, database: str, owner: psycopg.Connection, folder: Path, mail: str, push: str
    ) -> None:
        self.owner = owner
        self.owner.autocommit = True
        self.owner.execute(f"set app.municipality = '{HIMEJI}'")
        self.mail, self.push = httpx.Client(base_url=mail), httpx.Client(base_url=push)
        self.key = NoticeKey(town.secrets / "master_key")
        self.push_key = public_key(town.secrets / "push_key.pem")
        self._clone = town.clone
        self._couriers: list[subprocess.Popen[str]] = []
        address = f"postgresql+psycopg://{Role.APP}@127.0.0.1:{town.ports.postgres}/{database}"
        self.surroundings = environment(town) | {
            "MADOGUCHI_STORE_DATABASE_URL": address,
            "MADOGUCHI_MAIL_PORT": (folder / "smtp_port").read_text(),
            "MADOGUCHI_MAIL_CA_FILE": str(folder / "ca.pem"),
            "MADOGUCHI_MAIL_PASSWORD_FILE": str(folder / "password"),
            "MADOGUCHI_MAIL_TIMEOUT": "4",
            "MADOGUCHI_MAIL_LEASE": "PT5S",
            "MADOGUCHI_MAIL_FIRST_PAUSE": "PT0.2S",
            "MADOGUCHI_MAIL_POLL": "PT0.1S",
        }
        self.database = Database(
            StoreSettings(
                database_url=address, password_file=town.postgres.password_file(Role.APP),
                objects_url=town.objects.as_uri(), master_key_file=town.secrets / "master_key", pool_size=2,
            )
        )  # fmt: skip

    def end_couriers(self) -> None:
        """What a test left waiting is no other test's."""
        while self._couriers:
            courier = self._couriers.pop()
            courier.kill()
            courier.communicate(timeout=10)
        self.owner.execute("update notice_delivery set status = 'cancelled' where status = 'waiting'")

    def close(self) -> None:
        self.end_couriers()
        self.database.close()
        self.mail.close()
        self.push.close()

    # --- residents --------------------------------------------------------------------------------------------------

    def resident(self, language: Language = "ja", *, fault: str | None = None, verified: bool = True) -> Resident:
        """Somebody with a case, whose address is verified."""
        email = f"{uuid4().hex[:12]}@resident.example"
        account_id: UUID = self.rows("insert into account default values returning id")[0]["id"]
        self.owner.execute(
            "insert into contact (account_id, email, verified_at, language) values (%s, %s, %s, %s)",
            (account_id, email, datetime.now(UTC) if verified else None, language),
        )
        if fault:
            self.set_fault(email, fault)
        return Resident(account_id, self._file_case(account_id), email)

    def _file_case(self, account_id: UUID) -> ReceiptNumber:
        now = datetime.now(UTC)
        receipt_number = ReceiptNumber(new_receipt_number(HIMEJI, now.date()))
        case = CaseRow(
            receipt_number=receipt_number, account_id=account_id, procedure=ProcedureId("residence_certificate"),
            version=1, department="residents", language="ja", status="received", step=None, reason=None, epoch=1,
            received_at=now, due_at=now + timedelta(days=3), suspended_at=None, closed_at=None,
        )  # fmt: skip
        with self.database.transaction(HIMEJI) as connection:
            write_case(connection, case, {})
        return receipt_number

    def tell(self, resident: Resident, kind: str = "sent_back", *, hours_ago: int = 0) -> None:
        with self.database.transaction(HIMEJI) as connection:
            notices.tell(connection, resident.receipt_number, kind)
            if hours_ago:
                when = "now() - make_interval(hours => :hours)"
                aged = text(f"update notice_delivery set created_at = {when} where account_id = :who")
                connection.execute(aged, {"hours": hours_ago, "who": resident.account_id})

    def ask_code(self, resident: Resident, *emails: str, salt: bytes = b"s" * 16, minutes: int = 30) -> None:
        with self.database.transaction(HIMEJI) as connection:
            for email in emails:
                notices.ask_address(connection, resident.account_id, email, salt, timedelta(minutes=minutes))

    def subscribe(self, resident: Resident, language: Language = "ja") -> str:
        """A browser of theirs; its name at the push service."""
        given = self.push.post("/_sandbox/subscriptions", json={"applicationServerKey": self.push_key}).json()
        self.owner.execute(
            "insert into push_subscription (account_id, endpoint, p256dh, auth, language) values (%s, %s, %s, %s, %s)",
            (resident.account_id, given["endpoint"], given["keys"]["p256dh"], given["keys"]["auth"], language),
        )
        return str(given["endpoint"].rsplit("/", 1)[1])

    # --- couriers ---------------------------------------------------------------------------------------------------

    def start_courier(self, **changes: str) -> subprocess.Popen[str]:
        courier = subprocess.Popen(
            [f"{sys.prefix}/bin/madoguchi", "notices", "deliver"],
            env=self.surroundings | changes, cwd=self._clone, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._couriers.append(courier)
        return courier

    def bounce(self, content: bytes, *arguments: str) -> str:
        """`madoguchi notices bounce`, as a mail server pipes it; what it said."""
        command = [f"{sys.prefix}/bin/madoguchi", "notices", "bounce", *arguments]
        ran = subprocess.run(command, input=content, env=self.surroundings, cwd=self._clone, capture_output=True)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode()

    # --- where tests look -------------------------------------------------------------------------------------------

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        with self.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def deliveries(self, resident: Resident) -> list[dict[str, Any]]:
        return self.rows("select * from notice_delivery where account_id = %s order by created_at", resident.account_id)

    def delivery(self, resident: Resident) -> dict[str, Any]:
        [only] = self.deliveries(resident)
        return only

    def contact(self, resident: Resident) -> dict[str, Any]:
        return self.rows("select * from contact where account_id = %s", resident.account_id)[0]

    def await_delivery(
        self, resident: Resident, good: Callable[[dict[str, Any]], bool], what: str, patience: float = 30
    ) -> dict[str, Any]:
        return wait_for(lambda: self.delivery(resident), good, what, patience)

    def mails(self, email: str = "") -> list[Mail]:
        """The oldest first."""
        found: list[Mail] = self.mail.get("/_sandbox/mails", params={"to": email} if email else {}).json()
        return found[::-1]

    def set_fault(self, email: str, kind: str = "") -> None:
        assert self.mail.post("/_sandbox/faults", json={"address": email, "kind": kind}).is_success
