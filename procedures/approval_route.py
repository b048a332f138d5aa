"""決裁の経路: which earlier officers' levels a decision can send a case back to."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from procedures.process import PinnedStep, StepKind
from procedures.values import StepId

LEVELS: Final[frozenset[StepKind]] = frozenset({"review", "approve"})
"""段階: steps at which an officer judges the case."""
GIVEN: Final[frozenset[StepKind]] = frozenset(
    {"issue_document", "deliver", "post_document", "award_points", "close_account", "tell_registry"}
)
"""交付・付与: what stands outside the house and is not judged anew."""


def groups(steps: Iterable[PinnedStep]) -> tuple[tuple[PinnedStep, ...], ...]:
    """並行する処理: the steps in order; neighbours of one `parallel` name together."""
    return tuple(tuple(group) for _, group in groupby(steps, key=lambda step: step.parallel or step.id))


def earlier_levels(steps: Iterable[PinnedStep], step_id: str) -> tuple[StepId, ...]:
    """差戻し先: the levels before this step, the nearest last; none beyond what was given to the resident already."""
    found: list[StepId] = []
    for group in groups(steps):
        if any(step.id == step_id for step in group):
            return tuple(found)
        if any(step.kind in GIVEN for step in group):
            found = []
        found += [step.id for step in group if step.kind in LEVELS]
    return ()


def deciding(steps: Iterable[PinnedStep]) -> frozenset[StepId]:
    """決定する段階: the approvals; where there is none, a review decides."""
    levels = [step for step in steps if step.kind in LEVELS]
    approvals = [step for step in levels if step.kind == "approve"]
    return frozenset(step.id for step in approvals or levels)


def judged_anew(steps: Iterable[PinnedStep], step_id: str) -> frozenset[StepId]:
    """やり直す段階: this level and every later one; what runs beside it stands."""
    found: set[StepId] = set()
    reached = False
    for group in groups(steps):
        if reached:
            found |= {step.id for step in group if step.kind in LEVELS}
        elif here := {step.id for step in group if step.id == step_id}:
            found, reached = here, True
    return frozenset(found)


def from_here_on(steps: Iterable[PinnedStep], step_id: str) -> frozenset[StepId]:
    """やり直す処理: this step, what runs beside it, and everything later."""
    found: set[StepId] = set()
    for group in groups(steps):
        if found or any(step.id == step_id for step in group):
            found |= {step.id for step in group}
    return frozenset(found)


def decided_by_law(steps: Iterable[PinnedStep], step_id: str) -> frozenset[StepId]:
    """みなしで済む段階: this level, what runs beside it, and all later levels before anything is handed over."""
    found: set[StepId] = set()
    reached = False
    for group in groups(steps):
        if reached and any(step.kind in GIVEN for step in group):
            break
        reached = reached or any(step.id == step_id for step in group)
        if reached:
            found |= {step.id for step in group if step.kind in LEVELS}
    return frozenset(found)
