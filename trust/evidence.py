"""失効情報: the words OCSP and CRL answer in, the proof they leave, and the limits they are held to."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from cryptography import x509
from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict


class RevocationStatus(StrEnum):
    """失効状態."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


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


class RevocationEvidence(BaseModel):
    """失効情報の証跡: the raw answer, where it came from and when."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    kind: Literal["ocsp", "crl"]
    url: str
    fetched_at: datetime
    body: bytes


class RevocationAnswer(BaseModel):
    """失効確認の答え. `detail` says in English, without personal data, why an answer is unknown."""

    model_config = ConfigDict(frozen=True)

    status: RevocationStatus
    revoked_at: datetime | None = None
    revocation_reason: str | None = None
    """CRLReason (RFC 5280 §5.3.1), e.g. "keyCompromise"; None when not given."""
    detail: str = ""
    evidence: tuple[RevocationEvidence, ...] = ()


class Doubt(Exception):
    """Why one source's answer cannot be believed. Always ends as `unknown`, never as `good`."""

    kind: Literal["unauthentic", "unreachable", "stale", "no_source"] = "unauthentic"
    """What whoever runs the counter has to look after."""


class Unreachable(Doubt):
    """Nobody answered, or not with an answer."""

    kind = "unreachable"


class Stale(Doubt):
    """Authentic, but not of today: too old, past its nextUpdate, or of the future."""

    kind = "stale"


class NoSource(Doubt):
    """The anchor registry names nobody who could be asked."""

    kind = "no_source"


class NotServed(Doubt):
    """The responder itself, authentically, says it does not know this certificate."""


def require_fresh(
    this_update: datetime, next_update: datetime | None, *, now: datetime, maximum_age: float, skew: timedelta
) -> None:
    """Raise Stale unless thisUpdate ≤ now ≤ nextUpdate (± skew) and the answer is not older than `maximum_age`."""
    if this_update > now + skew:
        raise Stale("it is dated in the future")
    if next_update is not None and next_update < now - skew:
        raise Stale("it is past its nextUpdate")
    if now - this_update > timedelta(seconds=maximum_age) + skew:
        raise Stale(f"it is older than {maximum_age:.0f} seconds")


def revoked(at: datetime, reason: x509.ReasonFlags | None, evidence: RevocationEvidence) -> RevocationAnswer:
    return RevocationAnswer(
        status=RevocationStatus.REVOKED,
        revoked_at=at,
        revocation_reason=reason.value if reason else None,
        evidence=(evidence,),
    )


def good(evidence: RevocationEvidence) -> RevocationAnswer:
    return RevocationAnswer(status=RevocationStatus.GOOD, evidence=(evidence,))
