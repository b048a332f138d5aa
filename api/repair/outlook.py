"""修復の見通し: what of a case stays, what happens again and who is asked again, before anybody signs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from api.repair import adopting
from api.repair.adopting import VersionChange
from api.repair.said import RepairOrder
from api.views import CLOSED, View
from procedures import approval_route
from procedures.document import Procedure
from procedures.loader import Library
from procedures.process import PinnedStep, StepKind
from procedures.values import ProcedureId, StepId
from store.repairs import CaseState, Filed

Obstacle = Literal[
    "case_closed",
    "step_not_reached",
    "nothing_to_settle",
    "step_needed",
    "step_unknown",
    "not_broken",
    adopting.Obstacle,
]

NEEDED_BY: Mapping[StepKind, frozenset[StepKind]] = defaultdict(
    frozenset,
    {
        "check_signature": frozenset({"check_register"}),
        "check_register": frozenset({"issue_document", "award_points"}),
        "issue_document": frozenset({"deliver", "post_document"}),
    },
)
"""あとで使う処理: whose holder is looked up, whose record is printed, which document is handed over."""


class RepairOutlook(View):
    """見通し. Of steps: `stays` keep their results, `again` happen anew, `asked_again` are decided anew by officers.

    `documents_revoked` and `points_reversed` before they are made anew; `yen_kept`: paid money stays, and is not
    asked for again.
    """

    stays: tuple[StepId, ...] = ()
    again: tuple[StepId, ...] = ()
    asked_again: tuple[StepId, ...] = ()
    documents_revoked: int = 0
    points_reversed: bool = False
    yen_kept: int = 0
    yen_refunded: int = 0
    version: VersionChange | None = None
    obstacle: Obstacle | None = None


def outlook(library: Library, said: RepairOrder, case: CaseState, filed: Filed | None = None) -> RepairOutlook:
    """見通し of one case; of one that is to go on by a new version, by what was `filed`."""
    kind, step = said.kind, None if said.step is None else StepId(said.step)
    obstacle = _obstacle(library, said, step, case)
    if obstacle is not None:
        return RepairOutlook(obstacle=obstacle)
    match kind:
        case "go_back" if step is not None:
            return _gone_back(steps_of(library, case), step, case)
        case "adopt_version":
            found = adopting.change(library, case, filed, said.versions.get(ProcedureId(case.procedure)))
            if not isinstance(found, VersionChange):
                return RepairOutlook(obstacle=found)
            stays = _in_order(steps_of(library, case), case.done)
            return RepairOutlook(stays=stays, yen_kept=case.kept_yen, version=found)
        case "terminate":
            return RepairOutlook(
                documents_revoked=case.documents, points_reversed=case.awarded, yen_refunded=case.kept_yen
            )
        case _:
            return RepairOutlook(stays=_in_order(steps_of(library, case), case.done), yen_kept=case.kept_yen)


def steps_of(library: Library, case: CaseState) -> tuple[PinnedStep, ...]:
    """処理 of the case's version, in order; those whose condition does not hold for it are among them."""
    return _pinned(library.version(ProcedureId(case.procedure), case.version))


def _pinned(procedure: Procedure) -> tuple[PinnedStep, ...]:
    return tuple(PinnedStep(id=step.id, kind=step.kind, parallel=step.parallel) for step in procedure.steps)


def is_needed(steps: Sequence[PinnedStep], step: StepId) -> bool:
    """あとで使う: whether a later step works with what this one finds out; nobody can pass it over."""
    kinds = {each.id: each.kind for each in steps}
    return bool({kinds[each] for each in approval_route.from_here_on(steps, step)} & NEEDED_BY[kinds[step]])


def _obstacle(library: Library, said: RepairOrder, step: StepId | None, case: CaseState) -> Obstacle | None:
    kind = said.kind
    if case.status in CLOSED:
        return "case_closed"
    if kind in ("go_back", "pass_over", "answer") and step not in {each.id for each in steps_of(library, case)}:
        return "step_unknown"
    if kind == "go_back" and case.status == "awaiting_correction":
        return "resident_corrects"
    if kind == "go_back" and step not in case.done and step != case.step:
        return "step_not_reached"
    return _unsettled(steps_of(library, case), said, step, case) if kind in ("pass_over", "answer") else None


def _unsettled(
    steps: Sequence[PinnedStep], said: RepairOrder, step: StepId | None, case: CaseState
) -> Obstacle | None:  # fmt: skip
    if step is None or (case.status, case.step) != ("awaiting_neighbour", step):
        return "nothing_to_settle"
    return "step_needed" if said.goes_on and is_needed(steps, step) else None


def _gone_back(steps: Sequence[PinnedStep], step: StepId, case: CaseState) -> RepairOutlook:
    anew = approval_route.from_here_on(steps, step)
    again = _in_order(steps, (case.done | ({case.step} if case.step else set())) & anew)
    kinds = {each.id: each.kind for each in steps}
    redone = {kinds[each] for each in again if each in case.done}
    return RepairOutlook(
        stays=_in_order(steps, case.done - anew),
        again=again,
        asked_again=_in_order(steps, case.decided & anew),
        documents_revoked=case.documents if "issue_document" in redone else 0,
        points_reversed=case.awarded and "award_points" in redone,
        yen_kept=case.kept_yen,
    )


def _in_order(steps: Sequence[PinnedStep], some: frozenset[StepId] | set[StepId]) -> tuple[StepId, ...]:
    return tuple(each.id for each in steps if each.id in some)
