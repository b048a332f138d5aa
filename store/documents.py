"""交付書面: sealed documents; their bytes are in the object store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from procedures.values import ProcedureId, ReceiptNumber, StepId, VerificationCode
from store.tables import case_file, document


@dataclass(frozen=True)
class DocumentRow:
    """交付書面 as stored."""

    id: UUID
    receipt_number: ReceiptNumber
    document: str
    step: StepId
    epoch: int
    title: Mapping[str, str]
    object_key: str
    bytes: int
    sha256: str
    verification_code: VerificationCode
    sealed: bool
    issued_at: datetime
    delivered_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = tuple(document.c[name] for name in DocumentRow.__annotations__)


def issue(connection: Connection, row: DocumentRow) -> None:
    """交付書面の発行: unique by (case, step, epoch) and by verification code."""
    connection.execute(insert(document).values({name: getattr(row, name) for name in DocumentRow.__annotations__}))


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[DocumentRow, ...]:
    statement = select(*_COLUMNS).where(document.c.receipt_number == receipt_number).order_by(document.c.issued_at)
    return tuple(DocumentRow(**row._mapping) for row in connection.execute(statement))


def deliver(connection: Connection, receipt_number: ReceiptNumber, documents: tuple[str, ...]) -> None:
    """交付: the resident may download from now on."""
    connection.execute(
        update(document)
        .where(
            document.c.receipt_number == receipt_number,
            document.c.document.in_(documents),
            document.c.delivered_at.is_(None),
            document.c.revoked_at.is_(None),
        )
        .values(delivered_at=func.now())
    )


def hand_out(connection: Connection, receipt_number: ReceiptNumber) -> None:
    """手渡し: everything of the case is in the resident's hands, or on its way to them."""
    mine = document.c.receipt_number == receipt_number, document.c.delivered_at.is_(None)
    connection.execute(update(document).where(*mine, document.c.revoked_at.is_(None)).values(delivered_at=func.now()))


def revoke(connection: Connection, receipt_number: ReceiptNumber, reason: str) -> int:
    """失効: every document of the case; how many were valid until now."""
    statement = (
        update(document)
        .where(document.c.receipt_number == receipt_number, document.c.revoked_at.is_(None))
        .values(revoked_at=func.now(), revoked_reason=reason)
        .returning(document.c.id)
    )
    return len(connection.execute(statement).all())


def downloadable(connection: Connection, document_id: UUID, account_id: UUID) -> DocumentRow | None:
    """The delivered document, for the account whose case it is."""
    statement = (
        select(*_COLUMNS)
        .join(case_file, case_file.c.receipt_number == document.c.receipt_number)
        .where(
            document.c.id == document_id,
            document.c.delivered_at.is_not(None),
            case_file.c.account_id == account_id,
        )
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else DocumentRow(**row._mapping)


@dataclass(frozen=True)
class HeldDocument(DocumentRow):
    """受け取った書面: with the procedure of its case."""

    procedure: ProcedureId
    version: int


def of_account(connection: Connection, account_id: UUID) -> tuple[HeldDocument, ...]:
    """受け取った書面: everything delivered to an account, the newest first."""
    statement = (
        select(*_COLUMNS, case_file.c.procedure, case_file.c.version)
        .join(case_file, case_file.c.receipt_number == document.c.receipt_number)
        .where(case_file.c.account_id == account_id, document.c.delivered_at.is_not(None))
        .order_by(document.c.delivered_at.desc())
    )
    return tuple(HeldDocument(**row._mapping) for row in connection.execute(statement))


def by_code(connection: Connection, code: VerificationCode) -> DocumentRow | None:
    row = connection.execute(select(*_COLUMNS).where(document.c.verification_code == code)).one_or_none()
    return None if row is None else DocumentRow(**row._mapping)


def by_digest(connection: Connection, sha256: str) -> DocumentRow | None:
    row = connection.execute(select(*_COLUMNS).where(document.c.sha256 == sha256)).one_or_none()
    return None if row is None else DocumentRow(**row._mapping)
