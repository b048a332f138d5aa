"""紙の申請の場面: what an officer at a counter does with a paper, by the API."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from machine.visitor import CounterRefused, Visitor, wait_for
from sandbox.people import HANAKO, Person
from sheets.loader import SheetLibrary
from tests.api.scenes import CERTIFICATE, PDF, Books, today
from tests.api.sheet_scenes import WEBP

TODAY = today()
LICENCE: Mapping[str, Any] = {"proofs": ["driving_licence"], "proxy": None}


def stated(person: Person = HANAKO, **changes: object) -> dict[str, object]:
    """As that person writes on a form."""
    return {
        "name": person.name,
        "name_kana": person.kana,
        "birth_date": person.birth_date.isoformat(),
        "address": person.registered_address or person.address,
        "sex": "male" if person.sex == "1" else "female",
    } | changes


def begin(officer: Visitor, procedure: str = CERTIFICATE, days_ago: int = 0, **changes: object) -> str:
    """A paper that came to the counter; the id of its draft."""
    received_on = (TODAY - timedelta(days=days_ago)).isoformat()
    wanted = {"procedure": procedure, "arrival": "counter", "received_on": received_on, "language": "ja"} | changes
    return str(officer.post("/api/paper/drafts", wanted)["draft"]["id"])


def scan(
    officer: Visitor, draft_id: str, data: bytes = PDF, name: str = "申請書.pdf", field: str = "paper_scan"
) -> Any:
    """スキャンを添付する."""
    path = f"/api/paper/drafts/{draft_id}/attachments"
    response = officer.http.post(path, data={"field": field}, files={"file": (name, data)})
    if response.is_error:
        raise CounterRefused(response)
    return response.json()


def filled(
    officer: Visitor, answers: Mapping[str, object], procedure: str = CERTIFICATE, person: Person = HANAKO,
    **how: Any,
) -> str:  # fmt: skip
    """A paper with nothing missing; the id of its draft."""
    draft_id = begin(officer, procedure, **how)
    scan(officer, draft_id)
    officer.put(f"/api/paper/drafts/{draft_id}/identity", {"stated": stated(person), "identity_check": LICENCE})
    saved = officer.put(f"/api/paper/drafts/{draft_id}/answers", {"answers": answers})
    assert not saved["problems"], saved["problems"]
    return draft_id


def file(officer: Visitor, draft_id: str) -> str:
    return str(officer.post(f"/api/paper/drafts/{draft_id}/submission")["receipt_number"])


def case(officer: Visitor, receipt_number: str) -> dict[str, Any]:
    found: dict[str, Any] = officer.get(f"/api/paper/cases/{receipt_number}")
    return found


def await_case(officer: Visitor, receipt_number: str, *statuses: str) -> dict[str, Any]:
    """The case as its counter sees it, once it has one of these statuses."""

    def good(found: dict[str, Any]) -> bool:
        return found["case"]["status"] in statuses

    return wait_for(lambda: case(officer, receipt_number), good, " or ".join(statuses))


def pay(officer: Visitor, receipt_number: str, amount: int, method: str = "cash") -> Any:
    """窓口で受け取る."""
    received = {"amount": amount, "method": method, "receipt_given": True}
    return officer.post(f"/api/paper/cases/{receipt_number}/payment", received)


def whole(answers: Mapping[str, object], **changes: object) -> dict[str, str]:
    """申請書一枚分, as one form field."""
    said = {
        "procedure": CERTIFICATE, "arrival": "post", "received_on": TODAY.isoformat(), "language": "ja",
        "answers": answers, "stated": stated(), "identity_check": LICENCE,
    }  # fmt: skip
    return {"whole": json.dumps(said | changes)}


FORM = SheetLibrary.read().current("paper_residence_certificate")
ON_PAPER: Mapping[str, str | None] = {
    "person.name": "姫路　花子", "person.name_kana": "ヒメジ　ハナコ", "birth_era.heisei": "1", "birth.year": " 2",
    "birth.month": " 4", "birth.day": "12", "person.address": "姫路市安田四丁目", "phone": "0792212111  ",
    "kind.individual": "1", "copies": "1", "purpose.bank": "1", "delivery.counter": "1",
}  # fmt: skip
"""As read; everything else is empty."""
DOUBTFUL = ("person.name", "person.name_kana", "person.address", "copies")


def read_by_machine(
    books: Books, draft_id: str, doubtful: Sequence[str] = DOUBTFUL, **changes: str | None
) -> None:  # fmt: skip
    """The scan of this draft as its readers would have left it."""
    texts = {**ON_PAPER, **{name.replace("__", "."): text for name, text in changes.items()}}
    cells = [
        {"cell": cell.id, "text": texts.get(cell.id, ""), "probability": 0.9, "agreed": True,
         "accepted": cell.id not in doubtful, "alternatives": []}
        for cell in FORM.cells
    ]  # fmt: skip
    books.write(
        "insert into paper_reading (draft_id, asked_by, state, sheet, sheet_version, cells, picture)"
        " select d.id, p.entered_by, 'read', %s, %s, %s, %s from draft d join paper_filing p using (account_id)"
        " where d.id = %s", FORM.id, FORM.version, json.dumps(cells), WEBP, draft_id,
    )  # fmt: skip
