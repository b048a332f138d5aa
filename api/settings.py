"""設定: the web server."""

from datetime import timedelta
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from procedures.values import MunicipalityCode


class WebSettings(BaseSettings):
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
    municipality: MunicipalityCode = MunicipalityCode("282014")
    """The municipality of a host name that is not listed."""
    hosts: dict[str, MunicipalityCode] = {}
    """Host name → municipality, where one installation serves several (播磨圏域)."""
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
    upload_limit: int = 10 * 1024 * 1024
    """Bytes of one request."""

    @property
    def municipalities(self) -> tuple[MunicipalityCode, ...]:
        """Every municipality this installation serves."""
        return tuple(dict.fromkeys((self.municipality, *self.hosts.values())))

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")


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
