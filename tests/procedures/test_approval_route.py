"""決裁の経路: where a decision may send a case back to, and what is then judged anew."""

import pytest

from procedures.approval_route import earlier_levels, judged_anew
from procedures.process import PinnedStep, StepKind
from procedures.values import StepId


def step(name: str, kind: StepKind = "approve", parallel: str | None = None) -> PinnedStep:
    return PinnedStep(id=StepId(name), kind=kind, parallel=parallel)


STEPS = (
    step("signature", "check_signature"),
    step("review", "review"),
    step("fee", "collect_fee"),
    step("legal", parallel="council"),
    step("finance", parallel="council"),
    step("head"),
    step("issue", "issue_document"),
    step("check", "review"),
    step("last"),
)


@pytest.mark.parametrize(
    ("at", "levels"),
    [
        ("review", ()),
        ("legal", ("review",)),
        ("finance", ("review",)),
        ("head", ("review", "legal", "finance")),
        ("last", ("check",)),
        ("gone", ()),
    ],
)
def test_a_case_goes_back_to_a_level_before_never_beside_and_never_past_what_was_given(
    at: str, levels: tuple[str, ...]
) -> None:
    assert earlier_levels(STEPS, at) == levels


@pytest.mark.parametrize(
    ("to", "anew"),
    [
        ("review", {"review", "legal", "finance", "head", "check", "last"}),
        ("legal", {"legal", "head", "check", "last"}),
        ("head", {"head", "check", "last"}),
        ("gone", set()),
    ],
)
def test_that_level_and_all_later_ones_are_judged_anew_and_nothing_else_is_done_twice(to: str, anew: set[str]) -> None:
    assert judged_anew(STEPS, to) == anew
