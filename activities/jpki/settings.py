"""設定: the daily check of registered certificates."""

from datetime import time, timedelta

from pydantic_settings import BaseSettings, SettingsConfigDict


class StatusSettings(BaseSettings):
    """日次失効確認の設定 (MADOGUCHI_STATUS_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_STATUS_", frozen=True)

    at: time = time.fromisoformat("05:30")
    """When the daily check of registered certificates begins; after the authorities have issued the day's lists."""
    time_zone: str = "Asia/Tokyo"
    """Of that time (IANA name)."""
    retry_after: timedelta = timedelta(minutes=15)
    """A list that could not be read is asked again after this long."""
    retry_for: timedelta = timedelta(hours=6)
    """For so long; then the day's report says which certificates could not be confirmed."""
