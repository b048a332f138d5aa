"""廃棄の一巡: every night, the cases whose retention is over are purged, one after the other.

The pages follow each other by the day of closing: a case that cannot be purged is counted and passed over until the
next night, and holds nobody up.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import DueCase, Purging, RetentionInput, RetentionPage
    from workflows.steps import DATABASE, FINAL_ERRORS

ONE_CASE = timedelta(minutes=2)
A_PAGE = timedelta(minutes=2)
A_FEW_TIMES = RetryPolicy(
    maximum_interval=timedelta(seconds=30), maximum_attempts=5, non_retryable_error_types=FINAL_ERRORS
)


@workflow.defn
class RetentionWorkflow:
    """廃棄の一巡 of one municipality."""

    @workflow.run
    async def run(self, given: RetentionInput) -> None:
        page = RetentionPage(
            municipality=given.municipality, run_id=workflow.info().workflow_id, after=given.after
        )  # fmt: skip
        if given.after is None:
            await self._write("begin_retention", page)
        while due := await self._due(page):
            for case in due:
                await self._purge(page, case)
            page = page.model_copy(update={"after": due[-1]})
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(given.model_copy(update={"after": page.after}))
        await self._write("finish_retention", page)

    async def _due(self, page: RetentionPage) -> list[DueCase]:
        found: list[DueCase] = await workflow.execute_activity(
            "find_due", page, result_type=list[DueCase], start_to_close_timeout=A_PAGE, retry_policy=DATABASE
        )
        return found

    async def _purge(self, page: RetentionPage, case: DueCase) -> None:
        purging = Purging(
            municipality=page.municipality, run_id=page.run_id, receipt_number=case.receipt_number
        )  # fmt: skip
        try:
            await workflow.execute_activity(
                "purge_case", purging, start_to_close_timeout=ONE_CASE, retry_policy=A_FEW_TIMES
            )
        except ActivityError as failed:
            cause = failed.cause.type if isinstance(failed.cause, ApplicationError) else None
            told = purging.model_copy(update={"cause": cause or type(failed.cause).__name__})
            await workflow.execute_activity(
                "tell_unpurged", told, start_to_close_timeout=ONE_CASE, retry_policy=DATABASE
            )

    async def _write(self, activity: str, page: RetentionPage) -> None:
        await workflow.execute_activity(activity, page, start_to_close_timeout=A_PAGE, retry_policy=DATABASE)
