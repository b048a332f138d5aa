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
