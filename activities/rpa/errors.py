"""自動入力の失敗: which can be tried again, and which need a person. Messages name screens, never a value."""

from datetime import timedelta


class RobotFailure(Exception):
    """自動入力の失敗. `picture`: the screen at that moment (PNG); it may show personal data."""

    picture: bytes | None = None


class TryAgain(RobotFailure):
    """再試行できる失敗. `after`: how long to leave the system alone; None: as the caller likes."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class SystemUnavailable(TryAgain):
    """応答なし: crashed, broken off, or silent for too long."""


class SystemClosed(TryAgain):
    """利用時間外: `after` it opens."""


class SessionLost(TryAgain):
    """接続切れ: the system wants a login in the middle of the work."""


class EntryUnsettled(TryAgain):
    """登録の有無が未確定: an earlier press left no trace yet, and may still be on its way."""


class EntrySuperseded(TryAgain):
    """後続あり: another attempt has begun; this one must not press any more."""


class PersonNeeded(RobotFailure):
    """職員の確認待ち: trying again cannot help; a person looks."""


class ScreenNotExpected(PersonNeeded):
    """想定外の画面: not the one that belongs here; nothing more was pressed."""


class LoginRefused(PersonNeeded):
    """ログイン不可: the account is not accepted. Never tried again: accounts are locked for that."""


class EntryRefused(PersonNeeded):
    """登録拒否: the system's own check says no."""


class SubjectMissing(PersonNeeded):
    """対象者なし: the system does not know whom this is for."""


class EntryAlreadyThere(PersonNeeded):
    """入力済み: the same thing stands there, and it was not us."""


class EnteredTwice(PersonNeeded):
    """二重登録: more than one stands there under our own reference."""


class EntryDiffers(PersonNeeded):
    """相違: what is stored is not what was typed. `differences` names the places."""

    def __init__(self, message: str, differences: tuple[str, ...]) -> None:
        super().__init__(message)
        self.differences = differences


class OrderUnreadable(PersonNeeded):
    """読めない予定: nothing was planned, or what was does not fit the robot of today."""
