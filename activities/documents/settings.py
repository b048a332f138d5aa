"""設定: where documents come from, how they are sealed, and with what."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DocumentSettings(BaseSettings):
    """文書: MADOGUCHI_DOCUMENT_…; `public_url` is the address printed in every QR symbol."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_DOCUMENT_", frozen=True)

    public_url: str
    library: Path
    municipality_name: str = "姫路市"
    mayor_title: str = "姫路市長"
    mayor_name: str


class SealSettings(BaseSettings):
    """公印: MADOGUCHI_SEAL_…; the office key, its timestamp authority, and whom both are trusted by.

    `anchors_file` is JSON: {"anchors": [{"use": "seal" | "timestamp", "certificate": PEM, …}]}; other uses are skipped.
    """

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_SEAL_", frozen=True)

    pkcs12_file: Path
    password_file: Path
    anchors_file: Path
    tsa_url: str
    legend: Annotated[str, Field(min_length=2, max_length=16)] = "姫路市長之印"
    """印影: the characters cut into the visible seal."""
    location: str = "姫路市"
    evidence_max_age_seconds: Annotated[int, Field(gt=0)] = 3600
    """Revocation data older than this is fetched again, even where its nextUpdate lies later."""
    network_timeout_seconds: Annotated[float, Field(gt=0)] = 5.0
    clock_tolerance_seconds: Annotated[int, Field(gt=0)] = 300
    """How far the timestamp authority's clock may be from ours before we refuse its token."""
