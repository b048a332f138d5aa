"""カード置き場: which demo card lies on which slot, changed over HTTP on a unix socket.

- ``GET /cards`` → [{"card", "name"}]; ``GET /slots`` → [{"slot", "reader", "card", "fault"}], card null if empty
- ``PUT /slots/N`` {"card": "hanako", "fault": ""} lays a card (fault: see sandbox.cards.fault) and takes off what lay
  there; the same card with the same fault is left as it is. ``DELETE /slots/N`` takes the card off.
- ``POST /cards/CARD/restore`` gives it all tries and its first PINs; ``POST /pcscd/kill`` kills pcscd, which comes back

All but the first answer with the slots as they are then; whoever is refused gets {"detail": a sentence}. The socket is
its owner's alone: it needs no further credentials.
"""

import json
import threading
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.cards.daemon import FIRST_PORT, READERS, Pcscd
from sandbox.cards.drawer import Drawer, NoSuchCard
from sandbox.cards.fault import Fault
from sandbox.cards.slot import LyingCard

_LARGEST_REQUEST: Final = 4096


class _Laying(BaseModel):
    model_config = ConfigDict(extra="forbid")
    card: str
    fault: str = ""


class NoSuchSlot(Exception):
    """その差込口はない."""

    def __init__(self, slot: str) -> None:
        super().__init__(f"There is no slot {slot!r}: this reader has {len(READERS)}, counted from 0.")


class NoSuchRoute(Exception):
    """その操作はない."""

    def __init__(self, command: str, path: str) -> None:
        super().__init__(f"The tray has no {command} {path}: see sandbox.cards.tray.")


class Tray:
    """カード置き場: one card per slot, and a card on one slot at most."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer
        self._lying: dict[int, LyingCard] = {}
        self._moving = threading.Lock()

    def slots(self) -> list[dict[str, Any]]:
        """差込口: what lies where now; a card that its fault took away is gone."""
        lying = {slot: card for slot, card in self._lying.items() if card.lies}
        return [
            {
                "slot": slot, "reader": reader,
                "card": lying[slot].name if slot in lying else None,
                "fault": lying[slot].words if slot in lying else "",
            }
            for slot, reader in enumerate(READERS)
        ]  # fmt: skip

    def lay(self, slot: int, name: str, words: str) -> None:
        """置く: moves the card if it lies elsewhere. Raises NoSuchCard, or ValueError for a fault it cannot play."""
        with self._moving:
            words = " ".join(words.split())
            there = self._lying.get(slot)
            if there and there.lies and (there.name, there.words) == (name, words):
                return
            token = Fault.parse(words).token
            card = self._drawer.card(name, token)
            for other in [slot, *(number for number, one in self._lying.items() if one.name == name)]:
                self._lift(other)
            self._lying[slot] = LyingCard(name, card, words, FIRST_PORT + slot)
            self._lying[slot].lay()

    def take_off(self, slot: int) -> None:
        """取る."""
        with self._moving:
            self._lift(slot)

    def clear(self) -> None:
        """片付ける."""
        for slot in range(len(READERS)):
            self.take_off(slot)

    def _lift(self, slot: int) -> None:
        card = self._lying.pop(slot, None)
        if card is not None:
            card.lift()


class TrayServer(ThreadingMixIn, UnixStreamServer):
    """カード置き場の窓口: bound to `path` with mode 0600, not yet serving."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def __init__(self, path: Path, drawer: Drawer, pcscd: Pcscd) -> None:
        self.drawer, self.pcscd, self.tray = drawer, pcscd, Tray(drawer)
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Handler, bind_and_activate=False)
        self.server_bind()
        path.chmod(0o600)
        self.server_activate()


class _Handler(BaseHTTPRequestHandler):
    server: TrayServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        try:
            found = self._route([part for part in self.path.split("/") if part], self._body())
        except (NoSuchCard, NoSuchSlot, NoSuchRoute) as unknown:
            self._send(HTTPStatus.NOT_FOUND, {"detail": str(unknown)})
        except ValidationError:
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, {"detail": 'Send {"card": "hanako", "fault": ""}.'})
        except ValueError as wrong:
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, {"detail": str(wrong)})
        else:
            self._send(HTTPStatus.OK, found)

    def _route(self, parts: list[str], body: bytes) -> object:
        server = self.server
        match (self.command, *parts):
            case ("GET", "cards"):
                return [asdict(choice) for choice in server.drawer.choices()]
            case ("POST", "cards", card, "restore"):
                server.drawer.restore(card)
            case ("POST", "pcscd", "kill"):
                server.pcscd.kill()
            case ("PUT", "slots", slot):
                wanted = _Laying.model_validate_json(body)
                server.tray.lay(_slot(slot), wanted.card, wanted.fault)
            case ("DELETE", "slots", slot):
                server.tray.take_off(_slot(slot))
            case ("GET", "slots"):
                pass
            case _:
                raise NoSuchRoute(self.command, self.path)
        return server.tray.slots()

    def _body(self) -> bytes:
        size = self.headers.get("Content-Length", "0")
        if not size.isdigit() or int(size) > _LARGEST_REQUEST:
            self.close_connection = True
            raise ValueError("The request is too large.")
        return self.rfile.read(int(size))

    def _send(self, status: HTTPStatus, content: object) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _slot(text: str) -> int:
    if text not in map(str, range(len(READERS))):
        raise NoSuchSlot(text)
    return int(text)
