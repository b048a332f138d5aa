"""プッシュ通知: hands encrypted messages to the push services of residents' browsers (RFC 8030, 8291, 8292).

The service sees an address, a size and our key, and cannot read a word. A message it has not delivered within a day is
old news and dropped there; the portal still has it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey
from pywebpush import WebPusher

from activities.notify.letter import Writer
from activities.notify.outcome import AddressRefused, Cancelled, NeverAgain, TryAgain
from store.deliveries import Delivery
from store.notices import Channel

TIME_TO_LIVE = timedelta(days=1)
PROOF_LIFETIME = timedelta(hours=12)
"""At most 24 hours (RFC 8292 2)."""
GONE = frozenset({404, 410})
LONGEST_WAIT = timedelta(hours=4)


@dataclass(frozen=True, repr=False)
class PushKey:
    """送信者の鍵 (VAPID, RFC 8292): by which push services know us."""

    _key: ECKey
    public: str
    """As browsers want it: an uncompressed point, base64url."""
    contact: str
    """Whom a push service may write to when something is wrong with our messages (mailto:)."""

    @classmethod
    def read(cls, file: Path, public: str, contact: str) -> Self:
        return cls(ECKey.import_key(file.read_bytes()), public, contact)

    def proof(self, endpoint: str) -> str:
        """証明: for one push service, for some hours."""
        parts = urlsplit(endpoint)
        until = int((datetime.now(UTC) + PROOF_LIFETIME).timestamp())
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": self.contact}
        token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self._key)
        return f"vapid t={token}, k={self.public}"


class PushCarrier:
    """プッシュ通知の運び手."""

    channel: Channel = "push"

    def __init__(self, key: PushKey, writer: Writer, timeout: float) -> None:
        self._key = key
        self._writer = writer
        # A push service has no reason to send us elsewhere; following it would let it choose whom we talk to.
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=True)

    async def carry(self, delivery: Delivery) -> None:
        """届ける: see Carrier."""
        if delivery.endpoint is None or delivery.p256dh is None or delivery.auth is None:
            raise Cancelled("subscription_gone")
        body = _sealed(delivery.endpoint, delivery.p256dh, delivery.auth, self._writer.push(delivery))
        headers = {
            "authorization": self._key.proof(delivery.endpoint),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(TIME_TO_LIVE.total_seconds())),
            "urgency": "normal",
            # A second sending replaces the first, if the browser was away for both (RFC 8030 5.4).
            "topic": delivery.id.hex,
        }
        try:
            answer = await self._http.post(delivery.endpoint, content=body, headers=headers)
        except httpx.HTTPError as lost:
            detail = f"The push service cannot be reached ({type(lost).__name__})."
            raise TryAgain("unreachable", detail) from None
        _judge(answer)

    async def rest(self) -> None:
        """Connections end by themselves."""


def _sealed(endpoint: str, p256dh: str, auth: str, message: dict[str, str]) -> bytes:
    """封をする (RFC 8291): for this browser's key alone. Raises NeverAgain for keys that are none."""
    try:
        pusher = WebPusher({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})
        sealed: bytes = pusher.encode(json.dumps(message, ensure_ascii=False).encode())["body"]
    except Exception as wrong:  # the library tells bad keys in many ways
        raise NeverAgain("unwritable", f"The browser's keys cannot be used ({type(wrong).__name__}).") from None
    return sealed


def _judge(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    detail = f"The push service answered {answer.status_code}."
    if answer.status_code in GONE:
        raise AddressRefused("subscription_gone", detail)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TryAgain("busy", detail, _wait(answer))
    raise NeverAgain("refused", detail)


def _wait(answer: httpx.Response) -> timedelta:
    asked = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(asked)), LONGEST_WAIT) if asked.isdecimal() else timedelta()
