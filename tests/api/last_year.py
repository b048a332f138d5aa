"""去年の受付: cases as they were opened while a version that is superseded now was in force."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedures.loader import Library
from procedures.process import Process
from procedures.rules import Facts
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import drafts
from store.cases import CaseRow
from store.database import Database
from store.filing import Opening, open_case
from store.keys import CaseKeys
from store.receipts import new_receipt_number
from store.settings import StoreSettings
from tests.api.scenes import Books
from tests.api.test_api_partner import PARTNER, partner

HIMEJI = MunicipalityCode("282014")
LIBRARY = Library.read()


class LastYear:
    """去年の受付: opens cases as they were opened while a version that is superseded now was in force."""

    def __init__(self, books: Books, settings: StoreSettings) -> None:
        self._books = books
        self._database = Database(settings)
        self._keys = CaseKeys(self._database, settings.master_key_file)

    def file(self, version: int = 1) -> ReceiptNumber:
        """A request for partnership that came by post; its workflow is started by the relay."""
        procedure, now, answers = LIBRARY.version(PARTNER, version), datetime.now(UTC), partner()
        number = new_receipt_number(HIMEJI, now.date())
        account = UUID(self._books.account())
        process = procedure.pinned(Facts(answers, now.date()), signed=False)
        case = CaseRow(
            receipt_number=number, account_id=account, procedure=ProcedureId(PARTNER), version=version,
            department=procedure.department.id, language="ja", status="received", step=None, reason=None, epoch=1,
            received_at=now, due_at=now + timedelta(days=30), suspended_at=None, closed_at=None, arrival="post",
        )  # fmt: skip
        start = {"receipt_number": number, "municipality": HIMEJI, "process": process.model_dump(mode="json")}
        with self._database.transaction(HIMEJI) as connection:
            draft = drafts.start(
                connection, account_id=account, procedure=ProcedureId(PARTNER), version=version, language="ja",
                answers=answers,
            )  # fmt: skip
            opening = Opening(
                municipality=HIMEJI, case=case, content=b"{}", answers=answers, cms=None, draft_id=draft,
                draft_revision=1, key=self._keys.make(number), start=start,
            )  # fmt: skip
            assert open_case(connection, opening) is not None
        return number

    def close(self) -> None:
        self._database.close()


def in_force() -> Process:
    """施行中の版: what a case of last year, which came by post and carries no signature, may go on by."""
    return LIBRARY.current(PARTNER).pinned(Facts(partner(), datetime.now(UTC).date()), signed=False)
