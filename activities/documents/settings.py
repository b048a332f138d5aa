"""設定: where documents come from, how they are sealed, and with what."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DocumentSettings(BaseSettings):
    """文書 (MADOGUCHI_DOCUMENT_*): what is printed on every document."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_DOCUMENT_", frozen=True)

    public_url: str
    """Address in every QR symbol, without a trailing slash: where a printed document is verified."""
    library: Path
    """Folder of the procedures; templates may use nothing outside it."""
    municipality_name: str = "姫路市"
    """As documents write it."""
    mayor_title: str = "姫路市長"
    """職名: the office in whose name documents are issued."""
    mayor_name: str
    """The name of whoever holds the office."""


class SealSettings(BaseSettings):
    """公印 (MADOGUCHI_SEAL_*): the office key, its timestamp authority, and whom both are trusted by.

    `anchors_file` is JSON: {"anchors": [{"use": "seal" | "timestamp", "certificate": PEM, …}]}; other uses are skipped.
    """

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_SEAL_", frozen=True)

    pkcs12_file: Path
    """The office key and its certificate (PKCS#12)."""
    password_file: Path
    """File holding the password of `pkcs12_file`."""
    anchors_file: Path
    """Whom seal and timestamps are trusted by; normally the same file as MADOGUCHI_TRUST_ANCHORS_FILE."""
    tsa_url: str
    """時刻認証局: where timestamps come from (RFC 3161)."""
    legend: Annotated[str, Field(min_length=2, max_length=16)] = "姫路市長之印"
    """印影: the characters cut into the visible seal."""
    location: str = "姫路市"
    """Where it was sealed, as the signature says."""
    evidence_max_age_seconds: Annotated[int, Field(gt=0)] = 3600
    """Revocation data older than this is fetched again, even where its nextUpdate lies later."""
    network_timeout_seconds: Annotated[float, Field(gt=0)] = 5.0
    """Longest wait for one answer of the timestamp authority, an OCSP responder or a CRL."""
    clock_tolerance_seconds: Annotated[int, Field(gt=0)] = 300
    """How far the timestamp authority's clock may be from ours before we refuse its token."""
