"""障害: what else goes wrong: neighbours down, slow, answering twice or nonsense; no room for files; no connections."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random

import httpx
import psycopg

from faults.campaign.forms import SIGNERS
from faults.campaign.processes import Processes
from machine.layout import Layout, url
from machine.postgres import Role

ROOM = 640 * 1024 * 1024
"""Bytes of a campaign's object store: in memory, and more than a counter wants free before it takes anything in."""
Obstacle = Callable[[], Iterator[None]]
UNREACHABLE = (httpx.HTTPError,)


class Obstacles:
    """障害: each begins and ends; a neighbour that was killed meanwhile has forgotten its fault, which is fine."""

    def __init__(self, layout: Layout, processes: Processes, random: Random, *, own_room: bool) -> None:
        self._layout = layout
        self._processes = processes
        self._random = random
        self._own_room = own_room

    def kinds(self) -> dict[str, Callable[[], "ExitStack"]]:
        """Every obstacle by its name; entered by calling it, left by closing what it gives."""
        ports = self._layout.ports
        gateway, register = url(ports.gateway), url(ports.register)
        return {
            **{f"pki {service} {mode}": self._held(self._pki, service, mode) for service, mode in PKI},
            **{f"register {kind}": self._held(self._ordered, register, kind, 4) for kind in REGISTER},
            **{f"gateway {kind}": self._held(self._ordered, gateway, kind, 4) for kind in GATEWAY},
            **{f"mail {kind}": self._held(self._mail, kind) for kind in MAIL},
            "identity down": self._held(self._ordered, url(ports.identity), "down", 3),
            **{f"{name} frozen": self._held(self._processes.frozen, name) for name in FROZEN},
            **({"object store full": self._held(self._full)} if self._own_room else {}),
            "connections exhausted": self._held(self._exhausted),
        }

    def mend(self) -> None:
        """Nothing is wrong any more; asked again by whoever finds a neighbour away."""
        ports = self._layout.ports
        for service in ("ocsp", "crl", "tsa"):
            _tell("POST", f"{url(ports.pki)}/_sandbox/mode", {"service": service, "mode": "up"})
        for port in (ports.gateway, ports.register, ports.identity):
            _tell("DELETE", f"{url(port)}/_sandbox/faults")
        for person in SIGNERS:
            self._mail_of(person.key, None)

    def _held(self, begin: Callable[..., object], *given: object) -> Callable[[], ExitStack]:
        def enter() -> ExitStack:
            stack = ExitStack()
            stack.enter_context(begin(*given))  # type: ignore[arg-type]
            return stack

        return enter

    @contextmanager
    def _pki(self, service: str, mode: str) -> Iterator[None]:
        address = f"{url(self._layout.ports.pki)}/_sandbox/mode"
        _tell("POST", address, {"service": service, "mode": mode, "seconds": 3})
        yield
        _tell("POST", address, {"service": service, "mode": "up"})

    @contextmanager
    def _ordered(self, address: str, kind: str, times: int) -> Iterator[None]:
        """So many times; what is not used up by the end is called off."""
        seconds = {"seconds": self._random.choice((2, 6, 20))} if kind in SLOW else {}
        _tell("POST", f"{address}/_sandbox/faults", {"kind": kind, "times": times, **seconds})
        yield
        _tell("DELETE", f"{address}/_sandbox/faults")

    @contextmanager
    def _mail(self, kind: str) -> Iterator[None]:
        for person in SIGNERS:
            self._mail_of(person.key, kind)
        yield
        for person in SIGNERS:
            self._mail_of(person.key, None)

    def _mail_of(self, key: str, kind: str | None) -> None:
        address = f"{url(self._layout.ports.mailbox)}/_sandbox/faults"
        _tell("POST", address, {"address": f"{key}@resident.example", "kind": kind})

    @contextmanager
    def _full(self) -> Iterator[None]:
        """No room for a file: the store is a small file system of its own, filled to the last byte."""
        ballast = self._layout.objects / "ballast"
        with suppress(OSError), ballast.open("wb") as file:
            while file.write(bytes(1024 * 1024)):
                file.flush()
        yield
        ballast.unlink(missing_ok=True)

    @contextmanager
    def _exhausted(self) -> Iterator[None]:
        """Somebody else holds every connection that PostgreSQL gives, and half of the city's own are cut."""
        held = ExitStack()
        with suppress(psycopg.Error):
            self._hold_all(held)
        yield
        with suppress(psycopg.Error):
            held.close()

    def _hold_all(self, held: ExitStack) -> None:
        """Until the server gives no more, which it says by an error."""
        first = held.enter_context(self._layout.postgres.connect(Role.ADMIN))
        for number in range(MOST_CONNECTIONS):
            held.enter_context(self._layout.postgres.connect(Role.ADMIN))
            if number % 20 == 0:
                first.execute(HALF_OF_THEM, [str(Role.APP)])


MOST_CONNECTIONS = 1000
HALF_OF_THEM = "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s and pid %% 2 = 0"
PKI = (
    ("ocsp", "down"), ("ocsp", "silent"), ("ocsp", "garbage"), ("ocsp", "stale"), ("ocsp", "slow"), ("crl", "down"),
    ("tsa", "down"), ("tsa", "garbage"), ("tsa", "silent"),
)  # fmt: skip
REGISTER = ("down", "slow", "garbage", "truncated", "wrong_shape", "wrong_person")
GATEWAY = (
    "webhook_lost", "webhook_twice", "webhook_delayed", "webhook_reordered", "api_slow", "api_error_before",
    "api_error_after", "api_error_stored", "api_timeout",
)  # fmt: skip
MAIL = ("busy", "greylist", "drop")
FROZEN = ("temporal", "web", "worker-cases", "worker-documents", "gateway")
SLOW = frozenset({"slow", "webhook_delayed", "api_slow", "api_timeout"})


def _tell(method: str, address: str, body: object = None) -> None:
    """A neighbour that is away right now is broken anyway."""
    with suppress(*UNREACHABLE):
        httpx.request(method, address, json=body, timeout=5)


def has_its_own_room() -> bool:
    """Whether this process may mount a small file system, unseen by the rest of the machine."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0  # noqa: S607


def make_room(objects: Path) -> None:
    """A small file system for the object store; only in a mount namespace of our own, with which it disappears."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=700", "tmpfs", str(objects)]
    subprocess.run(command, check=True)  # noqa: S603 - fixed words and our own folder
