"""取下げの可否: a page offers what the workflow will take, and nothing that is too late."""

from datetime import UTC, datetime

import pytest

from api.views import Action, CaseStatus, CaseView, TimelineEntry
from machine.visitor import wait_for
from procedures.values import ProcedureId, ReceiptNumber
from tests.api.scenes import Newcomer, actions

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
WISH = {"knows_deleted": True, "knows_kept": True, "agrees": True}


def case(status: CaseStatus, *happened: Action) -> CaseView:
    timeline = tuple(
        TimelineEntry(seq=n, at=NOW, actor="counter", action=each, step=None, facts={})
        for n, each in enumerate(("received", *happened))
    )
    return CaseView(
        receipt_number=ReceiptNumber("282014-26-0000000-0"), procedure=ProcedureId("happy_pass"), version=1,
        status=status, received_at=NOW, due_at=NOW, language="ja", step=None, reason=None, reason_text=None,
        suspended_at=None, closed_at=None, answers={}, marks={}, timeline=timeline, payments=(), documents=(),
        tracking_number=None, pending=(),
    )  # fmt: skip


@pytest.mark.parametrize("status", ["checking", "under_review", "awaiting_neighbour", "awaiting_correction"])
def test_a_case_is_withdrawn_until_something_was_given_for_it(status: CaseStatus) -> None:
    assert case(status, "task_opened", "approved").may_withdraw
    assert not case(status, "approved", "document_issued").may_withdraw
    assert not case(status, "approved", "points_awarded").may_withdraw


@pytest.mark.parametrize("status", ["issuing", "mailing", "delivered", "withdrawn", "rejected", "lapsed", "recalled"])
def test_a_case_about_to_end_or_ended_is_not_withdrawn(status: CaseStatus) -> None:
    assert not case(status).may_withdraw


def test_a_case_reviewed_again_after_its_document_offers_no_withdrawal(newcomer: Newcomer) -> None:
    """利用者登録の抹消: the notice is issued before the second officer approves."""
    resident, officer = newcomer(), newcomer("privacy_review")
    receipt_number = resident.submit(resident.fill_in("account_deletion", WISH))
    resident.await_case(receipt_number, "under_review")
    address = f"/cases/{receipt_number}"
    assert f'href="{address}/withdraw"' in resident.http.get(address).text
    assert resident.http.get(f"{address}/withdraw").status_code == 200

    officer.decide(officer.task_of(receipt_number), "approve")
    issued = wait_for(
        lambda: resident.case(receipt_number),
        lambda found: (
            found["status"] == "under_review" and bool(found["documents"]) and "document_issued" in actions(found)
        ),
        "the second officer's turn",
    )

    assert issued["documents"]
    assert f'href="{address}/withdraw"' not in resident.http.get(address).text
    assert resident.http.get(f"{address}/withdraw").status_code == 409
    refused = resident.http.post(f"/api/cases/{receipt_number}/withdrawal")
    assert (refused.status_code, refused.json()["title"]) == (409, "too_late_to_withdraw")
