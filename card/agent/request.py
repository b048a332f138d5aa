"""署名依頼: what a city asks the card to sign; fetched by the agent itself, believed only with the city's signature.

A request is a compact JWS (RFC 7515, ES256, `typ` madoguchi-signing-request+jwt) over JWT claims (RFC 7519): `iss` the
city's origin, `aud` madoguchi-card-agent, `jti`, `iat`, `exp`, and the fields of SigningRequest.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from card.agent.cities import Cities, Language, OriginUnclear, TrustedCity, origin

LARGEST: Final = 8 * 1024 * 1024
"""応答の上限, in bytes: a submission carries digests of its attachments, not the files."""
TYPE: Final = "madoguchi-signing-request+jwt"
AUDIENCE: Final = "madoguchi-card-agent"
ALGORITHMS: Final = ("ES256",)
LONGEST_LIFE: Final = 3600
"""Seconds; a request that lives longer is a mistake of the city's."""
SKEW: Final = 120
"""Seconds a resident's clock may be off."""

Holder = Literal["individual", "business"]
Attribute = Literal["name", "birth_date", "address", "sex"]
"""四情報: what a city may ask to read of the card's text application. My Number is never among them."""


class SigningRequest(BaseModel):
    """署名依頼: `content` is what gets signed; title and summary say it in plain words. To read, nothing is signed:
    `attributes` are what the city asks for.

    `holders`: whose certificate may sign: a person's (on the card) or an organisation's (in a file).
    """

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(alias="jti", min_length=16, max_length=200)]
    purpose: Literal["sign", "login", "register", "read", "identify"]
    language: Language = "ja"
    title: Annotated[str, Field(min_length=1, max_length=300)]
    summary: Annotated[list[tuple[str, str]], Field(max_length=300)] = []
    content: Base64Bytes = b""
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=4)] = ()
    nonce: Annotated[str, Field(min_length=16, max_length=200)]
    holders: Annotated[tuple[Holder, ...], Field(min_length=1)] = ("individual",)
    submit_url: str
    return_url: str
    cancel_url: str
    expires_at: Annotated[datetime, Field(alias="exp")]

    @field_validator("expires_at", mode="before")
    @classmethod
    def _numeric_date(cls, given: Any) -> datetime:
        if not isinstance(given, int | float):
            raise ValueError("exp is not a NumericDate (RFC 7519 2)")  # noqa: TRY004 - pydantic wants ValueError
        return datetime.fromtimestamp(given, UTC)

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        if bool(self.attributes) != (self.purpose == "read") or bool(self.content) == (self.purpose == "read"):
            raise ValueError("to read needs attributes and nothing to sign; everything else needs what is to be signed")
        return self

    def expired(self) -> bool:
        return datetime.now(UTC) >= self.expires_at


class RequestRefused(Exception):
    """依頼を受けられない: `code` names the sentence shown; `detail` is the city's own, if it gave one."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


def read(token: bytes | str, city: TrustedCity) -> SigningRequest:
    """依頼を読む. Raises RequestRefused: forged (not signed by this city), malformed, expired, or leading elsewhere."""
    try:
        signed = jwt.decode(token, city.keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, KeyError) as wrong:
        raise RequestRefused("request_forged") from wrong
    claims = signed.claims
    if signed.header.get("typ") != TYPE or claims.get("aud") != AUDIENCE or claims.get("iss") != city.origin:
        raise RequestRefused("request_forged")
    try:
        request = SigningRequest.model_validate(claims)
        issued_at = float(claims["iat"])
    except (ValidationError, KeyError, TypeError, ValueError, OverflowError) as wrong:
        raise RequestRefused("request_malformed") from wrong
    _require_same_place(request, city)
    _require_in_time(request, issued_at)
    return request


def _require_same_place(request: SigningRequest, city: TrustedCity) -> None:
    try:
        places = {origin(url) for url in (request.submit_url, request.return_url, request.cancel_url)}
    except OriginUnclear as wrong:
        raise RequestRefused("origin_refused") from wrong
    if places != {city.origin}:
        raise RequestRefused("origin_refused")


def _require_in_time(request: SigningRequest, issued_at: float) -> None:
    now, ends = datetime.now(UTC).timestamp(), request.expires_at.timestamp()
    if now >= ends:
        raise RequestRefused("request_expired")
    if issued_at > now + SKEW or ends - issued_at > LONGEST_LIFE:
        raise RequestRefused("request_malformed")


@dataclass(frozen=True)
class CityLink:
    """市への回線: where requests come from and signatures go; only `cities` are ever spoken to."""

    client: httpx.AsyncClient
    cities: Cities

    async def fetch(self, url: str, language: Language) -> tuple[TrustedCity, SigningRequest]:
        """依頼を取りに行く. Raises RequestRefused."""
        city = self.cities.asking(url)
        if city is None:
            raise RequestRefused("origin_refused")
        status, body = await self._exchange("GET", url, language)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise RequestRefused("city_unreachable", _detail(body))
        if status != httpx.codes.OK:
            raise RequestRefused("city_refused", _detail(body))
        return city, read(body, city)

    async def submit(self, request: SigningRequest, cms: bytes) -> str:
        """署名を届ける: returns where the browser goes next. Raises RequestRefused with the city's own words."""
        return await self._answer(request, {"cms": base64.b64encode(cms).decode()})

    async def tell(self, request: SigningRequest, attributes: Mapping[Attribute, str]) -> str:
        """読み取ったことを届ける, as `submit`."""
        return await self._answer(request, {"attributes": dict(attributes)})

    async def _answer(self, request: SigningRequest, answer: Mapping[str, object]) -> str:
        message = {"nonce": request.nonce, **answer}
        status, body = await self._exchange("POST", request.submit_url, request.language, message)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise RequestRefused("city_unreachable", _detail(body))
        if not httpx.codes.is_success(status):
            raise RequestRefused("city_refused", _detail(body))
        target = _object(body).get("return_url")
        if not isinstance(target, str):
            return request.return_url
        answering = self.cities.asking(target)
        if answering is None or answering.origin != origin(request.submit_url):
            raise RequestRefused("origin_refused")
        return target

    async def _exchange(self, method: str, url: str, language: Language, message: object = None) -> tuple[int, bytes]:
        accepted = {"Accept": "application/jose, application/json", "Accept-Language": language}
        try:
            async with self.client.stream(
                method, url, json=message, headers=accepted, follow_redirects=False
            ) as response:
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
