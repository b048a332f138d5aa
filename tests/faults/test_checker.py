"""独立検査の検査: facts in which nothing is wrong pass; each kind of damage done to a copy is named, at its case."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from faults.checker.facts import Facts, Finding
from faults.checker.rules import findings
from tests.faults.hand_made import (
    AWARDED,
    PAID,
    PDF,
    RECALLED,
    REJECTED,
    RESTING,
    UNTOUCHED,
    a_city,
    chained,
    changed,
    doubled,
    with_more,
    without,
)

Damage = Callable[[Facts], Facts]
OF_PAID = {"receipt_number": PAID}
LINE = {"receipt_number": PAID, "seq": 2}


def named(facts: Facts) -> set[tuple[str, str]]:
    return {(found.rule, found.about) for found in findings(facts)}


def test_a_city_in_which_nothing_is_wrong_gives_no_finding() -> None:
    assert list(findings(a_city())) == []


DAMAGES: dict[str, tuple[Damage, str, str]] = {
    "a case removed": (lambda f: without(f, "cases", **OF_PAID), "case_lost", PAID),
    "one request, two receipts": (
        lambda f: with_more(f, "journal", event="filed", receipt_number=REJECTED, draft=f"draft-{PAID}", fee=300),
        "filed_twice", f"draft-{PAID}",
    ),
    "one draft, two cases": (
        lambda f: changed(f, "submissions", {"receipt_number": REJECTED}, draft_id=f"draft-{PAID}"),
        "filed_twice", f"draft-{PAID}",
    ),
    "a case nobody filed": (
        lambda f: replace(f, journal=tuple(r for r in f.journal if r.get("draft") != f"draft-{RESTING}")),
        "case_unknown", RESTING,
    ),
    "a submission removed": (lambda f: without(f, "submissions", **OF_PAID), "submission_lost", PAID),
    "a correction removed": (
        lambda f: with_more(f, "journal", event="corrected", receipt_number=PAID), "submission_lost", PAID,
    ),
    "rejected, yet delivered": (
        lambda f: changed(f, "cases", {"receipt_number": REJECTED}, status="delivered"),
        "decision_contradicted", REJECTED,
    ),
    "delivered, later something else": (
        lambda f: changed(f, "journal", {"event": "told_ended"}, status="withdrawn"), "decision_contradicted", PAID,
    ),
    "a withdrawal that was taken in, yet delivered": (
        lambda f: with_more(
            f, "commands", id="w", receipt_number=PAID, kind="withdraw", status="acknowledged", attempts=1, task=None
        ), "decision_contradicted", PAID,
    ),
    "a withdrawal forgotten": (
        lambda f: with_more(f, "journal", event="withdrew", receipt_number=RESTING), "withdrawal_lost", RESTING,
    ),
    "a case that waits for a neighbour": (
        lambda f: changed(f, "cases", {"receipt_number": RESTING}, status="awaiting_neighbour"), "case_stuck", RESTING,
    ),
    "a case nobody is named for": (
        lambda f: without(f, "journal", event="left", waits_for="officer"), "case_stuck", RESTING,
    ),
    "nowhere to pay": (lambda f: without(f, "payments", receipt_number=UNTOUCHED), "case_stuck", UNTOUCHED),
    "a decision lost": (
        lambda f: changed(f, "tasks", {"id": f"task-{PAID}-review"}, outcome="ended"), "decision_lost", PAID,
    ),
    "a decision nobody sent": (
        lambda f: without(f, "journal", event="deciding", receipt_number=PAID), "decision_invented", PAID,
    ),
    "a task decided in two ways": (
        lambda f: with_more(
            f, "journal", event="decided", receipt_number=PAID, task=f"task-{PAID}-review", decision="reject",
            answer="acknowledged",
        ), "decided_twice", PAID,
    ),
    "an approval told twice": (
        lambda f: replace(f, audit=(*f.audit, *chained(PAID, ("received", "approved", "approved"))[2:])),
        "effect_twice", PAID,
    ),
    "closed twice": (
        lambda f: replace(f, audit=(*f.audit, *chained(PAID, ("received", "closed"))[1:])), "effect_twice", PAID,
    ),
    "a doubled charge": (lambda f: doubled(f, "charges", OF_PAID, id="ch-again"), "charged_twice", PAID),
    "charged on two pages": (
        lambda f: doubled(f, "charges", OF_PAID, id="ch-again", payment_intent="pi-again"), "charged_twice", PAID,
    ),
    "a charge removed": (lambda f: without(f, "charges", **OF_PAID), "payment_lost", PAID),
    "a refund removed": (lambda f: replace(f, refunds=()), "money_wrong", REJECTED),
    "a doubled refund": (lambda f: doubled(f, "refunds", {}), "money_wrong", REJECTED),
    "a delivered case given back": (
        lambda f: with_more(f, "refunds", charge=f"ch-{PAID}", amount=300), "money_wrong", PAID,
    ),
    "a payment the books do not know": (
        lambda f: changed(f, "payments", OF_PAID, status="expired"), "books_differ", PAID,
    ),
    "a charge for nobody": (
        lambda f: changed(f, "charges", OF_PAID, receipt_number="X"), "charge_unknown", f"ch-{PAID}",
    ),
    "points awarded twice": (
        lambda f: doubled(f, "postings", {"ledger_account": "residents"}, transaction_id="again"),
        "points_twice", "happy 3",
    ),
    "points never awarded": (lambda f: replace(f, postings=()), "points_wrong", AWARDED),
    "half a posting": (lambda f: without(f, "postings", ledger_account="awards"), "points_unbalanced", "t"),
    "an object removed": (
        lambda f: replace(f, objects={k: v for k, v in f.objects.items() if not k.endswith(PAID)}),
        "document_lost", PAID,
    ),
    "an object altered": (
        lambda f: replace(f, objects={**f.objects, f"282014/documents/{PAID}": "0" * 64}), "document_altered", PAID,
    ),
    "another file downloaded": (
        lambda f: changed(f, "journal", {"event": "read_document"}, sha256="0" * 64), "document_altered", PAID,
    ),
    "a broken seal": (lambda f: replace(f, seals={f"document-{PAID}": False}), "seal_invalid", PAID),
    "two certificates": (lambda f: doubled(f, "documents", OF_PAID, id="again", sha256=PDF), "document_twice", PAID),
    "a recalled document left valid": (
        lambda f: changed(f, "documents", {"receipt_number": RECALLED}, revoked_at=None), "document_valid", RECALLED,
    ),
    "told twice": (lambda f: doubled(f, "notices", OF_PAID, id=99), "told_twice", PAID),
    "never told": (lambda f: without(f, "notices", **OF_PAID), "told_never", PAID),
    "two deliveries of one notice": (
        lambda f: doubled(f, "deliveries", {"notice_id": 1}, id="again"), "mail_twice", "1",
    ),
    "more mails than attempts": (
        lambda f: replace(f, mails=(*f.mails, f.mails[0], f.mails[0])), "mail_twice", a_city().deliveries[0]["id"],
    ),
    "a mail that never came": (lambda f: replace(f, mails=f.mails[1:]), "mail_lost", a_city().deliveries[0]["id"]),
    "a mail nobody sent": (
        lambda f: with_more(f, "mails", return_path=f"bounces+{'a' * 32}{'0' * 16}@city.example"),
        "mail_unknown", "a" * 32,
    ),
    "a mail that waits": (
        lambda f: changed(f, "deliveries", {"notice_id": 1}, status="waiting"),
        "mail_stuck", a_city().deliveries[0]["id"],
    ),
    "a stuck task": (
        lambda f: doubled(f, "tasks", {"id": "task-open"}, id="left", receipt_number=PAID), "task_left_over", PAID,
    ),
    "a task whose workflow is gone": (
        lambda f: changed(f, "workflows", {"id": RESTING}, status="COMPLETED"), "task_left_over", RESTING,
    ),
    "a task removed": (lambda f: without(f, "tasks", id="task-open"), "task_missing", RESTING),
    "a seat with two tasks": (lambda f: doubled(f, "tasks", {"id": "task-open"}, id="other"), "task_twice", RESTING),
    "a workflow that failed": (
        lambda f: with_more(
            f, "workflows", id="anchor", type="AuditAnchorWorkflow", status="FAILED", accepted=[], broken=False
        ),
        "workflow_failed", "anchor",
    ),
    "a round of reconciliation that failed and was not made up for": (
        lambda f: with_more(
            f, "workflows", id="reconciliation-9", type="ReconciliationWorkflow", status="FAILED", accepted=[],
            broken=False,
        ),
        "workflow_failed", "reconciliation-9",
    ),
    "a workflow that cannot be replayed": (
        lambda f: changed(f, "workflows", {"id": PAID}, broken=True), "workflow_broken", PAID,
    ),
    "a case without a workflow": (lambda f: without(f, "workflows", id=PAID), "workflow_count", PAID),
    "a closed case whose workflow runs": (
        lambda f: changed(f, "workflows", {"id": PAID}, status="RUNNING"), "workflow_open", PAID,
    ),
    "a command taken in twice": (
        lambda f: changed(f, "workflows", {"id": PAID}, accepted=[f"decide-task-{PAID}-review"] * 2),
        "command_twice", PAID,
    ),
    "a command the history does not know": (
        lambda f: changed(f, "workflows", {"id": PAID}, accepted=[]), "command_lost", PAID,
    ),
    "a command never told": (
        lambda f: changed(f, "commands", {"id": f"start-{PAID}"}, status="pending"), "command_pending", PAID,
    ),
    "an altered line": (lambda f: changed(f, "audit", LINE, actor="officer:x"), "audit_altered", PAID),
    "altered facts": (lambda f: changed(f, "audit", LINE, facts='{"a": 1}'), "audit_altered", PAID),
    "a line removed": (lambda f: without(f, "audit", **LINE), "audit_gap", PAID),
    "the end cut off": (lambda f: without(f, "audit", receipt_number=PAID, seq=5), "audit_cut_off", PAID),
    "a log removed": (lambda f: without(f, "audit", **OF_PAID), "audit_missing", PAID),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "rule", "about"), DAMAGES.values(), ids=DAMAGES.keys())
def test_each_damage_is_named_at_its_case(damage: Damage, rule: str, about: str) -> None:
    assert (rule, about) in named(damage(a_city()))


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(Finding("case_lost", PAID, "there is no such case")) == f"case_lost {PAID}: there is no such case"
