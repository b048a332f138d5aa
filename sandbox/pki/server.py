"""失効確認・時刻の窓口: OCSP, revocation lists, time stamps and a control panel over HTTP.

- ``POST /ocsp/<authority>`` (and ``GET /ocsp/<authority>/<base64>``), ``GET /crl/<authority>.crl``,
  ``GET /crl/<authority>/<municipality>.crl``, ``POST /tsa``
- ``POST /previous`` {"issuer_key_id": hex, "serial": decimal} answers the same two of the certificate it replaced, or
  404. J-LIS supplies this to eligible verifiers over an interface that is not public (jpki-card.md 7.4): this is ours.
- ``GET /_sandbox/control`` shows control.json; ``POST /_sandbox/mode`` {"service", "mode", "seconds"?},
  ``POST /_sandbox/revoke`` and ``/_sandbox/restore`` {"holder", "kind"} change it.
"""

import base64
import binascii
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from sandbox.pki import control, names
from sandbox.pki.control import Fault, Mode, Service
from sandbox.pki.crl import revocation_list
from sandbox.pki.issue import create
from sandbox.pki.ocsp import Responder
from sandbox.pki.registry import Registry
from sandbox.pki.timestamp import TimestampUnit

_LARGEST_REQUEST = 64 * 1024
_GARBAGE = b"<html>The service is temporarily somewhere else.</html>"


class _ModeChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    service: Service
    mode: Mode
    seconds: float = 3.0


class _Subject(BaseModel):
    model_config = ConfigDict(extra="forbid")
    holder: str
    kind: str


class _CertificateNumber(BaseModel):
    model_config = ConfigDict(extra="forbid")
    issuer_key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
    serial: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,50}$")]


class PkiServer(ThreadingHTTPServer):
    """試験用JPKIの窓口: bound, not yet serving; `base_url` is its address."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, folder: Path, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.folder = folder
        self.base_url = f"http://{host}:{self.server_address[1]}"
        self.stopping = threading.Event()

    def open(self) -> None:
        """Reads the folder; call it after create()."""
        self.registry = Registry(self.folder)
        self.responders = {
            name: Responder(self.registry, authority) for name, authority in self.registry.authorities.items()
        }
        self.timestamps = TimestampUnit(self.registry)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def shutdown(self) -> None:
        self.stopping.set()
        super().shutdown()


class _Silenced(Exception):
    """The service hangs up without an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: PkiServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests carry certificate numbers."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > _LARGEST_REQUEST:
            self.close_connection = True
            self._send(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "text/plain",
                b"The request is too large or has no length.",
            )
            return
        self._serve(self.rfile.read(int(size)))

    def _serve(self, body: bytes) -> None:
        try:
            self._route(body)
        except _Silenced:
            self.close_connection = True
        except (ValidationError, KeyError, ValueError) as refused:
            self._send(HTTPStatus.BAD_REQUEST, "text/plain; charset=utf-8", str(refused).encode())

    def _route(self, body: bytes) -> None:
        parts = [unquote(part) for part in self.path.split("?")[0].split("/") if part]
        match (self.command, *parts):
            case ("POST", "ocsp", name) if name in self.server.responders:
                self._ocsp(name, body)
            case ("GET", "ocsp", name, *encoded) if encoded and name in self.server.responders:
                self._ocsp(name, _unbase64("/".join(encoded)))
            case ("GET", "crl", file) if file.removesuffix(".crl") in self.server.responders:
                self._crl(file.removesuffix(".crl"), None)
            case ("GET", "crl", name, file) if self._has_part(name, file.removesuffix(".crl")):
                self._crl(name, file.removesuffix(".crl"))
            case ("POST", "tsa"):
                self._tsa(body)
            case ("POST", "previous"):
                self._previous(body)
            case (_, "_sandbox", *rest):
                self._panel(rest, body)
            case _:
                self._send(HTTPStatus.NOT_FOUND, "text/plain", b"The test PKI has nothing here.")

    def _has_part(self, name: str, municipality: str) -> bool:
        authority = self.server.registry.authorities.get(name)
        return bool(authority and authority.spec.use in names.PURPOSES and municipality in names.MUNICIPALITIES)

    def _ocsp(self, name: str, body: bytes) -> None:
        fault = self.server.registry.control().fault("ocsp")
        if not self._faulty(fault):
            answer = self.server.responders[name].answer(body, stale=fault.mode == "stale")
            self._send(HTTPStatus.OK, "application/ocsp-response", answer)

    def _crl(self, name: str, municipality: str | None) -> None:
        registry = self.server.registry
        fault = registry.control().fault("crl")
        if not self._faulty(fault):
            stale = fault.mode == "stale"
            content = revocation_list(registry, registry.authorities[name], municipality, stale=stale)
            self._send(HTTPStatus.OK, "application/pkix-crl", content)

    def _tsa(self, body: bytes) -> None:
        if not self._faulty(self.server.registry.control().fault("tsa")):
            self._send(HTTPStatus.OK, "application/timestamp-reply", self.server.timestamps.answer(body))

    def _previous(self, body: bytes) -> None:
        if self._faulty(self.server.registry.control().fault("previous")):
            return
        asked = _CertificateNumber.model_validate_json(body)
        found = self.server.registry.previous(asked.issuer_key_id, asked.serial)
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"No certificate before this one is known.")
        else:
            self._send(HTTPStatus.OK, "application/json", json.dumps(found).encode())

    def _faulty(self, fault: Fault) -> bool:
        """Plays the fault; true if that was the whole answer."""
        if fault.mode == "down":
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"The service is down for maintenance.")
        elif fault.mode == "silent":
            raise _Silenced
        elif fault.mode == "garbage":
            self._send(HTTPStatus.OK, "text/html", _GARBAGE)
        elif fault.mode == "slow":
            self.server.stopping.wait(fault.seconds)
        return fault.mode in ("down", "garbage")

    def _panel(self, rest: list[str], body: bytes) -> None:
        folder = self.server.folder
        match (self.command, *rest):
            case ("GET", "control"):
                pass
            case ("POST", "mode"):
                change = _ModeChange.model_validate_json(body)
                control.set_mode(folder, change.service, change.mode, change.seconds)
            case ("POST", "revoke" | "restore" as action):
                subject = _Subject.model_validate_json(body)
                (control.revoke if action == "revoke" else control.restore)(folder, subject.holder, subject.kind)
            case _:
                self._send(HTTPStatus.NOT_FOUND, "text/plain", b"The control panel has no such switch.")
                return
        self._send(HTTPStatus.OK, "application/json", control.read(folder).model_dump_json().encode())

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError("The OCSP request in the address is not base64.") from wrong


def serve(folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
    """窓口を開ける: creates the PKI if needed for this address, then serves until the process ends."""
    with _opened(folder, host, port) as server:
        server.serve_forever()


@contextmanager
def running(folder: Path, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """窓口を開けておく間: serves in a thread of this process and yields the base address. For tests."""
    with _opened(folder, host, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.base_url
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _opened(folder: Path, host: str, port: int) -> Iterator[PkiServer]:
    with PkiServer(folder, host, port) as server:
        create(folder, server.base_url)
        server.open()
        yield server
