"""訓練: the resident register falls silent while many apply, so that an administrator has something to repair."""

import httpx
from rich.console import Console

from machine.demo import ANSWERS, visitor
from machine.layout import Layout, url
from sandbox.people import HANAKO

BROKEN_STEP = "register"
AS_OFTEN_AS_ANYBODY_ASKS = 10_000


def break_step(layout: Layout, cases: int, console: Console) -> list[str]:
    """壊す: the register answers nobody any more; then so many apply. Their receipt numbers."""
    fault = {"kind": "down", "times": AS_OFTEN_AS_ANYBODY_ASKS}
    httpx.post(_switch(layout), json=fault, timeout=30).raise_for_status()
    with visitor(layout, HANAKO).log_in() as hanako:
        numbers = [hanako.apply("residence_certificate", ANSWERS) for _ in range(cases)]
    console.print(f"The resident register is silent; {cases} cases wait for it: {layout.public_url}/admin/cases")
    console.print("Go on with docs/operations.md, 訓練. To mend it: madoguchi rehearse mend")
    return numbers


def mend_step(layout: Layout, console: Console) -> None:
    """直す: it answers again. What waits asks again by itself, or at once where somebody says so."""
    httpx.delete(_switch(layout), timeout=30).raise_for_status()
    console.print("The resident register answers again.")


def _switch(layout: Layout) -> str:
    return f"{url(layout.ports.register)}/_sandbox/faults"
