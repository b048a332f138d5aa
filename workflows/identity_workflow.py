"""窓口での本人確認: a counter's card reader is asked once, and waited for while a person finds their card.

It keeps nothing: whether the signature is good the web server says, where the reader hands it in.
"""

from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, TimeoutError, TimeoutType, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import CASES_QUEUE
    from workflows.reader_contracts import (
        OPEN_WORKFLOWS,
        IdentityInput,
        IdentityUnconfirmed,
        ReaderAnswer,
        ReaderAsked,
        Unconfirmed,
        reader_queue,
    )
    from workflows.steps import DATABASE

TAKEN_WITHIN = timedelta(seconds=10)
"""A reader that is on takes a request at once; one that is off is not waited for by a person at a counter."""
LONGEST = timedelta(minutes=5)
"""A minute for the card, three for the PIN and its mistakes, and the rest for the city's answer."""
SILENT = timedelta(seconds=15)
ONCE = RetryPolicy(maximum_attempts=1)
"""A person presses again; a machine must not ask for a card nobody is holding any more."""


@workflow.defn
class IdentityWorkflow:
    """窓口での本人確認 (workflow id = `identity-` + the signing request's id)."""

    @workflow.run
    async def run(self, asked: IdentityInput) -> None:
        reason = await self._ask(asked)
        if reason is not None:
            unconfirmed = IdentityUnconfirmed(
                municipality=asked.municipality, request_id=asked.request_id, reason=reason
            )
            await workflow.execute_local_activity(
                "record_unconfirmed", unconfirmed, start_to_close_timeout=timedelta(seconds=10), retry_policy=DATABASE
            )

    async def _ask(self, asked: IdentityInput) -> Unconfirmed | None:
        """None: the reader has handed a signature in."""
        try:
            answer: ReaderAnswer = await workflow.execute_activity(
                "confirm_identity", ReaderAsked(request_url=asked.request_url), result_type=ReaderAnswer,
                task_queue=reader_queue(asked.municipality, asked.counter), schedule_to_start_timeout=TAKEN_WITHIN,
                start_to_close_timeout=LONGEST, heartbeat_timeout=SILENT, retry_policy=ONCE,
            )  # fmt: skip
        except BaseException as failed:
            if is_cancelled_exception(failed):
                return "stopped"
            if isinstance(failed, ActivityError):
                return _why(failed)
            raise
        return None if answer.word == "handed_in" else answer.word


def _why(failed: ActivityError) -> Unconfirmed:
    """A reader that never took the request was off; one that took it and failed has gone away meanwhile."""
    cause = failed.cause
    late = isinstance(cause, TimeoutError) and cause.type is TimeoutType.SCHEDULE_TO_START
    return "reader_offline" if late else "reader_lost"


def workflow_id(request_id: UUID) -> str:
    return f"{OPEN_WORKFLOWS}{request_id}"


async def begin(client: Client, asked: IdentityInput, timeout: timedelta) -> None:
    """リーダーに求める. Raises RPCError: Temporal is away."""
    await client.start_workflow(
        IdentityWorkflow.run,
        asked,
        id=workflow_id(asked.request_id),
        task_queue=CASES_QUEUE,
        rpc_timeout=timeout,
    )
