"""印刷と公印: a template and its facts become a PDF with a code to verify it, sealed where it must be, and stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from activities.documents.render import Renderer
from activities.documents.seal import Sealer
from activities.documents.settings import DocumentSettings
from procedures.texts import Text
from procedures.values import MunicipalityCode, ReceiptNumber, StepId
from procedures.verification import Verification, new_code
from store.documents import DocumentRow
from store.objects import Objects


@dataclass(frozen=True)
class Sheet:
    """書面の名札: what a document is, and which step of which case it comes from."""

    id: UUID
    municipality: MunicipalityCode
    receipt_number: ReceiptNumber
    document: str
    step: StepId
    epoch: int
    title: Text
    sealed: bool


class Press:
    """印刷機: one per process."""

    def __init__(self, objects: Objects, renderer: Renderer, sealer: Sealer, settings: DocumentSettings) -> None:
        self._objects = objects
        self._renderer = renderer
        self._sealer = sealer
        self.settings = settings

    def letterhead(self) -> Mapping[str, str]:
        """発信者: what every template may say of the city."""
        return {
            "name": self.settings.municipality_name,
            "mayor_title": self.settings.mayor_title,
            "mayor": self.settings.mayor_name,
        }

    def print(self, sheet: Sheet, template: str, context: Mapping[str, object]) -> DocumentRow:
        """書面の作成: template → PDF/A → PAdES B-LT → object store. Raises DocumentUnprintable."""
        issued_at, verification = datetime.now(UTC), Verification(new_code(), self.settings.public_url)
        rendered = self._renderer.render(template, context, issued_at=issued_at, verification=verification)
        pdf = rendered.pdf
        if sheet.sealed:
            reason, box = sheet.title.ja, rendered.seal_box
            sealed = self._sealer.seal(pdf, reason=reason, field_box=box, verification_code=verification.code)
            pdf, issued_at = sealed.pdf, sealed.sealed_at
        object_key = f"{sheet.municipality}/documents/{sheet.id}"
        self._objects.put(object_key, pdf)
        return DocumentRow(
            id=sheet.id,
            receipt_number=sheet.receipt_number,
            document=sheet.document,
            step=sheet.step,
            epoch=sheet.epoch,
            title=sheet.title.model_dump(),
            object_key=object_key,
            bytes=len(pdf),
            sha256=hashlib.sha256(pdf).hexdigest(),
            verification_code=verification.code,
            sealed=sheet.sealed,
            issued_at=issued_at,
            delivered_at=None,
            revoked_at=None,
        )
