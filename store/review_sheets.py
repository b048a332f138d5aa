"""審査欄: what reviewers filled in of the procedure's own questions to them. Each saving is a version of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, text

from procedures.values import ReceiptNumber
from store.tables import officer, review_sheet


@dataclass(frozen=True)
class SheetRow:
    """審査欄 as last saved. Version 0: nobody has saved yet."""

    version: int
    answers: Mapping[str, object]
    officer: str | None = None
    at: datetime | None = None


BLANK = SheetRow(0, {})


def newest(connection: Connection, receipt_number: ReceiptNumber) -> SheetRow:
    """As last saved; blank where nobody has."""
    row = connection.execute(
        select(review_sheet.c.version, review_sheet.c.answers, officer.c.name.label("officer"), review_sheet.c.at)
        .join(officer, officer.c.account_id == review_sheet.c.officer)
        .where(review_sheet.c.receipt_number == receipt_number)
        .order_by(review_sheet.c.version.desc())
        .limit(1)
    ).one_or_none()
    return BLANK if row is None else SheetRow(**row._mapping)


_SAVE = text(
    """
    insert into review_sheet (receipt_number, version, answers, officer)
    select :receipt_number, cast(:seen as integer) + 1, cast(:answers as jsonb), :officer
     where :seen = (select coalesce(max(version), 0) from review_sheet where receipt_number = :receipt_number)
    on conflict do nothing returning version
    """
)


def save(
    connection: Connection, receipt_number: ReceiptNumber, seen: int, answers: Mapping[str, object], by: UUID
) -> bool:
    """保存する over the version that was seen. False where a colleague saved meanwhile: nothing is written."""
    said = {"receipt_number": receipt_number, "seen": seen, "answers": json.dumps(answers), "officer": by}
    return connection.execute(_SAVE, said).scalar_one_or_none() is not None
