"""アカウント: the robot's own account at an old system; read from files, shown nowhere."""

from dataclasses import dataclass, field
from pathlib import Path

from activities.rpa.errors import LoginRefused


@dataclass(frozen=True)
class Account:
    """アカウント."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class _Seen:
    """見たままのファイル: what is in the two, and when each was written."""

    account: Account
    written: tuple[int, int]


@dataclass
class AccountFiles:
    """アカウントのファイル: read at every login, so that a renewed account needs no new start.

    An account that was refused is not shown to its system again until its files were written anew, whoever asks and
    however often: accounts are locked for that.
    """

    user_file: Path
    password_file: Path
    _refused: _Seen | None = field(default=None, repr=False)

    def read(self) -> Account:
        """読取り. Raises LoginRefused: there is none, or it was refused already."""
        seen = self._seen()
        if seen is None:
            raise LoginRefused("The robot has no account: its two files cannot be read, or one is empty.")
        if seen == self._refused:
            raise LoginRefused("The robot's account was refused before, and its two files are still the same.")
        return seen.account

    def refuse(self, account: Account) -> None:
        """拒否された: by the system."""
        seen = self._seen()
        self._refused = seen if seen is not None and seen.account == account else None

    def _seen(self) -> _Seen | None:
        try:
            user, password = (file.read_text().strip() for file in (self.user_file, self.password_file))
            written = self.user_file.stat().st_mtime_ns, self.password_file.stat().st_mtime_ns
        except OSError:
            return None
        return _Seen(Account(user, password), written) if user and password else None
