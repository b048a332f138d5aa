"""更新前の証明書: which certificate the authority says this one came after.

The authority may tell a verifier the former serial of a renewed card (公的個人認証法; jpki-card §7.4). Its interface is
not public; ours is the smallest that says the same. Without it a renewed card opens a new account, and its holder
joins the former one with another registered certificate.
"""

from typing import NamedTuple, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field

from api.settings import HistorySettings


class Issued(NamedTuple):
    """発行: a certificate by its authority's key and its number."""

    issuer_key_id: bytes
    serial: str


class HistoryUnreachable(Exception):
    """The service did not answer, or not in its own form: nobody knows whether the certificate is a renewed one."""


class CertificateHistory(Protocol):
    """更新前の証明書の照会."""

    def resolve_previous(self, certificate: Issued) -> Issued | None:
        """The certificate this one replaced; None: it replaced none. Raises HistoryUnreachable."""


class _Named(BaseModel):
    model_config = ConfigDict(frozen=True)

    issuer_key_id: str = Field(pattern=r"^([0-9a-fA-F]{2}){1,64}$")
    serial: str = Field(pattern=r"^[0-9]{1,60}$")


class HttpHistory:
    """HTTPによる照会. Thread-safe."""

    def __init__(self, base_url: str, timeout: float) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=timeout, trust_env=False)

    @classmethod
    def connect(cls, settings: HistorySettings) -> "HttpHistory | None":
        return cls(settings.base_url, settings.timeout) if settings.base_url else None

    def resolve_previous(self, certificate: Issued) -> Issued | None:
        asked = _Named(issuer_key_id=certificate.issuer_key_id.hex(), serial=certificate.serial)
        try:
            answer = self._http.post("/previous", json=asked.model_dump())
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            said = _Named.model_validate_json(answer.content)
        except (httpx.HTTPError, ValueError) as error:
            raise HistoryUnreachable(f"the certificate history did not answer ({type(error).__name__})") from error
        return Issued(bytes.fromhex(said.issuer_key_id), said.serial)

    def close(self) -> None:
        self._http.close()
