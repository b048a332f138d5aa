"""受付期間: outside it nothing new is filed, and the resident is told when it opens; corrections are always taken."""

from datetime import date
from pathlib import Path

import httpx

from procedures.document import Reception
from procedures.loader import Edition, Library
from sandbox.people import KENJI
from tests.api.scenes import SCREENING, Books, screening, screening_under_review
from tests.api.test_api_draft_renewal import Sit, sit
from tests.conftest import Meet

__all__ = ["sit"]


def received(reception: Reception) -> Library:
    """The town's screening, taken only then."""
    now = Library.read().current(SCREENING).model_copy(update={"reception": reception})
    return Library({(SCREENING, 1): Edition(now, Path())}, {SCREENING: 1})


def begun(client: httpx.Client) -> str:
    draft = client.post("/api/drafts", json={"procedure": SCREENING, "language": "ja"}).json()
    client.put(f"/api/drafts/{draft['id']}/answers", json={"answers": screening()}).raise_for_status()
    return str(draft["id"])


def test_before_it_opens_nothing_is_filed_and_the_answers_stay(sit: Sit, books: Books) -> None:
    client = sit(received(Reception(opens=date(2099, 4, 1))))
    draft_id = begun(client)

    refused = client.post(f"/api/drafts/{draft_id}/submission")

    assert (refused.status_code, refused.json()["title"]) == (409, "reception_closed")
    assert "2099年4月1日から申請できます" in refused.json()["texts"]["ja"]
    assert "from 1 April 2099" in refused.json()["texts"]["en"]
    assert books.of_draft(draft_id)["submissions"] == 0
    assert client.get(f"/api/drafts/{draft_id}").json()["answers"]["clinic"] == "west"


def test_after_it_closed_nothing_is_filed(sit: Sit) -> None:
    client = sit(received(Reception(closes=date(2026, 3, 31))))

    refused = client.post(f"/api/drafts/{begun(client)}/submission")

    assert refused.json()["title"] == "reception_closed"
    assert "2026年3月31日で終了しました" in refused.json()["texts"]["ja"]


def test_a_correction_is_never_refused_for_the_hour(sit: Sit, meet: Meet, books: Books) -> None:
    case = screening_under_review(meet(KENJI))
    client = sit(received(Reception(closes=date(2026, 3, 31))))
    draft_id = begun(client)
    books.write("update draft set corrects = %s where id = %s", case, draft_id)

    answer = client.post(f"/api/drafts/{draft_id}/submission")

    # The case is somebody else's and asks for nothing: what matters is that it is asked at all.
    assert answer.json()["title"] == "nothing_to_correct"
