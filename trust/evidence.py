"""失効情報: the words OCSP and CRL answer in, the proof they leave, and the limits they are held to."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from cryptography import x509
from pydantic import BaseModel, ConfigDict


class RevocationStatus(StrEnum):
    """失効状態."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class RevocationSettings(BaseModel):
    """失効確認の設定: times in seconds, sizes in bytes. What J-LIS's contract leaves open is a setting."""

    model_config = ConfigDict(frozen=True)

    timeout: float = 5.0
    """For connecting and for each read; a whole answer may take `deadline`."""
    deadline: float = 15.0
    clock_skew: float = 300
    ocsp_maximum_age: float = 3600
    """Since thisUpdate. JPKI renews its data about every 15 minutes."""
    ocsp_maximum_bytes: int = 65_536
    ocsp_hash: Literal["sha1", "sha256"] = "sha1"
    """In the certID. Every responder knows SHA-1 (RFC 6960 §4.3); it only names the certificate, nothing is trusted
    for it."""
    nonce_required: bool = True
    """False accepts an answer without a nonce; one with another nonce is never accepted."""
    ocsp_cache_age: float = 0
    """0 asks every time, as a signature check must."""
    crl_maximum_age: float = 172_800
    """Since thisUpdate. JPKI issues daily."""
    crl_maximum_bytes: int = 33_554_432
    crl_cache_age: float = 3600
    """A CRL is fetched again after this or after its nextUpdate, whichever comes first."""

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


class NotServed(Doubt):
    """The responder itself, authentically, says it does not know this certificate."""


def require_fresh(
    this_update: datetime, next_update: datetime | None, *, now: datetime, maximum_age: float, skew: timedelta
) -> None:
    """Raise Doubt unless thisUpdate ≤ now ≤ nextUpdate (± skew) and the answer is not older than `maximum_age`."""
    if this_update > now + skew:
        raise Doubt("it is dated in the future")
    if next_update is not None and next_update < now - skew:
        raise Doubt("it is past its nextUpdate")
    if now - this_update > timedelta(seconds=maximum_age) + skew:
        raise Doubt(f"it is older than {maximum_age:.0f} seconds")


def revoked(at: datetime, reason: x509.ReasonFlags | None, evidence: RevocationEvidence) -> RevocationAnswer:
    return RevocationAnswer(
        status=RevocationStatus.REVOKED,
        revoked_at=at,
        revocation_reason=reason.value if reason else None,
        evidence=(evidence,),
    )


def good(evidence: RevocationEvidence) -> RevocationAnswer:
    return RevocationAnswer(status=RevocationStatus.GOOD, evidence=(evidence,))
