"""監査記録の検証: `madoguchi audit verify` against everything somebody with the database in hand could do."""

from datetime import UTC, datetime, timedelta

import pytest

from api.audit.verification import Verification
from tests.audit.conftest import Archive
from trust.anchors import AnchorRegistry


def kinds(archive: Archive, now: datetime | None = None) -> list[tuple[str, int | None, int | None]]:
    verification = Verification(archive.database, archive.registry, archive.city)
    return [(each.kind, each.seq, each.anchor) for each in verification.findings(now=now)]


def test_a_log_nobody_touched_is_found_whole(archive: Archive) -> None:
    number = archive.case()
    archive.anchor()
    archive.say(number)
    archive.case()
    archive.anchor()

    done = archive.verify()

    assert (done.returncode, done.stderr) == (0, "")
    assert f"{archive.city}: 2 cases, 7 lines; 2 anchors over 3 ends." in done.stdout
    assert "Nothing was found." in done.stdout


def test_a_city_without_a_case_or_an_anchor_is_whole_too(archive: Archive) -> None:
    assert archive.verify().returncode == 0
    archive.anchor()
    assert archive.verify().returncode == 0


def test_what_was_altered_is_named_by_case_and_line_with_what_it_means(archive: Archive) -> None:
    number = archive.case()
    with archive.unguarded() as run:
        run("update audit set facts = '{}' where receipt_number = %s and seq = 2", (number,))

    done = archive.verify()

    assert done.returncode == 1
    assert f"{number} line 2: altered. Its content is not what was hashed" in done.stdout
    assert "1 found." in done.stdout


def test_one_case_alone_can_be_verified(archive: Archive) -> None:
    good, bad = archive.case(), archive.case()
    archive.anchor()
    with archive.unguarded() as run:
        run("delete from audit where receipt_number = %s and seq = 2", (bad,))
    assert archive.verify("--case", good).returncode == 0
    done = archive.verify("--case", bad)
    assert done.returncode == 1
    assert f"{bad} line 2: missing." in done.stdout
    unknown = archive.verify("--case", f"{archive.city}-260401-XXXXX")
    assert unknown.returncode == 2
    assert "There is no case" in unknown.stderr


def test_a_last_line_removed_together_with_the_record_of_the_end_is_found_by_the_anchor(archive: Archive) -> None:
    number = archive.case()
    archive.anchor()
    with archive.unguarded() as run:
        run("delete from audit where receipt_number = %s and seq = 3", (number,))
        run(
            "update audit_head h set length = 2, hash = a.hash from audit a"
            " where h.receipt_number = %s and a.receipt_number = h.receipt_number and a.seq = 2",
            (number,),
        )
    assert kinds(archive) == [("not_as_anchored", 3, 1)]
    assert f"{number} line 3: not_as_anchored. When anchor 1 of" in archive.verify().stdout
    assert "that line is gone" in archive.verify().stdout


def test_a_chain_rewritten_from_its_first_line_on_is_found_by_the_anchor(archive: Archive) -> None:
    number = archive.case()
    archive.anchor()
    with archive.unguarded() as run:
        run("delete from audit where receipt_number = %s", (number,))
        run("delete from audit_head where receipt_number = %s", (number,))
    for _ in range(3):
        archive.say(number)
    assert kinds(archive) == [("not_as_anchored", 3, 1)]


def test_a_case_that_vanished_whole_is_found_by_the_anchor(archive: Archive) -> None:
    number = archive.case()
    archive.anchor()
    with archive.unguarded() as run:
        run("delete from audit where receipt_number = %s", (number,))
        run("delete from audit_head where receipt_number = %s", (number,))
    assert kinds(archive) == [("not_as_anchored", 3, 1)]


# --- the anchors themselves -------------------------------------------------------------------------------------------


def test_an_anchor_removed_in_the_middle_is_found(archive: Archive) -> None:
    for _ in range(3):
        archive.case()
        archive.anchor()
    with archive.unguarded("audit_anchor") as run:
        run("delete from audit_anchor where municipality = %s and number = 2", (archive.city,))
    assert ("anchor_missing", None, 3) in kinds(archive)


def test_the_newest_anchors_removed_are_missed_by_whoever_wrote_their_root_down(archive: Archive) -> None:
    archive.case()
    archive.anchor()
    root = archive.anchor().root.hex()
    assert archive.verify("--known", root).returncode == 0
    with archive.unguarded("audit_anchor") as run:
        run("delete from audit_anchor where municipality = %s and number = 2", (archive.city,))
    assert archive.verify().returncode == 0
    done = archive.verify("--known", root)
    assert done.returncode == 1
    assert f"anchor_unknown. No anchor has the root {root}" in done.stdout


@pytest.mark.parametrize(
    ("change", "kind"),
    [("statement = replace(statement, 'cases: 1', 'cases: 2')", "anchor_altered"),
     ("cases = 7", "anchor_altered"), ("root = sha256('x')", "anchor_altered"),
     ("token = overlay(token placing '\\x00' from length(token) - 5)", "anchor_untrusted"),
     ("token = 'garbage'", "anchor_untrusted"), ("day = day + 1", "anchor_altered")],
)  # fmt: skip
def test_an_anchor_altered_is_found(archive: Archive, change: str, kind: str) -> None:
    archive.case()
    archive.anchor()
    with archive.unguarded("audit_anchor") as run:
        run(f"update audit_anchor set {change} where municipality = %s", (archive.city,))
    assert (kind, None, 1) in kinds(archive)


def test_an_anchors_leaf_altered_to_fit_a_rewritten_chain_is_found(archive: Archive) -> None:
    number = archive.case()
    archive.anchor()
    with archive.unguarded() as run:
        run("delete from audit where receipt_number = %s and seq = 3", (number,))
        run(
            "update audit_head h set length = 2, hash = a.hash from audit a"
            " where h.receipt_number = %s and a.receipt_number = h.receipt_number and a.seq = 2",
            (number,),
        )
    with archive.unguarded("audit_anchor_leaf") as run:
        run(
            "update audit_anchor_leaf l set length = 2, hash = h.hash from audit_head h"
            " where l.receipt_number = %s and h.receipt_number = l.receipt_number",
            (number,),
        )
    assert kinds(archive) == [("anchor_altered", None, 1)]


def test_a_token_of_another_anchor_is_not_taken_for_this_ones(archive: Archive) -> None:
    archive.case()
    archive.anchor()
    archive.case()
    archive.anchor()
    with archive.unguarded("audit_anchor") as run:
        run(
            "update audit_anchor a set token = b.token from audit_anchor b"
            " where a.municipality = %s and b.municipality = a.municipality and a.number = 2 and b.number = 1",
            (archive.city,),
        )
    assert kinds(archive) == [("anchor_untrusted", None, 2)]


def test_an_authority_nobody_believes_gives_no_anchor(archive: Archive) -> None:
    archive.case()
    archive.gather()
    nobody = AnchorRegistry([])
    assert archive.stamp(f"http://127.0.0.1:{archive.town.ports.pki}/tsa", nobody) == 1
    waiting = archive.newest()
    assert waiting.token is None
    assert "cannot be believed" in (waiting.error or "")
    archive.anchor()
    archive.registry = nobody
    assert {kind for kind, _, _ in kinds(archive)} == {"anchor_untrusted"}


def test_an_authority_that_is_away_is_waited_for_and_its_absence_told(archive: Archive) -> None:
    archive.case()
    archive.gather()
    assert archive.stamp("http://127.0.0.1:9/tsa") == 1
    waiting = archive.newest()
    assert (waiting.token, waiting.attempts) == (None, 1)
    assert "doesn't answer" in (waiting.error or "")
    assert kinds(archive) == []
    assert "waits for its timestamp" in archive.verify().stdout
    later = datetime.now(UTC) + timedelta(days=3)
    assert kinds(archive, later) == [("anchor_overdue", None, 1)]
    archive.anchor()
    assert archive.newest().number == 2
    assert kinds(archive, later) == []


def test_lines_that_no_anchor_takes_in_are_overdue_after_two_days(archive: Archive) -> None:
    archive.case()
    archive.anchor()
    archive.case()
    assert kinds(archive) == []
    assert kinds(archive, datetime.now(UTC) + timedelta(days=3)) == [("anchor_overdue", None, None)]
