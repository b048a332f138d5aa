"""退出: how a command ends that has spoken with Temporal.

Threads of Temporal's client cannot be ended, and may wake up into an interpreter that is being taken apart; Python then
aborts with status 134 (temporalio/sdk-python issue 300). So once everything else has ended, we leave before that.
"""

import atexit
import os
import sys
from collections.abc import Callable

BRIDGE = "temporalio.bridge.temporal_sdk_bridge"


def carry_out(command: Callable[[], None]) -> None:
    """実行: to its end, with the status it ends with. Call it before anything else registers with `atexit`."""
    status = 1  # of an exception nobody caught

    def leave() -> None:  # [registered first, called last: other threads have been joined by then]
        if BRIDGE in sys.modules:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    atexit.register(leave)
    try:
        command()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise
