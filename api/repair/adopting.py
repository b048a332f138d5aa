"""新しい版へ: whether a case can go on by a newer version of its procedure, what that changes, and what it is told."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from api.filing import drafts as draft_cases
from api.problems import problem
from api.views import View
from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.loader import Library
from procedures.rules import Facts
from procedures.steps import Step
from procedures.values import ProcedureId, StepId
from store import repairs
from store.repairs import CaseState, Filed

Part = Literal["form", "review_form", "limits", "fee", "documents", "rejection", "retention", "eligibility"]
"""変わるところ of a procedure document, beside its steps."""
PARTS: tuple[Part, ...] = (
    "form", "review_form", "limits", "fee", "documents", "rejection", "retention", "eligibility",
)  # fmt: skip
Obstacle = Literal["resident_corrects", "version_not_newer", "answers_do_not_fit", "step_gone"]


class VersionChange(View):
    """版の違い, for one case: steps that come, go, or are done otherwise, of those that apply to its answers."""

    before: int
    after: int
    added: tuple[StepId, ...]
    dropped: tuple[StepId, ...]
    changed: tuple[StepId, ...]
    parts: tuple[Part, ...]


def change(
    library: Library, case: CaseState, filed: Filed | None, after: int | None
) -> VersionChange | Obstacle:  # fmt: skip
    """版の違い; or what stands in the way."""
    if after is None or after <= case.version:
        return "version_not_newer"
    if case.status == "awaiting_correction":
        return "resident_corrects"
    old, new = (library.version(ProcedureId(case.procedure), each) for each in (case.version, after))
    if filed is None or not fits(old, new, filed):
        return "answers_do_not_fit"
    found = difference(old, new, filed)
    gone = case.step in found.dropped or (case.step in found.changed and _kind(old, case) != _kind(new, case))
    return "step_gone" if gone else found


def fits(old: Procedure, new: Procedure, filed: Filed) -> bool:
    """合うか: the new form takes in what was filed as it is, and asks for no signature that was not given."""
    if new.identity == "signature" and old.identity != "signature":
        return False
    checked = draft_cases.check(new, filed.answers, filed.attachments, _day(filed))
    return checked.accepted and not new.refusals(_facts(filed))


def difference(old: Procedure, new: Procedure, filed: Filed) -> VersionChange:
    """版の違い. Raises RuleFailed."""
    before, after = ({step.id: step for step in _applying(each, filed)} for each in (old, new))
    return VersionChange(
        before=old.version,
        after=new.version,
        added=tuple(StepId(each) for each in after if each not in before),
        dropped=tuple(StepId(each) for each in before if each not in after),
        changed=tuple(StepId(each) for each in after if each in before and after[each] != before[each]),
        parts=tuple(part for part in PARTS if getattr(old, part) != getattr(new, part)),
    )


def payload(connection: Connection, library: Library, case: CaseState, after: int | None) -> Mapping[str, object]:
    """指令の中身. Raises Problem: what stands in the way."""
    filed = repairs.filed(connection, [case.receipt_number]).get(case.receipt_number)
    found = change(library, case, filed, after)
    if isinstance(found, str) or filed is None:
        raise problem(str(found))
    new = library.version(ProcedureId(case.procedure), found.after)
    process = new.pinned(_facts(filed), signed=filed.signed)
    return {"process": process.model_dump(mode="json")}


def _applying(procedure: Procedure, filed: Filed) -> list[Step]:
    kept = {step.id for step in procedure.pinned(_facts(filed), signed=filed.signed).steps}
    return [step for step in procedure.steps if step.id in kept]


def _kind(procedure: Procedure, case: CaseState) -> str:
    return next((step.kind for step in procedure.steps if step.id == case.step), "")


def _facts(filed: Filed) -> Facts:
    return Facts(filed.answers, _day(filed))


def _day(filed: Filed) -> date:
    return filed.received_at.astimezone(JAPAN).date()
