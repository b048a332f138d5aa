"""公印付き文書の検証: is this PDF sealed by the city, unaltered, and since when? (PAdES, ETSI EN 319 102-1)

pyHanko does the work here (PDF revisions, differences, timestamps, embedded revocation data are its field), but never
fetches: what a hostile PDF names is not asked. Whether the seal's certificate has been revoked since is asked of the
anchor registry's own addresses, when the caller hands over a RevocationChecker; without one the check is offline.

CPU-bound (tens of milliseconds; more for a hostile file): call it in a process pool with a time limit.
"""

import io
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator import ValidationContext

from trust import certificate
from trust.anchors import Anchor, AnchorRegistry, Use
from trust.certificate import CertificateFacts
from trust.revocation import RevocationAnswer, RevocationChecker, RevocationStatus

MAXIMUM_BYTES: Final = 20 * 1024 * 1024


class DocumentOutcome(StrEnum):
    """文書検証の結果. `unknown`: unaltered and sealed, but nobody can tell whether the seal was revoked."""

    VALID = "valid"
    ALTERED = "altered"
    REVOKED = "revoked"
    UNTRUSTED = "untrusted"
    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


class DocumentCheck(BaseModel):
    """文書検証の結果: about the seal; whether the city later withdrew the document is the store's to say."""

    model_config = ConfigDict(frozen=True)

    outcome: DocumentOutcome
    intact: bool = False
    """Every byte under the seal is as it was sealed."""
    covers_whole_file: bool = False
    """Nothing but seal maintenance (revocation data, timestamps) was appended after sealing."""
    trusted: bool = False
    """The seal's certificate comes from a seal anchor and was valid when sealed."""
    sealed_at: datetime | None = None
    """From a trusted timestamp; None when there is none."""
    long_term: bool = False
    """The revocation data is embedded and sufficient (PAdES B-LT)."""
    seal: CertificateFacts | None = None
    anchor_id: str | None = None
    detail: str = ""
    """English, for officers and logs."""


class _NotAsSealed(Exception):
    def __init__(self, outcome: DocumentOutcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


def check_document(
    pdf: bytes,
    anchors: AnchorRegistry,
    *,
    revocation: RevocationChecker | None,
    now: datetime | None = None,
    maximum_bytes: int = MAXIMUM_BYTES,
) -> DocumentCheck:
    """公印付きPDFの検証. `revocation` None means offline: nothing is asked. Never raises for a bad or hostile PDF."""
    if len(pdf) > maximum_bytes:
        return DocumentCheck(
            outcome=DocumentOutcome.UNREADABLE, detail=f"the file is larger than {maximum_bytes} bytes"
        )
    try:
        return _Inspection(pdf, anchors, now or datetime.now(UTC)).concluded(revocation)
    except _NotAsSealed as found:
        return DocumentCheck(outcome=found.outcome, detail=str(found))
    except Exception as error:  # a hostile PDF makes a parser raise anything, RecursionError and MemoryError too
        return DocumentCheck(outcome=DocumentOutcome.UNREADABLE, detail=f"not a readable PDF ({type(error).__name__})")


class _Inspection:
    """One PDF under inspection."""

    def __init__(self, pdf: bytes, anchors: AnchorRegistry, now: datetime) -> None:
        self._now = now
        self._anchors = anchors
        self._reader = PdfFileReader(io.BytesIO(pdf))
        self._signature = _seal_of(self._reader)
        self._claimed = _claimed_time(self._signature)
        self._certificates, self._ocsps, self._crls = _embedded(self._reader)

    def concluded(self, revocation: RevocationChecker | None) -> DocumentCheck:
        status, long_term = self._status()
        intact = bool(status.intact and status.valid)
        covers = _covers_whole_file(status)
        sealed_at = _trusted_time(status, self._now)
        path = status.validation_path if status.trusted else None
        anchor = self._anchor(path.first) if path else None
        holder = certificate.load(status.signing_cert.dump())
        believed = anchor is not None and _policy_accepted(certificate.policies(holder), anchor)
        answer = revocation.check(holder, anchor) if revocation and anchor and believed else None
        outcome, detail = _judged(status, intact and covers, believed, long_term, sealed_at, answer)
        return DocumentCheck(
            outcome=outcome,
            intact=intact,
            covers_whole_file=covers,
            trusted=believed,
            sealed_at=sealed_at,
            long_term=long_term,
            seal=certificate.facts(holder, Use.SEAL) if believed else None,
            anchor_id=anchor.id if anchor else None,
            detail=detail,
        )

    def _status(self) -> tuple[PdfSignatureStatus, bool]:
        """The seal's status when it was made (now, without a trusted timestamp), and whether the PDF proves it."""
        if self._claimed:
            found = self._status_at(self._claimed)
            if _trusted_time(found[0], self._now):
                return found
        return self._status_at(self._now)

    def _status_at(self, moment: datetime) -> tuple[PdfSignatureStatus, bool]:
        proven = self._validated(self._context(Use.SEAL, moment, "require"))
        if proven.trusted or proven.revoked:
            return proven, bool(proven.trusted)
        return self._validated(self._bare_context(moment)), False

    def _validated(self, seal: ValidationContext) -> PdfSignatureStatus:
        # The timestamp is judged when it was given, by revocation data of that day; `_trusted_time` adds today.
        timestamp = self._context(Use.TIMESTAMP, self._claimed or self._now, "soft-fail")
        return validate_pdf_signature(self._signature, seal, timestamp)

    def _context(self, use: Use, moment: datetime, mode: str) -> ValidationContext:
        """What pyHanko may believe: the anchors of one use and what the PDF embeds; the network never."""
        return ValidationContext(
            trust_roots=[_asn1(anchor) for anchor in self._anchors[use].in_force(moment)],
            other_certs=self._certificates,
            ocsps=self._ocsps,
            crls=self._crls,
            moment=moment,
            revocation_mode=mode,
            allow_fetching=False,
            # Revocation data is fetched after the timestamp, so it is always a little younger than it.
            retroactive_revinfo=True,
        )

    def _bare_context(self, moment: datetime) -> ValidationContext:
        """Without the embedded revocation data: pyHanko fails on stale data even where none would do."""
        return ValidationContext(
            trust_roots=[_asn1(anchor) for anchor in self._anchors[Use.SEAL].in_force(moment)],
            other_certs=self._certificates,
            moment=moment,
            revocation_mode="soft-fail",
            allow_fetching=False,
        )

    def _anchor(self, root: asn1_x509.Certificate) -> Anchor | None:
        der = root.dump()
        return next((a for a in self._anchors[Use.SEAL].anchors if _der(a) == der), None)


def _seal_of(reader: PdfFileReader) -> EmbeddedPdfSignature:
    seals = reader.embedded_regular_signatures
    if not seals:
        raise _NotAsSealed(DocumentOutcome.UNSEALED, "the PDF carries no seal")
    # The first revision's. A later signature counts as a change to what this one sealed.
    seal: EmbeddedPdfSignature = seals[0]
    return seal


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    """The time in the signature's timestamp, before anybody has verified it."""
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        time: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return time
    return None


def _trusted_time(status: PdfSignatureStatus, now: datetime) -> datetime | None:
    """The timestamp's time, if it was believed when given and its certificate has not expired since."""
    stamp = status.timestamp_validity
    if not (stamp and stamp.valid and stamp.intact and stamp.trusted):
        return None
    expires: datetime = stamp.signing_cert.not_valid_after
    time: datetime = stamp.timestamp
    return time if now <= expires else None


def _embedded(reader: PdfFileReader) -> tuple[list[asn1_x509.Certificate], list[bytes], list[bytes]]:
    """Certificates, OCSP responses and CRLs of the document security store."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return [], [], []
    ocsps = [stream.get_object().data for stream in store.ocsps]
    return list(store.load_certs()), ocsps, [stream.get_object().data for stream in store.crls]


def _covers_whole_file(status: PdfSignatureStatus) -> bool:
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    level = status.modification_level
    maintained = level is not None and level <= ModificationLevel.LTA_UPDATES
    return status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and maintained


def _policy_accepted(policies: tuple[str, ...], anchor: Anchor) -> bool:
    return anchor.accepts(policies)


def _judged(
    status: PdfSignatureStatus,
    unaltered: bool,
    believed: bool,
    long_term: bool,
    sealed_at: datetime | None,
    answer: RevocationAnswer | None,
) -> tuple[DocumentOutcome, str]:
    if not unaltered:
        return DocumentOutcome.ALTERED, "the file is not as it was sealed"
    if status.revoked:
        return DocumentOutcome.REVOKED, "the seal's certificate was revoked when it was used"
    if status.trust_problem_indic is AdESIndeterminate.OUT_OF_BOUNDS_NO_POE:
        return DocumentOutcome.UNKNOWN, "the seal has expired, and no timestamp still valid proves when it was put"
    if not believed:
        return DocumentOutcome.UNTRUSTED, f"not a seal we believe ({status.trust_problem_indic})"
    return _judged_now(long_term, sealed_at, answer)


def _judged_now(
    long_term: bool, sealed_at: datetime | None, answer: RevocationAnswer | None
) -> tuple[DocumentOutcome, str]:
    """A believed seal: what the authority says of it today, if we asked."""
    if answer and answer.status is RevocationStatus.REVOKED:
        sealed_earlier = sealed_at and answer.revoked_at and sealed_at < answer.revoked_at
        outcome = DocumentOutcome.VALID if sealed_earlier else DocumentOutcome.REVOKED
        return outcome, f"the seal's certificate was revoked at {answer.revoked_at}"
    if long_term or (answer and answer.status is RevocationStatus.GOOD):
        return DocumentOutcome.VALID, ""
    return DocumentOutcome.UNKNOWN, answer.detail if answer else "offline, and no revocation data is embedded"


def _der(anchor: Anchor) -> bytes:
    return anchor.authority.public_bytes(Encoding.DER)


def _asn1(anchor: Anchor) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(_der(anchor))
