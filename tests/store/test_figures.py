"""数値: counts and ages that are watched from outside."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from procedures.values import MunicipalityCode
from store import commands, figures, schema
from store.database import Database
from store.figures import CaseFigure
from tests.store.conftest import a_case

SABAE = MunicipalityCode("989001")
"""A municipality nobody else counts in."""


def of(connection: Connection) -> list[CaseFigure]:
    return list(figures.of_cases(connection, datetime.now(UTC) - timedelta(hours=1)))


def test_what_is_open_overdue_and_of_today_is_counted_by_place(database: Database) -> None:
    with database.transaction(SABAE) as connection:
        for change in (
            "status = 'under_review', step = 'review', due_at = now() - interval '1 day'",
            "status = 'under_review', step = 'review', received_at = now() - interval '1 year'",
            "status = 'awaiting_correction', step = 'review', due_at = now() - interval '1 day', suspended_at = now()",
            "status = 'delivered', closed_at = now(), received_at = now() - interval '1 year'",
            "status = 'delivered', closed_at = now() - interval '1 year', received_at = now() - interval '1 year'",
        ):
            case = a_case(connection, SABAE)
            connection.execute(
                text(f"update case_file set {change} where receipt_number = :n"), {"n": case.receipt_number}
            )
        found = {row.status: row for row in of(connection)}
        connection.rollback()
    certificate = "residence_certificate"
    assert found == {
        "under_review": CaseFigure(certificate, "review", "under_review", 1, 0, 2, 1),
        "awaiting_correction": CaseFigure(certificate, "review", "awaiting_correction", 1, 0, 1, 0),
        "delivered": CaseFigure(certificate, None, "delivered", 0, 1, 0, 0),
    }


def test_pending_commands_are_counted_with_the_age_of_the_oldest(database: Database) -> None:
    with database.transaction(SABAE) as connection:
        assert (figures.of_queues(connection).commands, figures.of_queues(connection).commands_age) == (0, 0)
        case = a_case(connection, SABAE)
        old, _ = (commands.write(connection, SABAE, case.receipt_number, "retry_now", {}) for _ in range(2))
        connection.execute(
            text("update command set created_at = now() - interval '1 hour' where id = :id"), {"id": old.id}
        )
        queues = figures.of_queues(connection)
        connection.rollback()
    assert (queues.commands, queues.commands_age, queues.notices, queues.payments_open) == (2, 3600, 0, 0)


def test_the_application_may_read_which_migration_it_stands_on(database: Database) -> None:
    with database.reading(SABAE) as connection:
        assert (schema.revision(connection) or "").isdecimal()
