"""承認済みの紙: a pile that was read and corrected already, for tests of what comes after; nothing is scanned."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert

from sandbox.payroll.officers import Officer
from sheets.values import text
from store import rosters, sheet_batches, sheet_pages
from store.rosters import RosterEntry
from store.sheet_pages import CellRead, PageRead
from store.tables import officer
from tests.store.conftest import an_account
from tests.town.back_office import HIMEJI, SHEET, BackOffice

START, END, REST = 9 * 60, 17 * 60 + 30, 60
WORKED = END - START - REST


def written(person: Officer, days: int) -> dict[str, str]:
    """記入: somebody worked the first days of the month, every day the same."""
    texts = {cell.id: "" for cell in SHEET.cells}
    day = {"start": text("time", START, 4), "end": text("time", END, 4), "break": text("duration", REST, 3)}
    for number, row in enumerate(SHEET.table("row").row_names[:days], start=1):
        texts |= {f"{row}.{column}": found for column, found in day.items()}
        texts |= {f"{row}.day": text("day", number, 2), f"{row}.hours": text("duration", WORKED, 4)}
    sums = {"total.hours": text("duration", WORKED * days, 5), "total.days": text("digits", days, 2)}
    return texts | sums | {"person.number": person.number, "person.name": person.name}


def read_pile(office: BackOffice, month: str, people: Sequence[Officer], days: int = 2) -> UUID:
    """A batch of a page for each of these people, in which nothing is doubtful. Its workflow was not begun."""
    with office.database.transaction(HIMEJI) as connection:
        rosters.replace(connection, [_listed(person) for person in people])
        batch = sheet_batches.open_batch(connection, SHEET.id, f"{month} 読取り済み", "folder")
        sheet_batches.add_file(connection, batch, "pile.pdf", f"{HIMEJI}/sheets/none", secrets.token_bytes(32))
        (file,) = sheet_batches.files(connection, batch)
        sheet_batches.split_file(connection, file, len(people))
        for page, person in zip(sheet_pages.pages(connection, batch), people, strict=True):
            found = PageRead("sheet", "corrected", None, SHEET.version, person.club, person.number, month)
            sure = [CellRead(cell, said, 1.0, True, True, ()) for cell, said in written(person, days).items()]
            sheet_pages.record(connection, page.id, found, sure)
    return batch


def approve(office: BackOffice, batch: UUID) -> None:
    """Somebody who corrected nothing approves it; the workflow is told."""
    office.await_state(batch, "approving")
    with office.database.transaction(HIMEJI) as connection:
        account = an_account(connection)
        connection.execute(insert(officer).values(account_id=account, name="児童 係"))
        sheet_batches.approve(connection, batch, account)
    office.look_again(batch)


def _listed(person: Officer) -> RosterEntry:
    return RosterEntry(person.club, "クラブ", person.number, person.name, person.club, person.number)
