"""タイムスタンプ: a token is used only if it stamps what we sent, now, with a right signature."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from asn1crypto import tsp

from activities.documents.timestamp import TimestampClient, TimestampUnavailable
from sandbox.pki import running

DIGEST = hashlib.sha256(b"a document").digest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("pki")) as base:
        yield f"{base}/tsa"


@contextmanager
def _in_between(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A man in the middle: answers each request with what `answer` makes of it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def _stamp(url: str, tolerance: timedelta = timedelta(minutes=5)) -> TimestampClient:
    client = TimestampClient(url, timeout_seconds=2, clock_tolerance=tolerance)
    try:
        asyncio.run(client.async_timestamp(DIGEST, "sha256"))
    finally:
        client.close()
    return client


def _ask(authority: str, request: bytes) -> bytes:
    return httpx.post(authority, content=request, trust_env=False).content


def test_a_right_token_is_taken(authority: str, tmp_path: Path) -> None:
    assert _stamp(authority).last.certificate.subject.native["common_name"]


def test_a_token_of_another_request_is_refused(authority: str) -> None:
    first: list[bytes] = []

    def replay(request: bytes) -> bytes:
        first.append(_ask(authority, request))
        return first[0]

    with _in_between(replay) as url:
        _stamp(url)
        with pytest.raises(TimestampUnavailable, match="another request"):
            _stamp(url)


def test_a_token_for_another_document_is_refused(authority: str) -> None:
    def swap(request: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(request)
        asked["message_imprint"]["hashed_message"] = hashlib.sha256(b"forged").digest()
        return _ask(authority, asked.dump(force=True))

    with _in_between(swap) as url, pytest.raises(TimestampUnavailable, match="something else"):
        _stamp(url)


def test_a_token_with_a_broken_signature_is_refused(authority: str) -> None:
    def spoil(request: bytes) -> bytes:
        answer = bytearray(_ask(authority, request))
        answer[-5] ^= 1
        return bytes(answer)

    with _in_between(spoil) as url, pytest.raises(TimestampUnavailable, match="signature is wrong"):
        _stamp(url)


def test_a_token_from_another_time_is_refused(authority: str) -> None:
    with pytest.raises(TimestampUnavailable, match="clock"):
        _stamp(authority, tolerance=timedelta(seconds=-1))


def test_nobody_at_the_address_is_said(authority: str) -> None:
    with pytest.raises(TimestampUnavailable, match="doesn't answer"):
        _stamp("http://127.0.0.1:9/tsa")
