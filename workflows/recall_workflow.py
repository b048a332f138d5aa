"""取戻し: undo a case that was closed before (a chargeback after delivery, a document issued in error)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.compensation import UNDO, compensate
    from workflows.contracts import CaseClosing, RecallInput, Undoing
    from workflows.steps import COMPENSATION, DATABASE


@workflow.defn
class RecallWorkflow:
    """取戻し (workflow id = 受付番号 + `-recall-` + the command's id)."""

    @workflow.run
    async def run(self, recall: RecallInput) -> None:
        if recall.surplus_only:
            await self._give_surplus_back(recall)
        else:
            await self._undo(recall)

    async def _give_surplus_back(self, recall: RecallInput) -> None:
        undoing = Undoing(receipt_number=recall.receipt_number, municipality=recall.municipality, reason=recall.reason)
        await workflow.execute_activity(
            "refund_surplus", undoing, start_to_close_timeout=timedelta(seconds=30), retry_policy=COMPENSATION
        )

    async def _undo(self, recall: RecallInput) -> None:
        ids = {"receipt_number": recall.receipt_number, "municipality": recall.municipality}
        await compensate(frozenset(kind for kind, _ in UNDO), Undoing(**ids, reason=recall.reason))
        closing = CaseClosing(**ids, closing="recalled", reason=recall.reason)
        await workflow.execute_local_activity(
            "close_case", closing, start_to_close_timeout=timedelta(seconds=10), retry_policy=DATABASE
        )
