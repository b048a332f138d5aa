"""受付期間: outside it nothing new is filed, and the resident is told when it opens; corrections are always taken."""

from datetime import date, timedelta
from pathlib import Path

import httpx

from procedures.document import Reception
from procedures.loader import Edition, Library
from sandbox.people import KENJI
from tests.api.paper_scenes import TODAY
from tests.api.scenes import SCREENING, Books, Newcomer, screening, screening_under_review
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


def test_a_paper_is_received_on_the_day_it_arrived_not_on_the_day_it_is_entered(sit: Sit, newcomer: Newcomer) -> None:
    over = Reception(closes=TODAY - timedelta(days=3))
    client = sit(received(over))
    client.cookies.clear()
    client.cookies.update(newcomer("health:health_review").http.cookies)

    def entered(days_ago: int) -> httpx.Response:
        received_on = (TODAY - timedelta(days=days_ago)).isoformat()
        wanted = {"procedure": SCREENING, "arrival": "post", "received_on": received_on, "language": "ja"}
        return client.post("/api/paper/drafts", json=wanted)

    assert (entered(2).status_code, entered(2).json()["title"]) == (409, "not_received_then")
    begun_in_time = entered(3)
    assert begun_in_time.status_code == 201, begun_in_time.text
    draft_id = begun_in_time.json()["draft"]["id"]
    moved = {"arrival": "post", "received_on": TODAY.isoformat(), "language": "ja"}
    late = client.put(f"/api/paper/drafts/{draft_id}/receipt", json=moved)
    assert late.json()["title"] == "not_received_then"
