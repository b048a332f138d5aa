"""終結: said once, and told once; only a recall has something to say of a closed case."""

from sqlalchemy import select

from activities.cases.closing import CaseRecords
from activities.desk import Desk
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store.database import Database
from store.tables import audit, case_file, notice
from tests.store.conftest import a_case
from workflows.contracts import CaseClosing, Closing

CITY = MunicipalityCode("284815")


def test_a_case_that_was_recalled_is_not_delivered_once_more(database: Database) -> None:
    records = CaseRecords(Desk(database, Library.read()))
    with database.transaction(CITY) as connection:
        number = a_case(connection, CITY).receipt_number

    def close(closing: Closing) -> tuple[str, int, list[str]]:
        records.close_case(CaseClosing(receipt_number=number, municipality=CITY, closing=closing))
        with database.reading(CITY) as connection:
            status = connection.execute(select(case_file.c.status).filter_by(receipt_number=number)).scalar_one()
            lines = connection.execute(select(audit.c.seq).filter_by(receipt_number=number, action="closed")).all()
            told = connection.execute(select(notice.c.kind).filter_by(receipt_number=number)).scalars()
            return str(status), len(lines), sorted(told)

    assert close("delivered") == ("delivered", 1, ["delivered"])
    assert close("recalled") == ("recalled", 2, ["delivered", "recalled"])
    for again in ("delivered", "recalled", "delivered"):
        assert close(again) == ("recalled", 2, ["delivered", "recalled"])  # type: ignore[arg-type]
