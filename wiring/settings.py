"""設定: where this installation stands, and what production refuses to start with."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Environment(BaseSettings):
    """環境 (MADOGUCHI_*): sandbox (demo, tests) or production, which refuses every sandbox neighbour."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", frozen=True)

    environment: str = "production"
    """`sandbox` lets sandbox neighbours in; anything else is production."""

    @property
    def sandbox(self) -> bool:
        return self.environment == "sandbox"

    def require_real(self, **neighbours: str) -> None:
        """模擬の拒否: production never starts against a neighbour on its own machine, where only sandboxes live."""
        for name, address in neighbours.items():
            if not self.sandbox and urlsplit(address).hostname in LOOPBACK:
                raise SystemExit(
                    f"Production refuses to start: the {name} at {address} is on this machine, as only a sandbox is. "
                    f"Set its address, or MADOGUCHI_ENVIRONMENT=sandbox for a demonstration."
                )

    def require_protected(self, **neighbours: str) -> None:
        """平文の拒否: who says whom somebody is must not be overheard or replaced on the way."""
        for name, address in neighbours.items():
            if not self.sandbox and address and urlsplit(address).scheme != "https":
                raise SystemExit(f"Production refuses to start: the {name} at {address} must have an https address.")

    def require_encrypted_mail(self, security: str) -> None:
        """平文の拒否: a mail names its receiver, and a login its password."""
        if not self.sandbox and security == "none":
            raise SystemExit(
                "Production refuses to start: mail would leave in the clear. "
                "Set MADOGUCHI_MAIL_SECURITY to starttls or tls."
            )


class TrustSettings(BaseSettings):
    """信頼の起点の設定 (MADOGUCHI_TRUST_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_TRUST_", frozen=True)

    anchors_file: Path
    """The certificate authorities the city believes (JSON, `trust/anchors.py`)."""


class LogSettings(BaseSettings):
    """ログの設定 (MADOGUCHI_LOG_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_LOG_", frozen=True)

    level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on our own rooms write; of libraries warnings and errors are written."""


class ObserveSettings(BaseSettings):
    """監視の設定 (MADOGUCHI_OBSERVE_*): where this process tells its numbers; never an address the public can reach."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_OBSERVE_", frozen=True)

    metrics: str | None = None
    """host:port where the web server answers /metrics (Prometheus) with cases, queues and requests; unset: nowhere."""
    engine: str | None = None
    """host:port where this process answers /metrics with what its Temporal client and workers measure."""
    traces: str | None = None
    """Address that takes spans (OTLP over HTTP, e.g. http://collector:4318/v1/traces); unset: nothing is traced."""
    sample: float = 1.0
    """Share of submissions and requests that are traced, 0 to 1."""
