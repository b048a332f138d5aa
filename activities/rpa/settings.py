"""設定: the robots' browser, and the accounts of the systems they type into."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from activities.rpa.account import AccountFiles
from activities.rpa.loader import LIBRARY


class RobotSettings(BaseSettings):
    """自動入力の設定 (MADOGUCHI_ROBOT_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_ROBOT_", frozen=True)

    browser: Path = Path("/usr/bin/chromium")
    """Chromium's program (Debian's package chromium)."""
    library: Path = LIBRARY
    """Folder of the systems' screens, `<system>.yaml`."""


class PayrollSettings(BaseSettings):
    """給与システムの設定 (MADOGUCHI_PAYROLL_*). The account comes from files, never from variables."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_PAYROLL_", frozen=True)

    base_url: str
    """The payroll system's address, without a path."""
    user_file: Path
    """File holding the robot's own user id there."""
    password_file: Path
    """File holding its password."""

    def account(self) -> AccountFiles:
        """アカウント: read at every login."""
        return AccountFiles(self.user_file, self.password_file)


class TerminalSettings(BaseSettings):
    """住民記録端末の設定 (MADOGUCHI_TERMINAL_*). The account comes from files, never from variables."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_TERMINAL_", frozen=True)

    base_url: str
    """The registry terminal's address, without a path."""
    user_file: Path
    """File holding the robot's own user id there."""
    password_file: Path
    """File holding its password."""

    def account(self) -> AccountFiles:
        """アカウント: read at every login."""
        return AccountFiles(self.user_file, self.password_file)
