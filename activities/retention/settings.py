"""設定: the nightly purge of cases whose retention is over."""

from datetime import time

from pydantic_settings import BaseSettings, SettingsConfigDict


class RetentionSettings(BaseSettings):
    """廃棄の設定 (MADOGUCHI_RETENTION_*). How long a case is kept is its procedure's word."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_RETENTION_", frozen=True)

    at: time = time.fromisoformat("02:30")
    """When the cases that are due are purged, every day."""
    time_zone: str = "Asia/Tokyo"
    """Of that time (IANA name)."""
