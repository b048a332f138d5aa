"""実行基盤: what Temporal itself knows of workflows, activities and task queues; asked little, seldom and for a moment.

Everybody who looks within CACHED gets the same answer, and one asks at a time. Of a failure only the types are read:
its message could quote what a resident wrote. Where Temporal does not answer, EngineAway says so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, TaskQueueType, TimeoutType, WorkflowExecutionStatus
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import History
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

CACHED = timedelta(seconds=10)
TIMEOUT = timedelta(seconds=3)
AT_ONCE = 6
"""Questions on their way together; a production cluster allows ten visibility questions a second for everybody."""
MOST_DESCRIBED = 60
"""Workflows of one kind described for one look; there may be more, and the page says so."""
PAGE_OF_HISTORY = 40
"""Batches of events: what happened in one step of the engine stays together; about a hundred events."""
DEEPEST = 10
"""Causes of causes that are read."""
BY_DESIGN = 2
"""A workflow task is tried again once when a worker is restarted; from the next try on it fails."""

Answer = TypeVar("Answer")


class EngineAway(Exception):
    """実行基盤が答えない: nobody can say now."""


class HistoryGone(Exception):
    """履歴がない: never begun, or its time in Temporal is over."""


class PlaceUnknown(Exception):
    """続きの印 that no page of this history has ended at."""


@dataclass(frozen=True)
class FailingActivity:
    """やり直している処理. `cause`: types of the last failure, the outermost first."""

    activity: str
    attempt: int
    since: datetime
    next_at: datetime | None
    """None: it is being tried right now."""
    cause: tuple[str, ...]


@dataclass(frozen=True)
class Execution:
    """実行: one workflow as Temporal describes it."""

    workflow_id: str
    run_id: str
    kind: str
    status: str
    """Running, Completed, Failed, …"""
    started_at: datetime
    closed_at: datetime | None
    events: int
    failing: tuple[FailingActivity, ...]
    tries_of_task: int
    """Of the workflow task that waits; 0: none does."""
    task_since: datetime | None

    @property
    def broken(self) -> bool:
        """故障: its own code fails, not a neighbour."""
        return self.tries_of_task > BY_DESIGN


@dataclass(frozen=True)
class Overview:
    """概況: workflows that were described, as of a moment. `more`: there are others nobody looked at."""

    at: datetime
    executions: tuple[Execution, ...]
    more: bool


@dataclass(frozen=True)
class Poller:
    """処理係: a worker process that asks for tasks. `build`: its version, where it says one."""

    identity: str
    last_seen_at: datetime
    build: str | None


@dataclass(frozen=True)
class Queue:
    """待ち行列: tasks nobody has taken yet, and who asks for them."""

    name: str
    kind: str
    """workflow or activity."""
    pollers: tuple[Poller, ...]
    backlog: int
    oldest: timedelta
    seen_at: datetime | None = None
    """When somebody asked last, as far as this process has seen: Temporal itself forgets within minutes."""


@dataclass(frozen=True)
class Queues:
    """待ち行列 as of a moment."""

    at: datetime
    queues: tuple[Queue, ...]


@dataclass(frozen=True)
class HistoryPart:
    """履歴の一部: so many events, decoded. `further`: where the next part begins."""

    history: History
    further: bytes | None


class Engine:
    """実行基盤の窓: one per web process."""

    def __init__(self, client: Client, queues: Sequence[tuple[str, str]]) -> None:
        """`queues`: (name, "workflow" or "activity") of each that this installation works on."""
        self._client = client
        self._queues = queues
        self._known: dict[str, tuple[datetime, Any]] = {}
        self._seen: dict[tuple[str, str], datetime] = {}
        self._turn = asyncio.Lock()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def overview(self, municipality: str, ids: Iterable[str]) -> Overview:
        """概況 of what may stand still in one municipality, and of these workflows beside. Raises EngineAway."""
        return await self._remembered(f"overview {municipality}", lambda: self._look(municipality, tuple(ids)))

    async def queues(self) -> Queues:
        """待ち行列, all of them. Raises EngineAway."""
        return await self._remembered("queues", self._ask_queues)

    async def execution(self, workflow_id: str) -> Execution:
        """One workflow, asked now. Raises EngineAway, HistoryGone."""
        found = await self._described(workflow_id)
        if found is None:
            raise HistoryGone
        return found

    async def history(self, execution: Execution, after: bytes = b"") -> HistoryPart:
        """履歴の一部, decoded with the key of its case. Raises EngineAway, HistoryGone, PlaceUnknown, LookupError."""
        request = GetWorkflowExecutionHistoryRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecution(workflow_id=execution.workflow_id, run_id=execution.run_id),
            maximum_page_size=PAGE_OF_HISTORY,
            next_page_token=after,
        )
        try:
            answer = await self._client.workflow_service.get_workflow_execution_history(request, timeout=TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT and after:
                raise PlaceUnknown from error
            raise _why(error) from error
        return HistoryPart(answer.history, answer.next_page_token or None)

    def converter(self, workflow_id: str) -> DataConverter:
        """変換 of one case's payloads."""
        context = WorkflowSerializationContext(namespace=self._client.namespace, workflow_id=workflow_id)
        return self._client.data_converter.with_context(context)

    # --- asking ---------------------------------------------------------------------------------------------------

    async def _remembered(self, name: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        async with self._turn:
            at, known = self._known.get(name, (datetime.min.replace(tzinfo=UTC), None))
            if datetime.now(UTC) - at >= CACHED:
                known = await _asked(ask)
                self._known[name] = (datetime.now(UTC), known)
        if known is None:
            raise EngineAway
        found: Answer = known
        return found

    async def _look(self, municipality: str, ids: Sequence[str]) -> Overview:
        """Failing workflow tasks, cases under checks or waiting for a neighbour, what is no case; and `ids`."""
        at = datetime.now(UTC)
        here = f"Municipality = '{municipality}'"
        questions = (
            f"ExecutionStatus = 'Running' AND {here} AND TemporalReportedProblems IS NOT NULL",
            f"ExecutionStatus = 'Running' AND {here} AND CaseStatus = 'awaiting_neighbour'",
            f"ExecutionStatus = 'Running' AND {here} AND CaseStatus = 'checking'",
            "ExecutionStatus = 'Running' AND WorkflowType NOT IN ('CaseWorkflow', 'LeaseWorkflow')",
        )
        lists = await asyncio.gather(*(self._listed(each) for each in questions))
        wanted = dict.fromkeys([each for found, _ in lists for each in found] + [*ids[:MOST_DESCRIBED]])
        described = await asyncio.gather(*(self._described(each) for each in wanted))
        more = any(cut for _, cut in lists) or len(ids) > MOST_DESCRIBED
        return Overview(at, tuple(each for each in described if each is not None), more)

    async def _listed(self, query: str) -> tuple[list[str], bool]:
        """Ids of workflows, and whether there are more."""
        request = ListWorkflowExecutionsRequest(namespace=self._client.namespace, page_size=MOST_DESCRIBED, query=query)
        async with self._at_once:
            answer = await self._client.workflow_service.list_workflow_executions(request, timeout=TIMEOUT)
        return [each.execution.workflow_id for each in answer.executions], bool(answer.next_page_token)

    async def _described(self, workflow_id: str) -> Execution | None:
        """None: there is none of that id (any more)."""
        request = DescribeWorkflowExecutionRequest(
            namespace=self._client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
        )
        try:
            async with self._at_once:
                answer = await self._client.workflow_service.describe_workflow_execution(request, timeout=TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise EngineAway from error
        return _execution(answer)

    async def _ask_queues(self) -> Queues:
        at = datetime.now(UTC)
        found = await asyncio.gather(*(self._ask_queue(name, kind) for name, kind in self._queues))
        return Queues(at, tuple(found))

    async def _ask_queue(self, name: str, kind: str) -> Queue:
        kinds = {"workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "activity": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY}
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace, task_queue=TaskQueue(name=name), task_queue_type=kinds[kind],
            report_stats=True,
        )  # fmt: skip
        async with self._at_once:
            answer = await self._client.workflow_service.describe_task_queue(request, timeout=TIMEOUT)
        pollers = tuple(
            Poller(each.identity, _moment(each.last_access_time), each.deployment_options.build_id or None)
            for each in sorted(answer.pollers, key=lambda each: each.identity)
        )
        if pollers:
            self._seen[name, kind] = max(each.last_seen_at for each in pollers)
        stats = answer.stats
        return Queue(
            name, kind, pollers, stats.approximate_backlog_count, _length(stats.approximate_backlog_age),
            self._seen.get((name, kind)),
        )  # fmt: skip


# --- reading what it says ---------------------------------------------------------------------------------------------


def causes(failure: Failure) -> tuple[str, ...]:
    """原因: the types of a failure and of its causes. What it says in words stays unread."""
    found: list[str] = []
    while failure.WhichOneof("failure_info") and len(found) < DEEPEST:
        if name := _cause(failure):
            found.append(name)
        failure = failure.cause
    return tuple(found)


def _cause(failure: Failure) -> str | None:
    match failure.WhichOneof("failure_info"):
        case "application_failure_info":
            return failure.application_failure_info.type or "ApplicationError"
        case "timeout_failure_info":
            timed_out = TimeoutType.Name(failure.timeout_failure_info.timeout_type)
            return "Timeout" + _camel(timed_out.removeprefix("TIMEOUT_TYPE_"))
        case "activity_failure_info":
            return None
        case other:
            return _camel(str(other).removesuffix("_failure_info"))


def _execution(answer: DescribeWorkflowExecutionResponse) -> Execution:
    info: WorkflowExecutionInfo = answer.workflow_execution_info
    status = WorkflowExecutionStatus.Name(info.status).removeprefix("WORKFLOW_EXECUTION_STATUS_")
    waits = answer.HasField("pending_workflow_task")
    task = answer.pending_workflow_task
    return Execution(
        workflow_id=info.execution.workflow_id,
        run_id=info.execution.run_id,
        kind=info.type.name,
        status=_camel(status),
        started_at=_moment(info.start_time),
        closed_at=_moment(info.close_time) if info.HasField("close_time") else None,
        events=info.history_length,
        failing=tuple(_failing(each) for each in answer.pending_activities if each.attempt > 1),
        tries_of_task=task.attempt if waits else 0,
        task_since=_moment(task.original_scheduled_time) if waits else None,
    )


def _failing(info: PendingActivityInfo) -> FailingActivity:
    waits = info.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    return FailingActivity(
        activity=info.activity_type.name,
        attempt=info.attempt,
        since=_moment(info.scheduled_time if not info.HasField("last_started_time") else info.last_started_time),
        next_at=_moment(info.next_attempt_schedule_time)
        if waits and info.HasField("next_attempt_schedule_time")
        else None,
        cause=causes(info.last_failure),
    )


async def _asked(ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """None: it does not answer. That is remembered too, so that nobody waits for it again and again."""
    try:
        return await ask()
    except (RPCError, EngineAway):
        return None


def _why(error: RPCError) -> Exception:
    return HistoryGone() if error.status is RPCStatusCode.NOT_FOUND else EngineAway()


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.lower().split("_"))


def _moment(at: Timestamp) -> datetime:
    return at.ToDatetime(tzinfo=UTC)


def _length(length: Duration) -> timedelta:
    return length.ToTimedelta()
