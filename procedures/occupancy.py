"""職務の充足: whether every level of a procedure has the officers it needs, given who holds which function."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from procedures.approval_route import LEVELS
from procedures.process import StepKind
from procedures.steps import Approve, PostDocument, Review, Step
from procedures.values import StepId

Gap = Literal["nobody", "too_few", "deputy_only"]
"""nobody: cases would wait for ever. too_few: fewer than the quorum. deputy_only: they wait for the deputy's day."""
People = frozenset[Hashable]


@dataclass(frozen=True)
class Post:
    """持ち場: one step at which an officer acts, how many different ones it needs, and who could."""

    step: StepId
    kind: StepKind
    function: str
    deputy: str | None
    needed: int
    holders: People
    deputies: People

    @property
    def gap(self) -> Gap | None:
        """不足."""
        if len(self.holders) >= self.needed:
            return None
        if len(self.holders | self.deputies) >= self.needed:
            return "deputy_only"
        return "too_few" if self.holders | self.deputies else "nobody"


def posts(steps: Sequence[Step], holders: Mapping[str, People]) -> tuple[Post, ...]:
    """持ち場 of these steps; `holders`: function → who has it."""
    return tuple(_post(step, holders) for step in steps if isinstance(step, Review | Approve | PostDocument))


def too_few_for(found: Sequence[Post]) -> tuple[tuple[StepId, ...], ...]:
    """兼務: the smallest groups of levels that have officers each, but too few different ones together.

    Whoever approved a level decides no other (one person, one seal); two reviews may be one person's.
    """
    filled = [each for each in found if each.kind in LEVELS and each.gap is None]
    lacking: list[tuple[StepId, ...]] = []
    for size in range(2, len(filled) + 1):
        for group in combinations(filled, size):
            names = tuple(each.step for each in group)
            if not any(set(less) <= set(names) for less in lacking) and _lacks(group):
                lacking.append(names)
    return tuple(lacking)


def _post(step: Review | Approve | PostDocument, holders: Mapping[str, People]) -> Post:
    deputy = step.deputy.function if isinstance(step, Approve) and step.deputy else None
    return Post(
        step=StepId(step.id),
        kind=step.kind,
        function=step.function,
        deputy=deputy,
        needed=step.quorum if isinstance(step, Approve) else 1,
        holders=holders.get(step.function, frozenset()),
        deputies=holders.get(deputy, frozenset()) if deputy else frozenset(),
    )


def _lacks(group: Sequence[Post]) -> bool:
    """Hall's condition: levels can be filled if no group of them has fewer officers than it needs."""
    approvals = [each.needed for each in group if each.kind == "approve"]
    everybody = frozenset[Hashable]().union(*(each.holders | each.deputies for each in group))
    return bool(approvals) and len(everybody) < sum(approvals) + (len(approvals) < len(group))
