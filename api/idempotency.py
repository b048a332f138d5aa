"""冪等キー: a write that is sent again is done once (draft-ietf-httpapi-idempotency-key-header).

For logged-in visitors of the JSON API. The same key with the same request gets the first answer again; with another
request it is refused. Only a completed write (2xx, 3xx) is kept: whatever was refused or failed wrote nothing, so its
key is free again. An answer that sets a cookie is never kept: a session must not lie in a table.

A server that dies between the write and the keeping of its answer leaves a key that is under way: 409 until
store.idempotency.LEASE is over, then the same request is done again. Filing, deciding and withdrawing find what they
did the first time (a draft becomes one case); anything else may happen a second time, and the documentation says so.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from uuid import UUID

import anyio.to_thread
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.counter import Counter, visitor_of
from api.problems import Problem, problem
from procedures.values import MunicipalityCode
from store import idempotency
from store.database import Database
from store.idempotency import Claim

log = logging.getLogger(__name__)

HEADER = "idempotency-key"
REPLAYED = "idempotent-replayed"
"""Says that an answer is the first one, given again."""
LONGEST_KEY = 128
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
IN_MEMORY = 1024 * 1024
"""Bytes of a body; a longer one waits in a file without a name."""
CHUNK = 64 * 1024
NEVER_KEPT = frozenset({"content-length", "set-cookie", "date", "server"})

Refusal = Callable[[Request, Problem], Response]


class Idempotency:
    """冪等: stands within the size limit and before the routes; requests without the header pass it untouched."""

    def __init__(self, app: ASGIApp, refusal: Refusal) -> None:
        self._app = app
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not concerns(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            await self._run(request, receive, send)
        except Problem as found:
            await self._refusal(request, found)(scope, receive, send)

    async def _run(self, request: Request, receive: Receive, send: Send) -> None:
        """Raises Problem before anything is answered or written."""
        key, counter = read_key(request.headers), the_counter_of(request)
        visitor = await anyio.to_thread.run_sync(visitor_of, request, counter)
        if visitor is None:
            await self._app(request.scope, receive, send)
            return
        with SpooledTemporaryFile(IN_MEMORY) as body:
            fingerprint = await _read(request, receive, body)
            if fingerprint is None:  # gone before it was all sent
                return
            desk = _Desk(counter.database, counter.municipality(request))
            taken = await anyio.to_thread.run_sync(desk.take, visitor.account_id, key, fingerprint)
            if isinstance(taken, Claim):
                await self._answer(request.scope, desk, taken, _sending(body, receive), send)
            else:
                await taken(request.scope, receive, send)

    async def _answer(self, scope: Scope, desk: "_Desk", claimed: Claim, receive: Receive, send: Send) -> None:
        """Done now; the answer is kept before it is sent, so that nobody gets one that would not be given again."""
        messages: list[Message] = []

        async def caught(message: Message) -> None:
            messages.append(message)

        try:
            await self._app(scope, receive, caught)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(desk.finish, claimed, ())
            raise
        await anyio.to_thread.run_sync(desk.finish, claimed, messages)
        for message in messages:
            await send(message)


def concerns(scope: Scope) -> bool:
    """A write of the JSON API that brought a key."""
    return (
        scope["type"] == "http"
        and scope["method"] in WRITES
        and scope["path"].startswith("/api/")
        and any(name == HEADER.encode() for name, _ in scope["headers"])
    )


def read_key(headers: Headers) -> str:
    """冪等キー as sent: 1 to 128 visible ASCII characters, with or without a structured field's quotes (RFC 9651)."""
    keys = headers.getlist(HEADER)
    key = keys[0].strip() if len(keys) == 1 else ""
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not (1 <= len(key) <= LONGEST_KEY and all("!" <= sign <= "~" for sign in key)):
        raise problem("idempotency_key_invalid")
    return key


def the_counter_of(request: Request) -> Counter:
    counter: Counter = request.app.state.counter
    return counter


class Fingerprint:
    """指紋 of a request: method, address, kind and body. A form's random boundary is no part of what it says."""

    def __init__(self, method: str, address: str, content_type: str) -> None:
        kind, _, parameters = content_type.partition(";")
        self._whole = hashlib.sha256()
        self._part = hashlib.sha256()
        self._boundary = _boundary(parameters) if kind.strip().lower() == "multipart/form-data" else b""
        self._carry = b""
        for each in (method, address, kind.strip().lower()):
            self._whole.update(hashlib.sha256(each.encode()).digest())

    def add(self, data: bytes) -> None:
        if not self._boundary:
            self._part.update(data)
            return
        *parts, rest = (self._carry + data).split(self._boundary)
        for each in parts:
            self._part.update(each)
            self._end_part()
        kept = max(len(rest) - len(self._boundary) + 1, 0)
        self._part.update(rest[:kept])
        self._carry = rest[kept:]

    def digest(self) -> bytes:
        self._part.update(self._carry)
        self._end_part()
        return self._whole.digest()

    def _end_part(self) -> None:
        self._whole.update(self._part.digest())
        self._part = hashlib.sha256()


def _boundary(parameters: str) -> bytes:
    named = (each.strip().partition("=") for each in parameters.split(";"))
    value = next((value for name, _, value in named if name.lower() == "boundary"), "")
    return b"--" + value.strip('"').encode("latin-1", "replace") if value else b""


async def _read(request: Request, receive: Receive, body: "SpooledTemporaryFile[bytes]") -> bytes | None:
    """The body into the file, and its fingerprint; None where the sender broke off."""
    address = f"{request.url.path}?{request.url.query}"
    fingerprint = Fingerprint(request.method, address, request.headers.get("content-type", ""))
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        data = message.get("body", b"")
        fingerprint.add(data)
        body.write(data)
        more = message.get("more_body", False)
    body.seek(0)
    return fingerprint.digest()


def _sending(body: "SpooledTemporaryFile[bytes]", otherwise: Receive) -> Receive:
    """What was read is given to the route as if it arrived only now."""
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if ended:
            return await otherwise()
        data = body.read(CHUNK)
        ended = len(data) < CHUNK
        return {"type": "http.request", "body": data, "more_body": not ended}

    return receive


@dataclass(frozen=True)
class _Desk:
    """Where the keys of one municipality are; every method in a thread."""

    database: Database
    city: MunicipalityCode

    def take(self, account_id: UUID, key: str, fingerprint: bytes) -> Claim | Response:
        """The claim to do it, or the answer it was given. Raises Problem: under way, or another request's key."""
        with self.database.transaction(self.city) as connection:
            claimed = idempotency.claim(connection, account_id, key, fingerprint)
            if claimed is not None:
                return claimed
            found = idempotency.find(connection, account_id, key)
        if found is not None and found.fingerprint != fingerprint:
            raise problem("idempotency_key_reused")
        if found is None or found.status is None:
            raise problem("idempotency_in_progress")
        headers = {**(found.headers or {}), REPLAYED: "true"}
        return Response(found.body or b"", found.status, headers)

    def finish(self, claimed: Claim, messages: Sequence[Message]) -> None:
        """Keeps a completed write's answer; any other frees the key. A database that is away is the retry's matter."""
        try:
            with self.database.transaction(self.city) as connection:
                if messages and worth_keeping(messages[0]):
                    body = b"".join(each.get("body", b"") for each in messages[1:])
                    idempotency.keep(connection, claimed, messages[0]["status"], _headers(messages[0]), body)
                else:
                    idempotency.release(connection, claimed)
        except SQLAlchemyError:
            log.warning("The answer of a write with an idempotency key could not be kept; its lease must run out.")


def worth_keeping(start: Message) -> bool:
    """Whether this answer may be given again: the write was completed, and no session is handed out."""
    names = {name.decode("latin-1").lower() for name, _ in start["headers"]}
    return 200 <= start["status"] < 400 and "set-cookie" not in names


def _headers(start: Message) -> dict[str, str]:
    pairs = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"])
    return {name: value for name, value in pairs if name not in NEVER_KEPT}
