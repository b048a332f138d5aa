"""API: Stripe's /v1 routes over the journal: secret key, idempotency keys, faults, expansion and lists."""

import asyncio
import hmac
import json
import secrets
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.gateway import params
from sandbox.gateway.charges import Charges
from sandbox.gateway.checkout import Checkout
from sandbox.gateway.events import public
from sandbox.gateway.faults import Fault
from sandbox.gateway.journal import Answer, Journal
from sandbox.gateway.refusal import Json, Refusal

Write = Callable[[Json, Request], Json]
Read = Callable[[Json, Request], Json]

_POSITION = "SELECT seq FROM objects WHERE id = ?"
_SERVER_ERROR: Json = {"error": {"type": "api_error", "message": "An unknown error occurred (a sandbox fault)."}}
_OTHER_REQUEST = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. "
    "Try using a key other than '{}' if you meant to execute a different request."
)
_IN_FLIGHT = Refusal(
    "There is currently another in-progress request using this Idempotent Key.",
    status=409,
    code="idempotency_key_in_use",
)


@dataclass
class Api:
    """API: one per process."""

    journal: Journal
    checkout: Checkout
    charges: Charges
    api_key: str
    wake: Callable[[], None]

    def __post_init__(self) -> None:
        self._in_flight: set[str] = set()

    def routes(self) -> list[Route]:
        """経路: what of Stripe's API exists here."""
        sessions, expire = "/v1/checkout/sessions", "/v1/checkout/sessions/{id}/expire"
        return [
            Route(sessions, self._writer(self._open_session), methods=["POST"]),
            Route(
                sessions, self._reader(self._lister("checkout.session", ("status", "payment_intent"))), methods=["GET"]
            ),
            Route(expire, self._writer(self._expire_session), methods=["POST"]),
            Route("/v1/refunds", self._writer(lambda given, _: self.charges.refund(given)), methods=["POST"]),
            Route("/v1/refunds", self._reader(self._lister("refund", ("payment_intent", "charge"))), methods=["GET"]),
            Route("/v1/charges", self._reader(self._lister("charge", ("payment_intent",))), methods=["GET"]),
            Route("/v1/payment_intents", self._reader(self._lister("payment_intent", ())), methods=["GET"]),
            Route("/v1/disputes", self._reader(self._lister("dispute", ("payment_intent", "charge"))), methods=["GET"]),
            Route("/v1/events", self._reader(self._lister("event", ("type",))), methods=["GET"]),
            *(
                Route(f"/v1/{path}/{{id}}", self._reader(self._getter(kind)), methods=["GET"])
                for path, kind in _KINDS.items()
            ),
            Route("/v1/{rest:path}", self._reader(_unrecognized), methods=["GET", "POST", "DELETE"]),
        ]

    # Operations

    def _open_session(self, given: Json, request: Request) -> Json:
        return self.checkout.open(given, str(request.base_url).rstrip("/"))

    def _expire_session(self, given: Json, request: Request) -> Json:
        params.known(given, ("expand",))
        return self.checkout.expire(self.journal.get("checkout.session", request.path_params["id"]))

    def _getter(self, kind: str) -> Read:
        return lambda _, request: self.journal.get(kind, request.path_params["id"])

    def _lister(self, kind: str, filters: tuple[str, ...]) -> Read:
        def listed(given: Json, request: Request) -> Json:
            params.known(given, (*filters, "created", "limit", "starting_after", "ending_before", "expand"))
            found, more = self._page(kind, filters, given)
            return {"object": "list", "url": request.url.path, "has_more": more, "data": found}

        return listed

    def _page(self, kind: str, filters: tuple[str, ...], given: Json) -> tuple[list[Json], bool]:
        limit = params.whole(given, "limit", 10)
        if not 1 <= limit <= 100:
            raise Refusal("limit must be between 1 and 100", code="parameter_invalid_integer", param="limit")
        where: list[tuple[str, str | int]] = [
            (f"json_extract(body, '$.{name}') = ?", params.text(given, name)) for name in filters if name in given
        ]
        where += _created(given.get("created"))
        backwards = "ending_before" in given
        for name, sign in (("starting_after", "<"), ("ending_before", ">")):
            if name in given:
                self.journal.get(kind, given[name])
                where.append((f"seq {sign} (" + _POSITION + ")", given[name]))
        found = self.journal.page(kind, where, limit + 1, oldest_first=backwards)
        kept = found[:limit][::-1] if backwards else found[:limit]
        return kept, len(found) > limit

    # Requests

    def _reader(self, read: Read) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self._authenticate(request)
                given = params.read(request.url.query)
                return await self._faulty(request, lambda: _plain(200, self._expand(read(given, request), given)))
            except Refusal as refusal:
                return _plain(refusal.status, refusal.body)

        return answer

    def _writer(self, write: Write) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            key = request.headers.get("idempotency-key", "")
            try:
                self._authenticate(request)
                body = (await request.body()).decode(errors="replace")
                if key in self._in_flight:
                    raise _IN_FLIGHT
                if key:
                    self._in_flight.add(key)
                return await self._once(request, write, body, key)
            except Refusal as refusal:
                return _plain(refusal.status, refusal.body)

        return answer

    async def _once(self, request: Request, write: Write, body: str, key: str) -> Response:
        fingerprint = sha256(f"{request.method} {request.url.path}\n{body}".encode()).hexdigest()
        try:
            earlier = self.journal.answered(key) if key else None
            if earlier and earlier.fingerprint != fingerprint:
                raise Refusal(_OTHER_REQUEST.format(key), kind="idempotency_error")
            if earlier:
                return await self._faulty(request, lambda: _replayed(earlier))
            return await self._faulty(request, lambda: self._perform(request, write, body, key, fingerprint))
        finally:
            self._in_flight.discard(key)

    def _perform(self, request: Request, write: Write, body: str, key: str, fingerprint: str) -> Response:
        """実行: the effect and the answer to its key are committed together, before anyone sees either."""
        given = params.read(body)
        stored = self.journal.take_fault(("api_error_stored",), request.url.path)
        with self.journal.transaction():
            try:
                status, answer = 200, self._expand(write(given, request), given)
            except Refusal as refusal:
                if not refusal.executed:
                    raise
                status, answer = refusal.status, refusal.body
            if stored:
                status, answer = 500, _SERVER_ERROR
            text = json.dumps(answer, ensure_ascii=False)
            if key:
                self.journal.remember(key, Answer(fingerprint, status, text))
        # It is over now; only the answer may still be held back by a fault.
        self._in_flight.discard(key)
        self.wake()
        return _answer(status, text)

    async def _faulty(self, request: Request, respond: Callable[[], Response]) -> Response:
        fault = self.journal.take_fault(
            ("api_slow", "api_error_before", "api_error_after", "api_timeout"), request.url.path
        )
        match fault:
            case Fault(kind="api_error_before"):
                return _plain(500, _SERVER_ERROR)
            case Fault(kind="api_slow"):
                await asyncio.sleep(fault.seconds)
        response = respond()
        match fault:
            case Fault(kind="api_error_after"):
                return _plain(500, _SERVER_ERROR)
            case Fault(kind="api_timeout"):
                await asyncio.sleep(fault.seconds or 60)
        return response

    def _authenticate(self, request: Request) -> None:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        key = _basic_user(value) if scheme.lower() == "basic" else value if scheme.lower() == "bearer" else ""
        if not hmac.compare_digest(key.encode(), self.api_key.encode()):
            raise Refusal("Invalid API Key provided" if key else "You did not provide an API key.", status=401)

    def _expand(self, answer: Json, given: Json) -> Json:
        answer = public(answer)
        if answer.get("object") == "list":
            answer["data"] = [public(entry) for entry in answer["data"]]
        wanted = given.get("expand") or []
        if not isinstance(wanted, list):
            raise Refusal("Invalid array", code="parameter_invalid", param="expand")
        for path in wanted:
            self._expand_path(answer, str(path).split("."))
        return answer

    def _expand_path(self, node: object, path: list[str]) -> None:
        if isinstance(node, list):
            for entry in node:
                self._expand_path(entry, path)
        elif isinstance(node, dict) and path:
            value = node.get(path[0])
            if isinstance(value, str) and (found := self.journal.find(value)):
                node[path[0]] = public(found)
            self._expand_path(node.get(path[0]), path[1:])


_KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "events": "event",
}


def _unrecognized(_: Json, request: Request) -> Json:
    raise Refusal(f"Unrecognized request URL ({request.method}: {request.url.path}).", status=404)


def _created(given: object) -> list[tuple[str, str | int]]:
    """作成時刻の範囲: created=N or created[gte|gt|lte|lt]=N, in Unix seconds."""
    if given is None:
        return []
    bounds = given if isinstance(given, dict) else {"eq": given}
    signs = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
    params.known(bounds, signs)
    return [(f"created {signs[name]} ?", params.whole(bounds, name)) for name in bounds]


def _basic_user(value: str) -> str:
    try:
        return b64decode(value).decode().partition(":")[0]
    except (Base64Error, UnicodeDecodeError):
        return ""


def _plain(status: int, body: Json) -> Response:
    return _answer(status, json.dumps(body, ensure_ascii=False))


def _replayed(answer: Answer) -> Response:
    response = _answer(answer.status, answer.body)
    response.headers["idempotent-replayed"] = "true"
    return response


def _answer(status: int, text: str) -> Response:
    headers = {"request-id": f"req_{secrets.token_hex(7)}"}
    return Response(text, status, headers, media_type="application/json")
