"""SMTPサーバー: real SMTP with STARTTLS and a login, on the loopback address (aiosmtpd)."""

import asyncio
import shlex
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.mail.box import Box, Mail
from sandbox.mail.reports import report

USERNAME = "madoguchi"
SIZE = 10 * 1024 * 1024
TAKEN = "250 2.0.0 Ok: taken"


class Server:
    """SMTPの応答: what is said to each command, by the box's faults."""

    def __init__(self, box: Box, pipe: str | None) -> None:
        self._box = box
        self._pipe = pipe
        self._running: set[asyncio.Task[None]] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        match self._box.fault(address):
            case "refuse":
                return "550 5.1.1 User unknown"
            case "full":
                return "452 4.2.2 Mailbox full"
            case "busy":
                return "451 4.3.0 Try again later"
            case "greylist" if self._box.first_try(envelope.mail_from or "", address):
                return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        for address in envelope.rcpt_tos:
            if self._box.fault(address) == "drop":
                if isinstance(server.transport, asyncio.WriteTransport):
                    server.transport.abort()
                return "421 4.3.2 gone"
            self._take(session, envelope, address)
        return TAKEN

    def _take(self, session: Session, envelope: Envelope, address: str) -> None:
        content, sender = envelope.original_content or b"", envelope.mail_from or ""
        login = USERNAME if session.authenticated else None
        peer = str(session.peer[1]) if session.peer else ""
        mail = self._box.take(address.lower(), sender, content, peer, login, session.ssl is not None)
        if self._box.fault(address) == "bounce" and sender:
            self._return(mail)

    def _return(self, mail: Mail) -> None:
        """A report of failure comes to the return path: as a mail here, and through the pipe where there is one."""
        written = report(mail.content, mail.recipient, mail.return_path)
        self._box.take(mail.return_path.lower(), "", written, "", None, tls=False)
        if self._pipe:
            task = asyncio.create_task(_into(self._pipe, written))
            self._running.add(task)
            task.add_done_callback(self._running.discard)


async def _into(command: str, content: bytes) -> None:
    """パイプ: as a mail server's pipe transport: the message on the command's standard input."""
    process = await asyncio.create_subprocess_exec(*shlex.split(command), stdin=asyncio.subprocess.PIPE)
    with suppress(BrokenPipeError, ConnectionResetError):
        await process.communicate(content)


def protocol(server: Server, tls: ssl.SSLContext, password: str) -> Callable[[], SMTP]:
    """接続ごとのSMTP: offers STARTTLS, and a login once the line is encrypted."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USERNAME.encode(), password.encode(),
        )  # fmt: skip
        return AuthResult(success=right, handled=False)

    loop = asyncio.get_running_loop()
    return lambda: SMTP(
        server, hostname="127.0.0.1", data_size_limit=SIZE, tls_context=tls, authenticator=authenticate,
        auth_require_tls=True, loop=loop,
    )  # fmt: skip
