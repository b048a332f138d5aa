"""決裁の経路: the levels of a case, who sealed them, which were passed over by which rule, and where it may go back to.

Pure but for the reading: what stands and what is judged anew after a return says procedures/approval_route.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from api.problems import problem
from api.views import View
from procedures import approval_route as levels
from procedures import calendar
from procedures.document import Procedure
from procedures.loader import Library
from procedures.process import PinnedStep
from procedures.rules import Facts
from procedures.steps import Approve, IssueDocument, Step
from procedures.values import StepId
from store import approvals, cases, documents
from store.approvals import SealRow
from store.tasks import TaskRow

LevelState = Literal["done", "now", "ahead", "passed_over", "deemed"]
"""done: all seats approved; now: an officer's turn; ahead: not reached; passed_over: its condition does not hold;
deemed: nobody decided in time, and a law holds it decided (みなし)."""


class SealView(View):
    """印: one seat of a level. Without an officer it is still open."""

    officer: str | None = None
    at: datetime | None = None
    deputy: bool = False
    """代決: by the deputy, in place of the level's own officer."""
    looked_over_at: datetime | None = None
    """後閲: when an officer of the level saw what the deputy had decided."""


class LevelView(View):
    """段階: one officers' step. `rule`: why it is passed over (専決), in words or as the condition itself."""

    step: StepId
    title: Mapping[str, str]
    kind: Literal["review", "approve"]
    state: LevelState
    quorum: int
    seals: tuple[SealView, ...]
    rule: Mapping[str, str] | str | None = None


class ReturnView(View):
    """差戻し: who sent the case back from which level to which, and why."""

    step: StepId
    to: StepId
    officer: str | None
    reason: str | None
    at: datetime | None


class DraftView(View):
    """起案文書案: a document the case would issue; `step` would issue it."""

    step: StepId
    document: str
    title: Mapping[str, str]


class ApprovalsView(View):
    """決裁欄. `returns`: of this submission, the newest last; `may_return_to`: earlier levels, the nearest last."""

    levels: tuple[LevelView, ...]
    returns: tuple[ReturnView, ...]
    may_return_to: tuple[StepId, ...]
    drafts: tuple[DraftView, ...]
    deputy: bool
    """The reader decides this task as a deputy."""
    to_look_over: bool
    """A deputy decided, and nobody of the level has looked it over."""
    sealed_before: bool = False
    """職務の分離: the reader approved another level or seat of this case, so this one is for somebody else."""
    returned: ReturnView | None
    """The return that this round began with, as long as the round lasts."""


@dataclass(frozen=True)
class _Case:
    """案件の段階: the steps of this case and the tasks they opened."""

    procedure: Procedure
    facts: Facts
    rows: Sequence[SealRow]

    @property
    def steps(self) -> tuple[PinnedStep, ...]:
        """Those whose condition holds, as they were pinned."""
        applying = {step.id for step in self.procedure.steps if step.applies(self.facts)}
        return tuple(step for step in self.procedure.process().steps if step.id in applying)

    @property
    def returns(self) -> tuple[SealRow, ...]:
        return tuple(row for row in self.rows if row.outcome == "return" and row.to)

    def shown(self) -> tuple[LevelView, ...]:
        """決裁欄: every level of the procedure, in order."""
        steps, standing, by_law = self.steps, self._standing(), self._settled_by_law()
        applying = {step.id for step in steps}
        return tuple(
            _level(
                step, [row for row in standing if row.step == step.id],
                applies=step.id in applying, by_law=step.id in by_law,
            )
            for step in self.procedure.steps
            if step.kind in levels.LEVELS
        )  # fmt: skip

    def _settled_by_law(self) -> frozenset[StepId]:
        """みなしで済んだ段階, but those that were approved in time."""
        at = next((row.step for row in self.rows if row.outcome in approvals.BY_LAW.values()), None)
        return levels.decided_by_law(self.steps, at) if at else frozenset()

    def sealed_beside(self, row: TaskRow) -> list[SealRow]:
        """印のある席: approvals that stand and forbid one to seal this task, too; two reviews do not."""
        if row.kind not in levels.LEVELS:
            return []
        kinds = {step.id: step.kind for step in self.steps}
        standing = [each for each in self._standing() if each.outcome == "approve"]
        return [each for each in standing if "approve" in (row.kind, kinds.get(each.step))]

    def _standing(self) -> list[SealRow]:
        """What no return has made void."""
        void = [(row.round, levels.judged_anew(self.steps, row.to)) for row in self.returns if row.to is not None]
        return [row for row in self.rows if not any(row.round <= turn and row.step in anew for turn, anew in void)]


def read(library: Library, connection: Connection, row: TaskRow, reader: UUID) -> ApprovalsView:
    """決裁欄 of the case of this task."""
    case = _case(library, connection, row)
    returns = tuple(_returned(each) for each in case.returns)
    own = next((each for each in case.rows if each.task_id == row.id), None)
    issued = {each.step for each in documents.of_case(connection, row.receipt_number)}
    begun = [back for seal, back in zip(case.returns, returns, strict=True) if seal.round == row.round - 1]
    return ApprovalsView(
        levels=case.shown(),
        returns=returns,
        may_return_to=() if row.closed_at else levels.earlier_levels(case.steps, row.step),
        drafts=tuple(_draft(case.procedure, step.id) for step in _issuing(case) if step.id not in issued),
        deputy=row.deputy,
        to_look_over=row.outcome == approvals.DEPUTISED and own is not None and own.looked_over_at is None,
        sealed_before=row.closed_at is None and any(each.officer == reader for each in case.sealed_beside(row)),
        returned=begun[-1] if begun and row.closed_at is None else None,
    )


def require_level(library: Library, connection: Connection, row: TaskRow, to: str | None) -> None:
    """差戻し先の確認. Raises Problem where the case cannot go back there."""
    if to not in levels.earlier_levels(_case(library, connection, row).steps, row.step):
        raise problem("no_such_level")


def _case(library: Library, connection: Connection, row: TaskRow) -> _Case:
    procedure = library.version(row.procedure, row.procedure_version)
    _, answers, _ = cases.newest_submission(connection, row.receipt_number)
    facts = Facts(answers, row.received_at.astimezone(calendar.JAPAN).date())
    return _Case(procedure, facts, approvals.of_case(connection, row.receipt_number, row.epoch))


def _level(step: Step, rows: Sequence[SealRow], *, applies: bool, by_law: bool) -> LevelView:
    approve = step if isinstance(step, Approve) else None
    quorum = approve.quorum if approve else 1
    sealed = [row for row in rows if row.outcome == "approve"]
    state: LevelState = "done" if len(sealed) >= quorum else "deemed" if by_law else "now" if rows else "ahead"
    return LevelView.model_validate(
        {
            "step": step.id,
            "title": step.title.model_dump(),
            "kind": step.kind,
            "state": state if applies else "passed_over",
            "quorum": quorum,
            "seals": (*(_seal(row, rows) for row in sealed), *[SealView()] * (quorum - len(sealed))) if applies else (),
            "rule": None if applies else _rule(step, approve),
        }
    )


def _rule(step: Step, approve: Approve | None) -> Mapping[str, str] | str | None:
    if approve is not None and approve.delegation is not None:
        return approve.delegation.model_dump()
    return None if step.when is None else step.when.root


def _seal(row: SealRow, rows: Sequence[SealRow]) -> SealView:
    own = next((each for each in rows if each.outcome == approvals.DEPUTISED and each.seat == row.seat), None)
    looked_over_at = own.looked_over_at if own and row.deputy else None
    return SealView(officer=row.officer_name, at=row.closed_at, deputy=row.deputy, looked_over_at=looked_over_at)


def _returned(row: SealRow) -> ReturnView:
    return ReturnView(
        step=row.step, to=StepId(row.to or ""), officer=row.officer_name, reason=row.reason, at=row.closed_at
    )


def _issuing(case: _Case) -> list[PinnedStep]:
    return [step for step in case.steps if step.kind == "issue_document"]


def _draft(procedure: Procedure, step_id: StepId) -> DraftView:
    step = procedure.step(step_id)
    if not isinstance(step, IssueDocument):
        raise TypeError(f"Step {step_id} issues no document.")
    document = procedure.document(step.document)
    return DraftView(step=step_id, document=document.id, title=document.title.model_dump())
