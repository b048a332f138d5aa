"""紙の申請の帳簿: money taken and given back by hand, what is to be done, and an account nobody logs in to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from procedures.paper import IdentityCheck, StatedPerson
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId, Yen
from store import cases, drafts, paper, payments, people
from store.cases import CaseRow
from store.database import Database
from store.payments import PaymentRow
from store.people import Duty
from store.receipts import new_receipt_number
from tests.store.conftest import a_case, an_account, write_case

SHISO = MunicipalityCode("282278")
FEE, WEEK = StepId("fee"), timedelta(days=7)
PERSON = StatedPerson(name="宍粟　一", birth_date=date(1980, 1, 2), address="兵庫県宍粟市", sex="male")
COUNTER = (("residents", ProcedureId("residence_certificate")),)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(SHISO) as open_one:
        yield open_one


@pytest.fixture
def officer(connection: Connection) -> UUID:
    account = an_account(connection)
    people.appoint(connection, account, "窓口　三郎", [Duty("residents", "certificate_review")])
    return account


def a_paper(connection: Connection, officer: UUID, **changes: object) -> CaseRow:
    online = a_case(connection, SHISO)
    number = ReceiptNumber(new_receipt_number(SHISO, online.received_at.date()))
    usual = replace(online, receipt_number=number, account_id=paper.begin(connection, officer), arrival="counter")
    case = replace(usual, **changes)  # type: ignore[arg-type]
    write_case(connection, case, {"copies": 1})
    return case


def due(connection: Connection, case: CaseRow) -> PaymentRow:
    """A fee that waits at the counter."""
    planned = payments.plan(
        connection, case.receipt_number, FEE, 1, 1, amount=Yen(300), lifetime=WEEK, method="in_person"
    )
    payments.opened(connection, planned)
    (row,) = payments.of_case(connection, case.receipt_number)
    return row


def test_a_fee_at_the_counter_is_received_once_and_tells_its_case(connection: Connection, officer: UUID) -> None:
    row = due(connection, a_paper(connection, officer))

    command = payments.receive(connection, SHISO, row, "cash", officer, receipt_given=True)

    assert command is not None
    assert (command.kind, command.payload) == ("confirm_payment", {"step": "fee", "epoch": 1})
    assert payments.receive(connection, SHISO, row, "money_order", officer, receipt_given=True) is None
    (paid,) = payments.of_case(connection, row.receipt_number)
    assert (paid.status, paid.method, paid.received_by, paid.kept) == ("paid", "cash", officer, 300)


def test_nobody_asks_the_gateway_after_money_it_never_saw(connection: Connection, officer: UUID) -> None:
    waiting, paid = due(connection, a_paper(connection, officer)), due(connection, a_paper(connection, officer))
    payments.receive(connection, SHISO, paid, "cash", officer, receipt_given=False)
    connection.execute(text("update payment set opened_at = now() - interval '1 day'"))

    asked = {row.receipt_number for row in payments.open_for(connection, timedelta(minutes=2))}
    nameless = {row.receipt_number for row in payments.nameless(connection)}

    assert {waiting.receipt_number, paid.receipt_number}.isdisjoint(asked | nameless)


def test_a_refund_by_hand_is_owed_once_and_paid_back_once(connection: Connection, officer: UUID) -> None:
    row = due(connection, a_paper(connection, officer))
    payments.receive(connection, SHISO, row, "cash", officer, receipt_given=True)
    (paid,) = payments.of_case(connection, row.receipt_number)

    assert payments.owe(connection, paid, Yen(300))
    assert not payments.owe(connection, paid, Yen(300)), "a retry finds it written"
    (owed,) = payments.of_case(connection, row.receipt_number)
    assert (owed.refund_due, owed.kept, owed.status) == (300, 0, "paid")
    assert payments.pay_back(connection, owed)
    assert not payments.pay_back(connection, owed)
    (back,) = payments.of_case(connection, row.receipt_number)
    assert (back.refunded, back.refund_due, back.status) == (300, 0, "refunded")


def test_a_notice_of_a_paper_waits_for_an_officer_and_no_portal_shows_it(connection: Connection, officer: UUID) -> None:
    case = a_paper(connection, officer)
    for kind in ("awaiting_payment", "sent_back", "delivered"):
        cases.tell(connection, case.receipt_number, kind)

    assert cases.notices(connection, case.account_id) == ()
    (notice,) = paper.notices(connection, case.receipt_number)
    assert (notice.kind, notice.told_at) == ("sent_back", None)
    assert paper.note_told(connection, case.receipt_number, notice.id, "telephone", officer) == "sent_back"
    assert paper.note_told(connection, case.receipt_number, notice.id, "letter", officer) is None


def test_an_online_case_is_told_in_the_portal_as_ever(connection: Connection) -> None:
    case = a_case(connection, SHISO)
    cases.tell(connection, case.receipt_number, "sent_back")
    assert [notice.kind for notice in cases.notices(connection, case.account_id)] == ["sent_back"]
    assert paper.notices(connection, case.receipt_number) == ()


def test_open_papers_and_those_with_something_left_are_on_the_list_of_their_counter(
    connection: Connection, officer: UUID
) -> None:
    now = datetime.now(UTC)
    waiting, done = a_paper(connection, officer), a_paper(connection, officer, status="delivered", closed_at=now)
    untold = a_paper(connection, officer, status="rejected", closed_at=now)
    cases.tell(connection, untold.receipt_number, "rejected")

    listed = {row.receipt_number: row.untold for row in paper.to_do(connection, COUNTER)}

    assert listed[waiting.receipt_number] == 0
    assert listed[untold.receipt_number] == 1
    assert done.receipt_number not in listed
    assert paper.to_do(connection, (("health", ProcedureId("residence_certificate")),)) == ()
    assert paper.to_do(connection, ()) == ()


def test_the_situation_of_a_paper_has_its_person_for_a_signer_and_no_signature(
    connection: Connection, officer: UUID
) -> None:
    case = a_paper(connection, officer)
    paper.note_identity(connection, case.account_id, PERSON, IdentityCheck(proofs=("passport",)), officer)

    found = cases.situation(connection, case.receipt_number, "register", 1, "check_register")

    assert found.signer == PERSON.facts()
    assert (found.signature_outcome, found.arrival, found.absence_confirmed) == (None, "counter", False)
    paper.confirm_absence(connection, case.account_id, officer)
    assert cases.situation(connection, case.receipt_number, "register", 1, "check_register").absence_confirmed
    paper.put_stated_right(connection, case.account_id, PERSON)
    assert not cases.situation(connection, case.receipt_number, "register", 1, "check_register").absence_confirmed


def test_what_is_thrown_away_leaves_a_closed_account_and_nothing_of_the_person(
    connection: Connection, officer: UUID
) -> None:
    account = paper.begin(connection, officer)
    draft_id = drafts.start(
        connection, account_id=account, procedure=COUNTER[0][1], version=1, language="ja", answers={},
        arrival="post", received_on=date(2026, 11, 2),
    )  # fmt: skip
    assert [row.id for row in paper.drafts(connection, [COUNTER[0][1]])] == [draft_id]
    drafts.remove(connection, draft_id)
    paper.discard(connection, account)
    assert paper.read(connection, account) is None
    assert paper.drafts(connection, [COUNTER[0][1]]) == ()
