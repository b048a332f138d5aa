"""聞き取り: what a workflow asks for while it is replayed, so that a difference can be told in its own words."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info

from workflows.divergence import Move, MoveKind

ASKED: dict[str, MoveKind] = {
    "schedule_activity": "activity",
    "schedule_local_activity": "local_activity",
    "start_timer": "timer",
    "start_child_workflow_execution": "child",
    "set_patch_marker": "patch",
    "upsert_workflow_search_attributes": "attributes",
    "modify_workflow_properties": "attributes",
    "signal_external_workflow_execution": "signal",
    "complete_workflow_execution": "end",
    "fail_workflow_execution": "end",
    "cancel_workflow_execution": "end",
    "continue_as_new_workflow_execution": "end",
}
"""Commands by the name the SDK gives them; answers to updates and queries are none of the workflow's own moves."""


class Listener(WorkflowRunner):
    """聞き手: runs workflows as `inner` does, and remembers what the last step of the last one asked for."""

    def __init__(self, inner: WorkflowRunner) -> None:
        self._inner = inner
        self._step = 0
        self._asked: list[Move] = []

    def prepare_workflow(self, defn: object) -> None:
        self._inner.prepare_workflow(defn)  # type: ignore[arg-type]

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        self._step, self._asked = 0, []
        return _Heard(self._inner.create_instance(det), self)

    def hear(self, activation: WorkflowActivation, completion: WorkflowActivationCompletion) -> None:
        """A step is all that happens up to the same event; local activities come back within it."""
        if any(job.HasField("remove_from_cache") for job in activation.jobs):
            return
        if activation.history_length != self._step:
            self._step, self._asked = activation.history_length, []
        self._asked += [move for each in completion.successful.commands if (move := _move(each))]

    @property
    def asked(self) -> tuple[Move, ...]:
        return tuple(self._asked)


class _Heard(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, listener: Listener) -> None:
        self._inner = inner
        self._listener = listener

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = self._inner.activate(act)
        self._listener.hear(act, completion)
        return completion

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:
        return self._inner.get_serialization_context(command_info)  # type: ignore[arg-type]

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return self._inner.get_external_store_context(command_info)  # type: ignore[arg-type]

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()


def _move(command: WorkflowCommand) -> Move | None:
    name = command.WhichOneof("variant") or ""
    kind = ASKED.get(name)
    match kind:
        case None:
            return None
        case "activity" | "local_activity":
            return Move(kind, getattr(command, name).activity_type)
        case "child":
            return Move(kind, command.start_child_workflow_execution.workflow_type)
        case _:
            return Move(kind)
