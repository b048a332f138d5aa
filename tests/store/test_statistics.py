"""統計: exact numbers of a small set of cases made by hand, in a town no other test uses."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, update

from procedures.calendar import JAPAN
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber, StepId
from store import cases, people, statistics, tasks
from store.cases import CaseRow
from store.database import Database
from store.people import Duty
from store.receipts import new_receipt_number
from store.statistics import Bucket, Scope, StepFigures, Waiting
from store.tables import task
from tests.store.conftest import HIMEJI, an_account, write_case

ICHIKAWA, FUKUSAKI = MunicipalityCode("284424"), MunicipalityCode("284432")
HOUR, NEVER = timedelta(hours=1), datetime(2099, 1, 1, tzinfo=UTC)
CERTIFICATE, SCREENING = "residence_certificate", "cancer_screening"


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=JAPAN)


NOVEMBER = Scope(since=at(11, 1, 0), until=at(12, 1, 0))


def filed(connection: Connection, received_at: datetime, status: str, **more: object) -> ReceiptNumber:
    """A case of the certificate that has come so far."""
    usual = CaseRow(
        receipt_number=ReceiptNumber(new_receipt_number(ICHIKAWA, received_at.date())),
        account_id=an_account(connection),
        procedure=ProcedureId(CERTIFICATE), version=1, department="resident_counter", language="ja",
        status=status, step="review", reason=None, epoch=1,
        received_at=received_at, due_at=NEVER, suspended_at=None, closed_at=None,
    )  # fmt: skip
    case = replace(usual, **more)  # type: ignore[arg-type]
    write_case(connection, case, {})
    return case.receipt_number


def seven_cases(connection: Connection) -> None:
    """Three certificates closed in November, two open; a screening withdrawn, one received a moment too late."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    elsewhere = {"procedure": SCREENING, "department": "health"}
    filed(connection, at(11, 2), "delivered", closed_at=at(11, 3))
    late = filed(connection, at(11, 2), "rejected", closed_at=at(11, 4), due_at=at(11, 3))
    cases.ask_correction(connection, late, 1, {"phone": "番号が一桁足りません。"})
    filed(connection, at(10, 31, 23, 59), "delivered", closed_at=at(11, 10, 23, 59))
    filed(connection, at(11, 30, 23, 59), "under_review", due_at=yesterday)
    suspended = {"suspended_at": yesterday, "due_at": yesterday}
    filed(connection, at(11, 20), "awaiting_correction", arrival="counter", **suspended)
    withdrawn = {"closed_at": at(11, 10), "due_at": at(11, 9, 10), "arrival": "post"}
    filed(connection, at(11, 9), "withdrawn", **withdrawn, **elsewhere)
    filed(connection, at(12, 1, 0), "received", step=None, **elsewhere)


@pytest.fixture(scope="module")
def made(database: Database) -> None:
    with database.transaction(ICHIKAWA) as connection:
        seven_cases(connection)


@pytest.fixture
def town_hall(database: Database, made: None) -> Iterator[Connection]:
    with database.reading(ICHIKAWA) as connection:
        yield connection


def test_each_procedure_is_counted_by_what_happened_in_the_period(town_hall: Connection) -> None:
    screening, certificate, total = statistics.cases(town_hall, NOVEMBER)

    assert (certificate.procedure, certificate.department) == (CERTIFICATE, "resident_counter")
    assert (certificate.received, certificate.closed, certificate.waiting) == (4, 3, 2)
    assert (certificate.delivered, certificate.rejected, certificate.withdrawn) == (2, 1, 0)
    assert (screening.received, screening.closed, screening.withdrawn, screening.waiting) == (1, 1, 1, 1)
    assert (total.procedure, total.department) == (None, None)
    assert (total.received, total.closed, total.waiting) == (5, 4, 3)


def test_what_was_received_is_counted_by_how_it_came(town_hall: Connection) -> None:
    screening, certificate, total = statistics.cases(town_hall, NOVEMBER)

    assert (certificate.online, certificate.at_counter, certificate.by_post) == (3, 1, 0)
    assert (screening.online, screening.at_counter, screening.by_post) == (0, 0, 1)
    assert (total.online, total.at_counter, total.by_post, total.received) == (3, 1, 1, 5)


def test_the_times_are_postgresqls_own_percentiles(town_hall: Connection) -> None:
    screening, certificate, total = statistics.cases(town_hall, NOVEMBER)

    assert (certificate.median, certificate.p90) == (48 * HOUR, 201.6 * HOUR)  # of 24, 48 and 240 hours
    assert (screening.median, screening.p90) == (24 * HOUR, 24 * HOUR)
    assert (total.median, total.p90) == (36 * HOUR, 182.4 * HOUR)


def test_who_withdrew_or_corrects_makes_nobody_late(town_hall: Connection) -> None:
    screening, certificate, total = statistics.cases(town_hall, NOVEMBER)

    assert (certificate.closed_late, certificate.waiting_late, certificate.corrected) == (1, 1, 1)
    assert (screening.closed_late, screening.waiting_late, screening.corrected) == (0, 0, 0)
    assert (total.closed_late, total.waiting_late, total.corrected) == (1, 1, 1)


def test_a_period_in_which_nothing_happened_still_has_a_total_and_no_times(database: Database) -> None:
    with database.reading(FUKUSAKI) as connection:
        (total,) = statistics.cases(connection, NOVEMBER)
        assert (total.received, total.closed, total.waiting, total.median, total.p90) == (0, 0, 0, None, None)
        assert statistics.waiting(connection, NOVEMBER) == ()
        assert statistics.steps(connection, NOVEMBER) == ()
        assert statistics.course(connection, NOVEMBER, "day") == ()
        assert statistics.workload(connection, NOVEMBER, None) == ()


def test_a_department_or_a_procedure_is_counted_alone_and_no_department_is_nothing(town_hall: Connection) -> None:
    for narrowed in (replace(NOVEMBER, departments={"health"}), replace(NOVEMBER, procedure=SCREENING)):
        *procedures, total = statistics.cases(town_hall, narrowed)
        assert [each.procedure for each in procedures] == [SCREENING]
        assert total.received == 1
        assert {each.procedure for each in statistics.waiting(town_hall, narrowed)} == {SCREENING}
        assert statistics.course(town_hall, narrowed, "day") == (Bucket(date(2026, 11, 9), 1, 0, 0), Bucket(date(2026, 11, 10), 0, 1, 0))  # fmt: skip # noqa: E501

    nothing = replace(NOVEMBER, departments=frozenset())
    assert [each.received for each in statistics.cases(town_hall, nothing)] == [0]


def test_another_municipality_is_another_world(database: Database, town_hall: Connection) -> None:
    with database.reading(HIMEJI) as connection:
        elsewhere = {each.procedure: each.received for each in statistics.cases(connection, NOVEMBER)}
    assert SCREENING not in elsewhere
    assert statistics.cases(town_hall, NOVEMBER)[-1].received == 5


def test_open_cases_wait_by_step_and_state(town_hall: Connection) -> None:
    assert set(statistics.waiting(town_hall, NOVEMBER)) == {
        Waiting(CERTIFICATE, 1, "review", "under_review", 1),
        Waiting(CERTIFICATE, 1, "review", "awaiting_correction", 1),
        Waiting(SCREENING, 1, None, "received", 1),
    }


def test_days_are_japans_and_weeks_begin_on_monday(town_hall: Connection) -> None:
    by_day = statistics.course(town_hall, NOVEMBER, "day")
    assert by_day[0] == Bucket(date(2026, 11, 2), 2, 0, 2)
    assert by_day[-1] == Bucket(date(2026, 11, 30), 1, 0, 1)
    assert Bucket(date(2026, 11, 10), 0, 2, 0) in by_day
    assert sum(each.received for each in by_day) == 5

    by_week = statistics.course(town_hall, NOVEMBER, "week")
    assert by_week[:2] == (Bucket(date(2026, 11, 2), 2, 2, 2), Bucket(date(2026, 11, 9), 1, 2, 0))
    assert statistics.course(town_hall, NOVEMBER, "month") == (Bucket(date(2026, 11, 1), 5, 4, 3),)


# --- human steps ------------------------------------------------------------------------------------------------------


def decided(connection: Connection, officer: UUID, outcome: str | None, took: timedelta, **more: object) -> None:
    """A review task, decided on 5 November after so long."""
    receipt_number = filed(connection, at(11, 1), "under_review")
    opened = tasks.open_task(
        connection, task_id=None, receipt_number=receipt_number, step=StepId("review"), epoch=1, kind="review",
        function="certificate_review", due_at=NEVER, findings=(),
    )  # fmt: skip
    closing = {"opened_at": at(11, 5) - took, "closed_at": at(11, 5), "outcome": outcome, "decided_by": officer}
    connection.execute(update(task).where(task.c.id == opened).values(closing | more))


def test_human_steps_take_from_opening_to_decision_and_officers_have_a_workload(database: Database) -> None:
    with database.transaction(MunicipalityCode("284467")) as connection:
        one, other = an_account(connection), an_account(connection)
        for account, name in ((one, "窓口　一郎"), (other, "窓口　二郎")):
            people.appoint(connection, account, name, [Duty("resident_counter", "certificate_review")])
        decided(connection, one, "approve", 2 * HOUR)
        decided(connection, one, "send_back", 4 * HOUR)
        decided(connection, other, "reject", 9 * HOUR, due_at=at(11, 4))
        decided(connection, other, "approve", 9 * HOUR, closed_at=at(12, 1, 0))
        decided(connection, other, "case_closed", 99 * HOUR, decided_by=None)
        held = {"closed_at": None, "decided_by": None, "assignee": one}
        decided(connection, one, None, HOUR, **held, lease_until=NEVER)
        decided(connection, one, None, HOUR, **held, lease_until=at(1, 1))

        assert statistics.steps(connection, NOVEMBER) == (
            StepFigures(CERTIFICATE, 1, "review", decided=3, late=1, median=4 * HOUR, p90=8 * HOUR),
        )
        mine, theirs = statistics.workload(connection, NOVEMBER, None)
        assert (mine.approved, mine.sent_back, mine.rejected, mine.decided, mine.holding) == (1, 1, 0, 2, 1)
        assert (theirs.approved, theirs.rejected, theirs.decided, theirs.holding) == (0, 1, 1, 0)
        assert statistics.workload(connection, NOVEMBER, other) == (theirs,)
