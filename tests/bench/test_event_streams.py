"""接続の重さ: five hundred open pages at one web server: memory of each, and no thread or connection more."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import psutil
import pytest
from rich.console import Console

from api.counter import SESSION_COOKIE
from api.events import MOST_STREAMS
from machine.layout import Layout
from machine.up import City
from tests.api.scenes import Books

STREAMS = 500
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def books(city: City) -> Iterator[Books]:
    found = Books(city.layout)
    yield found
    found.close()


def test_five_hundred_open_pages_cost_memory_only(city: City, books: Books, console: Console) -> None:
    web = psutil.Process(city.supervisor.running()["web"])
    sessions = [books.session(books.account()) for _ in range(STREAMS // MOST_STREAMS)]
    before = _measure(city.layout, books, web)
    during = asyncio.run(_hold_open(city.layout, books, web, sessions))
    each = (during["rss"] - before["rss"]) / STREAMS / 1024
    console.print(f"{STREAMS} event streams: {each:.1f} KB of memory each; {before} -> {during}")
    assert during["told"] == STREAMS, "Everybody is told once, at the beginning"
    assert during["sockets"] >= before["sockets"] + STREAMS, "They are really open"
    assert during["threads"] <= before["threads"] + 40, "Threads answer the requests; none stays with a stream"
    assert during["backends"] <= before["backends"] + 10, "Connections come from the pool; none stays with a stream"


async def _hold_open(layout: Layout, books: Books, web: psutil.Process, sessions: list[str]) -> dict[str, int]:
    limits = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=layout.public_url, limits=limits, timeout=60)
        )
        lines = []
        for token in sessions:
            request = {"headers": {"cookie": f"{SESSION_COOKIE}={token}"}}
            for _ in range(MOST_STREAMS):
                response = await stack.enter_async_context(client.stream("GET", "/api/cases/events", **request))
                assert response.status_code == 200
                lines.append(response.aiter_lines())
        told = await asyncio.gather(*(_first(each) for each in lines))
        return _measure(layout, books, web) | {"told": sum(told)}


async def _first(lines: object) -> int:
    async for line in lines:  # type: ignore[attr-defined]
        if line == "event: changed":
            return 1
    return 0


def _measure(layout: Layout, books: Books, web: psutil.Process) -> dict[str, int]:
    backends = books.rows("select count(*) as n from pg_stat_activity where datname = current_database()")
    return {
        "rss": web.memory_info().rss,
        "threads": web.num_threads(),
        "sockets": len(os.listdir(f"/proc/{web.pid}/fd")),
        "backends": backends[0]["n"],
    }
