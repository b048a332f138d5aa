"""収納の設定: where the payment gateway is and which secrets we share with it."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PaymentSettings(BaseSettings):
    """収納の設定: read from MADOGUCHI_PAYMENT_*; secrets come from files, never from variables."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_PAYMENT_", frozen=True)

    api_base: str = "https://api.stripe.com"
    """The gateway's address, without a path; the sandbox's in demo and tests."""
    api_key_file: Path
    """File holding the secret key (sk_…)."""
    timeout_seconds: float = Field(default=20.0, gt=0)
    """Longest wait for one answer; shorter than the activity's own timeout, so that the error is ours and says why."""

    def api_key(self) -> str:
        """秘密鍵: read when asked for, so that a rotated file is picked up on restart."""
        return self.api_key_file.read_text().strip()
