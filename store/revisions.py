"""申請の履歴: what a resident filed, revision by revision, over all cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from procedures.values import ProcedureId, ReceiptNumber
from store.tables import case_file, submission


@dataclass(frozen=True)
class RevisionRow:
    """申請の一つの版: as signed, with the procedure version its case is pinned to."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    revision: int
    received_at: datetime
    content: bytes
    answers: Mapping[str, object]


def of_account(connection: Connection, account_id: UUID) -> tuple[RevisionRow, ...]:
    """申請の履歴: the newest case first, within a case the oldest revision first."""
    statement = (
        select(
            submission.c.receipt_number, case_file.c.procedure, case_file.c.version, submission.c.revision,
            submission.c.received_at, submission.c.content, submission.c.answers,
        )
        .join(case_file, case_file.c.receipt_number == submission.c.receipt_number)
        .where(case_file.c.account_id == account_id)
        .order_by(case_file.c.received_at.desc(), submission.c.receipt_number, submission.c.revision)
    )  # fmt: skip
    return tuple(RevisionRow(**row._mapping) for row in connection.execute(statement))
