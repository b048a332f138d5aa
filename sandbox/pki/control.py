"""操作盤: what tests and the demo change while the test PKI runs, kept in `control.json` beside its keys.

The file: {"services": {"ocsp": {"mode": "down", "seconds": 3}}, "revocations": {"<authority>": {"<serial>":
{"at": "<ISO time>", "reason": "cessation_of_operation"}}}}. This module replaces it whole, so the server
never reads half of it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Service = Literal["ocsp", "crl", "tsa", "previous"]
Mode = Literal["up", "down", "silent", "slow", "garbage", "stale"]
"""down: HTTP 503 · silent: connection closed without an answer · slow: waits `seconds` first · garbage: 200
with bytes that are not DER · stale: thisUpdate and nextUpdate long past (OCSP and CRL)."""


class Fault(BaseModel):
    """故障: how a service behaves; `seconds` counts only for slow."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mode: Mode = "up"
    seconds: float = Field(default=3.0, ge=0, le=600)


class Revocation(BaseModel):
    """失効: since when and why (a name of cryptography's ReasonFlags)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    at: datetime
    reason: str = "cessation_of_operation"


class Control(BaseModel):
    """操作盤の状態."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    services: dict[Service, Fault] = {}
    revocations: dict[str, dict[int, Revocation]] = {}

    def fault(self, service: Service) -> Fault:
        return self.services.get(service, Fault())


def read(folder: Path) -> Control:
    try:
        return Control.model_validate_json((folder / "control.json").read_bytes())
    except FileNotFoundError:
        return Control()


def set_mode(folder: Path, service: Service, mode: Mode, seconds: float = 3.0) -> None:
    """故障の設定: "up" ends it."""
    with _changing(folder) as control:
        write(folder, _with_service(control, service, Fault(mode=mode, seconds=seconds)))


def revoke(folder: Path, holder: str, kind: str, at: datetime | None = None) -> None:
    """失効させる: the certificate of `holder`, from now or `at`.

    `kind` is signing, authentication, business_signing (holder: a company), seal (holder mayor) or timestamp (holder
    tsa). KeyError if there is none.
    """
    authority, serial = _find(folder, holder, kind)
    revocation = Revocation(at=at or datetime.now(UTC))
    with _changing(folder) as control:
        entries = {**control.revocations.get(authority, {}), serial: revocation}
        write(folder, control.model_copy(update={"revocations": {**control.revocations, authority: entries}}))


def restore(folder: Path, holder: str, kind: str) -> None:
    """失効の取消: undoes `revoke`; what create() revoked stays revoked."""
    authority, serial = _find(folder, holder, kind)
    with _changing(folder) as control:
        entries = {
            number: entry for number, entry in control.revocations.get(authority, {}).items() if number != serial
        }
        write(folder, control.model_copy(update={"revocations": {**control.revocations, authority: entries}}))


def write(folder: Path, control: Control) -> None:
    whole = folder / "control.json.new"
    whole.write_text(control.model_dump_json(indent=2))
    whole.replace(folder / "control.json")


def _with_service(control: Control, service: Service, fault: Fault) -> Control:
    return control.model_copy(update={"services": {**control.services, service: fault}})


def _find(folder: Path, holder: str, kind: str) -> tuple[str, int]:
    register = json.loads((folder / "register.json").read_text())
    for authority, entries in register.items():
        for serial, entry in entries.items():
            if (entry["holder"], entry["kind"]) == (holder, kind):
                return authority, int(serial)
    raise KeyError(f"The test PKI has issued no {kind} certificate to {holder!r}.")


@contextmanager
def _changing(folder: Path) -> Iterator[Control]:
    handle = os.open(folder / "control.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield read(folder)
    finally:
        os.close(handle)
