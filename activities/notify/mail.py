"""メール: hands letters to the city's mail server (SMTP, RFC 5321), several over one connection."""

import asyncio
import re
import ssl

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from activities.notify.letter import Letter, Writer
from activities.notify.outcome import AddressRefused, Error, NeverAgain, TryAgain, Undelivered
from activities.notify.settings import MailSettings
from store.deliveries import Delivery
from store.notices import Channel

_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


class MailCarrier:
    """メールの運び手: one per process; its connection lives as long as there is work."""

    channel: Channel = "mail"

    def __init__(self, settings: MailSettings, writer: Writer) -> None:
        self._settings = settings
        self._writer = writer
        self._tls = _tls(settings)
        self._connection: SMTP | None = None

    async def carry(self, delivery: Delivery) -> None:
        """届ける: see Carrier. After a lost connection nobody knows whether the server took it: it is sent again."""
        letter = self._writer.letter(delivery)
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._hand_over(letter)
        except SMTPRecipientsRefused as refused:
            raise _of_recipient(refused.recipients[0]) from None
        except SMTPAuthenticationError as refused:
            await self.rest()
            raise TryAgain("unreachable", f"The mail server does not accept our login ({refused.code}).") from None
        except SMTPNotSupported as refused:
            await self.rest()
            raise TryAgain("unreachable", f"The mail server cannot do what is asked: {refused.message}") from None
        except SMTPResponseException as refused:
            raise _of_message(refused) from None
        except (SMTPException, OSError, TimeoutError) as lost:
            self._drop()
            raise TryAgain("unreachable", f"The mail server cannot be reached ({type(lost).__name__}).") from None

    async def rest(self) -> None:
        """終える: says goodbye."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.quit(timeout=self._settings.timeout)
            except (SMTPException, OSError, TimeoutError):
                connection.close()

    async def _hand_over(self, letter: Letter) -> None:
        connection = await self._connected()
        # Address and size are told in the envelope; the content goes out byte for byte as it was written.
        await connection.sendmail(letter.return_path, [letter.recipient], letter.content)

    async def _connected(self) -> SMTP:
        if self._connection is None or not self._connection.is_connected:
            settings = self._settings
            connection = SMTP(
                hostname=settings.host, port=settings.port, timeout=settings.timeout,
                username=settings.username, password=settings.password(),
                use_tls=settings.security == "tls", start_tls=settings.security == "starttls", tls_context=self._tls,
                local_hostname=settings.sender.rpartition("@")[2],
            )  # fmt: skip
            await connection.connect()
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def reason(code: int, status: str | None) -> Error:
    """理由: an SMTP answer (RFC 5321 4.2, RFC 3463) as one of our codes."""
    match (status or "").split(".")[1:]:
        case ["1", _]:
            return "no_such_address"
        case ["2", "2"]:
            return "mailbox_full"
        case ["2", _]:
            return "no_such_address"
    return "no_such_address" if code in (550, 551, 553) and status is None else "refused"


def _of_recipient(refused: SMTPRecipientRefused) -> Undelivered:
    status = enhanced(refused.message)
    why = reason(refused.code, status)
    detail = f"The mail server refused the recipient ({refused.code} {status or ''})."
    if refused.code < 500:
        return TryAgain("busy", detail)
    # A full mailbox is emptied some day; a policy (5.7) is about this mail, not about the address.
    if why == "mailbox_full":
        return TryAgain("mailbox_full", detail)
    return AddressRefused("no_such_address", detail) if why == "no_such_address" else NeverAgain("refused", detail)


def _of_message(refused: SMTPResponseException) -> Undelivered:
    """The server's words may quote an address: only its numbers are kept."""
    status = enhanced(refused.message)
    detail = f"The mail server answered {refused.code} {status or ''}."
    if refused.code < 500:
        return TryAgain("busy", detail)
    return NeverAgain("refused", detail)


def enhanced(said: str) -> str | None:
    """拡張状態コード (RFC 3463), if the answer begins with one."""
    found = _ENHANCED.match(said)
    return ".".join(found.groups()) if found else None


def _tls(settings: MailSettings) -> ssl.SSLContext | None:
    if settings.security == "none":
        return None
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
