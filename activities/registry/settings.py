"""住民記録の設定: where the register is and the token it knows us by."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RegisterSettings(BaseSettings):
    """住民記録の設定: read from MADOGUCHI_REGISTER_*; the token comes from a file, never from a variable."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_REGISTER_", frozen=True)

    base_url: str
    """The register's address, e.g. https://register.city.example."""
    token_file: Path
    """File holding the bearer token."""
    timeout_seconds: float = Field(default=10.0, gt=0)
    """Longest wait for one answer."""

    def token(self) -> str:
        """合言葉: read when asked for, so that a rotated file is picked up on restart."""
        return self.token_file.read_text().strip()
