"""番人: what is started, restarted and ended, seen from outside with real processes."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keeping import Keeper, eventually, gone

from machine.program import MARK, MachineError, Program
from machine.supervisor import FREE_SPACE, Supervisor, Unit, check_ports, check_space


def program(folder: Path, name: str, *argv: str) -> Program:
    return Program(name, argv, {"PATH": "/usr/bin:/bin", MARK: str(folder)}, folder / f"{name}.log", grace=2.0)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    with subprocess.Popen(["/usr/bin/sleep", "1000"], start_new_session=True) as process:
        yield process
        process.kill()


class TestEnding:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_an_interrupt_ends_exactly_what_was_started(
        self, keep: Callable[[], Keeper], bystander: subprocess.Popen[bytes], number: signal.Signals
    ) -> None:
        keeper = keep()
        started = keeper.started
        keeper.process.send_signal(number)
        keeper.process.communicate(timeout=10)
        assert {name: gone(pid) for name, pid in started.items()} == dict.fromkeys(started, True)
        assert bystander.poll() is None
        assert not list((keeper.folder / "run").iterdir())

    def test_kill_9_of_the_supervisor_leaves_no_leader_behind(self, keep: Callable[[], Keeper]) -> None:
        keeper = keep()
        started = keeper.started
        keeper.process.kill()
        eventually(lambda: gone(started["database"]) and gone(started["worker"]))

    def test_the_next_start_after_kill_9_needs_no_help_and_clears_the_rest(self, keep: Callable[[], Keeper]) -> None:
        first = keep()
        before = first.started
        first.process.kill()
        second = keep()
        after = second.started
        assert after["database"] != before["database"]
        assert gone(before["forgotten"]), "a child the worker had forgotten is ours to end, too"

    def test_a_record_whose_process_id_was_reused_ends_nobody(
        self, tmp_path: Path, bystander: subprocess.Popen[bytes]
    ) -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "web.json").write_text(f'{{"pid": {bystander.pid}, "started": 1, "mark": "{tmp_path}"}}')
        with Supervisor(tmp_path, print):
            assert not (tmp_path / "run" / "web.json").exists()
        assert bystander.poll() is None

    def test_a_process_that_ignores_its_signal_is_killed_after_its_grace(self, tmp_path: Path) -> None:
        stubborn = program(tmp_path, "stubborn", "/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done")
        with Supervisor(tmp_path, print) as supervisor:
            supervisor.start([Unit(stubborn, lambda: "deaf" in stubborn.log.read_text())])
            pid = supervisor.running()["stubborn"]
        assert gone(pid)


class TestLock:
    def test_a_second_start_says_who_is_running(self, keep: Callable[[], Keeper]) -> None:
        first = keep()
        assert first.started
        second = keep()
        _, said = second.process.communicate(timeout=10)
        assert second.process.returncode == 1
        assert said.strip() == (
            f"This clone is already running (process {first.process.pid}): "
            f"use that one, or end it with Ctrl-C in its terminal."
        )
        assert first.process.poll() is None

    def test_a_lock_file_left_by_kill_9_is_no_lock(self, tmp_path: Path, bystander: subprocess.Popen[bytes]) -> None:
        (tmp_path / "machine.lock").write_text(str(bystander.pid))
        with Supervisor(tmp_path, print):
            assert (tmp_path / "machine.lock").read_text() == str(os.getpid())


class TestStarting:
    def test_each_waits_for_those_it_comes_after(self, tmp_path: Path) -> None:
        def unit(name: str, command: str, *after: str) -> Unit:
            return Unit(program(tmp_path, name, "/bin/sh", "-c", command), after=after, job=True)

        units = [
            unit("web", f"cat {tmp_path}/schema", "migrate"),
            unit("migrate", f"sleep 0.1; echo made >{tmp_path}/schema"),
        ]
        ready: list[str] = []
        with Supervisor(tmp_path, print, on_ready=lambda name, _seconds: ready.append(name)) as supervisor:
            supervisor.start(units)
        assert ready == ["migrate", "web"]

    def test_one_that_ends_before_it_is_ready_stops_the_start_with_its_last_words(self, tmp_path: Path) -> None:
        broken = program(tmp_path, "web", "/bin/sh", "-c", "echo no such setting; exit 3")
        with (
            pytest.raises(MachineError, match=r"(?s)web ended with status 3 before it was ready.*no such setting"),
            Supervisor(tmp_path, print) as supervisor,
        ):
            supervisor.start([Unit(broken, lambda: False)])

    def test_a_crashed_one_is_started_again(self, tmp_path: Path) -> None:
        lines: list[str] = []
        with Supervisor(tmp_path, lines.append) as supervisor:
            supervisor.start([Unit(program(tmp_path, "web", "/usr/bin/sleep", "1000"))])
            before = supervisor.running()["web"]
            os.kill(before, signal.SIGKILL)
            eventually(lambda: supervisor.running()["web"] != before)
            after = supervisor.running()["web"]
        assert gone(after)
        assert lines[0].startswith("web ended with status -9; starting it again in 0.5 s")

    def test_one_that_keeps_crashing_waits_longer_each_time(self, tmp_path: Path) -> None:
        lines: list[str] = []
        with Supervisor(tmp_path, lines.append) as supervisor:
            supervisor.start([Unit(program(tmp_path, "web", "/bin/sh", "-c", "sleep 0.05; exit 1"))])
            eventually(lambda: len(lines) >= 2)
        assert [line.split(" in ")[1].split(" (")[0] for line in lines[:2]] == ["0.5 s", "1 s"]

    def test_where_crashes_are_meant_nobody_waits_longer_than_asked(self, tmp_path: Path) -> None:
        lines: list[str] = []
        with Supervisor(tmp_path, lines.append, longest_pause=0.6) as supervisor:
            supervisor.start([Unit(program(tmp_path, "web", "/bin/sh", "-c", "sleep 0.05; exit 1"))])
            eventually(lambda: len(lines) >= 2)
        assert [line.split(" in ")[1].split(" (")[0] for line in lines[:2]] == ["0.5 s", "0.6 s"]


class TestBeforeStarting:
    def test_a_busy_port_is_named_with_its_holder_and_the_way_out(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            unit = Unit(program(tmp_path, "web", "/usr/bin/sleep", "1000"), ports=(port,))
            with pytest.raises(MachineError) as raised:
                check_ports([unit])
        comm = Path(f"/proc/{os.getpid()}/comm").read_text().strip()
        assert str(raised.value) == (
            f"Port {port}, which web needs, is held by {comm} (process {os.getpid()}): end that, or shift all our "
            f"ports with MADOGUCHI_PORT_BASE=18000 (any free range of eighteen)."
        )
        check_ports([unit])

    def test_nothing_is_started_while_a_port_is_busy(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener, Supervisor(tmp_path, print) as supervisor:
            web = Unit(program(tmp_path, "web", "/usr/bin/sleep", "1000"), ports=(listener.getsockname()[1],))
            with pytest.raises(MachineError):
                supervisor.start([Unit(program(tmp_path, "database", "/usr/bin/sleep", "1000")), web])
            assert supervisor.running() == {}

    def test_a_full_disk_is_one_sentence(self, tmp_path: Path) -> None:
        check_space(tmp_path, FREE_SPACE)
        with pytest.raises(MachineError, match=r"has only \d+ MB left; free at least 1000000000000 MB and start again"):
            check_space(tmp_path, 10**18)
