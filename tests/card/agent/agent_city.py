"""市のサーバー: the other side of the card agent in tests: hands out signed requests and takes the signatures."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from card.agent.cities import TrustedCity

NAME = {"ja": "姫路市", "en": "Himeji City", "zh": "姬路市", "ko": "히메지시"}


class City(ThreadingHTTPServer):
    """One city; `claims` is what GET /request answers with, signed; `answer` what POST /submit answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = ECKey.generate_key("P-256")
        self.key.ensure_kid()
        self.header: dict[str, Any] = {
            "alg": "ES256", "typ": "madoguchi-signing-request+jwt", "kid": self.key.kid,
        }  # fmt: skip
        now = datetime.now(UTC)
        self.claims: dict[str, Any] = {
            "iss": self.origin,
            "aud": "madoguchi-card-agent",
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "purpose": "sign",
            "language": "en",
            "title": "Certificate of residence",
            "summary": [["Copies", "2"], ["Purpose", "<b>bank</b>"]],
            "content": base64.b64encode('{"部数":2}'.encode()).decode(),
            "nonce": "n" * 32,
            "submit_url": f"{self.origin}/submit",
            "return_url": f"{self.origin}/return",
            "cancel_url": f"{self.origin}/cancel",
        }
        self.answer: tuple[int, dict[str, Any]] = (200, {"return_url": f"{self.origin}/cases/1?a=b"})
        self.received: list[dict[str, Any]] = []
        self.fetched = 0
        self.pages: dict[str, str] = {}
        """HTML by path, for what a page of this site does."""

    @property
    def entry(self) -> TrustedCity:
        """The city as agents know it."""
        return TrustedCity(
            origin=self.origin, name=NAME, keys=KeySet([ECKey.import_key(self.key.as_dict(private=False))])
        )

    def signed(self) -> str:
        """The request as it goes out."""
        return jwt.encode(self.header, self.claims, self.key)

    def another(self, **claims: Any) -> None:
        """From now on a new request."""
        self.claims = {**self.claims, "jti": str(uuid4()), **claims}


class _Handler(BaseHTTPRequestHandler):
    server: City

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        if self.path == "/request":
            self.server.fetched += 1
            self._send(200, "application/jose", self.server.signed().encode())
        elif self.path == "/elsewhere":
            self._send(404, "application/problem+json", b'{"detail": "That request is gone."}')
        else:
            page = self.server.pages.get(self.path, "<!doctype html><title>back at the city</title>")
            self._send(200, "text/html; charset=utf-8", page.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        status, answer = self.server.answer
        self._send(status, "application/json", json.dumps(answer).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_city() -> Iterator[City]:
    with City() as city:
        thread = threading.Thread(target=city.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield city
        finally:
            city.shutdown()
            thread.join()
