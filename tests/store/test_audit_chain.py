"""監査の鎖: whatever is done to the log behind the trigger's back is found, named and placed."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from secrets import randbelow, token_hex

import psycopg
import pytest
from sqlalchemy import text

from procedures.values import MunicipalityCode, ReceiptNumber
from store import anchors, audit_log, cases, tree
from store.chain import Chain, Finding
from store.database import Database
from tests.store.conftest import HIMEJI, a_case

TOLD = "update audit set %s where receipt_number = %%s and seq = %%s"


@pytest.fixture
def city() -> MunicipalityCode:
    """A municipality of this test's own."""
    return MunicipalityCode(f"8{randbelow(100_000):05d}")


@pytest.fixture
def number(database: Database, city: MunicipalityCode) -> ReceiptNumber:
    """A case with five lines."""
    with database.transaction(city) as connection:
        case = a_case(connection, city).receipt_number
        for seq, action in enumerate(("received", "signature_valid", "payment_opened", "reviewed", "delivered"), 1):
            facts = {"amount": seq * 100, "exact": 1.50, "名": '確認 \x1f \\ "', "b": [None, True]}
            cases.say(connection, case, action, actor="officer:1", step="fee" if seq == 3 else None, facts=facts)
    return case


@contextmanager
def behind_the_trigger(owner: psycopg.Connection) -> Iterator[Callable[..., object]]:
    """The tables' owner, who can switch every guard off."""
    owner.commit()
    owner.execute("alter table audit disable trigger user")
    try:
        yield owner.execute
    finally:
        owner.execute("alter table audit enable trigger user")
        owner.commit()


def found(database: Database, city: MunicipalityCode, page: int = 5_000) -> list[Finding]:
    with database.reading(city) as connection:
        read = audit_log.lines(connection, page)
        findings: list[Finding] = []
        for number, of_case in groupby(read, key=lambda each: each.line.receipt_number):
            chain, head = Chain(number), None
            for each in of_case:
                chain.take(each.line)
                head = each.head
            findings.extend(chain.findings(head))
        return findings


def told(findings: list[Finding]) -> list[tuple[str, int | None]]:
    return [(each.kind, each.seq) for each in findings]


def test_a_log_nobody_touched_is_whole(database: Database, city: MunicipalityCode, number: ReceiptNumber) -> None:
    with database.reading(city) as connection:
        assert [each.line.seq for each in audit_log.lines_of(connection, number)] == [1, 2, 3, 4, 5]
    assert found(database, city) == []


@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_log_is_read_in_pages_and_none_of_its_lines_is_lost_between_them(
    database: Database, city: MunicipalityCode, number: ReceiptNumber, page: int
) -> None:
    with database.transaction(city) as connection:
        cases.say(connection, a_case(connection, city).receipt_number, "received")
        assert len(list(audit_log.lines(connection, page))) == 6
    assert found(database, city, page) == []


def test_the_next_page_is_found_by_its_place_and_not_by_reading_up_to_it(database: Database) -> None:
    key = {"receipt_number": "282014-260401-7K3MQ", "seq": 3, "page": 10}
    with database.transaction(HIMEJI) as connection:
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(connection.execute(text(f"explain {audit_log._LINES.text}"), key).scalars())
    assert "Index Cond: (ROW(receipt_number, seq) > ROW(" in plan


@pytest.mark.parametrize(
    "change",
    ["action = 'rejected'", "actor = 'officer:2'", "at = at + interval '1 microsecond'", "step = 'other'",
     "facts = facts || '{\"amount\": 301}'", "facts = jsonb_set(facts, '{exact}', '1.500')", "hash = sha256('x')",
     "actor = actor || E'\\x1f' || action, action = ''"],
)  # fmt: skip
def test_a_line_that_was_altered_is_named(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber, change: str
) -> None:
    with behind_the_trigger(owner) as run:
        run(TOLD % change, (number, 3))
    assert told(found(database, city))[0] == ("altered", 3)
    assert found(database, city)[0].receipt_number == number


def test_a_line_exchanged_with_its_hash_is_named_by_the_one_after_it(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    with database.reading(city) as connection:
        line = audit_log.lines_of(connection, number)[2].line
    forged = line.written.replace("payment_opened", "fee_waived")
    with behind_the_trigger(owner) as run:
        run(
            "update audit set action = 'fee_waived', hash = sha256(prev_hash || convert_to(%s, 'UTF8'))"
            " where receipt_number = %s and seq = 3",
            (forged, number),
        )
    assert told(found(database, city)) == [("replaced", 3)]


def test_a_line_missing_in_the_middle_is_named(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    with behind_the_trigger(owner) as run:
        run("delete from audit where receipt_number = %s and seq in (2, 3)", (number,))
    assert told(found(database, city)) == [("missing", 2)]
    assert "Lines 2 to 3 are gone" in found(database, city)[0].meaning


def test_a_line_missing_at_the_end_is_named_by_the_record_of_the_end(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    with behind_the_trigger(owner) as run:
        run("delete from audit where receipt_number = %s and seq = 5", (number,))
    assert told(found(database, city)) == [("cut_off", 5)]


def test_an_end_that_was_set_back_is_named(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    owner.execute("update audit_head set length = 4 where receipt_number = %s", (number,))
    owner.commit()
    assert told(found(database, city)) == [("head_wrong", 5)]


def test_a_chain_without_a_record_of_its_end_is_named(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    owner.execute("delete from audit_head where receipt_number = %s", (number,))
    owner.commit()
    assert told(found(database, city)) == [("headless", None)]


@pytest.mark.parametrize("whole", [True, False])
def test_two_lines_that_changed_places_are_named_with_the_places_they_had(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber, whole: bool
) -> None:
    with behind_the_trigger(owner) as run:
        if whole:
            run("update audit set seq = 99 where receipt_number = %s and seq = 2", (number,))
            run("update audit set seq = 2 where receipt_number = %s and seq = 4", (number,))
            run("update audit set seq = 4 where receipt_number = %s and seq = 99", (number,))
        else:
            run(
                "update audit a set at = b.at, actor = b.actor, action = b.action, step = b.step, facts = b.facts"
                " from audit b where a.receipt_number = %s and b.receipt_number = a.receipt_number"
                " and (a.seq, b.seq) in ((2, 4), (4, 2))",
                (number,),
            )
    assert told(found(database, city)) == [("reordered", 2), ("reordered", 4)]
    assert ["as line 4" in each.meaning or "as line 2" in each.meaning for each in found(database, city)] == [True] * 2


def test_a_case_whose_lines_are_all_gone_still_has_its_end(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    with behind_the_trigger(owner) as run:
        run("delete from audit where receipt_number = %s", (number,))
    with database.reading(city) as connection:
        assert [(case, head.length) for case, head in audit_log.emptied(connection)] == [(number, 5)]


def test_the_log_cannot_be_emptied_at_one_stroke(owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="TRUNCATE is refused"):
        owner.execute("truncate audit")


# --- 錨 ---------------------------------------------------------------------------------------------------------------


def test_an_anchor_takes_what_has_grown_and_names_the_one_before(
    database: Database, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    today = date(2026, 4, 1)
    with database.transaction(city) as connection:
        anchors.gather(connection, city, "run", today)
        anchors.gather(connection, city, "run", today)
    with database.transaction(city) as connection:
        cases.say(connection, a_case(connection, city).receipt_number, "received")
        anchors.gather(connection, city, "run", today + timedelta(days=1))
        anchors.gather(connection, city, "run", today + timedelta(days=2))

    with database.reading(city) as connection:
        made = list(anchors.in_order(connection, page=2))
        assert [(each.number, each.cases) for each in made] == [(1, 1), (2, 1), (3, 0)]
        (leaf,) = [each.leaf for each in anchors.seen(connection, 1)]
    assert (leaf.receipt_number, leaf.length) == (number, 5)
    assert made[0].root == tree.leaf(leaf.data)
    assert made[0].statement.endswith("before: none\n")
    before = made[1].statement.rsplit("before: ", 1)[1].strip()
    assert before == hashlib.sha256(made[0].statement.encode()).hexdigest()


def test_an_anchor_stays_whatever_the_application_or_the_owner_wants(
    database: Database, owner: psycopg.Connection, city: MunicipalityCode, number: ReceiptNumber
) -> None:
    with database.transaction(city) as connection:
        anchors.gather(connection, city, token_hex(4), date(2026, 4, 1))
        anchors.put_off(connection, 1, "it is silent")
        anchors.stamp(connection, 1, b"token", datetime.now(UTC), [])
        anchors.stamp(connection, 1, b"another", datetime.now(UTC), [])
        assert [each.token for each in anchors.listed(connection, 9)] == [b"token"]
        assert anchors.unstamped(connection) == ()
    for statement in (
        "update audit_anchor set token = null, stamped_at = null",
        "delete from audit_anchor",
        "update audit_anchor_leaf set length = 1",
        "delete from audit_anchor_leaf",
        "truncate audit_anchor_leaf",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="stays"):
            owner.execute(statement)
        owner.rollback()
