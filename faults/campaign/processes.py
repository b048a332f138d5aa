"""処理: the processes of a running city, by the ids its supervisor recorded; each with a way to see that it serves."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from machine.layout import Layout, url
from machine.program import Identity, alive
from machine.readiness import answers

QUEUES = {"worker-cases": "cases", "worker-documents": "documents"}


@dataclass
class Processes:
    """処理: of one city."""

    layout: Layout

    def identity(self, name: str) -> Identity | None:
        """As the supervisor recorded it; None while there is none that runs."""
        try:
            entry = json.loads((self.layout.var / "run" / f"{name}.json").read_text())
        except (OSError, json.JSONDecodeError):
            return None
        found = Identity(int(entry["pid"]), int(entry["started"]))
        return found if alive(found) else None

    def serving(self, name: str) -> Identity | None:
        """The process, if it does its work: a kill of one that is only starting would prove little."""
        found = self.identity(name)
        return found if found is not None and self._serves(name, found) else None

    def kill(self, process: Identity) -> None:
        """kill -9."""
        os.kill(process.pid, signal.SIGKILL)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """The process is there and does not answer."""
        found = self.identity(name)
        if found is not None:
            os.kill(found.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            if found is not None and alive(found):
                os.kill(found.pid, signal.SIGCONT)

    def _serves(self, name: str, process: Identity) -> bool:
        ports = self.layout.ports
        match name:
            case "postgres":
                return self.layout.postgres.ready()
            case "temporal":
                return self.layout.temporal.ready()
            case "web":
                return answers(f"{self.layout.public_url}/healthz")()
            case "mail":
                return answers(url(ports.mailbox))()
            case _ if name in QUEUES:
                return asyncio.run(_polls(self.layout, QUEUES[name], process.pid))
        return answers(url(getattr(ports, name)))()


async def _polls(layout: Layout, queue: str, pid: int) -> bool:
    """Whether this very process asks for work: a dead one's name stays in the list for minutes."""
    request: Any = DescribeTaskQueueRequest(
        namespace=layout.temporal.namespace, task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )  # fmt: skip
    try:
        client = await Client.connect(layout.temporal.address, namespace=layout.temporal.namespace)
        found = await client.workflow_service.describe_task_queue(request, timeout=timedelta(seconds=2))
    except (RuntimeError, RPCError):
        return False
    return any(poller.identity.split("@")[0] == str(pid) for poller in found.pollers)
