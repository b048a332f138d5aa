"""決裁欄 in every state: passed over, in council, deputised, returned."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from api.deciding.approval_route import ApprovalsView, DraftView, LevelView, ReturnView, SealView
from api.deciding.approvals import DeputisedView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.steps import Approve
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from ui.reviewer.approval_contents import approvals, deputised

Change = dict[str, Any]


def no_route(language: Language, procedure: Procedure) -> dict[str, Any]:
    """One level and nothing to issue: no route is shown."""
    return approvals(language, procedure, _view(()))


def routes(language: Language, library: Library, text: str, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, what the page of a task gets beside the rest); `text` is an officer's own words."""
    allowance = library.current("child_allowance")
    sealed = SealView(officer="決裁　春子", at=now)
    by_deputy = SealView(officer="書写　冬樹", at=now, deputy=True)
    seen = by_deputy.model_copy(update={"looked_over_at": now})
    back = ReturnView(step=StepId("approve"), to=StepId("review"), officer="決裁　春子", reason=text, at=now)
    council = library.current("smart_city_partner")
    views: dict[str, tuple[Procedure, tuple[str, ...], SealView, Change]] = {
        "by amount": (allowance, ("done", "now", "passed_over"), sealed, {"may_return_to": ("review",)}),
        "as a deputy": (allowance, ("done", "now", "ahead"), by_deputy, {"deputy": True, "sealed_before": True}),
        "to look over": (allowance, ("done", "done", "now"), by_deputy, {"to_look_over": True}),
        "returned": (allowance, ("now", "ahead", "ahead"), seen, {"returns": (back,), "returned": back}),
        "in council": (council, ("done", "now", "done", "ahead"), sealed, {"may_return_to": ("review",)}),
    }
    for name, (procedure, states, seal, changes) in views.items():
        levels = [_level(step, state, seal) for step, state in zip(_levels(procedure), states, strict=True)]
        if procedure is allowance:
            levels[1] = levels[1].model_copy(update={"seals": (seal,)})
        draft = DraftView(step=StepId("issue"), document="x", title=procedure.title.model_dump())
        yield name, approvals(language, procedure, _view(tuple(levels), drafts=(draft,), **changes))


def looked_over(library: Library, now: datetime | None = None) -> dict[str, Any]:
    """後閲するもの: one, or none without `now`."""
    if now is None:
        return deputised(library, ())
    procedure = library.current("child_allowance")
    row = DeputisedView(
        task_id=UUID(int=7), receipt_number=ReceiptNumber("282014-260401-7K3MQ"), version=procedure.version,
        procedure=ProcedureId(procedure.id), closed_at=now,
    )  # fmt: skip
    return deputised(library, (row,))


def _levels(procedure: Procedure) -> list[Any]:
    return [step for step in procedure.steps if step.kind in ("review", "approve")]


def _level(step: Any, state: str, seal: SealView) -> LevelView:
    quorum = step.quorum if isinstance(step, Approve) else 1
    seals = {"done": (seal,) * quorum, "now": (seal,) * (quorum - 1) + (SealView(),), "ahead": (SealView(),) * quorum}
    delegation = step.delegation.model_dump() if isinstance(step, Approve) and step.delegation else "answers.copies > 1"
    return LevelView.model_validate(
        {"step": step.id, "title": step.title.model_dump(), "kind": step.kind, "state": state, "quorum": quorum,
         "seals": seals.get(state, ()), "rule": delegation if state == "passed_over" else None}
    )  # fmt: skip


def _view(levels: tuple[LevelView, ...], **changes: Any) -> ApprovalsView:
    plain: Change = {
        "levels": levels, "returns": (), "may_return_to": (), "drafts": (), "deputy": False, "to_look_over": False,
        "returned": None,
    }  # fmt: skip
    return ApprovalsView.model_validate(plain | changes)
