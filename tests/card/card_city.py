"""市のサーバー: the other side of the card agent in tests: hands out one request and takes the signature."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class City(ThreadingHTTPServer):
    """One city; `request` is what GET /request answers, `answer` what POST /submit answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.request = {
            "purpose": "sign",
            "language": "en",
            "title": "Certificate of residence",
            "summary": [["Copies", "2"], ["Purpose", "<b>bank</b>"]],
            "content": base64.b64encode('{"部数":2}'.encode()).decode(),
            "nonce": "n" * 32,
            "submit_url": f"{self.origin}/submit",
            "return_url": f"{self.origin}/return",
            "cancel_url": f"{self.origin}/cancel",
            "expires_at": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        }
        self.answer: tuple[int, dict[str, Any]] = (200, {"return_url": f"{self.origin}/cases/1?a=b"})
        self.received: list[dict[str, str]] = []
        self.agent = ""


class _Handler(BaseHTTPRequestHandler):
    server: City

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        if self.path == "/request":
            self._send(200, "application/json", json.dumps(self.server.request).encode())
        elif self.path == "/start":
            link = f'<a href="{self.server.agent}/sign?request={self.server.origin}/request">sign</a>'
            self._send(200, "text/html", link.encode())
        elif self.path == "/elsewhere":
            self._send(404, "application/problem+json", b'{"detail": "That request is gone."}')
        else:
            self._send(200, "text/html", b"<title>back at the city</title>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        status, answer = self.server.answer
        self._send(status, "application/json", json.dumps(answer).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def running_city() -> Iterator[City]:
    with City() as city:
        thread = threading.Thread(target=city.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield city
        city.shutdown()
        thread.join()
