"""根気: a person at the counter who asks again for as long as nobody answers: a lost connection, a 5xx, too busy."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from card.agent.file import open_file
from card.cades import ContentSigner
from machine.demo import visitor
from machine.layout import Layout, url
from machine.visitor import CounterRefused, Visitor
from sandbox.companies import DATA_WORKS
from sandbox.people import Person

T = TypeVar("T")
PAUSE = 1.0
NO_ANSWER = (httpx.TransportError, httpx.InvalidURL)
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
SIGNATURES = 12
STILL_RUNNING = "idempotency_in_progress"


class GaveUp(Exception):
    """断念: nobody answered for as long as the campaign lasts."""


class PersonAtCounter:
    """来訪者: a visitor with patience, who logs in again where the session is gone."""

    def __init__(self, layout: Layout, person: Person, until: Callable[[], bool], *, by_provider: bool = False) -> None:
        self.layout = layout
        self.person = person
        self.visitor: Visitor = visitor(layout, person)
        self._until = until
        self._by_provider = by_provider
        self.unanswered: Counter[str] = Counter()
        """Why something had to be asked again, and how often."""

    def close(self) -> None:
        self.visitor.http.close()

    def insist(self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer; a refusal is one. Raises CounterRefused, GaveUp."""
        while True:
            try:
                return ask()
            except NO_ANSWER as lost:
                self.unanswered[type(lost).__name__] += 1
            except CounterRefused as refused:
                if refused.status == 401:
                    self.log_in()
                elif refused.status not in AGAIN and refused.problem.get("title") != STILL_RUNNING:
                    raise
                self.unanswered[f"{refused.status} {refused.problem.get('title', '')}"] += 1
            if self._until():
                raise GaveUp
            time.sleep(PAUSE)

    def log_in(self) -> None:
        """ログイン with the card, or at the city's identity provider; begun anew where it broke."""
        while not self._until():
            try:
                self._at_provider() if self._by_provider else self.visitor.log_in()
                return
            except (*NO_ANSWER, CounterRefused, KeyError, IndexError):
                time.sleep(PAUSE)
        raise GaveUp

    def come_again(self) -> None:
        """Officers of the provider log in anew now and then; so its kills matter."""
        if self._by_provider:
            self.log_in()

    def get(self, path: str) -> Any:
        return self.insist(lambda: self.visitor.get(path))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """With one Idempotency-Key for however many attempts it takes."""
        key = uuid4().hex
        return self.insist(lambda: self._sent("POST", path, body, key))

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        return self.insist(lambda: self.visitor.put(path, body))

    def _sent(self, method: str, path: str, body: Mapping[str, object] | None, key: str) -> Any:
        answer = self.visitor.http.request(method, path, json=body, headers={"Idempotency-Key": key})
        if answer.is_error:
            raise CounterRefused(answer)
        return answer.json() if answer.content else {}

    def signed(self, draft_id: str, signer: ContentSigner | None) -> str:
        """Sign a draft and file it; the receipt number. A request that was used up is begun anew."""
        for attempt in range(SIGNATURES):
            asked: str = self.post(f"/api/drafts/{draft_id}/signing-request")["id"]
            try:
                back = self.insist(partial(self.visitor.answer, asked, signer=signer))
                return self.insist(partial(self.visitor.redeem, draft_id, back))
            except CounterRefused:
                if attempt == SIGNATURES - 1:
                    raise
                self.unanswered["handback lost"] += 1  # answered before, and the handback was lost with the connection
                time.sleep(PAUSE)
        raise GaveUp

    def company(self) -> ContentSigner:
        """事業者の電子証明書のファイル."""
        file = self.layout.pki / "companies" / f"{DATA_WORKS.key}.p12"
        return open_file(file.read_bytes(), DATA_WORKS.passphrase)

    def _at_provider(self) -> None:
        http = self.visitor.http
        asked = httpx.get(http.get("/login/identity").headers["location"], timeout=10)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
        provider = url(self.layout.ports.identity)
        back = httpx.post(f"{provider}/authorize", data=fields | {"subject": self.person.key}, timeout=10)
        address = urlsplit(back.headers["location"])
        answer = http.get(f"{address.path}?{address.query}")
        if answer.is_error:
            raise CounterRefused(answer)
