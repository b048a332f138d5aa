"""設定: the daily anchor of the audit log."""

from datetime import time, timedelta

from pydantic_settings import BaseSettings, SettingsConfigDict


class AuditSettings(BaseSettings):
    """監査の錨の設定 (MADOGUCHI_AUDIT_*). Where the timestamps come from: MADOGUCHI_SEAL_TSA_URL."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_AUDIT_", frozen=True)

    at: time = time.fromisoformat("00:30")
    """When the ends of the audit log's chains are gathered and timestamped, every day."""
    time_zone: str = "Asia/Tokyo"
    """Of that time (IANA name)."""
    retry_after: timedelta = timedelta(minutes=15)
    """A timestamp authority that gave none is asked again after this long, until it does."""
