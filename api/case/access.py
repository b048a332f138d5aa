"""案件の閲覧権限: which officers may look into a case, whether or not it has a task open, and that they looked."""

from uuid import UUID

from sqlalchemy import Connection

from api.counter import Counter
from api.problems import Problem, problem
from api.views import Visitor
from procedures.loader import Library
from procedures.steps import functions_of
from procedures.values import ProcedureId, ReceiptNumber
from store import accesses, cases, decisions
from store.accesses import Kind
from store.cases import CaseRow
from store.people import ADMINISTRATOR, AUDITOR, EXPERT, WHOLE_CITY

NO_CASES = frozenset({ADMINISTRATOR, AUDITOR, EXPERT})
"""Functions without cases of their own: an expert from outside is nobody's officer."""


def require_case(counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber) -> CaseRow:
    """担当事務の案件. Raises Problem: not_found, also for a case of other duties (duty_lost, seen before); recused,
    case_purged.
    """
    row = cases.read(connection, receipt_number)
    if row is None:
        raise problem("not_found")
    if not concerns(counter.library, officer, row.procedure, row.version, row.department):
        raise no_duty(connection, officer, receipt_number)
    if row.purged_at is not None:
        raise problem("case_purged")
    if decisions.is_barred(connection, receipt_number, officer.account_id):
        raise problem("recused")
    return row


def look_into(
    counter: Counter, connection: Connection, officer: Visitor, receipt_number: ReceiptNumber, kind: Kind
) -> CaseRow:
    """案件を見る: as `require_case`; what is about to be given out is written down first.

    A page asks for many parts of a case, and for each page of a file: that is one look.
    """
    row = require_case(counter, connection, officer, receipt_number)
    absent = _absent(counter.library, officer, row)
    accesses.note_once(connection, officer.account_id, kind, receipt_number, absent)
    return row


def look_at(counter: Counter, connection: Connection, officer: Visitor, row: CaseRow, kind: Kind) -> None:
    """見る: the line in the log of views (閲覧記録)."""
    accesses.note(connection, officer.account_id, kind, row.receipt_number, _absent(counter.library, officer, row))


def concerns(library: Library, officer: Visitor, procedure: ProcedureId, version: int, department: str) -> bool:
    """担当事務か否か: any of the functions the procedure's steps ask for, in the case's department."""
    asked = _functions(library, officer, procedure, version, department)
    return any(officer.may(department, each) for each in asked)


def in_place_of(library: Library, officer: Visitor, row: CaseRow) -> dict[str, object]:
    """代理: for the audit log, in whose place the officer acts; empty where a duty of their own leads here."""
    absent = _absent(library, officer, row)
    return {"for": str(absent)} if absent else {}


def absent(connection: Connection, receipt_number: ReceiptNumber) -> Problem:
    """ない案件: not found, unless there was one whose retention is over. Whose it was, nobody can tell any more."""
    return problem("case_purged" if cases.is_purged(connection, receipt_number) else "not_found")


def no_duty(connection: Connection, officer: Visitor, receipt_number: ReceiptNumber) -> Problem:
    """職務がない: a case of another duty does not exist; only whoever saw it before is told that the duty is gone."""
    lost = accesses.has_seen(connection, officer.account_id, receipt_number)
    return problem("duty_lost" if lost else "not_found")


def actor_of(officer: Visitor) -> str:
    """行為者, as the audit log writes an officer."""
    return f"officer:{officer.account_id}"


def _absent(library: Library, officer: Visitor, row: CaseRow) -> UUID | None:
    asked = _functions(library, officer, row.procedure, row.version, row.department)
    return officer.in_place_of(row.department, *asked)


def _functions(
    library: Library, officer: Visitor, procedure: ProcedureId, version: int, department: str
) -> frozenset[str]:  # fmt: skip
    """Of a procedure without officers' steps: whatever its department's officers do."""
    steps = library.version(procedure, version).steps
    asked = frozenset(function for step in steps for function in functions_of(step))
    held = (duty.function for duty in officer.duties if duty.department in (department, WHOLE_CITY))
    return asked or frozenset(held) - NO_CASES
