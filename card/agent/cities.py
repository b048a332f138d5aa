"""市の一覧: the cities' sites that may ask this agent, each with the keys that sign its requests.

A city hands out its entry (`madoguchi card-agent-city`); the agent's file holds one entry a city:
``{"cities": [{"origin": "https://madoguchi.example", "name": {"ja": "姫路市", …}, "keys": {"keys": [JWK, …]}}]}``.
The keys are pinned here and not fetched: whoever takes over a city's pages cannot make up requests.
"""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

Language = Literal["ja", "en", "zh", "ko"]
LANGUAGES: tuple[Language, ...] = ("ja", "en", "zh", "ko")


class OriginUnclear(ValueError):
    """オリジンが分からない: the text is no plain http(s) address."""


class CitiesUnreadable(Exception):
    """市の一覧を読めない: the text says what to put where."""


def origin(url: str) -> str:
    """オリジン: scheme, host and port of `url` in plain form. Raises OriginUnclear."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise OriginUnclear(url) from wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise OriginUnclear(url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    standard = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, standard) else f":{port}")


class TrustedCity(BaseModel):
    """信頼する市: `origin` asks, `keys` (a JWK set) sign, `name` is what the page calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    origin: str
    name: dict[Language, str]
    keys: KeySet

    @field_validator("origin")
    @classmethod
    def _is_plain(cls, given: str) -> str:
        if origin(given) != given:
            raise ValueError(f"write it as {origin(given)}")
        return given

    @field_validator("name")
    @classmethod
    def _is_said_in_every_language(cls, given: dict[Language, str]) -> dict[Language, str]:
        if missing := [language for language in LANGUAGES if not given.get(language)]:
            raise ValueError(f"the name lacks {', '.join(missing)}")
        return given

    @field_validator("keys", mode="before")
    @classmethod
    def _are_public(cls, given: Any) -> KeySet:
        try:
            keys = given if isinstance(given, KeySet) else KeySet.import_key_set(given)
        except (JoseError, KeyError, TypeError, ValueError) as wrong:
            raise ValueError("keys is no JWK set") from wrong
        if not keys.keys or any(key.is_private or key.key_type != "EC" for key in keys.keys):
            raise ValueError("keys must be public elliptic-curve keys: a private one never leaves the city")
        return keys


class _CitiesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cities: tuple[TrustedCity, ...]


@dataclass(frozen=True)
class Cities:
    """市の一覧: nobody else is ever spoken to."""

    by_origin: MappingProxyType[str, TrustedCity]

    @classmethod
    def of(cls, *cities: TrustedCity) -> Self:
        return cls(MappingProxyType({city.origin: city for city in cities}))

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises CitiesUnreadable."""
        try:
            return cls.of(*_CitiesFile.model_validate_json(file.read_bytes()).cities)
        except FileNotFoundError as missing:
            raise CitiesUnreadable(
                f"There is no {file}: it lists the cities this agent works for. Your city hands it out with the agent."
            ) from missing
        except (OSError, ValidationError) as wrong:
            raise CitiesUnreadable(f"{file} cannot be used: {wrong}") from wrong

    def asking(self, url: str) -> TrustedCity | None:
        """The city whose address `url` is, or None."""
        try:
            return self.by_origin.get(origin(url))
        except OriginUnclear:
            return None
