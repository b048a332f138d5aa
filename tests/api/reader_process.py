"""窓口のリーダーの過程: `madoguchi reader` as a process of its own beside a running town, and whoever stands at it."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from machine.city import at_counter
from machine.layout import Layout, url
from machine.visitor import wait_for


@dataclass
class AtTheReader:
    """リーダーの前の人: sees its page, lays a card down, types. `process` is the worker."""

    layout: Layout
    page: httpx.Client
    process: "subprocess.Popen[bytes]"
    turn: int = 0

    def called(self) -> str:
        """The page, once it is the next person's turn and a card is waited for."""
        before = self.turn

        def look() -> str:
            state = str(self.page.get("/state").json()["state"])
            self.turn = int(state.partition(" ")[0])
            return state

        wait_for(look, lambda state: self.turn > before and state.endswith(" card"), "the next one's turn", 20.0)
        return self.page.get("/").text

    def says(self, *phases: str, patience: float = 20.0) -> str:
        """The page, once it is at one of these phases."""

        def look() -> str:
            with suppress(httpx.TransportError):
                return str(self.page.get("/state").json()["state"])
            return ""

        wait_for(look, lambda state: state.partition(" ")[2] in phases, " or ".join(phases), patience)
        return self.page.get("/").text

    def lay(self, card: str) -> None:
        self._post("/card", {"card": card})

    def type(self, pin: str = "", **more: str) -> None:
        number = re.search(r'name="number" value="(\d+)"', self.page.get("/").text)
        assert number, "the page asks nobody for a PIN"
        self._post("/pin", {"number": number[1], "pin": pin, **more})

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def on_tray(self, method: str, path: str) -> None:
        """What a hand does at the sandbox's tray."""
        transport = httpx.HTTPTransport(uds=str(self.layout.tray))
        with httpx.Client(transport=transport, base_url="http://tray", timeout=15) as tray:
            tray.request(method, path).raise_for_status()

    def lift(self) -> None:
        self.on_tray("DELETE", "/slots/1")

    def _post(self, path: str, data: dict[str, str]) -> None:
        answer = self.page.post(path, data=data, headers={"origin": str(self.page.base_url).rstrip("/")})
        assert answer.status_code == 303, answer.text


@contextmanager
def standing(layout: Layout) -> Iterator[AtTheReader]:
    """The reader of the town's counter, until the block ends."""
    program = at_counter(layout).program
    with program.log.open("ab") as log:
        process = subprocess.Popen(
            program.argv, cwd=program.folder, env=dict(program.environment), stdout=log, stderr=log
        )
    with httpx.Client(base_url=url(layout.ports.reader), timeout=15) as page:
        someone = AtTheReader(layout, page, process)
        try:
            someone.says("idle", patience=60.0)
            yield someone
        finally:
            someone.lift()
            process.terminate()
            process.wait(20)
