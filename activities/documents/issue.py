"""交付書面: rendered from the register (never from what was typed), sealed, stored; posted or delivered; revoked.

The bytes are stored under a key of the document's own before the row is written: a crash in between leaves an object
nobody names, never a row without its document.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid5

from temporalio import activity

from activities.desk import Desk, StepAtDesk, day_in_japan
from activities.documents.render import Renderer
from activities.documents.seal import Sealer
from activities.documents.settings import DocumentSettings
from activities.inbox.opening import open_task
from procedures.steps import AwardPoints, IssueDocument
from procedures.values import StepId
from procedures.verification import Verification, new_code
from procedures.wording import answers_in_words
from store import documents
from store.documents import DocumentRow
from store.objects import Objects
from workflows.contracts import StepInput, StepResult

NAMESPACE = UUID("6f0c8d6e-2d0b-4c55-9a0f-5d0c6a3d1c11")
"""Names the ids of documents and mailing tasks: the same step and epoch always gives the same id."""
LABEL = "_shared/address_label.html"


class Documents:
    """交付書面の処理, CPU-heavy: one process, one thread, its own task queue."""

    def __init__(
        self, desk: Desk, objects: Objects, renderer: Renderer, sealer: Sealer, settings: DocumentSettings
    ) -> None:
        self._desk = desk
        self._objects = objects
        self._renderer = renderer
        self._sealer = sealer
        self._settings = settings

    @activity.defn
    def issue_document(self, given: StepInput) -> StepResult:
        """書面の作成: template → PDF/A → PAdES B-LT → object store."""
        step = self._desk.take(given, "issue_document")
        if step.stored:
            return step.stored
        row, pdf = self._make(step)
        self._objects.put(row.object_key, pdf)
        result = StepResult(outcome="done")
        with self._desk.writing(given.municipality) as connection:
            documents.issue(connection, row)
            facts = {"sha256": row.sha256, "sealed": row.sealed}
            self._desk.record_in(connection, step, result, "document_issued", facts=facts, status="issuing")
        return result

    @activity.defn
    def post_document(self, given: StepInput) -> StepResult:
        """郵送: print the address label and open a mailing task; the officer enters the tracking number."""
        step = self._desk.take(given, "post_document")
        if step.stored:
            return step.stored
        task_id = uuid5(NAMESPACE, step.effect_key)
        label = self._renderer.render(LABEL, self._context(step), issued_at=datetime.now(UTC))
        self._objects.put(f"{given.municipality}/labels/{task_id}", label.pdf)
        return open_task(self._desk, step, "mailing", task_id)

    def _make(self, step: StepAtDesk) -> tuple[DocumentRow, bytes]:
        if not isinstance(step.options, IssueDocument):
            raise TypeError(f"Step {step.options.id} issues no document.")
        document = step.procedure.document(step.options.document)
        issued_at, verification = datetime.now(UTC), Verification(new_code(), self._settings.public_url)
        rendered = self._renderer.render(
            self._template(step, document.id), self._context(step), issued_at=issued_at, verification=verification
        )
        pdf = rendered.pdf
        if document.sealed:
            reason, box = document.title.ja, rendered.seal_box
            sealed = self._sealer.seal(pdf, reason=reason, field_box=box, verification_code=verification.code)
            pdf, issued_at = sealed.pdf, sealed.sealed_at
        document_id = uuid5(NAMESPACE, step.effect_key)
        row = DocumentRow(
            id=document_id,
            receipt_number=step.given.receipt_number,
            document=document.id,
            step=StepId(step.given.step),
            epoch=step.given.epoch,
            title=document.title.model_dump(),
            object_key=f"{step.given.municipality}/documents/{document_id}",
            bytes=len(pdf),
            sha256=hashlib.sha256(pdf).hexdigest(),
            verification_code=verification.code,
            sealed=document.sealed,
            issued_at=issued_at,
            delivered_at=None,
            revoked_at=None,
        )
        return row, pdf

    def _template(self, step: StepAtDesk, document_id: str) -> str:
        """The pinned version's template, as a path inside the library."""
        path = self._desk.library.template(step.procedure.id, step.procedure.version, document_id)
        return path.relative_to(self._settings.library).as_posix()

    def _context(self, step: StepAtDesk) -> dict[str, object]:
        """What a template may use. `register` is what the register said; `answers` what was asked for."""
        case, language = step.case, step.case.language
        register: Mapping[str, object] = case.register_record or {}
        return {
            "case": {
                "receipt_number": step.given.receipt_number,
                "received_at": case.received_at,
                "language": language,
            },
            "procedure": {
                "title": step.procedure.title.of(language),
                "department": step.procedure.department.name.ja,
            },
            "municipality": {
                "name": self._settings.municipality_name,
                "mayor_title": self._settings.mayor_title,
                "mayor": self._settings.mayor_name,
            },
            "register": register,
            "recipient": register.get("recipient") or _addressee(step),
            "answers": case.answers,
            "labels": answers_in_words(step.procedure, case.answers, language),
            "decision": _decision(step),
        }


def _addressee(step: StepAtDesk) -> dict[str, object]:
    """宛先: where no register was asked, a letter goes to the name the form asked for."""
    named = next((field.id for field in step.procedure.form.fields() if field.prefill == "name"), None)
    return {} if named is None else {"name": step.case.answers[named]}


def _decision(step: StepAtDesk) -> dict[str, object]:
    """What earlier steps decided, as far as a document may say it."""
    awards = [each for each in step.procedure.steps if isinstance(each, AwardPoints)]
    if not awards:
        return {}
    return {"points": awards[0].points.evaluate_points(step.facts), "awarded_on": day_in_japan(datetime.now(UTC))}
