"""時間を進める: cases of the running town, whose clocks are skipped forward instead of waited for."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from machine.layout import Layout
from tests.town import clock

PassTime = Callable[[str, timedelta], None]


@pytest.fixture
def pass_time(town: Layout) -> PassTime:
    """`pass_time(receipt_number, timedelta(days=8))`: that case's clock runs on; nobody else's does."""
    return partial(clock.pass_time, town)
