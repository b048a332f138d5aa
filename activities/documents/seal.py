"""公印: seals a PDF with the office's key as PAdES B-LT (ETSI EN 319 142-1), in one revision covering the whole file.

The revocation data of the seal and of the timestamp unit are gathered and checked once, embedded in every document's
DSS, and gathered again before they are stale: a seal then costs one request, to the timestamp authority.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.generic import DictionaryObject, FloatObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.stamp import StaticStampStyle

from activities.documents.evidence import Evidence, EvidenceGatherer, SealUnavailable, SealUnusable
from activities.documents.imprint import imprint
from activities.documents.key import OfficeKey
from activities.documents.render import FieldBox
from activities.documents.settings import SealSettings
from activities.documents.timestamp import TimestampClient, TimestampUnavailable
from procedures.values import VerificationCode
from procedures.verification import printed_code

__all__ = ["SealUnavailable", "SealUnusable", "SealedDocument", "Sealer"]

FIELD = "Seal"
DIGEST = "sha256"
_SETTINGS = signers.pdf_signer.DSSContentSettings(
    include_vri=False, placement=signers.pdf_signer.SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)
"""One revision: whoever finds bytes after the seal knows that they are not ours."""


@dataclass(frozen=True)
class SealedDocument:
    """公印付き文書: ready to be stored and handed over."""

    pdf: bytes
    sha256: str
    sealed_at: datetime
    """The timestamp authority's time."""
    verification_code: VerificationCode


class Sealer:
    """公印管守者: the office's key and what vouches for it; build once per process, use from one thread."""

    def __init__(self, settings: SealSettings) -> None:
        """Raises SealUnusable where key, password or anchors can't be read."""
        self._settings = settings
        self._signer = OfficeKey(settings)
        tolerance = timedelta(seconds=settings.clock_tolerance_seconds)
        self._clock = TimestampClient(
            settings.tsa_url, timeout_seconds=settings.network_timeout_seconds, clock_tolerance=tolerance
        )
        self._gatherer = EvidenceGatherer(settings, self._signer, self._clock)
        self._evidence: Evidence | None = None
        self._imprints: dict[float, bytes] = {}

    @property
    def clock(self) -> TimestampClient:
        """時刻認証局への窓口 of this process."""
        return self._clock

    def close(self) -> None:
        """Closes the connection to the timestamp authority."""
        self._clock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def seal(
        self, pdf: bytes, *, reason: str, field_box: FieldBox | None, verification_code: VerificationCode
    ) -> SealedDocument:
        """Seals `pdf`, visibly where `field_box` is given. Blocks for one request to the timestamp authority.

        Raises SealUnavailable (try again later), SealUnusable (someone must act), ValueError (not our document).
        """
        if printed_code(pdf) != verification_code:
            raise ValueError(f"the document doesn't carry the verification code {verification_code}")
        try:
            return asyncio.run(self._seal(pdf, reason, field_box, verification_code))
        except TimestampUnavailable as fault:
            raise SealUnavailable(str(fault)) from fault
        except PdfError as fault:
            raise ValueError(f"the document can't be sealed: {fault}") from fault

    async def _seal(self, pdf: bytes, reason: str, box: FieldBox | None, code: VerificationCode) -> SealedDocument:
        evidence = await self._current_evidence()
        session = self._pdf_signer(reason, box).init_signing_session(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        document = session.prepare_tbs_document(evidence.status, bytes_reserved=evidence.bytes_reserved)
        output = io.BytesIO()
        digest, _ = document.digest_tbs_document(output=output)
        await document.perform_signature(
            digest.document_digest, PdfCMSSignedAttributes(signing_time=session.system_time)
        )
        stamped = self._clock.last
        if stamped.certificate.sha256 != evidence.timestamp_certificate.sha256:
            self._evidence = None
            raise SealUnavailable("the timestamp authority changed its certificate; the next try will use it")
        sealed = output.getvalue()
        return SealedDocument(sealed, hashlib.sha256(sealed).hexdigest(), stamped.at, code)

    async def _current_evidence(self) -> Evidence:
        if self._evidence is None or datetime.now(UTC) >= self._evidence.good_until:
            self._evidence = None
            self._evidence = await self._gatherer.gather()
        return self._evidence

    def _pdf_signer(self, reason: str, box: FieldBox | None) -> signers.PdfSigner:
        return signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm=DIGEST,
                reason=reason,
                location=self._settings.location,
                subfilter=fields.SigSeedSubFilter.PADES,
                dss_settings=_SETTINGS,
            ),
            self._signer,
            timestamper=self._clock,
            stamp_style=self._stamp(box.top - box.bottom) if box else None,
            new_field_spec=_field(box),
        )

    def _stamp(self, side: float) -> StaticStampStyle:
        if side not in self._imprints:
            self._imprints[side] = imprint(self._settings.legend, side)
        resources = PdfResources()
        # 朱肉: ink lets the letters beneath show through
        resources.ext_g_state[pdf_name("/Ink")] = DictionaryObject(
            {pdf_name("/BM"): pdf_name("/Multiply"), pdf_name("/ca"): FloatObject(1)}
        )
        drawing = b"/Ink gs " + self._imprints[side]
        return StaticStampStyle(
            border_width=0,
            background=RawContent(drawing, resources, BoxConstraints(width=side, height=side)),
            background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN),
        )


def _field(box: FieldBox | None) -> fields.SigFieldSpec:
    if box is None:
        return fields.SigFieldSpec(FIELD, readable_field_name="公印")
    # pyHanko says whole points but writes what it is given; whole points would move the seal by half a millimetre
    corners: Any = (box.left, box.bottom, box.right, box.top)
    return fields.SigFieldSpec(FIELD, on_page=box.page, box=corners, readable_field_name="公印")
