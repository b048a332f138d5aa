"""代理: whose duties count today, and what happens to the tasks when they do not any more."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from procedures.values import StepId
from store import credentials, handover, offices, people, substitutions, tasks
from store.database import Database
from store.people import Duty, InPlace, SessionRow
from store.tasks import TaskRow
from tests.api.scenes import today
from tests.store.conftest import HIMEJI, a_case, a_registered_card

REVIEW = Duty("residents", "certificate_review")
DAY = timedelta(days=1)
LONG = timedelta(hours=1)


@pytest.fixture
def here(database: Database) -> Iterator[Connection]:
    """A transaction nobody else sees."""
    with database.transaction(HIMEJI) as connection:
        yield connection
        connection.rollback()


def an_officer(connection: Connection, *duties: Duty, name: str = "窓口　一郎") -> UUID:
    registered = a_registered_card(connection)
    people.appoint(connection, registered.account_id, name, duties)
    people.open_session(connection, token(registered.account_id), registered.account_id, registered.id, LONG)
    return registered.account_id


def token(account_id: UUID) -> bytes:
    return hashlib.sha256(account_id.bytes).digest()


def session(connection: Connection, account_id: UUID) -> SessionRow:
    found = people.find_session(connection, token(account_id), LONG)
    assert found is not None
    return found


def conveyed(connection: Connection, account_id: UUID) -> set[Duty]:
    return {each.duty for each in session(connection, account_id).in_place}


def declared(
    connection: Connection, absent: UUID, substitute: UUID, first: int = 0, last: int = 0,
    departments: set[str] | None = None,
) -> UUID:  # fmt: skip
    """`first` and `last`: days from today."""
    period = (today() + first * DAY, today() + last * DAY)
    return substitutions.declare(connection, absent, substitute, *period, departments=departments, by=absent)


def a_task_of(connection: Connection, officer: UUID) -> TaskRow:
    """A task this officer has claimed."""
    case = a_case(connection)
    task_id = tasks.open_task(
        connection, task_id=None, receipt_number=case.receipt_number, step=StepId("review"), epoch=1, kind="review",
        function=REVIEW.function, due_at=datetime.now(UTC), findings=[],
    )  # fmt: skip
    assert tasks.claim(connection, task_id, 1, officer)
    return the(connection, task_id)


def the(connection: Connection, task_id: UUID) -> TaskRow:
    found = tasks.read(connection, task_id)
    assert found is not None
    return found


def test_a_session_knows_whose_duties_it_has_and_until_when(here: Connection) -> None:
    absent = an_officer(here, REVIEW, name="休み　太郎")
    substitute = an_officer(here, Duty("health", "health_review"))
    declared(here, absent, substitute, last=1)

    found = session(here, substitute)

    assert found.duties == (Duty("health", "health_review"),)
    assert found.in_place == (InPlace(absent, "休み　太郎", today() + DAY, REVIEW),)
    assert session(here, absent).in_place == ()


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(0, 0, True), (-1, -1, False), (1, 1, False)],
    ids=["today", "until yesterday", "from tomorrow"],
)
def test_it_counts_from_the_first_day_to_the_last(here: Connection, first: int, last: int, counts: bool) -> None:
    absent, substitute = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    declared(here, absent, substitute, first, last)
    assert bool(conveyed(here, substitute)) is counts
    known = {each.account_id for each in handover.colleagues(here, *REVIEW)}
    assert (substitute in known, absent in known) == (counts, True)


def test_revoking_ends_it_at_once_and_only_once(here: Connection) -> None:
    absent, substitute = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    found = declared(here, absent, substitute)
    assert substitutions.revoke(here, found, absent)
    assert not substitutions.revoke(here, found, absent)
    assert conveyed(here, substitute) == set()


def test_nobody_administers_or_audits_in_anothers_place(here: Connection) -> None:
    absent = an_officer(here, REVIEW, Duty("*", "administrator"), Duty("*", "auditor"), Duty("residents", "head"))
    substitute = an_officer(here, Duty("health", "health_review"))
    declared(here, absent, substitute)
    assert conveyed(here, substitute) == {REVIEW, Duty("residents", "head")}


def test_a_superiors_word_goes_no_further_than_their_department(here: Connection) -> None:
    absent = an_officer(here, REVIEW, Duty("health", "health_review"), Duty("*", "certificate_review"))
    substitute = an_officer(here, Duty("health", "head"))
    declared(here, absent, substitute, departments={"health"})
    assert conveyed(here, substitute) == {Duty("health", "health_review")}


def test_it_is_not_handed_on(here: Connection) -> None:
    first, second = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    third = an_officer(here, Duty("digital", "partner_review"))
    declared(here, first, second)
    declared(here, second, third)
    assert conveyed(here, third) == {Duty("health", "health_review")}


def test_who_leaves_stands_in_for_nobody_and_is_stood_in_for_by_nobody(here: Connection) -> None:
    absent, substitute = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    other = an_officer(here, Duty("digital", "partner_review"))
    declared(here, absent, substitute)
    declared(here, substitute, other)

    people.dismiss(here, substitute)

    credential = credentials.of_account(here, substitute)[0]
    people.open_session(here, token(substitute), substitute, credential.id, LONG)
    assert session(here, substitute).in_place == ()
    assert conveyed(here, other) == set()
    assert substitutions.listed(here, {substitute}) == ()


def test_tasks_held_without_a_duty_go_back_and_others_stay(here: Connection) -> None:
    absent, substitute = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    found = declared(here, absent, substitute)
    own, lent = a_task_of(here, absent), a_task_of(here, substitute)
    handover.release_lost(here)
    assert the(here, lent.id).assignee == substitute

    substitutions.revoke(here, found, absent)
    assert handover.release_lost(here, actor=f"officer:{absent}") >= 1

    assert (the(here, own.id).assignee, the(here, lent.id).assignee) == (absent, None)
    assert the(here, lent.id).version == lent.version + 1
    said = here.execute(
        text("select actor from audit where receipt_number = :n and action = 'task_released'"),
        {"n": lent.receipt_number},
    )
    assert said.scalars().all() == [f"officer:{absent}"]


def test_an_heir_is_given_no_case_of_their_own(here: Connection) -> None:
    absent, heir = an_officer(here, REVIEW), an_officer(here, REVIEW)
    task = a_task_of(here, absent)
    here.execute(text("update case_file set account_id = :a where receipt_number = :n"),
                 {"a": heir, "n": task.receipt_number})  # fmt: skip
    (moved,) = handover.hand_over(here, absent, heir, datetime.now(UTC) + DAY, None)
    assert moved.assignee is None


def test_only_the_tasks_of_these_departments_are_handed_over(here: Connection) -> None:
    absent, heir = an_officer(here, REVIEW), an_officer(here, REVIEW)
    task = a_task_of(here, absent)
    assert handover.hand_over(here, absent, heir, datetime.now(UTC) + DAY, {"health"}) == ()
    assert the(here, task.id).assignee == absent


@pytest.mark.parametrize(
    "statement",
    [
        "update substitution set last_day = last_day + 1",
        "update substitution set substitute = absent",
        "delete from substitution",
    ],
)
def test_what_was_declared_can_only_be_revoked(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), database.transaction(HIMEJI) as connection:
        connection.execute(text(statement))


def test_nobody_stands_in_for_themself_and_no_longer_than_a_year(here: Connection) -> None:
    officer, other = an_officer(here, REVIEW), an_officer(here, REVIEW)
    for substitute, last in ((officer, 0), (other, 366), (other, -1)):
        with pytest.raises(DBAPIError, match="ck_substitution"), here.begin_nested():
            declared(here, officer, substitute, last=last)
    declared(here, officer, other, last=365)


def test_the_list_of_holders_says_who_only_stands_in(here: Connection) -> None:
    absent, substitute = an_officer(here, REVIEW), an_officer(here, Duty("health", "health_review"))
    declared(here, absent, substitute)
    holders = {(each.account_id, each.substitute) for each in offices.duty_holders(here) if each.duty == REVIEW}
    assert {(absent, False), (substitute, True)} <= holders
