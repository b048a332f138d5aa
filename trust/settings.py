"""設定: how revocation is asked about, and what is believed."""

from datetime import timedelta
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class RevocationSettings(BaseSettings):
    """失効確認の設定 (MADOGUCHI_REVOCATION_*): seconds and bytes. What J-LIS's contract leaves open is a setting."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_REVOCATION_", frozen=True)

    timeout: float = 5.0
    """Seconds for connecting and for each read."""
    deadline: float = 15.0
    """Seconds a whole answer may take while somebody waits for it."""
    batch_deadline: float = 60.0
    """Seconds a whole list may take in the daily check, where nobody waits."""
    clock_skew: float = 300
    """Seconds our clock and a responder's may differ."""
    ocsp_maximum_age: float = 3600
    """Seconds since an OCSP answer's thisUpdate. JPKI renews its data about every 15 minutes."""
    ocsp_maximum_bytes: int = 65_536
    """Bytes of an OCSP answer; a larger one is not read."""
    ocsp_hash: Literal["sha1", "sha256"] = "sha1"
    """In the certID. Every responder knows SHA-1 (RFC 6960 §4.3); it only names the certificate, nothing is trusted
    for it."""
    nonce_required: bool = True
    """False accepts an OCSP answer without a nonce; one with another nonce is never accepted."""
    ocsp_cache_age: float = 0
    """Seconds for which a good OCSP answer serves further logins; 0 asks every time. Signature checks always ask."""
    ocsp_cache_answers: int = 4096
    """How many good OCSP answers a process remembers."""
    crl_maximum_age: float = 172_800
    """Seconds since a CRL's thisUpdate. JPKI issues daily."""
    crl_maximum_bytes: int = 33_554_432
    """Bytes of a CRL; a larger one is not read."""
    crl_cache_age: float = 3600
    """A CRL is fetched again after this many seconds or after its nextUpdate, whichever comes first. The daily check
    never takes one from the cache."""
    crl_cache_bytes: int = 67_108_864
    """Bytes of CRLs a process remembers; the oldest go first."""

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=self.clock_skew)
