"""起動: `python -m sandbox.push FOLDER --port N`."""

import argparse
import json
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.push.browser import Browser, padded, unpadded
from sandbox.serving import bind, serve


class PushService:
    """プッシュサービス: RFC 8030 5 for senders; under /_sandbox what a browser would do."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browsers: dict[str, Browser] = {}

    def routes(self) -> list[Route]:
        """経路."""
        return [
            Route("/", lambda _: JSONResponse({"sandbox": True, "neighbour": "push service"}), methods=["GET"]),
            Route("/push/{id}", self.push, methods=["POST"]),
            Route("/_sandbox/subscriptions", self.subscribe, methods=["POST"]),
            Route("/_sandbox/subscriptions/{id}", self.change, methods=["GET", "POST"]),
        ]

    async def push(self, request: Request) -> Response:
        """送信: only with a proof by the key the browser agreed to hear, and a time to live."""
        browser = self.browsers.get(request.path_params["id"])
        if browser is None or browser.gone:
            return Response(status_code=410)
        if browser.away is not None:
            return Response(status_code=browser.away, headers={"retry-after": "1"})
        if "ttl" not in request.headers or request.headers.get("content-encoding") != "aes128gcm":
            return Response(status_code=400)
        if not _proven(request.headers.get("authorization", ""), browser.server_key, self.address):
            return Response(status_code=403)
        browser.read(await request.body(), dict(request.headers))
        return Response(status_code=201, headers={"location": f"{self.address}/messages/{uuid4()}"})

    async def subscribe(self, request: Request) -> Response:
        """購読: {applicationServerKey} as PushManager.subscribe would get it; what its toJSON would give."""
        key = json.loads(await request.body())["applicationServerKey"]
        browser = Browser(uuid4().hex, key)
        self.browsers[browser.id] = browser
        keys = {"p256dh": browser.p256dh, "auth": browser.auth}
        return JSONResponse({"endpoint": f"{self.address}/push/{browser.id}", "keys": keys}, 201)

    async def change(self, request: Request) -> Response:
        """状態: what it read; POST {gone} or {away} changes it."""
        browser = self.browsers[request.path_params["id"]]
        if request.method == "POST":
            given = json.loads(await request.body())
            browser.gone, browser.away = bool(given.get("gone")), given.get("away")
        return JSONResponse({"messages": browser.messages, "headers": browser.headers})


def _proven(authorization: str, server_key: str, audience: str) -> bool:
    """証明の確認 (RFC 8292 3, 4.2)."""
    scheme, _, fields = authorization.partition(" ")
    given = dict(part.strip().split("=", 1) for part in fields.split(",") if "=" in part)
    if scheme.lower() != "vapid" or given.get("k") != server_key:
        return False
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), padded(server_key))
    numbers = point.public_numbers()
    sides = {name: _side(value) for name, value in (("x", numbers.x), ("y", numbers.y))}
    try:
        token = jwt.decode(given.get("t", ""), ECKey.import_key({"kty": "EC", "crv": "P-256", **sides}), ["ES256"])
        jwt.JWTClaimsRegistry(aud={"essential": True, "value": audience}, exp={"essential": True}).validate(
            token.claims
        )
    except (JoseError, ValueError):
        return False
    return str(token.claims.get("sub", "")).startswith(("mailto:", "https:"))


def _side(value: int) -> str:
    return unpadded(value.to_bytes(32))


def main() -> None:
    """起動: prints its address once it is bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.push", description="A push service and its browsers.")
    parser.add_argument("folder", type=Path, help="not used: it forgets when it ends")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    given = parser.parse_args()
    listener, address = bind("push service", given.port)
    serve(Starlette(routes=PushService(address).routes()), listener, address)


if __name__ == "__main__":
    main()
