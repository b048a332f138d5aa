"""帳票の権限: who corrects and who approves a sheet: the functions of the department that its document names."""

from uuid import UUID

from sqlalchemy import Connection

from api.counter import Counter
from api.problems import problem
from api.views import Visitor
from sheets.document import Sheet
from sheets.results import FilingResult
from store import accesses
from store.people import SHEET_APPROVAL, SHEET_CORRECTION


def may_correct(officer: Visitor, sheet: Sheet) -> bool:
    """訂正できるか."""
    return officer.may(sheet.department, SHEET_CORRECTION)


def may_approve(officer: Visitor, sheet: Sheet) -> bool:
    """承認できるか."""
    return officer.may(sheet.department, SHEET_APPROVAL)


def concerned(counter: Counter, officer: Visitor) -> tuple[Sheet, ...]:
    """担当の帳票: what this officer corrects or approves."""
    return tuple(each for each in counter.sheets.all() if may_correct(officer, each) or may_approve(officer, each))


def comes_in_piles(sheet: Sheet) -> bool:
    """一括で読むか否か: not what is a request, whose sender has to be identified one by one (`api/filing/paper.py`)."""
    return not isinstance(sheet.result, FilingResult)


def require_concerned(counter: Counter, officer: Visitor, sheet_id: str) -> Sheet:
    """担当であること. Raises Problem not_found: others' sheets do not exist."""
    found = next((each for each in concerned(counter, officer) if each.id == sheet_id), None)
    if found is None:
        raise problem("not_found")
    return found


def require_corrector(officer: Visitor, sheet: Sheet) -> None:
    """訂正の権限. Raises Problem: not_allowed."""
    if not may_correct(officer, sheet):
        raise problem("not_allowed")


def require_approver(officer: Visitor, sheet: Sheet) -> None:
    """承認の権限. Raises Problem: not_allowed."""
    if not may_approve(officer, sheet):
        raise problem("not_allowed")


def look(connection: Connection, officer: Visitor, sheet: Sheet, batch_id: UUID, page_id: UUID | None = None) -> None:
    """見る: to be called before names or hours are given out; of one sheet, or of what a batch comes to."""
    absent = officer.in_place_of(sheet.department, SHEET_CORRECTION, SHEET_APPROVAL)
    paper = accesses.SeenPaper(batch_id, page_id)
    accesses.note(connection, officer.account_id, "sheet", None, absent, paper=paper)
