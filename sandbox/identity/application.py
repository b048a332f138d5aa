"""組立て: the provider's ASGI application: discovery, authorization, token, keys, and its controls under /_sandbox."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.identity.officers import OFFICERS
from sandbox.identity.tokens import CLIENT, FAULTS, Tokens

CODE_LIFETIME = 60
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
         "code_challenge_method")  # fmt: skip


def read_secret(folder: Path) -> str:
    """合言葉の読取り: created on first use, mode 0600, then kept. It holds signs that must be form-encoded."""
    path = folder / "client_secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(20)}+/%")
    return path.read_text().strip()


def create_application(folder: Path, *, issuer: str, callback: str) -> Starlette:
    """組立て."""
    folder.mkdir(parents=True, exist_ok=True)
    return Starlette(routes=Provider(folder, issuer, callback).routes())


@dataclass(frozen=True)
class Grant:
    """認可コードの中身: what a code stands for, once, within a minute."""

    subject: str
    nonce: str
    challenge: str
    until: float


class Provider:
    """職員認証基盤: one client, one address for answers."""

    def __init__(self, folder: Path, issuer: str, callback: str) -> None:
        self._issuer = issuer
        self._callback = callback
        self._secret = read_secret(folder)
        self._tokens = Tokens(folder, issuer, self._secret)
        self._grants: dict[str, Grant] = {}
        self._pages = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[Route]:
        """経路."""
        return [
            Route("/.well-known/openid-configuration", self.discovery, methods=["GET"]),
            Route("/authorize", self.ask, methods=["GET"]),
            Route("/authorize", self.grant, methods=["POST"]),
            Route("/token", self.token, methods=["POST"]),
            Route("/jwks", self.keys, methods=["GET"]),
            Route("/", self.health, methods=["GET"]),
            Route("/_sandbox/faults", self.faults, methods=["POST", "DELETE"]),
            Route("/_sandbox/rotation", self.rotation, methods=["POST"]),
        ]

    async def health(self, _: Request) -> Response:
        return JSONResponse({"issuer": self._issuer})

    async def discovery(self, _: Request) -> Response:
        """提供者の記述 (OpenID Connect Discovery)."""
        if self._tokens.used("down"):
            return Response(status_code=503)
        return JSONResponse(
            {
                "issuer": self._issuer,
                "authorization_endpoint": f"{self._issuer}/authorize",
                "token_endpoint": f"{self._issuer}/token",
                "jwks_uri": f"{self._issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def keys(self, _: Request) -> Response:
        if self._tokens.used("down"):
            return Response(status_code=503)
        return JSONResponse(self._tokens.published())

    async def ask(self, request: Request) -> Response:
        """誰として: the page that asks whom to be, instead of a password."""
        asked = {name: request.query_params.get(name, "") for name in ASKED}
        if refused := self._refused(asked):
            return HTMLResponse(refused, 400)
        shown = self._pages.get_template("authorize.html").render(asked=asked, officers=OFFICERS)
        return HTMLResponse(shown, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})

    async def grant(self, request: Request) -> Response:
        """認可: a code for the counter, in the browser's address."""
        form = await request.form()
        asked = {name: str(form.get(name, "")) for name in ASKED}
        if refused := self._refused(asked):
            return HTMLResponse(refused, 400)
        subject = str(form.get("subject", ""))
        said = {"state": asked["state"], "iss": self._issuer}
        if subject not in OFFICERS:
            return self._back(said | {"error": "access_denied"})
        code = secrets.token_urlsafe(24)
        until = time.monotonic() + CODE_LIFETIME
        self._grants[code] = Grant(subject, asked["nonce"], asked["code_challenge"], until)
        return self._back(said | {"code": code})

    async def token(self, request: Request) -> Response:
        """トークン: for the client that knows the secret and what its browser was sent with."""
        if self._tokens.used("down"):
            return Response(status_code=503)
        if not self._is_client(request.headers.get("authorization", "")):
            return JSONResponse({"error": "invalid_client"}, 401)
        form = await request.form()
        grant = self._grants.pop(str(form.get("code", "")), None)
        fits = (
            grant is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == self._callback
            and time.monotonic() < grant.until
            and hmac.compare_digest(_challenge(str(form.get("code_verifier", ""))), grant.challenge)
        )
        if grant is None or not fits:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(self._tokens.answer(grant.subject, grant.nonce), headers={"cache-control": "no-store"})

    async def faults(self, request: Request) -> Response:
        """故障の注文."""
        if request.method == "DELETE":
            self._tokens.faults.clear()
            return Response(status_code=204)
        wanted = await request.json()
        if wanted.get("kind") not in FAULTS:
            return JSONResponse({"error": f"kind is one of {', '.join(FAULTS)}"}, 422)
        self._tokens.faults[wanted["kind"]] += int(wanted.get("times", 1))
        return Response(status_code=204)

    async def rotation(self, _: Request) -> Response:
        self._tokens.rotate()
        return Response(status_code=204)

    def _refused(self, asked: Mapping[str, str]) -> str:
        """Why nothing is sent back: an address that is not the client's must never get an answer."""
        if asked["client_id"] != CLIENT or asked["redirect_uri"] != self._callback:
            return "Unknown client or callback."
        if asked["response_type"] != "code" or "openid" not in asked["scope"].split():
            return "Only the authorization code of OpenID Connect is given here."
        if asked["code_challenge_method"] != "S256" or not asked["code_challenge"]:
            return "PKCE (S256) is required."
        return ""

    def _back(self, said: Mapping[str, str]) -> Response:
        return RedirectResponse(f"{self._callback}?{urlencode(said)}", 303)

    def _is_client(self, authorization: str) -> bool:
        """client_secret_basic: both parts are form-encoded before they become Basic credentials (RFC 6749 §2.3.1)."""
        scheme, _, credentials = authorization.partition(" ")
        try:
            name, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            return False
        right = hmac.compare_digest(unquote(secret).encode(), self._secret.encode())
        return scheme == "Basic" and unquote(name) == CLIENT and right


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
