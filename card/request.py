"""署名依頼: what a city asks the card to sign, fetched by the agent itself from the city's server."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

Language = Literal["ja", "en", "zh", "ko"]
LARGEST: Final = 8 * 1024 * 1024
"""応答の上限, in bytes: a submission carries digests of its attachments, not the files."""


class SigningRequest(BaseModel):
    """署名依頼: `content` is what gets signed; title and summary say it in plain words."""

    model_config = ConfigDict(frozen=True)

    purpose: Literal["sign", "login"]
    language: Language = "ja"
    title: Annotated[str, Field(min_length=1, max_length=300)]
    summary: Annotated[list[tuple[str, str]], Field(max_length=100)] = []
    content: Annotated[Base64Bytes, Field(min_length=1)]
    nonce: Annotated[str, Field(min_length=16, max_length=200)]
    submit_url: str
    return_url: str
    cancel_url: str
    expires_at: AwareDatetime

    def expired(self) -> bool:
        return datetime.now(UTC) >= self.expires_at


class RequestRefused(Exception):
    """依頼を受けられない: `code` names the sentence shown; `detail` is the city's own, if it gave one."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


def origin(url: str) -> str:
    """オリジン: scheme, host and port of `url`. Raises RequestRefused if it is no http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise RequestRefused("origin_refused") from wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise RequestRefused("origin_refused")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    standard = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, standard) else f":{port}")


@dataclass(frozen=True)
class City:
    """市のサーバー: where requests come from and signatures go; only `origins` are ever spoken to."""

    client: httpx.AsyncClient
    origins: frozenset[str]

    async def fetch(self, url: str) -> SigningRequest:
        """依頼を取りに行く. Raises RequestRefused: origin, unreachable, malformed, expired."""
        place = origin(url)
        if place not in self.origins:
            raise RequestRefused("origin_refused")
        status, body = await self._exchange("GET", url)
        if status != httpx.codes.OK:
            raise RequestRefused("city_refused", _detail(body))
        try:
            request = SigningRequest.model_validate_json(body)
        except ValidationError as wrong:
            raise RequestRefused("request_malformed") from wrong
        if any(origin(one) != place for one in (request.submit_url, request.return_url, request.cancel_url)):
            raise RequestRefused("origin_refused")
        if request.expired():
            raise RequestRefused("request_expired")
        return request

    async def submit(self, request: SigningRequest, cms: bytes) -> str:
        """署名を届ける: returns where the browser goes next. Raises RequestRefused with the city's own words."""
        message = {"nonce": request.nonce, "cms": base64.b64encode(cms).decode()}
        status, body = await self._exchange("POST", request.submit_url, message)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise RequestRefused("city_unreachable", _detail(body))
        if not httpx.codes.is_success(status):
            raise RequestRefused("city_refused", _detail(body))
        target = _object(body).get("return_url")
        if not isinstance(target, str):
            return request.return_url
        if origin(target) != origin(request.submit_url):
            raise RequestRefused("origin_refused")
        return target

    async def _exchange(self, method: str, url: str, message: object = None) -> tuple[int, bytes]:
        try:
            async with self.client.stream(method, url, json=message, follow_redirects=False) as response:
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise RequestRefused("request_malformed")
                return response.status_code, body
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            raise RequestRefused("city_unreachable") from failed


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _detail(body: bytes) -> str:
    """The `detail` of an RFC 9457 problem, if that is what the city sent."""
    detail = _object(body).get("detail", "")
    return detail[:1000] if isinstance(detail, str) else ""
