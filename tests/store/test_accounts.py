"""利用者の統合: what an empty account leaves to the one its holder keeps."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from store import accounts, credentials, notices
from store.database import Database
from tests.store.conftest import HIMEJI, a_card, a_registered_card


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction(HIMEJI) as opened:
        yield opened
        opened.rollback()


def run(connection: Connection, statement: str, **values: object) -> list[tuple[object, ...]]:
    found = connection.execute(text(statement), values)
    return [tuple(row) for row in found] if found.returns_rows else []


def with_address(connection: Connection, account_id: UUID, email: str | None, muted: str = "{}") -> None:
    run(
        connection,
        "insert into contact (account_id, email, verified_at, pending_email, code_salt, language, muted)"
        " values (:id, cast(:email as text), now(), 'new@example.jp', 'salt', 'ko', cast(:muted as text[]))",
        id=account_id, email=email, muted=muted,
    )  # fmt: skip


def two(connection: Connection) -> tuple[UUID, UUID]:
    """An account whose only certificate has gone to the other one."""
    empty, kept = a_registered_card(connection), a_registered_card(connection)
    credentials.move(connection, empty.id, kept.account_id)
    return empty.account_id, kept.account_id


def test_browsers_finished_exports_and_the_address_come_along(connection: Connection) -> None:
    empty, kept = two(connection)
    with_address(connection, empty, "who@example.jp", "{message}")
    run(
        connection,
        "insert into push_subscription (account_id, endpoint, p256dh, auth, language)"
        " values (:id, 'https://push.example/' || :id, '', '', 'ja')",
        id=empty,
    )
    for status in ("ready", "waiting"):
        run(
            connection,
            "insert into data_export (account_id, status, language, json_key, pdf_key) values (:id, :s, 'ja', '', '')",
            id=empty, s=status,
        )  # fmt: skip
    run(connection, "insert into notice_delivery (account_id, channel, kind) values (:id, 'mail', 'code')", id=empty)
    run(connection, "insert into idempotency_key (account_id, key, fingerprint) values (:id, 'k', '')", id=empty)

    accounts.join(connection, empty, kept)

    here = notices.contact_of(connection, kept)
    assert here is not None
    assert (here.email, here.language, here.muted) == ("who@example.jp", "ko", ["message"])
    assert here.verified_at is not None
    assert here.pending_email is None, "its code was made for the other account"
    assert run(
        connection, "select account_id from push_subscription where account_id in (:a, :b)", a=empty, b=kept
    ) == [(kept,)]
    exports = run(
        connection, "select account_id, status from data_export where account_id in (:a, :b)", a=empty, b=kept
    )
    assert sorted(exports, key=str) == sorted([(kept, "ready"), (empty, "waiting")], key=str)
    assert notices.contact_of(connection, empty) is None
    assert run(connection, "select key from idempotency_key where account_id = :id", id=empty) == []
    assert [each.status for each in notices.deliveries(connection, empty)] == ["cancelled"]


def test_the_kept_accounts_own_address_and_wishes_win(connection: Connection) -> None:
    empty, kept = two(connection)
    with_address(connection, empty, "old@example.jp")
    with_address(connection, kept, "own@example.jp", "{payment}")

    accounts.join(connection, empty, kept)

    here = notices.contact_of(connection, kept)
    assert here is not None
    assert (here.email, here.pending_email, here.muted) == ("own@example.jp", "new@example.jp", ["payment"])


def test_wishes_without_an_address_stay_and_get_the_address(connection: Connection) -> None:
    empty, kept = two(connection)
    with_address(connection, empty, "who@example.jp")
    with_address(connection, kept, None, "{*}")

    accounts.join(connection, empty, kept)

    here = notices.contact_of(connection, kept)
    assert here is not None
    assert (here.email, here.muted) == ("who@example.jp", ["*"]), "who wanted no mail gets none now"


def test_an_account_that_somebody_still_logs_in_to_keeps_what_it_has(connection: Connection) -> None:
    empty, kept = two(connection)
    credentials.attach(connection, a_card(), empty)
    with_address(connection, empty, "who@example.jp")

    accounts.join(connection, empty, kept)

    assert notices.contact_of(connection, kept) is None
    left = notices.contact_of(connection, empty)
    assert left is not None
    assert left.email == "who@example.jp"
