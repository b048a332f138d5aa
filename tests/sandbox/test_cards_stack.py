"""仮想リーダー: a real pcscd with demo cards: what the tray does, who can reach it, and how it ends."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from card_commands import ASK_TRIES, JPKI, SELECT, verify
from pcsc_session import Conversation, comings_and_goings

from sandbox import cards
from sandbox.cards import namespace
from sandbox.cards.daemon import FIRST_PORT

TRIES = (JPKI, SELECT + "0018", ASK_TRIES)
WRONG = (JPKI, SELECT + "0018", verify("9999"))


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def until(true: Callable[[], bool], what: str, patience: float = 5.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"not within {patience} s: {what}"
        time.sleep(0.01)


def ask(stack: cards.Stack, *commands: str, slot: int = 0) -> str:
    with Conversation(stack, slot) as client:
        return client.ask(*commands)[0]


def request(stack: cards.Stack, method: str, path: str, content: object = None) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(stack.tray)), base_url="http://tray") as client:
        return client.request(method, path, json=content)


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.cards", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env={**os.environ, **environment})


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_the_tray_names_its_cards_and_slots(stack: cards.Stack) -> None:
    choices = request(stack, "GET", "/cards").json()
    assert choices[0] == {"card": "hanako", "name": "姫路　花子"}
    assert {"expired", "untrusted", "approver", "sakura"} <= {one["card"] for one in choices}
    assert [one["reader"] for one in stack.slots()] == list(stack.readers) == ["Virtual PCD 00 00", "Virtual PCD 00 01"]


def test_a_laid_card_can_be_used_at_once_and_a_taken_one_no_more(stack: cards.Stack) -> None:
    stack.lay("hanako")
    assert stack.slots()[0] == {"slot": 0, "reader": "Virtual PCD 00 00", "card": "hanako", "fault": ""}
    assert ask(stack, JPKI) == "9000"
    stack.take_off()
    assert stack.slots()[0]["card"] is None
    until(lambda: ask(stack, JPKI).startswith("error"), "the reader noticing that its card is gone")


def test_laying_the_same_card_again_changes_nothing(stack: cards.Stack) -> None:
    stack.lay("hanako")
    with Conversation(stack) as client:
        client.ask(JPKI, SELECT + "0018", verify("1234"))
        stack.lay("hanako")
        assert client.ask(SELECT + "0017", "802A008001AA00")[0].endswith("9000")


def test_a_card_swapped_for_another_is_noticed_and_no_command_goes_to_the_wrong_one(stack: cards.Stack) -> None:
    stack.lay("hanako")
    with Conversation(stack) as client:
        assert client.ask(JPKI, SELECT + "0018", verify("1234"))[0] == "9000"
        stack.lay("taro")
        assert client.ask(SELECT + "0017")[0].startswith("error 0x")
    assert ask(stack, JPKI, SELECT + "0017", "802A008001AA00") == "6982"


def test_the_reader_sees_every_card_come_and_go_however_fast_they_change(stack: cards.Stack) -> None:
    stack.lay("hanako")
    before = comings_and_goings(stack)
    stack.lay("taro")
    stack.take_off()
    stack.lay("hanako")
    assert comings_and_goings(stack) - before == 4


def test_a_card_lies_on_one_slot_only(stack: cards.Stack) -> None:
    stack.lay("hanako")
    stack.lay("taro", slot=1)
    stack.lay("hanako", slot=1)
    assert [one["card"] for one in stack.slots()] == [None, "hanako"]


def test_tries_are_remembered_across_cards_and_given_back_on_demand(stack: cards.Stack) -> None:
    stack.lay("kenji")
    assert ask(stack, *WRONG) == "63C2"
    stack.lay("taro")
    assert ask(stack, *TRIES) == "63C3"
    stack.lay("kenji")
    assert ask(stack, *TRIES) == "63C2"
    stack.restore("kenji")
    assert ask(stack, *TRIES) == "63C3"


def test_restoring_a_card_gives_the_first_pin_back_too(stack: cards.Stack) -> None:
    stack.lay("kenji")
    assert ask(stack, JPKI, SELECT + "0018", verify("1234"), "0024018004" + b"5678".hex()) == "9000"
    assert ask(stack, JPKI, SELECT + "0018", verify("1234")) == "63C2"
    stack.restore("kenji")
    assert ask(stack, JPKI, SELECT + "0018", verify("1234")) == "9000"


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "sentence"),
    [
        ("PUT", "/slots/0", {"card": "nobody"}, 404, "no card called 'nobody'"),
        ("PUT", "/slots/0", {"card": "../cards/hanako"}, 404, "no card called"),
        ("PUT", "/slots/2", {"card": "hanako"}, 404, "no slot '2'"),
        ("DELETE", "/slots/x", None, 404, "no slot 'x'"),
        ("POST", "/cards/nobody/restore", None, 404, "no card called 'nobody'"),
        ("PUT", "/slots/0", {"card": "hanako", "fault": "sulky"}, 422, "fails like that: 'sulky'"),
        ("PUT", "/slots/0", {"name": "hanako"}, 422, "Send {"),
        ("PUT", "/slots/0", {"card": "a" * 5000}, 422, "too large"),
        ("GET", "/", None, 404, "no GET /"),
    ],
)
def test_the_tray_refuses_with_a_sentence(
    stack: cards.Stack, method: str, path: str, content: object, status: int, sentence: str
) -> None:
    stack.lay("taro")
    answer = request(stack, method, path, content)
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]
    assert stack.slots()[0]["card"] == "taro"


def test_pcscd_comes_back_after_its_death_with_the_card_still_on_the_reader(stack: cards.Stack) -> None:
    stack.lay("hanako")
    assert ask(stack, *WRONG) == "63C2"
    stack.kill_pcscd()
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(ConnectionRefusedError):
        client.connect(str(stack.socket))
    until(lambda: ask(stack, *TRIES) == "63C2", "pcscd coming back with the card")
    stack.restore("hanako")


def test_a_command_does_not_wait_for_a_delayed_acknowledgement(stack: cards.Stack) -> None:
    stack.lay("hanako")
    with Conversation(stack) as client:
        assert min(client.ask(JPKI)[1] for _ in range(10)) < 0.02  # it would be 0.04 s each


def test_both_sockets_are_their_owners_alone(stack: cards.Stack) -> None:
    assert [stat.S_IMODE(path.stat().st_mode) for path in (stack.socket, stack.tray)] == [0o600, 0o600]


def test_vpcd_listens_inside_its_own_network_and_nowhere_else(jpki_folder: Path, place: Path) -> None:
    def listening(table: str) -> bool:
        lines = Path(table).read_text().splitlines()[1:]
        return any(f":{FIRST_PORT:04X} " in line and line.split()[3] == "0A" for line in lines)

    outside = listening("/proc/net/tcp"), listening("/proc/net/tcp6")
    with cards.running(jpki_folder, place) as stack:
        assert listening(f"/proc/{stack.process.pid}/net/tcp")
        assert (listening("/proc/net/tcp"), listening("/proc/net/tcp6")) == outside
        assert Path(f"/proc/{stack.process.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_inside_there_is_no_network_but_a_loopback(stack: cards.Stack) -> None:
    lines = Path(f"/proc/{stack.process.pid}/net/dev").read_text().splitlines()[2:]
    assert {line.split(":")[0].strip() for line in lines if line.split()[1] != "0"} <= {"lo"}
    assert len(Path(f"/proc/{stack.process.pid}/net/route").read_text().splitlines()) == 1


def test_pcscd_sees_no_driver_but_vpcd(stack: cards.Stack) -> None:
    seen = {path.name for path in Path("/proc", str(stack.process.pid), "root", "usr/lib/pcsc/drivers").iterdir()}
    assert "libifdvpcd.so" in seen
    assert not [name for name in seen if name.endswith(".bundle")]


def test_two_virtual_readers_run_side_by_side(stack: cards.Stack, jpki_folder: Path, place: Path) -> None:
    stack.lay("hanako")
    with cards.running(jpki_folder, place) as other:
        other.lay("taro")
        assert ask(other, *WRONG) == "63C2"
        other.lay("hanako")
        assert [ask(one, *TRIES) for one in (stack, other)] == ["63C3", "63C3"]


def test_a_second_one_at_the_same_place_is_refused(stack: cards.Stack, jpki_folder: Path) -> None:
    refused = program(str(jpki_folder), "--place", str(stack.socket.parent))
    assert refused.returncode == 1
    assert "Another virtual reader runs at" in refused.stderr
    assert stack.slots()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_pcscd_ends_with_the_program_however_that_ends(jpki_folder: Path, place: Path, ending: signal.Signals) -> None:
    with cards.running(jpki_folder, place) as stack:
        (pcscd,) = psutil.Process(stack.process.pid).children(recursive=True)
        assert pcscd.name() == "pcscd"
        stack.lay("hanako")
        stack.process.send_signal(ending)
        assert stack.process.wait(10) == (-ending if ending == signal.SIGKILL else 0)
    until(lambda: not alive(pcscd), "pcscd's end")


def test_it_starts_again_where_one_was_killed(jpki_folder: Path, place: Path) -> None:
    with cards.running(jpki_folder, place) as stack:
        stack.process.kill()
    with cards.running(jpki_folder, place) as stack:
        stack.lay("hanako")
        assert ask(stack, *TRIES) == "63C3"


def test_where_namespaces_are_refused_it_says_what_to_enable(jpki_folder: Path, place: Path) -> None:
    (place / "unshare").symlink_to("/bin/false")
    refused = program(str(jpki_folder), "--place", str(place), PATH=f"{place}:{os.environ['PATH']}")
    assert refused.returncode == 1
    assert "allow unprivileged user namespaces" in refused.stderr
    assert not (place / "pcscd.comm").exists()


@pytest.mark.parametrize("shared", [0, 1], ids=["network", "mounts"])
def test_it_never_starts_where_it_came_from(jpki_folder: Path, place: Path, shared: int) -> None:
    """Not even in one of the two: it would open vpcd to the network, or hide the machine's own drivers from it."""
    here = namespace.current().split(",")[shared]
    refused = program(str(jpki_folder), "--place", str(place), "--outside", here)
    assert refused.returncode == 1
    assert "It never runs outside one" in refused.stderr
    assert not (place / "pcscd.comm").exists()


def test_a_place_too_long_for_a_socket_is_refused_with_a_sentence(jpki_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / ("a" * 100)
    refused = program(str(jpki_folder), "--place", str(place))
    assert refused.returncode == 1
    assert "choose a shorter --place" in refused.stderr
