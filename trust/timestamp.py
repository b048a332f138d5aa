"""時刻印の検証: does this RFC 3161 token stamp these bytes, by an authority we believe, and when?

The token is judged as of the moment it names: an authority's certificate may have expired since. Offline; what the
authority's revocation service said when it was stamped is taken into account where it was kept.
"""

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from asn1crypto import cms, crl, ocsp, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from trust import certificate
from trust.anchors import Anchor, AnchorRegistry, IssuerUntrusted, Use
from trust.evidence import RevocationEvidence
from trust.revocation import RevocationAnswer, RevocationChecker, RevocationStatus

DIGESTS = frozenset({"sha256", "sha384", "sha512"})


class TokenOutcome(StrEnum):
    """時刻印の検証結果. `other`: it stamps something else than these bytes."""

    VALID = "valid"
    OTHER = "other"
    FORGED = "forged"
    UNTRUSTED = "untrusted"
    UNREADABLE = "unreadable"


class TokenCheck(BaseModel):
    """時刻印の検証結果."""

    model_config = ConfigDict(frozen=True)

    outcome: TokenOutcome
    at: datetime | None = None
    """The authority's time; only with a valid token."""
    authority: str | None = None
    """The authority's name, as its anchor has it."""
    anchor_id: str | None = None
    detail: str = ""
    """English, for auditors and logs."""


class _Refused(Exception):
    def __init__(self, outcome: TokenOutcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


def check_token(
    token: bytes, data: bytes, anchors: AnchorRegistry, evidence: Iterable[RevocationEvidence] = ()
) -> TokenCheck:
    """時刻印の検証. Never raises for a bad or hostile token."""
    try:
        return _checked(token, data, anchors, tuple(evidence))
    except _Refused as found:
        return TokenCheck(outcome=found.outcome, detail=str(found))
    except Exception as error:  # hostile bytes make a parser raise anything
        return TokenCheck(outcome=TokenOutcome.UNREADABLE, detail=f"not a readable token ({type(error).__name__})")


def asked_now(token: bytes, anchors: AnchorRegistry, revocation: RevocationChecker) -> RevocationAnswer:
    """失効確認: what the authority's revocation service says today of the certificate that signed this token.

    Unknown where an intermediate stands between it and the anchor: its services are in no registry of ours.
    """
    signed = cms.ContentInfo.load(token)["content"]
    holder = certificate.load(_signer(signed).dump())
    try:
        anchor = anchors[Use.TIMESTAMP].for_issuer(holder, _info(signed)["gen_time"].native)
    except IssuerUntrusted as untrusted:
        return RevocationAnswer(status=RevocationStatus.UNKNOWN, detail=str(untrusted))
    return revocation.check(holder, anchor)


def _checked(
    token: bytes, data: bytes, anchors: AnchorRegistry, evidence: tuple[RevocationEvidence, ...]
) -> TokenCheck:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    info = _info(signed)
    _require_imprint(info, data)
    signer = _signer(signed)
    _require_signature(signed, signer)
    at: datetime = info["gen_time"].native
    anchor = _believed(signed, signer, anchors, at, evidence)
    return TokenCheck(outcome=TokenOutcome.VALID, at=at, authority=anchor.name.en, anchor_id=anchor.id)


def _info(signed: cms.SignedData) -> tsp.TSTInfo:
    return signed["encap_content_info"]["content"].parsed


def _require_imprint(info: tsp.TSTInfo, data: bytes) -> None:
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        raise _Refused(TokenOutcome.OTHER, f"it stamps by {algorithm}")
    if imprint["hashed_message"].native != hashlib.new(algorithm, data).digest():
        raise _Refused(TokenOutcome.OTHER, "it stamps other bytes than these")


def _require_signature(signed: cms.SignedData, signer: asn1_x509.Certificate) -> None:
    info = signed["signer_infos"][0]
    content = bytes(signed["encap_content_info"]["content"])
    digest = hashlib.new(info["digest_algorithm"]["algorithm"].native, content).digest()
    whole, valid = validate_sig_integrity(info, signer, "tst_info", digest)
    if not (whole and valid):
        raise _Refused(TokenOutcome.FORGED, "its signature is wrong")


def _signer(signed: cms.SignedData) -> asn1_x509.Certificate:
    named = signed["signer_infos"][0]["sid"].chosen
    for entry in signed["certificates"]:
        found: asn1_x509.Certificate = entry.chosen
        if (found.issuer, found.serial_number) == (named["issuer"], named["serial_number"].native):
            return found
    raise _Refused(TokenOutcome.UNREADABLE, "it does not carry the certificate of its signer")


def _believed(
    signed: cms.SignedData,
    signer: asn1_x509.Certificate,
    anchors: AnchorRegistry,
    at: datetime,
    evidence: tuple[RevocationEvidence, ...],
) -> Anchor:
    trusted = {_der(anchor): anchor for anchor in anchors[Use.TIMESTAMP].in_force(at)}
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(der) for der in trusted],
        other_certs=[entry.chosen for entry in signed["certificates"]],
        ocsps=[ocsp.OCSPResponse.load(each.body) for each in evidence if each.kind == "ocsp"],
        crls=[crl.CertificateList.load(each.body) for each in evidence if each.kind == "crl"],
        moment=at,
        revocation_mode="soft-fail",
        allow_fetching=False,
        retroactive_revinfo=True,  # what was asked after stamping is always a little younger than the stamp
    )
    validator = CertificateValidator(signer, validation_context=context)
    try:
        path = asyncio.run(validator.async_validate_usage(set(), {"time_stamping"}))
    except (PathError, ValidationError) as fault:
        raise _Refused(TokenOutcome.UNTRUSTED, f"not by an authority we believe: {fault}") from fault
    return trusted[path.first.dump()]


def _der(anchor: Anchor) -> bytes:
    return anchor.authority.public_bytes(Encoding.DER)
