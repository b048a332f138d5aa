"""プログラムとして: the card agent started as a resident starts it: one command."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.cards import Stack
from tests.card.agent.agent_city import City

ROOT = Path(__file__).parents[3]


def test_the_agent_starts_with_one_command_and_listens_on_the_loopback_address_only(
    stack: Stack, city: City, tmp_path: Path
) -> None:
    cities = tmp_path / "cities.json"
    cities.write_text(json.dumps({"cities": [entry(city)]}, ensure_ascii=False))
    with started("--cities", str(cities), stack=stack) as (agent, port):
        shown = httpx.get(f"{agent}/sign", params={"request": f"{city.origin}/request"})
        assert shown.status_code == 200
        assert "Lay your My Number Card on the card reader" in shown.text, "without a tray the hand lays the card"
        assert listening_addresses(port) == {"0100007F"}, "127.0.0.1, as proc(5) writes it"


def test_without_a_list_of_cities_it_says_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "card.agent", "--cities", str(tmp_path / "none.json")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "Your city hands it out with the agent" in ended.stderr


def entry(city: City) -> dict[str, object]:
    return {"origin": city.origin, "name": city.entry.name, "keys": {"keys": [city.key.as_dict(private=False)]}}


@contextmanager
def started(*arguments: str, stack: Stack) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    command = [sys.executable, "-m", "card.agent", "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PCSCLITE_CSOCK_NAME": str(stack.socket)})
    try:
        deadline = time.monotonic() + 30
        while not listening_addresses(port):
            assert process.poll() is None, "it ended at once"
            assert time.monotonic() < deadline, "it did not come up"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", port
    finally:
        process.terminate()
        process.wait(10)


def listening_addresses(port: int) -> set[str]:
    """proc(5): local addresses in state LISTEN (0A) on this port, over IPv4 and IPv6."""
    lines = [
        line.split() for file in ("tcp", "tcp6") for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]
    ]
    found = [parts[1].split(":") for parts in lines if parts[3] == "0A"]
    return {address for address, number in found if int(number, 16) == port}
