"""監査の錨 on the real server: begun by a Schedule every day, done by the town's own workers."""

import asyncio
import secrets

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy

from machine.layout import Layout
from tests.town import anchoring


@pytest.fixture
def municipality() -> str:
    return f"7{secrets.randbelow(100_000):05d}"


def test_a_run_makes_one_anchor_and_has_it_stamped(town: Layout, municipality: str) -> None:
    anchoring.ended(town, anchoring.begin(town, municipality))
    anchoring.ended(town, anchoring.begin(town, municipality))

    first, second = anchoring.rows(town, municipality)

    assert (first["number"], second["number"]) == (1, 2)
    assert first["token"] is not None
    assert first["stamped_at"] is not None
    assert [each["kind"] for each in first["evidence"]] == ["ocsp"], "what checks the stamp later is kept with it"


def test_every_municipality_has_its_schedule_and_no_day_is_skipped(town: Layout) -> None:
    async def described() -> tuple[ScheduleOverlapPolicy, list[int]]:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        found = (await client.get_schedule_handle("audit-anchor-282014").describe()).schedule
        return found.policy.overlap, [each.hour[0].start for each in found.spec.calendars]

    assert asyncio.run(described()) == (ScheduleOverlapPolicy.BUFFER_ONE, [0])
