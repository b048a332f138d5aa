"""準備完了: how to see from outside that a process does its work."""

import asyncio
import socket
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from machine.program import ReadyCheck
from machine.temporal import Temporal

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(address: str) -> ReadyCheck:
    """An HTTP server that answers anything but an error of its own."""

    def ready() -> bool:
        try:
            with _DIRECT.open(address, timeout=2):
                return True
        except urllib.error.HTTPError as refusal:
            return refusal.code < 500
        except OSError:
            return False

    return ready


def accepts(port: int) -> ReadyCheck:
    """A server that takes TCP connections."""

    def ready() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    return ready


def lays(tray: Path) -> ReadyCheck:
    """A virtual reader whose tray takes orders on this unix socket; pcscd is up before it is."""

    def ready() -> bool:
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.connect(str(tray))
            except OSError:
                return False
        return True

    return ready


def polls(temporal: Temporal, queue: str) -> ReadyCheck:
    """A worker that asks Temporal for this queue's activities."""
    return lambda: asyncio.run(_has_pollers(temporal, queue))


async def _has_pollers(temporal: Temporal, queue: str) -> bool:
    try:
        client = await Client.connect(temporal.address, namespace=temporal.namespace)
        found = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=temporal.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            ),
            timeout=timedelta(seconds=2),
        )
    except (RuntimeError, RPCError):
        return False
    return bool(found.pollers)
