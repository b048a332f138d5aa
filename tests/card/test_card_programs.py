"""三つのプログラム: the test JPKI, the reader and the card agent, started as a user starts them."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from card.jpki import JpkiCard
from card.transport import FrameReader

ROOT = Path(__file__).parents[2]
Start = Callable[..., int]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `python -m module arguments --port N` and returns N once it accepts connections."""
    started: list[subprocess.Popen[bytes]] = []

    def start_program(module: str, *arguments: str) -> int:
        port = free_port()
        started.append(subprocess.Popen([sys.executable, "-m", module, *arguments, "--port", str(port)], cwd=ROOT))
        deadline = time.monotonic() + 30
        while True:
            assert started[-1].poll() is None, f"{module} ended at once"
            assert time.monotonic() < deadline, f"{module} did not come up"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return port

    yield start_program
    for one in started:
        one.terminate()
        one.wait(10)


def test_the_programs_work_together(start: Start, tmp_path: Path) -> None:
    pki_port = start("sandbox.pki", str(tmp_path))
    deadline = time.monotonic() + 30
    while not (tmp_path / "urls.json").exists():
        assert time.monotonic() < deadline, "the test JPKI did not write its files"
        time.sleep(0.05)
    assert httpx.get(f"http://127.0.0.1:{pki_port}/_sandbox/control").json() == {"services": {}, "revocations": {}}
    reader_port = start("sandbox.cards", str(tmp_path))
    with JpkiCard(FrameReader("127.0.0.1", reader_port).open("hanako")) as card:
        assert card.sign_submission("HANAKO1234", b"content")
    agent_port = start("card.agent", "--origin", "http://city.example", "--reader", f"127.0.0.1:{reader_port}")
    refused = httpx.get(f"http://127.0.0.1:{agent_port}/sign", params={"request": "http://evil.example/"})
    assert refused.status_code == 400
