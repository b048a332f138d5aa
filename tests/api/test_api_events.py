"""変更の知らせ by the API: whoever has a case open is told that it changed; never what, never somebody else's."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from api.counter import SESSION_COOKIE
from api.events import MOST_STREAMS
from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor
from tests.api import annex
from tests.api.scenes import Books, Newcomer, screening_under_review

PATIENCE = 30.0
"""Seconds; a heartbeat comes every fifteen."""


class Stream:
    """A stream as a browser reads it: what was said, line by line."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()
        self.said: list[str] = []

    def until(self, line: str) -> float:
        """Read on until this line is said; how many seconds that took."""
        began = time.monotonic()
        for each in self._lines:
            self.said.append(each)
            if each == line:
                return time.monotonic() - began
        raise AssertionError(f"The stream ended without {line!r}; it said {self.said}")

    def rest(self) -> list[str]:
        """Everything up to its end."""
        return list(self._lines)


@contextmanager
def listening(visitor: Visitor, path: str, address: str | None = None) -> Iterator[Stream]:
    base = address or str(visitor.http.base_url)
    cookies = {SESSION_COOKIE: visitor.http.cookies[SESSION_COOKIE]}
    with httpx.Client(base_url=base, timeout=PATIENCE, cookies=cookies) as own, own.stream("GET", path) as response:
        yield Stream(response)


@pytest.fixture
def case(newcomer: Newcomer) -> tuple[Visitor, str]:
    resident = newcomer()
    return resident, screening_under_review(resident)


@pytest.mark.parametrize("path", ["/api/cases/{}/events", "/cases/{}/events", "/api/cases/events", "/cases/events"])
def test_a_listener_looks_once_and_then_hears_of_each_change(
    case: tuple[Visitor, str], newcomer: Newcomer, path: str
) -> None:
    resident, receipt = case
    officer = newcomer("health_review")
    with listening(resident, path.format(receipt)) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        stream.until("event: changed")

        _write(officer, receipt)

        assert stream.until("event: changed") < 10
        ours = set(stream.said) - {"", "event: changed", "data: case", "retry: 3000", ": alive"}
        assert all(each.startswith("id: ") for each in ours), f"A change says nothing but its number: {ours}"


def test_a_case_filed_meanwhile_is_heard_of_on_the_list(newcomer: Newcomer) -> None:
    resident = newcomer()
    with listening(resident, "/api/cases/events") as stream:
        stream.until("event: changed")
        screening_under_review(resident)
        stream.until("event: changed")


def test_nobody_listens_to_somebody_elses_case(case: tuple[Visitor, str], newcomer: Newcomer) -> None:
    resident, receipt = case
    assert newcomer().http.get(f"/api/cases/{receipt}/events").status_code == 404
    anybody = str(resident.http.base_url).rstrip("/")
    assert httpx.get(f"{anybody}/api/cases/{receipt}/events").status_code == 401
    assert newcomer("health_review").http.get(f"/api/cases/{receipt}/events").status_code == 404


def test_an_account_may_hold_ten_streams_and_an_ended_one_makes_room(case: tuple[Visitor, str]) -> None:
    resident, receipt = case
    path = f"/api/cases/{receipt}/events"
    with ExitStack() as stack:
        held = [stack.enter_context(listening(resident, path)) for _ in range(MOST_STREAMS)]
        for stream in held:
            stream.until("event: changed")
        refused = resident.http.get(path)
        assert (refused.status_code, refused.json()["title"]) == (429, "too_many_streams")
        assert int(refused.headers["retry-after"]) > 0
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with listening(resident, path) as stream:
            if stream.response.status_code == 200:
                stream.until("event: changed")
                return
    raise AssertionError("Streams that ended still count")


def test_logging_out_ends_the_stream_and_says_so(case: tuple[Visitor, str]) -> None:
    resident, receipt = case
    with listening(resident, f"/api/cases/{receipt}/events") as stream:
        stream.until("event: changed")
        resident.http.delete("/api/session")
        stream.until("event: ended")
        assert stream.rest() == ["data: login", ""]


def test_an_open_stream_does_not_keep_a_session_awake(case: tuple[Visitor, str], books: Books) -> None:
    resident, receipt = case
    with listening(resident, f"/api/cases/{receipt}/events") as stream:
        stream.until("event: changed")
        account = books.rows("select account_id from case_file where receipt_number = %s", receipt)[0]["account_id"]
        books.write(
            "update session set last_seen_at = now() - interval '29 minutes 50 seconds' where account_id = %s", account
        )
        stream.until("event: ended")


@pytest.fixture
def own_server(town: Layout, tmp_path: Path) -> Iterator[str]:
    """A web server of this test alone, on the town's database."""
    with annex.running(town, None, tmp_path, annex.free_port()) as address:
        yield address


def test_a_change_is_heard_after_postgresql_dropped_the_listener(
    town: Layout, case: tuple[Visitor, str], newcomer: Newcomer, own_server: str
) -> None:
    resident, receipt = case
    officer = newcomer("health_review")
    with listening(resident, f"/api/cases/{receipt}/events", own_server) as stream:
        stream.until("event: changed")
        assert _drop_listeners(town) >= 1
        stream.until("event: changed")  # whatever was said meanwhile is not lost: everybody looks once
        _write(officer, receipt)
        assert stream.until("event: changed") < 10


def test_a_stopping_server_ends_its_streams_at_once(town: Layout, case: tuple[Visitor, str], tmp_path: Path) -> None:
    resident, receipt = case
    with annex.running(town, None, tmp_path, annex.free_port()) as address:
        stack = ExitStack()
        streams = [stack.enter_context(listening(resident, f"/api/cases/{receipt}/events", address)) for _ in range(3)]
        for stream in streams:
            stream.until("event: changed")
        began = time.monotonic()
    with stack:
        assert time.monotonic() - began < 10, "It waited for streams that never end by themselves"
        for stream in streams:
            assert "event: ended" not in stream.rest(), "The session goes on: the browser comes back"


def _write(officer: Visitor, receipt: str) -> None:
    answer = officer.http.post(f"/api/inbox/cases/{receipt}/messages", data={"body": "お知らせです。"})
    assert answer.status_code == 201


def _drop_listeners(town: Layout) -> int:
    with town.postgres.connect(Role.ADMIN) as connection:
        found = connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'madoguchi changes'"
        )
        return len(found.fetchall())
