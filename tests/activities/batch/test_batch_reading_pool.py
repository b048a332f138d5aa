"""読取りの過程群: a page that ends or holds up its process costs nothing but itself."""

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.batch.confinement import MOST_MEMORY, MOST_WRITTEN
from activities.batch.reading_pool import PageGaveUp, ReadingPool


@pytest.fixture
def pool() -> Iterator[ReadingPool]:
    pool = ReadingPool(1, seconds=20.0)
    yield pool
    pool.close()


def ended() -> None:
    os._exit(1)


def held_up() -> None:
    time.sleep(3600)


def counted(content: bytes) -> int:
    return len(content)


def refused() -> None:
    raise ValueError("not this page")


def test_a_process_that_ends_is_replaced(pool: ReadingPool) -> None:
    async def both() -> int:
        with pytest.raises(PageGaveUp, match="process_ended"):
            await pool.run(ended)
        return await pool.run(counted, b"next")

    assert asyncio.run(both()) == 4


def test_a_page_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    pool = ReadingPool(1, seconds=0.5)

    async def both() -> None:
        with pytest.raises(PageGaveUp, match="took_too_long"):
            await pool.run(held_up)

    asyncio.run(both())
    pool.close()


def test_what_the_work_raises_comes_back(pool: ReadingPool) -> None:
    async def once() -> None:
        with pytest.raises(ValueError, match="not this page"):
            await pool.run(refused)

    asyncio.run(once())


# --- what a hostile file can have of the process it took over ---------------------------------------------------------


def memory_filled() -> int:
    return len(bytearray(MOST_MEMORY))


def disk_filled(file: str) -> None:
    Path(file).write_bytes(bytes(MOST_WRITTEN + 1))


def surroundings() -> tuple[set[str], tuple[int, int]]:
    return set(os.environ), resource.getrlimit(resource.RLIMIT_CORE)


def test_it_fills_neither_memory_nor_disk(pool: ReadingPool, tmp_path: Path) -> None:
    async def both() -> None:
        with pytest.raises(MemoryError):
            await pool.run(memory_filled)
        with pytest.raises(OSError, match="too large"):
            await pool.run(disk_filled, str(tmp_path / "filled"))

    asyncio.run(both())
    assert (tmp_path / "filled").stat().st_size <= MOST_WRITTEN


def test_it_knows_no_settings_and_leaves_no_dump(pool: ReadingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_STORE_PASSWORD_FILE", "/somewhere")
    assert asyncio.run(pool.run(surroundings)) == ({"PATH", "OMP_THREAD_LIMIT"}, (0, 0))
