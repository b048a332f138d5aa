"""職権訂正: an officer puts an obvious mistake right; what was signed stays, and the resident is told what and why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.counter import City, Counter, CounterHere, Officer
from api.deciding.postponement import Reason
from api.desk.tasks import TaskVersion, Version, permitted, require_open, say
from api.filing import drafts as draft_cases
from api.problems import problem
from api.views import Visitor
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.rules import Facts
from procedures.values import MunicipalityCode
from store import cases, decisions, drafts, tasks
from store.cases import CaseRow
from store.decisions import PutRight

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


class AnswersPutRight(BaseModel):
    """職権訂正: the answers as they should read (field id → value), and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    answers: dict[str, Any] = Field(min_length=1, max_length=50)
    reason: Reason


@router.post("/{task_id}/answers")
def put_answers_right(
    counter: CounterHere, city: City, officer: Officer, task_id: UUID, wanted: AnswersPutRight
) -> TaskVersion:
    """回答を正す: the new version of the task."""
    return TaskVersion(version=put_right(counter, city, officer, task_id, wanted))


def put_right(
    counter: Counter, city: MunicipalityCode, officer: Visitor, task_id: UUID, wanted: AnswersPutRight
) -> int:
    """職権訂正, while reviewing only. Raises Problem where the form would refuse it, or where it changes what the
    resident pays or how the case goes on: that is for the resident to say.
    """
    with counter.database.transaction(city) as connection:
        row = permitted(connection, officer, task_id)
        case = cases.read(connection, row.receipt_number, lock=True)
        if row.kind != "review" or case is None:
            raise problem("malformed")
        version = require_open(row, tasks.touch(connection, task_id, wanted.version, officer.account_id))
        _, before, draft_id = cases.newest_submission(connection, row.receipt_number)
        procedure = counter.library.version(row.procedure, row.procedure_version)
        attached = drafts.attachments(connection, draft_id)
        after = _checked(procedure, case, before, wanted.answers, attached)
        changed = tuple(
            PutRight(name, before.get(name), after.get(name))
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        )
        if not changed:
            raise problem("nothing_put_right")
        number = row.receipt_number
        decisions.put_right(connection, number, after, changed, reason=wanted.reason, by=officer.account_id)
        say(connection, officer, row, "answer_corrected", {"fields": sorted(each.field for each in changed)})
        cases.tell(connection, number, "answer_corrected")
    return version


def _checked(
    procedure: Procedure,
    case: CaseRow,
    before: Mapping[str, Any],
    wanted: Mapping[str, Any],
    attached: tuple[drafts.AttachmentRow, ...],
) -> Mapping[str, Any]:
    fields = {field.id for field in procedure.form.fields() if not isinstance(field, AttachmentField)}
    if not set(wanted) <= fields:
        raise problem("field_unknown")
    day = case.received_at.astimezone(JAPAN).date()
    checked = draft_cases.check(procedure, {**before, **wanted}, attached, day)
    if not checked.accepted:
        raise problem("answers_incomplete")
    was, now = Facts(before, day), Facts(checked.answers, day)
    same_steps = all(step.applies(was) == step.applies(now) for step in procedure.steps)
    if not same_steps or procedure.fee_due(was) != procedure.fee_due(now) or procedure.refusals(now):
        raise problem("correction_changes_course")
    return checked.answers
