"""来訪者: a resident or officer with a card who uses the counter through its public API, as any program could.

The demonstration, the tests and the benchmark share it; it knows nothing of the counter's inside.
"""

import base64
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from card.agent import request as agent_request
from card.agent.cities import TrustedCity
from card.agent.request import SigningRequest
from card.agent.signing import PURPOSES
from card.cades import ContentSigner, sign_detached
from card.jpki import JpkiCard
from card.profile import Purpose
from card.transport import Transport

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds to wait for the counter to do its part."""


class CounterRefused(Exception):
    """The counter said no; carries its problem details (RFC 9457)."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: Mapping[str, Any] = _json(response)
        super().__init__(f"{response.request.method} {response.request.url}: {self.status} {self.problem}")


class Visitor:
    """来訪者: their own card agent: believes `city`, uses the card that `hold` gives, knows its `pins`."""

    def __init__(self, city: TrustedCity, hold: Callable[[], Transport], pins: Mapping[Purpose, str]) -> None:
        self._city = city
        self._hold = hold
        self._pins = pins
        self.http = httpx.Client(base_url=city.origin, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    # --- with the card ----------------------------------------------------------------------------------------------

    def log_in(self) -> Self:
        """ログイン with the authentication certificate."""
        asked = self.post("/api/login-requests", {"language": "ja"})
        self.post("/api/sessions", {"handback": handback_of(self.answer(asked["id"]))})
        return self

    def asked(self, request_id: str) -> SigningRequest:
        """署名依頼を読む, as a card agent does: only with the city's signature."""
        response = self.http.get(f"/api/signing-requests/{request_id}")
        if response.is_error:
            raise CounterRefused(response)
        return agent_request.read(response.content, self._city)

    def answer(self, request_id: str, content: bytes | None = None, signer: ContentSigner | None = None) -> str:
        """Answer a signing request with the card (or `signer`; or sign other bytes). Where the browser would go."""
        request = self.asked(request_id)
        wanted = request.content if content is None else content
        signed = sign_detached(signer, wanted, datetime.now(UTC)) if signer else self.sign(_key(request), wanted)
        body = {"nonce": request.nonce, "cms": base64.b64encode(signed).decode()}
        return str(self.post(f"/api/signing-requests/{request_id}", body)["return_url"])

    def sign(self, purpose: Purpose, content: bytes) -> bytes:
        """CAdES over `content` by the card."""
        with JpkiCard(self._hold()) as card:
            return sign_detached(card.unlock(purpose, self._pins[purpose]), content, datetime.now(UTC))

    # --- as a resident ----------------------------------------------------------------------------------------------

    def fill_in(self, procedure: str, answers: Mapping[str, object], language: str = "ja") -> str:
        """A draft with these answers; its id."""
        draft = self.post("/api/drafts", {"procedure": procedure, "language": language})
        saved = self.put(f"/api/drafts/{draft['id']}/answers", {"answers": answers})
        if saved["problems"]:
            raise ValueError(f"The answers have problems: {saved['problems']}")
        return str(draft["id"])

    def apply(self, procedure: str, answers: Mapping[str, object], language: str = "ja") -> str:
        """申請する, with a signature; the receipt number."""
        return self.file(self.fill_in(procedure, answers, language))

    def file(self, draft_id: str) -> str:
        """Sign a draft and file it; the receipt number."""
        asked = self.post(f"/api/drafts/{draft_id}/signing-request")
        return self.redeem(draft_id, self.answer(asked["id"]))

    def redeem(self, draft_id: str, return_url: str) -> str:
        """File what the card signed, with the handback of the address it gave back; the receipt number."""
        given = {"handback": handback_of(return_url)}
        return str(self.post(f"/api/drafts/{draft_id}/signature", given)["receipt_number"])

    def submit(self, draft_id: str) -> str:
        """File a draft that needs no signature; the receipt number."""
        return str(self.post(f"/api/drafts/{draft_id}/submission")["receipt_number"])

    def case(self, receipt_number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/cases/{receipt_number}")
        return found

    def await_case(self, receipt_number: str, *statuses: str) -> dict[str, Any]:
        """The case, once it has one of these statuses."""
        return wait_for(
            lambda: self.case(receipt_number), lambda case: case["status"] in statuses, " or ".join(statuses)
        )

    def pay(self, case: Mapping[str, Any], card_number: str = "4242424242424242", cvc: str = "123") -> httpx.Response:
        """Pay on the gateway's own hosted page, as a browser would post its form."""
        page = next(p["url"] for p in reversed(case["payments"]) if p["status"] == "open")
        form = {"card_number": card_number, "expiry": f"12/{(datetime.now(UTC).year + 2) % 100:02d}", "cvc": cvc}
        return httpx.post(page, data=form, timeout=30)

    # --- as an officer ----------------------------------------------------------------------------------------------

    def task_of(self, receipt_number: str) -> dict[str, Any]:
        """The open task of a case, once it is in the inbox."""

        def look() -> dict[str, Any] | None:
            found = self.get(f"/api/tasks?number={receipt_number}")
            return next((task for task in found if task["closed_at"] is None), None)

        found = wait_for(look, lambda task: task is not None, "a task in the inbox")
        assert found is not None  # noqa: S101 - wait_for saw it
        return found

    def decide(self, task: Mapping[str, Any], decision: str, **more: Any) -> dict[str, Any]:
        """Claim the task and decide it. `marks`: field → reason, each of them incorrect."""
        claimed = self.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
        marks = more.pop("marks", None) or {}
        more["marks"] = {name: {"fault": "incorrect", "reason": why} for name, why in marks.items()}
        wanted = {"version": claimed["version"], "decision": decision, "findings_checked": True, **more}
        decided: dict[str, Any] = self.post(f"/api/tasks/{task['id']}/decision", wanted)
        return decided

    # --- HTTP -------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        return self._read(self.http.get(path))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        return self._read(self.http.post(path, json=body))

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        return self._read(self.http.put(path, json=body))

    def attach(self, draft_id: str, field: str, name: str, data: bytes) -> Any:
        """添付する: what the counter made of the file."""
        response = self.http.post(
            f"/api/drafts/{draft_id}/attachments", data={"field": field}, files={"file": (name, data)}
        )
        (kept,) = self._read(response)
        return kept

    def download(self, document_id: str | UUID) -> bytes:
        """交付書面."""
        response = self.http.get(f"/api/documents/{document_id}")
        if response.is_error:
            raise CounterRefused(response)
        return response.content

    def _read(self, response: httpx.Response) -> Any:
        if response.is_error:
            raise CounterRefused(response)
        return _json(response)


def _key(request: SigningRequest) -> Purpose:
    return PURPOSES[request.purpose]


def handback_of(return_url: str) -> str:
    """引換え: the last part of the address the browser would go to."""
    return return_url.rsplit("/", 1)[-1]


def wait_for(look: Callable[[], T], good: Callable[[T], bool], what: str, patience: float = PATIENCE) -> T:
    """Look until it is good. Raises TimeoutError that says what was seen last."""
    deadline, pause = time.monotonic() + patience, 0.02
    while True:
        seen = look()
        if good(seen):
            return seen
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {patience:.0f} s for {what}; last seen: {seen}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)


def _json(response: httpx.Response) -> Any:
    return response.json() if response.content and "json" in response.headers.get("content-type", "") else {}
