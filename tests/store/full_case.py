"""満杯の案件: a row in every table that has to do with a case, with a mark in each free text."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Column, Connection, Table, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from procedures.values import ReceiptNumber
from store.retention import FATES
from store.tables import case_file, metadata, officer
from tests.store.conftest import a_case, an_account

MARK = "姫路花子"
"""What nobody may find afterwards."""
LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


def a_full_case(connection: Connection, *, closed_at: datetime | None = LONG_AGO) -> ReceiptNumber:
    """The case is closed and waits for nothing; every table of FATES that is not kept has a row of it."""
    number, clerk = a_case(connection).receipt_number, an_account(connection)
    connection.execute(insert(officer).values(account_id=clerk, name="x"))
    values = {"closed_at": closed_at, "status": "delivered", "reason": MARK}
    connection.execute(update(case_file).where(case_file.c.receipt_number == number).values(values))
    owner = connection.execute(select(case_file.c.account_id).where(case_file.c.receipt_number == number)).scalar_one()
    known: dict[str, Any] = {"case_file.receipt_number": number, "account.id": owner, "officer.account_id": clerk}
    there = {"case_file", "submission"}
    wanted = [each for each in metadata.sorted_tables if FATES.get(each.name, ("kept",))[0] != "kept"]
    for table in wanted:
        if table.name not in there:
            _insert(connection, table, number, known)
    return number


def marked(connection: Connection) -> dict[str, int]:
    """In which tables the mark can be found, and in how many rows."""
    found = {}
    for table in metadata.sorted_tables:
        count = connection.execute(
            text(f"select count(*) from {table.name} t where t::text like :mark"), {"mark": f"%{MARK}%"}
        ).scalar_one()
        if count:
            found[table.name] = count
    return found


def rows_of(connection: Connection, table: str, number: ReceiptNumber) -> list[Mapping[str, Any]]:
    """The rows of a case, as the owner sees them."""
    where = metadata.tables[table].c.receipt_number == number
    return [dict(row._mapping) for row in connection.execute(select(metadata.tables[table]).where(where))]


def _insert(connection: Connection, table: Table, number: ReceiptNumber, known: dict[str, Any]) -> None:
    row = {each.name: _value(each, known) for each in table.columns if _is_wanted(each)}
    row |= _TOLD.get(table.name, {})
    if "receipt_number" in table.c:
        row["receipt_number"] = number
    if table.name in _SIGNED_OFF:
        row[_SIGNED_OFF[table.name]] = known["officer.account_id"]
    for key in table.foreign_keys:
        if (table.name, key.parent.name) in _TIED:
            row[key.parent.name] = known[key.target_fullname]
    if "verification_code" in row:
        row["verification_code"] = uuid4().hex
    made = connection.execute(insert(table).values(row).returning(*table.primary_key.columns)).one()
    for column, value in zip(table.primary_key.columns, made, strict=True):
        known[f"{table.name}.{column.name}"] = value


def _is_wanted(column: Column[Any]) -> bool:
    if column.computed is not None or column.autoincrement is True or column.name == "municipality":
        return False
    if column.foreign_keys and not column.nullable:
        return True
    free = isinstance(column.type, JSONB) or column.type.python_type is str
    return (free and not column.foreign_keys) or (not column.nullable and column.server_default is None)


def _value(column: Column[Any], known: Mapping[str, Any]) -> Any:
    for key in column.foreign_keys:
        return known[key.target_fullname]
    if isinstance(column.type, JSONB):
        return {"said": MARK}
    if isinstance(column.type, ARRAY):
        return []
    of: Mapping[type, Any] = {
        str: f"{MARK}/{uuid4()}", int: 1, bool: False, datetime: LONG_AGO, date: LONG_AGO.date(), UUID: uuid4(),
        bytes: MARK.encode(),
    }  # fmt: skip
    return of[column.type.python_type]


_TOLD: Mapping[str, Mapping[str, Any]] = {
    "draft": {"arrival": "online", "corrects": None},
    "signing_request": {"purpose": "sign", "counter": None, "refused": None},
    "command": {"status": "acknowledged"},
    "message": {"author": "resident"},
    "notice_delivery": {"channel": "mail", "status": "sent"},
    "officer_notice": {"kind": "task_overdue"},
    "paper_notice": {"told_how": "letter", "told_at": LONG_AGO},
    "paper_reading": {"state": "read", "fault": None, "sheet_version": 1, "picture": MARK.encode()},
    "opinion": {"stance": "agree", "answered_at": LONG_AGO},
    "bulk": {"kind": "approve", "state": "finished"},
    "bulk_item": {"outcome": "done"},
    "legal_hold": {"lifted_at": LONG_AGO},
    "paper_filing": {"checked_at": LONG_AGO},
    "case_key": {"master_key": "first"},
    "robot_entry": {"entered_at": LONG_AGO, "failed_at": LONG_AGO},
    "task": {
        "step": "review", "kind": "review", "function": "x", "department": "residents", "outcome": "approve",
        "procedure": "residence_certificate", "closed_at": LONG_AGO, "findings": [MARK],
    },
    "payment": {"step": "fee", "amount": 300, "status": "paid", "method": "card", "paid_at": LONG_AGO},
    "document": {
        "document": "certificate", "step": "issue", "title": {"ja": "住民票の写し"}, "sha256": "0" * 64,
    },
}  # fmt: skip
"""What checks and statistics want said otherwise; all other texts hold the mark."""
_TIED = {("notice_delivery", "notice_id"), ("signing_request", "draft_id")}
_SIGNED_OFF = {
    "paper_filing": "checked_by", "legal_hold": "lifted_by", "paper_notice": "told_by", "opinion": "answered_by",
}  # fmt: skip
