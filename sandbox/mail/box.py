"""受信トレイ: every mail the server took, and what it is told to do to which address."""

import base64
import itertools
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Literal, get_args

Fault = Literal["refuse", "full", "greylist", "busy", "drop", "bounce"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""故障: 550 at RCPT, 452 at RCPT, 451 at the first RCPT only, 451 always, the connection lost within DATA, a report of
failure after the mail was taken."""
MOST = 2000


@dataclass(frozen=True)
class Mail:
    """メール: one recipient's copy, with its envelope."""

    id: int
    recipient: str
    return_path: str
    content: bytes
    peer: str
    """The connection it came over."""
    login: str | None
    encrypted: bool
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)

    @property
    def text(self) -> str:
        """本文: the plain text; of a report its first part."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""

    def as_dict(self) -> dict[str, object]:
        """JSON for tests."""
        return {
            "id": self.id, "to": self.recipient, "return_path": self.return_path, "peer": self.peer,
            "login": self.login, "encrypted": self.encrypted, "received_at": self.received_at.isoformat(),
            "headers": {name.lower(): str(value) for name, value in self.message.items()},
            "subject": str(self.message["subject"] or ""), "text": self.text,
        }  # fmt: skip


class Box:
    """受信トレイ: the newest MOST mails; what was taken survives kill -9, or a mail told as sent would be gone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._mails = _kept(file)
        self._numbers = itertools.count(self._mails[-1].id + 1 if self._mails else 1)
        self.faults: dict[str, Fault] = {}
        self._greeted: set[tuple[str, str]] = set()

    def take(self, recipient: str, return_path: str, content: bytes, peer: str, login: str | None, tls: bool) -> Mail:
        mail = Mail(next(self._numbers), recipient, return_path, content, peer, login, tls)
        _keep(self._file, mail)
        self._mails = [*self._mails[-MOST + 1 :], mail]
        return mail

    def mails(self, to: str = "") -> list[Mail]:
        """The newest first; those to one address, or all."""
        return [mail for mail in reversed(self._mails) if not to or mail.recipient == to.lower()]

    def mail(self, number: int) -> Mail | None:
        return next((mail for mail in self._mails if mail.id == number), None)

    def set_fault(self, recipient: str, kind: object) -> None:
        """故障させる: or mend it, with a kind that is none of ours."""
        address = recipient.strip().lower()
        self.faults.pop(address, None)
        for fault in FAULTS:
            if fault == kind:
                self.faults[address] = fault

    def fault(self, recipient: str) -> Fault | None:
        return self.faults.get(recipient.lower())

    def first_try(self, sender: str, recipient: str) -> bool:
        """Greylisting: whether this pair was never seen before."""
        seen = (sender, recipient) in self._greeted
        self._greeted.add((sender, recipient))
        return not seen


def _keep(file: Path, mail: Mail) -> None:
    """One line, on the disk before the client is told 250."""
    row = asdict(mail) | {
        "content": base64.b64encode(mail.content).decode(), "received_at": mail.received_at.isoformat(),
    }  # fmt: skip
    with file.open("a") as lines:
        lines.write(f"{json.dumps(row)}\n")
        lines.flush()
        os.fsync(lines.fileno())


def _kept(file: Path) -> list[Mail]:
    """What an earlier process took; half a line is a mail nobody was told was taken. Older ones are forgotten here."""
    if not file.exists():
        return []
    whole = [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")][-MOST:]
    file.with_suffix(".new").write_text("".join(whole))
    file.with_suffix(".new").replace(file)
    return [_read(json.loads(line)) for line in whole]


def _read(row: dict[str, object]) -> Mail:
    content = base64.b64decode(str(row.pop("content")))
    return Mail(content=content, received_at=datetime.fromisoformat(str(row.pop("received_at"))), **row)  # type: ignore[arg-type]
