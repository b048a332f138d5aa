"""配置: where everything of one machine lies (folders, ports, secrets), and how every process is told.

Nothing lies outside the clone's `var/`. Ports are fixed unless shifted, so bookmarks and QR symbols keep working.
"""

import json
import os
import random
import secrets
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from joserfc.jwk import ECKey
from pydantic_settings import BaseSettings, SettingsConfigDict

from machine.postgres import DATABASE, Postgres, Role
from machine.program import MARK
from machine.temporal import Temporal

HERE = "127.0.0.1"
TO_CHOOSE_FROM = (20_000, 32_000)
"""選べる番号: registered to hardly anybody, and below those that Linux gives to outgoing connections (ip(7))."""
CITY = {"ja": "姫路市", "en": "Himeji City", "zh": "姬路市", "ko": "히메지시"}
COUNTER = "1"
"""The one counter of the sandbox that has a card reader."""
RATES = {
    f"MADOGUCHI_WEB_RATE_{kind}": "1000000/minute" for kind in ("LOGINS", "WRITES", "UPLOADS", "VERIFICATION", "READS")
}
"""Everybody in a demonstration or a test comes from one address; the limits themselves are tested at a server apart."""
CLONE = Path(__file__).resolve().parent.parent


class MachineSettings(BaseSettings):
    """機械の設定 (MADOGUCHI_*): the one thing to change when another program holds a port."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", frozen=True)

    port_base: int | None = None
    """Eighteen consecutive ports from here on, instead of the usual ones."""


@dataclass(frozen=True)
class Ports:
    """ポート: one per listening process, all on 127.0.0.1."""

    web: int = 8000
    temporal: int = 7233
    temporal_ui: int = 8233
    postgres: int = 15432
    pki: int = 9000
    gateway: int = 9100
    register: int = 9200
    identity: int = 9310
    agent: int = 9300
    mail: int = 9250
    mailbox: int = 9260
    metrics: int = 9400
    engine_web: int = 9401
    engine_cases: int = 9402
    engine_documents: int = 9403
    payroll: int = 9500
    terminal: int = 9510
    reader: int = 9320

    @classmethod
    def consecutive(cls, base: int) -> "Ports":
        return cls(*(base + step for step in range(len(fields(cls)))))

    @classmethod
    def free(cls) -> "Ports":
        """空いている番号: consecutive, and none that a system gives to outgoing connections.

        One of those could take the place of a server that is down for a moment. Raises NoPortsLeft.
        """
        count = len(fields(cls))
        blocks = range(*TO_CHOOSE_FROM, count)
        for base in random.sample(blocks, len(blocks)):
            if all(map(_is_free, range(base, base + count))):
                return cls.consecutive(base)
        raise NoPortsLeft(f"No {count} consecutive ports between {TO_CHOOSE_FROM} are free: end what listens there.")


class NoPortsLeft(RuntimeError):
    """空いている番号なし."""


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind((HERE, port))
        return True
    return False


@dataclass(frozen=True)
class Layout:
    """One machine: the clone it runs from, the folder it keeps everything in, and its ports."""

    clone: Path
    var: Path
    ports: Ports
    fast: bool = False
    """Gives up durability for speed: tests only."""

    @classmethod
    def of(cls, clone: Path = CLONE, *, ports_from: int | None = None) -> "Layout":
        base = ports_from if ports_from is not None else MachineSettings().port_base
        return cls(clone, clone / "var", Ports() if base is None else Ports.consecutive(base))

    @classmethod
    def ephemeral(cls, folder: Path, clone: Path = CLONE) -> "Layout":
        """Free ports and a folder of its own: several can run side by side."""
        return cls(clone, folder, Ports.free(), fast=True)

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def sandbox(self) -> Path:
        """The neighbours' own folders; production has none."""
        return self.var / "sandbox"

    @property
    def pki(self) -> Path:
        return self.sandbox / "pki"

    @property
    def reader(self) -> Path:
        """The virtual reader's sockets; short, because a unix socket's path holds about a hundred bytes."""
        return self.var / "reader"

    @property
    def pcscd(self) -> Path:
        """PC/SC's socket on this machine (PCSCLITE_CSOCK_NAME)."""
        return self.reader / "pcscd.comm"

    @property
    def tray(self) -> Path:
        """Where the sandbox's demo cards are laid on the reader."""
        return self.reader / "tray.sock"

    @property
    def cities(self) -> Path:
        """The list that the card agent believes."""
        return self.sandbox / "agent" / "cities.json"

    @property
    def scans(self) -> Path:
        """Where a scanner leaves its files, by municipality."""
        return self.var / "scans"

    @property
    def objects(self) -> Path:
        return self.var / "objects"

    @property
    def public_url(self) -> str:
        return url(self.ports.web)

    @property
    def postgres(self) -> Postgres:
        return Postgres(
            self.var / "postgres", self.ports.postgres, self.secrets, self.logs / "postgres.log", self.fast, self.mark
        )

    @property
    def temporal(self) -> Temporal:
        return Temporal(
            self.var / "temporal", self.ports.temporal, self.ports.temporal_ui, self.logs / "temporal.log",
            fast=self.fast, time_skipping=self.fast, mark=self.mark,
        )  # fmt: skip

    @property
    def mark(self) -> str:
        """What our processes carry in their environment."""
        return str(self.var)

    @property
    def restoring(self) -> Path:
        """Stands while a restore is being written: there is half an installation."""
        return self.var / "restoring"

    def furnish(self) -> None:
        """Makes the folders (residents' documents lie here: nobody else may look) and the master key, once."""
        for folder in (self.logs, self.secrets, self.sandbox, self.objects, self.var / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        self.var.chmod(0o700)
        self.secrets.chmod(0o700)
        write_once(self.secrets / "master_key", secrets.token_bytes(32))
        write_once(self.secrets / "request_key.pem", ECKey.generate_key("P-256").as_pem(private=True))
        write_once(self.secrets / "push_key.pem", ECKey.generate_key("P-256").as_pem(private=True))
        self._introduce_city()

    def _introduce_city(self) -> None:
        """The city's entry as its residents' card agents have it: address, name and public key."""
        key = ECKey.import_key((self.secrets / "request_key.pem").read_bytes())
        key.ensure_kid()
        entry = {"origin": self.public_url, "name": CITY, "keys": {"keys": [key.as_dict(private=False)]}}
        self.cities.parent.mkdir(parents=True, exist_ok=True)
        self.cities.write_text(json.dumps({"cities": [entry]}, ensure_ascii=False))


def url(port: int) -> str:
    return f"http://{HERE}:{port}"


def write_once(path: Path, content: bytes) -> None:
    """A secret only its owner can read, complete or absent."""
    if path.exists():
        return
    whole = path.with_name(path.name + ".new")
    whole.unlink(missing_ok=True)
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    whole.rename(path)


def environment(layout: Layout) -> dict[str, str]:
    """Every process's whole environment: nothing of the caller's shell leaks in."""
    ports = layout.ports
    return dict(_surroundings(layout)) | {
        "MADOGUCHI_STORE_DATABASE_URL": f"postgresql+psycopg://{Role.APP}@{HERE}:{ports.postgres}/{DATABASE}",
        "MADOGUCHI_STORE_PASSWORD_FILE": str(layout.postgres.password_file(Role.APP)),
        "MADOGUCHI_STORE_OWNER_PASSWORD_FILE": str(layout.postgres.password_file(Role.OWNER)),
        "MADOGUCHI_STORE_OBJECTS_URL": layout.objects.as_uri(),
        "MADOGUCHI_STORE_MASTER_KEY_FILE": str(layout.secrets / "master_key"),
        "MADOGUCHI_TEMPORAL_ADDRESS": layout.temporal.address,
        "MADOGUCHI_TEMPORAL_NAMESPACE": layout.temporal.namespace,
        "MADOGUCHI_WEB_PUBLIC_URL": layout.public_url,
        "MADOGUCHI_WEB_HOST": HERE,
        "MADOGUCHI_WEB_PORT": str(ports.web),
        "MADOGUCHI_WEB_AGENT_URL": url(ports.agent),
        "MADOGUCHI_WEB_PHONES": '{"282014": "079-221-2111"}',
        "MADOGUCHI_WEB_READERS": json.dumps({"282014": [COUNTER]}),
        "MADOGUCHI_WEB_REQUEST_KEY_FILE": str(layout.secrets / "request_key.pem"),
        "MADOGUCHI_WEB_TEMPORAL_UI_URL": url(ports.temporal_ui),
        "MADOGUCHI_ENVIRONMENT": "sandbox",
        "MADOGUCHI_DOCUMENT_PUBLIC_URL": layout.public_url,
        "MADOGUCHI_DOCUMENT_LIBRARY": str(layout.clone / "procedures" / "library"),
        "MADOGUCHI_DOCUMENT_MAYOR_NAME": "窓口 太郎",
        "MADOGUCHI_PUSH_KEY_FILE": str(layout.secrets / "push_key.pem"),
        "MADOGUCHI_PUSH_SERVICES": json.dumps([HERE]),
    } | _mail(layout) | _sandbox(layout)  # fmt: skip


def _mail(layout: Layout) -> dict[str, str]:
    """Encrypted and with a login, as in production; what was not sent, or whose courier died, is tried again soon."""
    folder = layout.sandbox / "mail"
    return {
        "MADOGUCHI_MAIL_HOST": HERE,
        "MADOGUCHI_MAIL_PORT": str(layout.ports.mail),
        "MADOGUCHI_MAIL_CA_FILE": str(folder / "ca.pem"),
        "MADOGUCHI_MAIL_USERNAME": "madoguchi",
        "MADOGUCHI_MAIL_PASSWORD_FILE": str(folder / "password"),
        "MADOGUCHI_MAIL_SENDER": "notices@city.example",
        "MADOGUCHI_MAIL_RETURN_PATH": "bounces@city.example",
        "MADOGUCHI_MAIL_MOST_PER_MINUTE": "6000",
        "MADOGUCHI_MAIL_FIRST_PAUSE": "PT2S",
        "MADOGUCHI_MAIL_LEASE": "PT45S",
        "MADOGUCHI_MAIL_POLL": "PT0.5S",
    }


def _sandbox(layout: Layout) -> dict[str, str]:
    """Where the neighbours are; the sandbox writes the secrets it shares with us."""
    pki, gateway, register = layout.pki, layout.sandbox / "gateway", layout.sandbox / "register"
    return {
        "MADOGUCHI_ENVIRONMENT": "sandbox",
        **RATES,
        "MADOGUCHI_WEB_PAYMENT_ORIGIN": url(layout.ports.gateway),
        "MADOGUCHI_WEB_WEBHOOK_SECRET_FILE": str(gateway / "webhook_secret"),
        "MADOGUCHI_PAYMENT_API_BASE": url(layout.ports.gateway),
        "MADOGUCHI_PAYMENT_API_KEY_FILE": str(gateway / "api_key"),
        "MADOGUCHI_REGISTER_BASE_URL": url(layout.ports.register),
        "MADOGUCHI_REGISTER_TOKEN_FILE": str(register / "token"),
        "MADOGUCHI_SEAL_PKCS12_FILE": str(pki / "seal.p12"),
        "MADOGUCHI_SEAL_PASSWORD_FILE": str(pki / "seal.password"),
        "MADOGUCHI_SEAL_TSA_URL": f"{url(layout.ports.pki)}/tsa",
        "MADOGUCHI_SEAL_ANCHORS_FILE": str(pki / "anchors.json"),
        "MADOGUCHI_IDENTITY_ISSUER": url(layout.ports.identity),
        "MADOGUCHI_IDENTITY_CLIENT_SECRET_FILE": str(layout.sandbox / "identity" / "client_secret"),
        "MADOGUCHI_HISTORY_BASE_URL": url(layout.ports.pki),
        "MADOGUCHI_TRUST_ANCHORS_FILE": str(pki / "anchors.json"),
        **_old_systems(layout),
    }


def _old_systems(layout: Layout) -> dict[str, str]:
    """Where the robots type, with their accounts there; and where a scanner leaves its files."""
    payroll, terminal = layout.sandbox / "payroll", layout.sandbox / "terminal"
    return {
        "MADOGUCHI_PAYROLL_BASE_URL": url(layout.ports.payroll),
        "MADOGUCHI_PAYROLL_USER_FILE": str(payroll / "user"),
        "MADOGUCHI_PAYROLL_PASSWORD_FILE": str(payroll / "password"),
        "MADOGUCHI_TERMINAL_BASE_URL": url(layout.ports.terminal),
        "MADOGUCHI_TERMINAL_USER_FILE": str(terminal / "user"),
        "MADOGUCHI_TERMINAL_PASSWORD_FILE": str(terminal / "password"),
        "MADOGUCHI_SHEETS_FOLDER": str(layout.scans),
    }


def _surroundings(layout: Layout) -> Mapping[str, str]:
    return {
        "PATH": f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin:/usr/sbin",
        "HOME": str(layout.var),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PCSCLITE_CSOCK_NAME": str(layout.pcscd),
        MARK: layout.mark,
    }
