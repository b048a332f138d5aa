"""お知らせの設定: which mail server takes our mails, as whom, and how patient the courier is."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _address(given: str) -> str:
    name, address = parseaddr(given)
    if name or address != given or address.count("@") != 1 or not address.isascii():
        raise ValueError(f"{given!r} is no mail address: write it bare, like notices@city.example.")
    return given


Address = Annotated[str, AfterValidator(_address)]


class MailSettings(BaseSettings):
    """メールの設定 (MADOGUCHI_MAIL_*). Passwords come from a file."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_MAIL_", frozen=True)

    host: str
    """The city's mail server that takes outgoing mail (SMTP)."""
    port: int = 587
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """STARTTLS (port 587), TLS from the first byte (465), or none, which production refuses."""
    ca_file: Path | None = None
    """Certificate authority of that server (PEM), where it is not a public one."""
    username: str | None = None
    """Name to log in with, if the server asks for it."""
    password_file: Path | None = None
    """File holding the password."""
    sender: Address
    """Address that mails come from; nobody reads answers to it. Its domain needs SPF, DKIM and DMARC."""
    return_path: Address
    """Address that undeliverable mails come back to; a token is added (`bounces+TOKEN@…`): see operations.md."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds for one mail, from connecting to the server's last answer."""
    most_per_minute: int = Field(default=120, gt=0)
    """Mails a minute and process: as many as the server likes to take from us."""
    lease: timedelta = timedelta(minutes=5)
    """A delivery whose courier died is taken up by another after this long; longer than `timeout`."""
    first_pause: timedelta = timedelta(minutes=1)
    """Before the second attempt; doubled each time."""
    longest_pause: timedelta = timedelta(hours=4)
    """Between two attempts."""
    give_up_after: timedelta = timedelta(days=2)
    """A mail that still could not be sent then is shown as failed."""
    poll: timedelta = timedelta(seconds=2)
    """How often the courier looks for work."""

    @model_validator(mode="after")
    def _believable(self) -> "MailSettings":
        if self.lease.total_seconds() <= self.timeout:
            raise ValueError("MADOGUCHI_MAIL_LEASE must be longer than MADOGUCHI_MAIL_TIMEOUT, or mails go out twice.")
        return self

    def password(self) -> str | None:
        """合言葉: read when asked for."""
        return self.password_file.read_text().strip() if self.password_file else None

    def pause(self, attempts: int) -> timedelta:
        """待ち時間: after so many attempts."""
        doubled: timedelta = self.first_pause * 2 ** min(attempts - 1, 20)
        return min(doubled, self.longest_pause)
