"""事前入力: what an account has told the counter before, for it to be filled in again. Never another account's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from procedures.values import ProcedureId
from store.tables import case_file, contact, submission

MOST_SUBMISSIONS = 30


@dataclass(frozen=True)
class EarlierAnswers:
    """前回までの申請の回答, with the version of the form they were given to."""

    procedure: ProcedureId
    version: int
    answers: Mapping[str, object]


def earlier(connection: Connection, account_id: UUID) -> Iterator[EarlierAnswers]:
    """前回までの申請, newest first; of a case that was corrected, the corrected answers come first."""
    statement = (
        select(case_file.c.procedure, case_file.c.version, submission.c.answers)
        .join(case_file, case_file.c.receipt_number == submission.c.receipt_number)
        .where(case_file.c.account_id == account_id)
        .order_by(case_file.c.received_at.desc(), submission.c.revision.desc())
        .limit(MOST_SUBMISSIONS)
    )
    for row in connection.execute(statement):
        yield EarlierAnswers(**row._mapping)


def verified_email(connection: Connection, account_id: UUID) -> str | None:
    """確認済みのメールアドレス of the account; None: none, or nobody has shown that it is theirs."""
    statement = select(contact.c.email).where(contact.c.account_id == account_id, contact.c.verified_at.is_not(None))
    email: str | None = connection.execute(statement).scalar_one_or_none()
    return email
