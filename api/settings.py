"""設定: the web server."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from limits import parse
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from procedures.values import MunicipalityCode

CounterName = Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$")]
"""窓口の名: part of its queue's name."""


class ServedSettings(BaseSettings):
    """受け持つ自治体の設定 (MADOGUCHI_WEB_*): what a worker knows of the web server, too."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_WEB_", frozen=True)

    municipality: MunicipalityCode = MunicipalityCode("282014")
    """The municipality of a host name that is not listed."""
    hosts: dict[str, MunicipalityCode] = {}
    """Host name → municipality, where one installation serves several (播磨圏域)."""

    @property
    def municipalities(self) -> tuple[MunicipalityCode, ...]:
        """Every municipality this installation serves."""
        return tuple(dict.fromkeys((self.municipality, *self.hosts.values())))


class WebSettings(ServedSettings, BaseSettings):
    """窓口の設定 (MADOGUCHI_WEB_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_WEB_", frozen=True)

    public_url: str
    """Address residents see, without a trailing slash."""
    agent_url: str
    """The card agent on the resident's own machine (loopback)."""
    payment_origin: str = "https://checkout.stripe.com"
    """Where the payment page is; pages may send a browser there."""
    webhook_secret_file: Path
    """Signs the gateway's webhooks."""
    request_key_file: Path
    """P-256 private key (PEM) that signs what card agents are asked for; its public half goes out with the agent."""
    host: str = "127.0.0.1"
    """Address the web server listens on; only a proxy on the same network should reach it."""
    port: int = 8000
    """Port it listens on."""
    phones: dict[MunicipalityCode, str] = {}
    """Municipality → its switchboard, shown where a page cannot help further; without one, pages name none."""
    readers: dict[MunicipalityCode, tuple[CounterName, ...]] = {}
    """Municipality → its counters with a card reader (`madoguchi reader --counter …`), by the names they go by."""
    temporal_ui_url: str = "http://127.0.0.1:8233"
    """Where administrators' pages link to a case's workflow."""
    session_idle: timedelta = timedelta(minutes=30)
    """A session unused for longer is over."""
    session_lifetime: timedelta = timedelta(hours=8)
    """A session older than this is over, used or not."""
    signing_lifetime: timedelta = timedelta(minutes=10)
    """A card must answer within this."""
    update_timeout: timedelta = timedelta(seconds=5)
    """How long a page waits for the workflow before it says "taken in, being processed"."""
    upload_limit: int = 30 * 1024 * 1024
    """Bytes of one request with files: some photographs of a phone. Without files: 4 MiB at most."""

    def address(self, municipality: MunicipalityCode) -> str:
        """Address the residents of one municipality see: its own host, where it has one."""
        hosts = [host for host, served in self.hosts.items() if served == municipality]
        if municipality == self.municipality or not hosts:
            return self.public_url
        parts = urlsplit(self.public_url)
        port = f":{parts.port}" if parts.port else ""
        return urlunsplit(parts._replace(netloc=f"{hosts[0]}{port}"))

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")


class RateSettings(BaseSettings):
    """頻度の上限の設定 (MADOGUCHI_WEB_RATE_*): how much one session, or one address without a session, may ask.

    Each as `limits` reads it: "60/minute", "5 per 10 seconds".
    """

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_WEB_RATE_", frozen=True)

    storage: str = "memory://"
    """Where it is counted: in each process for itself, or in a store they share (redis://…, by the library limits)."""
    logins: str = "60/minute"
    """Logins and whatever card agents ask; a login is three of them."""
    writes: str = "120/minute"
    """Anything that changes something, but logins and uploads."""
    uploads: str = "60/minute"
    """Requests that may carry files (multipart/form-data)."""
    verification: str = "60/minute"
    """Anybody's checks of documents."""
    reads: str = "600/minute"
    """Pages and JSON that only look."""

    @field_validator("logins", "writes", "uploads", "verification", "reads")
    @classmethod
    def _readable(cls, value: str) -> str:
        try:
            parse(value)
        except ValueError as error:
            raise ValueError(f'{value!r} is no rate. Write a number and a time, for example "60/minute".') from error
        return value


class TemporalSettings(BaseSettings):
    """Temporalの設定 (MADOGUCHI_TEMPORAL_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_TEMPORAL_", frozen=True)

    address: str = "127.0.0.1:7233"
    """Host and port of the frontend."""
    namespace: str = "default"
    """The namespace of this installation; its workflow ids are receipt numbers."""


class HistorySettings(BaseSettings):
    """更新前の証明書の照会の設定 (MADOGUCHI_HISTORY_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_HISTORY_", frozen=True)

    base_url: str | None = None
    """Address of the authority's service that knows renewed certificates; unset: not connected."""
    timeout: float = 5.0
    """Seconds to wait for its answer."""


class IdentitySettings(BaseSettings):
    """職員認証基盤の設定 (MADOGUCHI_IDENTITY_*): without an issuer officers log in by card only."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_IDENTITY_", frozen=True)

    issuer: str | None = None
    """The provider's address, exactly as it names itself; unset: no provider."""
    client_id: str = "madoguchi"
    """What the provider calls this counter. Register PUBLIC_URL/login/identity/callback with it."""
    client_secret_file: Path | None = None
    """The secret this counter shows at the provider's token endpoint (client_secret_basic)."""
    name: str = "職員認証基盤"
    """The provider's name, as officers know it."""
    scopes: str = "openid"
    """What is asked of it; only `sub` is used."""
    timeout: float = 5.0
    """Seconds to wait for each of its answers."""
    skew: int = 60
    """Seconds its clock may differ from ours."""
    refresh_after: float = 30.0
    """An unknown key fetches the provider's keys again, but not before so many seconds: anybody can make one up."""


class ScanSettings(BaseSettings):
    """ウイルス検査の設定 (MADOGUCHI_SCAN_*): a ClamAV daemon the city runs."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_SCAN_", frozen=True)

    address: str | None = None
    """unix:/run/clamav/clamd.ctl, or host:port of clamd; unset: uploaded files are not checked for viruses."""
    timeout: float = 30.0
    """Seconds to wait for its answer to one file; without an answer the file is not taken."""


class PushSettings(BaseSettings):
    """プッシュ通知の設定 (MADOGUCHI_PUSH_*): without a key nobody is offered push messages."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_PUSH_", frozen=True)

    key_file: Path | None = None
    """P-256 private key (PEM) by which push services know us; another key ends every subscription. Unset: no push."""
    contact: str = "mailto:notices@city.example"
    """Whom a push service may write to (mailto: or https:)."""
    services: tuple[str, ...] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "notify.windows.com",
    )
    """Hosts of push services (JSON list), with everything below them."""
