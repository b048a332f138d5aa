"""電子署名の検証: a detached CAdES-BES over given bytes, from the signature down to the revocation answer.

Certificates and signatures are checked with `cryptography`: a chain here is one certificate and one anchor, and JPKI's
equal names and critical policies are plainer as explicit comparisons than as certvalidator callbacks.
Sources: RFC 5652, RFC 5280, ETSI EN 319 102-1, 公的個人認証法, JPKI profile.

The order matters: nothing is said about the holder, and no otherName is read, until everything else is believed.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict

from trust import cades, certificate
from trust.anchors import Anchor, AnchorRegistry, IssuerNotInForce, IssuerUntrusted, Use
from trust.cades import AlgorithmNotAccepted, CertificateSwapped, EnvelopeMalformed
from trust.certificate import CertificateFacts, CertificateMalformed, Person
from trust.organization import Organization, organization
from trust.reasons import Reason
from trust.revocation import RevocationAnswer, RevocationChecker, RevocationEvidence, RevocationStatus


class Outcome(StrEnum):
    """検証結果. Unknown means "ask again later": a neighbour could not tell. It is never good."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class SignatureSettings(BaseModel):
    """署名検証の設定: times in seconds, sizes in bytes."""

    model_config = ConfigDict(frozen=True)

    maximum_bytes: int = 65_536
    signing_time_ahead: float = 600
    """How far the resident's clock may run ahead of the receipt."""
    signing_time_behind: float = 86_400
    """How long before the receipt the signature may have been made."""


class SignatureEvidence(BaseModel):
    """検証の証跡: what explains the answer later and elsewhere. Holds personal data (the certificate)."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    checked_at: datetime
    certificate: bytes | None = None
    """DER."""
    anchor_id: str | None = None
    signing_time: datetime | None = None
    """As the signer's own clock claims."""
    revocation: tuple[RevocationEvidence, ...] = ()


class SignatureCheck(BaseModel):
    """署名検証の結果. `reason` is None exactly when valid; only then are `certificate` and `person` given."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    """English, for officers and logs; no personal data. Residents read `reasons.sentences`."""
    certificate: CertificateFacts | None = None
    person: Person | None = None
    """基本4情報; None for certificates that carry none (login, companies)."""
    organization: Organization | None = None
    """事業者; only for an organisation's certificate."""
    revoked_at: datetime | None = None
    """With a valid outcome: revoked, but only after the receipt."""
    evidence: SignatureEvidence


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass
class _Trail:
    """What has been established so far; becomes the evidence whatever the outcome."""

    checked_at: datetime
    holder: x509.Certificate | None = None
    anchor: Anchor | None = None
    signing_time: datetime | None = None
    answer: RevocationAnswer | None = None

    def evidence(self) -> SignatureEvidence:
        return SignatureEvidence(
            checked_at=self.checked_at,
            certificate=self.holder.public_bytes(Encoding.DER) if self.holder else None,
            anchor_id=self.anchor.id if self.anchor else None,
            signing_time=self.signing_time,
            revocation=self.answer.evidence if self.answer else (),
        )


class SignatureVerifier:
    """署名検証器: one per process. Blocks and is thread-safe: async code calls it in `asyncio.to_thread`."""

    def __init__(
        self,
        anchors: AnchorRegistry,
        revocation: RevocationChecker,
        settings: SignatureSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._anchors = anchors
        self._revocation = revocation
        self._settings = settings or SignatureSettings()
        self._clock = clock
        self._understood = frozenset(oid for use in Use for anchor in anchors[use].anchors for oid in anchor.understood)

    def check(
        self,
        content: bytes,
        signature: bytes,
        *,
        use: Use | Collection[Use],
        received_at: datetime,
        procedure: str | None = None,
    ) -> SignatureCheck:
        """署名の検証: was `content` signed, for this use, with a certificate good when it was received?

        Several uses: any of them will do. `procedure` is the id of the procedure signed for; an authority accepted in
        some procedures only is not accepted without one.
        `signature` is the DER of a detached CAdES-BES. `received_at` is the legal time of receipt: repeat an
        unknown check with the same one. Never raises for bad input; ValueError when `received_at` has no time zone.
        """
        _require_zone(received_at)

        def believe(trail: _Trail) -> CertificateFacts:
            envelope = _read(signature, self._settings.maximum_bytes)
            trail.signing_time = envelope.signing_time
            trail.holder = certificate.load(envelope.certificate, self._understood)
            _require_signed(trail.holder, envelope, content)
            self._require_plausible_time(envelope.signing_time, received_at)
            trail.anchor = anchor = self._issuer(trail.holder, _uses(use), received_at)
            if not anchor.serves(procedure):
                raise _Refused(Reason.PROCEDURE_NOT_COVERED, f"{anchor.id} is not accepted in {procedure}")
            return self._believed(trail, trail.holder, anchor, (envelope.signing_time, received_at))

        return self._concluded(believe)

    def check_certificate(self, der: bytes, *, use: Use | Collection[Use], at: datetime) -> SignatureCheck:
        """証明書の有効性確認: the same questions without a signature. It authenticates nobody by itself."""
        _require_zone(at)

        def believe(trail: _Trail) -> CertificateFacts:
            trail.holder = certificate.load(der, self._understood)
            trail.anchor = self._issuer(trail.holder, _uses(use), at)
            return self._believed(trail, trail.holder, trail.anchor, (at,))

        return self._concluded(believe)

    def _concluded(self, believe: Callable[[_Trail], CertificateFacts]) -> SignatureCheck:
        trail = _Trail(self._clock())
        try:
            facts = believe(trail)
            person, company = _signer(trail)
        except _Refused as refused:
            return _check(trail, refused.reason, str(refused))
        except CertificateMalformed as malformed:
            return _check(trail, Reason.MALFORMED, str(malformed))
        revoked_at = trail.answer.revoked_at if trail.answer else None
        return SignatureCheck(
            outcome=Outcome.VALID,
            certificate=facts,
            person=person,
            organization=company,
            revoked_at=revoked_at,
            evidence=trail.evidence(),
        )

    def _require_plausible_time(self, signing_time: datetime, received_at: datetime) -> None:
        ahead = (signing_time - received_at).total_seconds()
        if ahead > self._settings.signing_time_ahead or -ahead > self._settings.signing_time_behind:
            raise _Refused(Reason.SIGNING_TIME_WRONG, f"signing time is {ahead:+.0f} seconds from the receipt")

    def _believed(
        self, trail: _Trail, holder: x509.Certificate, anchor: Anchor, moments: tuple[datetime, ...]
    ) -> CertificateFacts:
        """The certificate's facts, once use, policy, validity at all moments and revocation are good."""
        certificate.require_understood(holder, anchor.understood)
        if not certificate.is_for(holder, anchor.use, anchor.key_usage):
            raise _Refused(Reason.WRONG_CERTIFICATE_KIND, f"key usage does not allow {anchor.use}")
        policies = certificate.policies(holder)
        if not anchor.accepts(policies):
            raise _Refused(Reason.POLICY_NOT_ACCEPTED, f"policies {sorted(policies)} are not in {anchor.id}")
        for moment in moments:
            state = certificate.validity(holder, moment)
            if state != "valid":
                raise _Refused(Reason(state), f"the certificate is {state} at {moment.isoformat()}")
        trail.answer = self._revocation.check(holder, anchor)
        _require_not_revoked(trail.answer, moments[-1])
        return certificate.facts(holder, anchor.use, anchor.medium(policies))

    def _issuer(self, holder: x509.Certificate, uses: tuple[Use, ...], at: datetime) -> Anchor:
        """The anchor of one of these uses that issued it; a key serves one use, so no two uses can answer."""
        for use in uses:
            try:
                return self._anchors[use].for_issuer(holder, at)
            except IssuerNotInForce as error:
                raise _Refused(Reason.ISSUER_NOT_IN_FORCE, str(error)) from error
            except IssuerUntrusted:
                continue
        wanted = " or ".join(uses)
        kind = next((other for other in Use if other not in uses and self._knows(holder, other)), None)
        if kind is None:
            raise _Refused(Reason.ISSUER_UNTRUSTED, f"no anchor for {wanted} issued this certificate")
        raise _Refused(Reason.WRONG_CERTIFICATE_KIND, f"a certificate for {kind}, not for {wanted}")

    def _knows(self, holder: x509.Certificate, use: Use) -> bool:
        return any(anchor.issued(holder) for anchor in self._anchors[use].anchors)


def _uses(use: Use | Collection[Use]) -> tuple[Use, ...]:
    return (use,) if isinstance(use, Use) else tuple(use)


def _signer(trail: _Trail) -> tuple[Person | None, Organization | None]:
    """Who a believed signature speaks for: a person, an organisation, or (login, seals) nobody by name."""
    holder, anchor = trail.holder, trail.anchor
    if holder is None or anchor is None:
        return None, None
    if anchor.use is Use.SIGNING:
        return certificate.person(holder), None
    return None, organization(holder, anchor.subject) if anchor.subject else None


def _check(trail: _Trail, reason: Reason, detail: str) -> SignatureCheck:
    outcome = Outcome.UNKNOWN if reason is Reason.REVOCATION_UNKNOWN else Outcome.INVALID
    revoked_at = trail.answer.revoked_at if trail.answer else None
    evidence = trail.evidence()
    return SignatureCheck(outcome=outcome, reason=reason, detail=detail, revoked_at=revoked_at, evidence=evidence)


def _read(signature: bytes, maximum_bytes: int) -> cades.Envelope:
    try:
        return cades.read(signature, maximum_bytes)
    except EnvelopeMalformed as error:
        raise _Refused(Reason.MALFORMED, str(error)) from error
    except AlgorithmNotAccepted as error:
        raise _Refused(Reason.ALGORITHM_NOT_ACCEPTED, str(error)) from error
    except CertificateSwapped as error:
        raise _Refused(Reason.SIGNATURE_WRONG, str(error)) from error


def _require_signed(holder: x509.Certificate, envelope: cades.Envelope, content: bytes) -> None:
    """The key signed the attributes, and the attributes are about this content: in that order, so that
    `content_altered` is itself something the signer vouches for."""
    key = certificate.strong_key(holder)
    if key is None:
        raise _Refused(Reason.ALGORITHM_NOT_ACCEPTED, "the key is neither RSA of 2048 bits, P-256 nor P-384")
    if isinstance(key, ec.EllipticCurvePublicKey):
        expected = hashes.SHA256.name if isinstance(key.curve, ec.SECP256R1) else hashes.SHA384.name
    else:
        expected = hashes.SHA256.name
    if envelope.digest.name != expected or envelope.is_ecdsa != isinstance(key, ec.EllipticCurvePublicKey):
        raise _Refused(Reason.ALGORITHM_NOT_ACCEPTED, f"{envelope.digest.name} does not go with this key")
    if not certificate.verified(holder, envelope.signature, envelope.signed_attributes, envelope.digest):
        raise _Refused(Reason.SIGNATURE_WRONG, "the certificate's key did not make this signature")
    if not hmac.compare_digest(hashlib.new(expected, content).digest(), envelope.message_digest):
        raise _Refused(Reason.CONTENT_ALTERED, "the signature is over other bytes")


def _require_not_revoked(answer: RevocationAnswer, received_at: datetime) -> None:
    """A revocation after the receipt leaves the application valid: what counts is the day it reached the city."""
    if answer.status is RevocationStatus.UNKNOWN:
        raise _Refused(Reason.REVOCATION_UNKNOWN, answer.detail)
    if answer.status is RevocationStatus.REVOKED and (answer.revoked_at is None or answer.revoked_at <= received_at):
        why = answer.revocation_reason or "no reason given"
        raise _Refused(Reason.REVOKED, f"revoked at {answer.revoked_at} ({why})")


def _require_zone(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("give the time of receipt with its time zone")
