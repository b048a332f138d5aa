"""氏名で探す: cases by the names of their applicants, as far as an officer's duties reach."""

from collections.abc import Collection

from sqlalchemy import CTE, Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ReceiptNumber
from store.inbox import of_duties
from store.people import Duty
from store.tables import case_file, case_name, task
from store.tasks import TaskRow, row_of, rows

LAST = "\U0010ffff"
"""Sorts behind every character a name may have."""


MOST_LOOKED_AT = 1_000
"""Cases of one name that are looked at: whoever asks for a common surname alone is asked for more of the name."""


def kept(receipt_number: ReceiptNumber, keys: Collection[str]) -> CTE:
    """氏名の索引に加える, as a part of the statement that opens a task; what is there already stays."""
    each = func.unnest(literal(sorted(keys), ARRAY(TEXT)))
    department = select(case_file.c.department).where(case_file.c.receipt_number == receipt_number).scalar_subquery()
    found = select(literal(receipt_number), department, each)
    columns = ["receipt_number", "department", "key"]
    return upsert(case_name).from_select(columns, found).on_conflict_do_nothing().cte("named")


def found(
    connection: Connection, duties: Collection[Duty], departments: Collection[str], key: str, limit: int
) -> tuple[tuple[TaskRow, ...], bool]:
    """氏名で探す: whose name begins like this (procedures.names), closed tasks too, the newest first; and whether there
    are more than were looked at. `departments`: where these duties count.
    """
    within = case_name.c.department.in_(departments), case_name.c.key >= key, case_name.c.key < key + LAST
    named = select(case_name.c.receipt_number).where(*within).limit(MOST_LOOKED_AT + 1)
    numbers = list(connection.execute(named).scalars())
    newest = (
        rows()
        .where(task.c.receipt_number == any_(literal(numbers, ARRAY(TEXT))), of_duties(duties))
        .order_by(task.c.opened_at.desc())
        .limit(limit + 1)
    )
    matched = tuple(row_of(row) for row in connection.execute(newest))
    return matched[:limit], len(matched) > limit or len(numbers) > MOST_LOOKED_AT
