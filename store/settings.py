"""設定: where the store is."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class StoreSettings(BaseSettings):
    """保存先の設定 (MADOGUCHI_STORE_*). Secrets come from files."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_STORE_", frozen=True)

    database_url: str
    """SQLAlchemy address of the application role, without its password."""
    password_file: Path
    """The application role's password."""
    owner_password_file: Path | None = None
    """The owning role's password; only `madoguchi migrate` needs it."""
    owner: str = "madoguchi_owner"
    """The owning role, as which migrations run."""
    objects_url: str
    """Object store address: file:///… or s3://bucket/prefix."""
    master_key_file: Path
    """The master keys that wrap every case key: 32 bytes, once rotated a list. Lose it and no history can be read."""
    pool_size: int = 10
    """Connections per process and municipality, opened as needed; at least as many as threads that ask."""
