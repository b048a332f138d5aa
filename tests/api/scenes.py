"""場面: what many tests of the counter begin with, and where they look afterwards."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from psycopg.rows import dict_row

from api.counter import SESSION_COOKIE
from card.errors import CardAbsent
from card.transport import Transport
from machine.demo import ANSWERS, city
from machine.layout import Layout, url
from machine.postgres import Role
from machine.visitor import Visitor, wait_for
from procedures import calendar
from tests.town.certificates import AUTHENTICATION, issuer

Newcomer = Callable[..., Visitor]
HIMEJI, KAKOGAWA = "282014", "282103"
CERTIFICATE = "residence_certificate"
SCREENING = "cancer_screening"
HAPPY_PASS = "happy_pass"

# A PDF as small as one can be: what a scanner's first page would stand for.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n159\n%%EOF\n"
)


def today() -> date:
    """The city's day: from 15:00 UTC on it is tomorrow's in most clocks."""
    return datetime.now(calendar.JAPAN).date()


def certificate(**changes: object) -> dict[str, object]:
    return ANSWERS | changes


def screening(**changes: object) -> dict[str, object]:
    in_a_month = today() + timedelta(days=30)
    return {
        "name": "網干　健二",
        "birth_date": "1951-02-08",
        "sex": "male",
        "phone": "079-221-2111",
        "screening": "lung",
        "screening_date": in_a_month.isoformat(),
        "clinic": "west",
    } | changes


def happy_pass(**changes: object) -> dict[str, object]:
    return {
        "baby_name": "姫路　さくら",
        "baby_kana": "ヒメジ　サクラ",
        "baby_birth_date": "2026-05-20",
        "same_household": True,
    } | changes


# --- how far a case has come ------------------------------------------------------------------------------------------


def unpaid(resident: Visitor, **answers: object) -> dict[str, Any]:
    """A certificate case that waits for its fee."""
    return resident.await_case(resident.apply(CERTIFICATE, certificate(**answers)), "awaiting_payment")


def under_review(resident: Visitor, **answers: object) -> str:
    """A certificate case that is paid and waits for an officer."""
    case = unpaid(resident, **answers)
    assert resident.pay(case).status_code == 303
    return str(resident.await_case(case["receipt_number"], "under_review")["receipt_number"])


def delivered(resident: Visitor, officer: Visitor, **answers: object) -> dict[str, Any]:
    """A certificate case that was delivered electronically."""
    receipt_number = under_review(resident, **answers)
    officer.decide(officer.task_of(receipt_number), "approve")
    return resident.await_case(receipt_number, "delivered")


def screening_under_review(resident: Visitor, **answers: object) -> str:
    """A screening application that waits for an officer: needs neither card nor fee."""
    receipt_number = resident.submit(resident.fill_in(SCREENING, screening(**answers)))
    resident.await_case(receipt_number, "under_review")
    return receipt_number


def actions(case: Mapping[str, Any]) -> list[str]:
    return [line["action"] for line in case["timeline"]]


# --- where tests look -------------------------------------------------------------------------------------------------


class Books:
    """帳簿: the tables as their owner sees them, past row-level security."""

    CASE_TABLES = (
        "submission", "command", "effect", "audit", "task", "payment", "document", "notice", "signature_check",
        "register_extract", "points_transaction", "correction",
    )  # fmt: skip

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._connection = layout.postgres.connect(Role.OWNER)
        self._connection.row_factory = dict_row  # type: ignore[assignment]
        self._connection.execute(f"set app.municipality = '{HIMEJI}'")

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return self._connection.execute(statement, values).fetchall()  # type: ignore[arg-type,return-value]

    def write(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values)  # type: ignore[arg-type]

    def of_case(self, receipt_number: str) -> dict[str, int]:
        """How many rows each table holds of a case."""
        parts = (f"(select count(*) from {t} where receipt_number = %s) as {t}" for t in self.CASE_TABLES)
        return dict(self.rows(f"select {', '.join(parts)}", *[receipt_number] * len(self.CASE_TABLES))[0])

    def of_draft(self, draft_id: str) -> dict[str, Any]:
        """A draft, what hangs on it, and whether it became a case."""
        return self.rows(
            """select d.answers, d.updated_at, d.receipt_number,
                      (select count(*) from attachment where draft_id = d.id) as attachments,
                      (select count(*) from submission where draft_id = d.id) as submissions,
                      (select count(*) from signing_request where draft_id = d.id and answered_at is not null) as signed
                 from draft d where d.id = %s""",
            draft_id,
        )[0]

    def tell(self, receipt_number: str, kind: str, payload: str = "{}") -> None:
        """A command row, due at once: the relay sends it as it would send any other."""
        self.write(
            "insert into command (receipt_number, kind, payload) values (%s, %s, %s)", receipt_number, kind, payload
        )

    def session(self, account_id: object, municipality: str = HIMEJI) -> str:
        """A session as a login would have opened it; its token."""
        token = secrets.token_urlsafe(32)
        self.write(
            "insert into session (token_hash, municipality, account_id, credential_id, expires_at)"
            " select %s, %s, id, credential_id, now() + interval '1 hour' from"
            " (select account_id as id, id as credential_id from credential where account_id = %s limit 1) as known",
            hashlib.sha256(token.encode()).digest(), municipality, account_id,
        )  # fmt: skip
        return token

    def account(self, municipality: str = HIMEJI) -> str:
        """An account, known by a card nobody has: its authority is a known one, so a daily check comes to its end."""
        made = self.rows("insert into account (municipality) values (%s) returning id", municipality)
        self.write(
            "insert into credential (kind, issuer_key_id, serial, municipality, account_id)"
            " values ('jpki_card', %s, %s, %s, %s)",
            issuer(self.layout, AUTHENTICATION), str(secrets.randbits(60)), municipality, made[0]["id"],
        )  # fmt: skip
        return str(made[0]["id"])

    def newcomer(self, *duties: str, municipality: str = HIMEJI, name: str = "臨時　職員") -> Visitor:
        """Somebody nobody else knows, logged in; an officer where `duties` are given. Close it.

        A duty is department:function; a function alone counts in the whole city.
        """
        account_id = self.account(municipality)
        if duties:
            self.write(
                "insert into officer (account_id, municipality, name) values (%s, %s, %s)",
                account_id, municipality, name,
            )  # fmt: skip
        for duty in duties:
            department, _, function = duty.rpartition(":")
            self.write(
                "insert into officer_duty (account_id, municipality, department, function) values (%s, %s, %s, %s)",
                account_id, municipality, department or "*", function,
            )  # fmt: skip
        visitor = Visitor(city(self.layout), no_card, {})
        visitor.http.cookies.set(SESSION_COOKIE, self.session(account_id, municipality))
        return visitor


def account(who: Visitor) -> str:
    """Their account's id."""
    return str(who.get("/api/session")["account_id"])


def no_card() -> Transport:
    """Whoever came without one."""
    raise CardAbsent


class Ledger:
    """決済代行の台帳: what the gateway itself says it holds."""

    def __init__(self, layout: Layout) -> None:
        self.address = url(layout.ports.gateway)

    def of_case(self, receipt_number: str) -> dict[str, Any]:
        """Charges of a case and what is kept of them, in yen."""
        book = httpx.get(f"{self.address}/_sandbox/ledger", timeout=30).json()
        mine = [c for c in book["charges"] if c["receipt_number"] == receipt_number and c["status"] == "succeeded"]
        ids = {charge["id"] for charge in mine}
        refunds = [r for r in book["refunds"] if r["charge"] in ids]
        disputes = [d for d in book["disputes"] if d["charge"] in ids]
        charged, refunded, disputed = (sum(e["amount"] for e in each) for each in (mine, refunds, disputes))
        return {
            "charges": mine, "charged": charged, "refunded": refunded, "disputed": disputed,
            "kept": charged - refunded - disputed,
        }  # fmt: skip

    def kept(self, receipt_number: str) -> int:
        kept: int = self.of_case(receipt_number)["kept"]
        return kept

    def dispute(self, receipt_number: str) -> None:
        """The payer's bank takes the money back."""
        charge = self.of_case(receipt_number)["charges"][0]["id"]
        assert httpx.post(f"{self.address}/_sandbox/disputes", json={"charge": charge}, timeout=30).is_success


def city_keeps(case: Mapping[str, Any]) -> int:
    """What the city's own books say it holds, as the resident's page shows it."""
    return sum(p["amount"] - p["refunded"] for p in case["payments"] if p["status"] in ("paid", "refunded"))


def soon(look: Any, good: Any, what: str, patience: float = 20.0) -> Any:
    return wait_for(look, good, what, patience)


def allowance(children: int = 1, **changes: object) -> dict[str, object]:
    """児童手当の請求. From three children on it takes the department head too (50,000 yen a month)."""
    child = {"name": "姫路　さくら", "name_kana": "ヒメジ　サクラ", "birth_date": "2020-05-20", "relation": "child"}
    return {
        "name": "姫路　花子",
        "name_kana": "ヒメジ　ハナコ",
        "birth_date": "1990-04-12",
        "postal_code": "670-0955",
        "address": "兵庫県姫路市安田四丁目１番地",
        "phone": "079-221-2111",
        "occupation": "self_employed",
        "has_spouse": "no",
        "children": [child | {"living": "together"}] * children,
        "older_children": 0,
        "reason": "moved_in",
        "event_date": today().isoformat(),
        "account_source": "public",
        "enquiry_consent": True,
        "truth": True,
    } | changes


LANDSCAPE = "landscape_notification"


def landscape(**changes: object) -> dict[str, object]:
    """景観計画区域内における行為の届出: a house, to be begun in two months."""
    begins = today() + timedelta(days=60)
    return {
        "name": "姫路　花子",
        "postal_code": "670-0955",
        "address": "兵庫県姫路市安田四丁目１番地",
        "phone": "079-221-2111",
        "place": "姫路市本町６８番地",
        "kind": "building_new",
        "height": "9.8",
        "colours": [{"part": "外壁", "munsell": "5YR 7/2"}],
        "shortening": "after_the_period",
        "start_date": begins.isoformat(),
        "finish_date": (begins + timedelta(days=240)).isoformat(),
        "truth": True,
    } | changes


def landscape_under_review(resident: Visitor, **answers: object) -> str:
    """A notification that waits for an officer, or for the law."""
    draft = resident.post("/api/drafts", {"procedure": LANDSCAPE, "language": "ja"})["id"]
    resident.attach(draft, "drawings", "立面図.pdf", PDF)
    resident.put(f"/api/drafts/{draft}/answers", {"answers": landscape(**answers)})
    receipt_number = resident.submit(draft)
    resident.await_case(receipt_number, "under_review")
    return receipt_number


SHEET: dict[str, object] = {
    "first_month": "2026-06",
    "monthly_amount": 15000,
    "third_or_later": 0,
    "earner_checked_by": "single",
    "custody_checked_by": ["register"],
}
"""審査欄 of a claim for child allowance, as a reviewer fills it in."""


def noted(officer: Visitor, task: Mapping[str, Any]) -> dict[str, Any]:
    """The task of a review, claimed, with the procedure's own questions answered."""
    officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    seen = officer.get(f"/api/inbox/cases/{task['receipt_number']}/review-form")
    officer.put(f"/api/tasks/{task['id']}/review-form", {"version": seen["version"], "answers": SHEET})
    found: dict[str, Any] = officer.get(f"/api/tasks/{task['id']}")
    return found


def approve_claim(officer: Visitor, receipt_number: str) -> dict[str, Any]:
    """A level of a claim for child allowance approved; its task."""
    task = officer.task_of(receipt_number)
    officer.decide(noted(officer, task) if task["kind"] == "review" else task, "approve")
    return task
