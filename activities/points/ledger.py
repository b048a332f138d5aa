"""ポイント: awards by the procedure's rule, and takes back on compensation."""

from temporalio import activity

from activities.desk import Desk
from procedures.steps import AwardPoints
from procedures.values import PersonId
from store import cases, points
from workflows.contracts import StepInput, StepResult, Undoing


class PointsLedger:
    """ポイント台帳の処理."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def award_points(self, given: StepInput) -> StepResult:
        """付与: once per programme and person of the register; a second request is refused, not paid twice."""
        step = self._desk.take(given, "award_points")
        if step.stored:
            return step.stored
        if not isinstance(step.options, AwardPoints) or step.case.subject_id is None:
            raise TypeError(f"Step {given.step} awards points but no register check named the person.")
        amount = step.options.points.evaluate_points(step.facts)
        with self._desk.writing(given.municipality) as connection:
            awarded = points.award(
                connection,
                receipt_number=given.receipt_number,
                programme=step.options.programme,
                person_id=PersonId(step.case.subject_id),
                account_id=step.case.account_id,
                points=amount,
            )
            if awarded:
                result = StepResult(outcome="done")
                self._desk.record_in(
                    connection, step, result, "points_awarded", facts={"points": amount}, status="issuing"
                )
                return result
        return StepResult(outcome="refused", reason="already_awarded")

    @activity.defn
    def reverse_points(self, undoing: Undoing) -> None:
        """取消し: book back what this case awarded; nothing to do where nothing was."""
        with self._desk.writing(undoing.municipality) as connection:
            reversed_points = points.reverse(connection, undoing.receipt_number)
            if reversed_points:
                facts = {"points": reversed_points}
                cases.say(connection, undoing.receipt_number, "points_reversed", facts=facts)
