"""交付書面: rendered from the register (never from what was typed), sealed, stored; posted or delivered; revoked.

The bytes are stored under a key of the document's own before the row is written: a crash in between leaves an object
nobody names, never a row without its document.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid5

from temporalio import activity

from activities.desk import Desk, StepAtDesk, day_in_japan
from activities.documents.press import Press, Sheet
from activities.documents.render import Renderer
from activities.inbox.opening import open_task
from procedures.document import Procedure
from procedures.steps import AwardPoints, IssueDocument
from procedures.values import StepId
from procedures.wording import answers_in_words
from store import documents
from store.documents import DocumentRow
from store.objects import Objects
from workflows.contracts import StepInput, StepResult
from workflows.draft_workflow import draft_key

NAMESPACE = UUID("6f0c8d6e-2d0b-4c55-9a0f-5d0c6a3d1c11")
"""Names the ids of documents and mailing tasks: the same step and epoch always gives the same id."""
LABEL = "_shared/address_label.html"


class Documents:
    """交付書面の処理, CPU-heavy: one process, one thread, its own task queue."""

    def __init__(self, desk: Desk, objects: Objects, renderer: Renderer, press: Press) -> None:
        self._desk = desk
        self._objects = objects
        self._renderer = renderer
        self._press = press

    @activity.defn
    def issue_document(self, given: StepInput) -> StepResult:
        """書面の作成: template → PDF/A → PAdES B-LT → object store."""
        step = self._desk.take(given, "issue_document")
        if step.stored:
            return step.stored
        row = self._make(step)
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

    @activity.defn
    def draw_draft(self, given: StepInput) -> None:
        """起案文書案: as it would be issued today, marked 案, without seal or code; nothing is recorded."""
        step = self._desk.take(given, "issue_document")
        template = self._template(step, _issued(step).document)
        pdf = self._renderer.print_draft(template, self._context(step), issued_at=datetime.now(UTC))
        self._objects.put(draft_key(given), pdf)

    @activity.defn
    def discard_draft(self, given: StepInput) -> None:
        """案の廃棄."""
        self._objects.discard(draft_key(given))

    def _make(self, step: StepAtDesk) -> DocumentRow:
        document = step.procedure.document(_issued(step).document)
        sheet = Sheet(
            id=uuid5(NAMESPACE, step.effect_key),
            municipality=step.given.municipality,
            receipt_number=step.given.receipt_number,
            document=document.id,
            step=StepId(step.given.step),
            epoch=step.given.epoch,
            title=document.title,
            sealed=document.sealed,
        )
        return self._press.print(sheet, self._template(step, document.id), self._context(step))

    def _template(self, step: StepAtDesk, document_id: str) -> str:
        """The pinned version's template, as a path inside the library."""
        path = self._desk.library.template(step.procedure.id, step.procedure.version, document_id)
        return path.relative_to(self._press.settings.library).as_posix()

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
            "municipality": self._press.letterhead(),
            "register": register,
            "recipient": register.get("recipient") or addressee(step.procedure, case.answers),
            "answers": case.answers,
            "labels": answers_in_words(step.procedure, case.answers, language),
            "decision": _decision(step),
        }


def _issued(step: StepAtDesk) -> IssueDocument:
    if not isinstance(step.options, IssueDocument):
        raise TypeError(f"Step {step.options.id} issues no document.")
    return step.options


def addressee(procedure: Procedure, answers: Mapping[str, object]) -> dict[str, object]:
    """宛先: where no register was asked, a letter goes to the name the form asked for."""
    named = next((field.id for field in procedure.form.fields() if field.prefill == "name"), None)
    return {} if named is None else {"name": answers[named]}


def _decision(step: StepAtDesk) -> dict[str, object]:
    """What earlier steps decided, as far as a document may say it. `deemed_on`: the law has, on that day (みなし)."""
    by_law = step.case.deemed_at if step.case.deemed_outcome else None
    decided: dict[str, object] = {"deemed_on": day_in_japan(by_law) if by_law else None}
    awards = [each for each in step.procedure.steps if isinstance(each, AwardPoints)]
    if awards:
        decided["points"] = awards[0].points.evaluate_points(step.facts)
        decided["awarded_on"] = day_in_japan(datetime.now(UTC))
    return decided
