"""再生: a history walked through again by the code of today, which must ask for what the history recorded.

Deterministic, or where and why not, or *unknown*: a history that is gone or cannot be read proves nothing. Nothing
happens outside: what the history says was done is taken from it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, WorkflowReplayResult, WorkflowRunner
from temporalio.workflow import NondeterminismError

from workflows import divergence
from workflows.codec import ENCODING, KeyRing, PayloadUnreadable
from workflows.divergence import Divergence, Move
from workflows.listening import Listener

Outcome = Literal["deterministic", "would_break", "unknown"]
Reason = Literal["other_command", "no_such_workflow", "step_failed", "no_history", "key_destroyed", "unreadable"]
"""would_break: other_command, no_such_workflow (of that name), step_failed (the code raises on what was recorded).
unknown: no_history (not begun, or gone), key_destroyed, unreadable (damaged, or another installation's)."""
_KIND_OF_ERROR = re.compile(r'r#type: "(\w+)"')
"""An error's own text is encrypted with the case's key; the workers' log has it."""


@dataclass(frozen=True)
class Verdict:
    """再生の結果 of one workflow. `detail` is the SDK's own sentence, for experts; no personal data."""

    workflow_id: str
    outcome: Outcome
    reason: Reason | None = None
    divergence: Divergence | None = None
    detail: str = ""


class Replay:
    """再生: by all of our workflows, with the converter and the runner our workers have."""

    def __init__(
        self, workflows: Sequence[type], runner: WorkflowRunner, converter: DataConverter, keys: KeyRing, namespace: str
    ) -> None:
        self._workflows = workflows
        self._runner = runner
        self._keys = keys
        self._converter = converter
        self._namespace = namespace
        self._threads = ThreadPoolExecutor(thread_name_prefix="replay")

    @asynccontextmanager
    async def judging(self) -> AsyncIterator["Judge"]:
        """再生の支度: one replaying worker for as many histories as are brought, one after the other."""
        waiting: asyncio.Queue[WorkflowHistory] = asyncio.Queue()
        listener = Listener(self._runner)
        replayer = Replayer(
            workflows=self._workflows,
            workflow_runner=listener,
            workflow_task_executor=self._threads,
            data_converter=self._converter,
            namespace=self._namespace,
            runtime=_quiet(),
        )

        async def brought() -> AsyncIterator[WorkflowHistory]:
            while True:
                yield await waiting.get()

        async with replayer.workflow_replay_iterator(brought()) as results:
            yield Judge(self, listener, waiting, results)

    async def unreadable(self, history: WorkflowHistory) -> Verdict | None:
        """読めない履歴: why nothing can be told of it, before anything is tried."""
        started = next(iter(history.events), None)
        if started is None or not started.HasField("workflow_execution_started_event_attributes"):
            return Verdict(history.workflow_id, "unknown", "unreadable", detail="The history has no beginning.")
        try:
            await self._read(history.workflow_id, started)
        except LookupError as gone:
            return Verdict(history.workflow_id, "unknown", "key_destroyed", detail=str(gone.args[0]))
        except PayloadUnreadable as sealed:
            return Verdict(history.workflow_id, "unknown", "unreadable", detail=str(sealed))
        return None

    async def _read(self, workflow_id: str, started: HistoryEvent) -> None:
        """The case's key as it is now, not as a process remembers it; then the first payloads."""
        given = started.workflow_execution_started_event_attributes.input.payloads
        if any(payload.metadata.get("encoding") == ENCODING for payload in given):
            await asyncio.to_thread(self._keys.fetch, workflow_id)
        context = WorkflowSerializationContext(namespace=self._namespace, workflow_id=workflow_id)
        codec = self._converter.with_context(context).payload_codec
        if codec is not None:
            await codec.decode(given)


@dataclass(frozen=True)
class Judge:
    """再生する: histories are brought one by one."""

    replay: Replay
    listener: Listener
    waiting: asyncio.Queue[WorkflowHistory]
    results: AsyncIterator[WorkflowReplayResult]

    async def __call__(self, history: WorkflowHistory) -> Verdict:
        """再生の結果 of one history."""
        if unreadable := await self.replay.unreadable(history):
            return unreadable
        await self.waiting.put(history)
        result = await anext(self.results)
        return _verdict(history, result.replay_failure, self.listener.asked)

    async def of_workflow(self, client: Client, workflow_id: str) -> Verdict:
        """再生の結果 of a workflow as the server has it. Raises RPCError where the server cannot be asked."""
        try:
            history = await client.get_workflow_handle(workflow_id).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return Verdict(workflow_id, "unknown", "no_history", detail=error.message)
        return await self(history)


def _verdict(history: WorkflowHistory, failure: Exception | None, asked: Sequence[Move]) -> Verdict:
    if failure is None:
        return Verdict(history.workflow_id, "deterministic")
    said = divergence.sentence(str(failure))
    if isinstance(failure, NondeterminismError):
        parted = divergence.read(said, history.events, asked)
        return Verdict(history.workflow_id, "would_break", "other_command", parted, said)
    kind = _KIND_OF_ERROR.search(str(failure))
    if kind is not None and kind[1] == "NotFoundError":
        return Verdict(history.workflow_id, "would_break", "no_such_workflow", detail=kind[1])
    return Verdict(history.workflow_id, "would_break", "step_failed", detail=kind[1] if kind else said)


@cache
def _quiet() -> Runtime:
    """Without the engine's own log: what it says of a replay is in the verdict, and its log quotes whole events."""
    return Runtime(telemetry=TelemetryConfig(logging=None))
