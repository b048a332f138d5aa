"""ロボットのアカウント: refused, it is shown once; renewed, it is taken up; and nobody is told its password."""

import asyncio
import os
from pathlib import Path

import pytest
from workplace import OldServer, Workplace, entered, failure, payroll_robot, payroll_script

from activities.rpa.account import AccountFiles
from activities.rpa.errors import LoginRefused


def logins(payroll: OldServer) -> int:
    return payroll.visits_of("POST /payroll/login")


@pytest.fixture
def wrong(payroll: OldServer, tmp_path: Path) -> AccountFiles:
    """The robot's user with a password that is none."""
    user, password = tmp_path / "user", tmp_path / "password"
    user.write_text(payroll.account.read().user)
    password.write_text("himitsu-himitsu")
    return AccountFiles(user, password)


def test_an_account_that_is_not_accepted_is_tried_once_and_told_to_nobody(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner, caplog: pytest.LogCaptureFixture,
    wrong: AccountFiles,
) -> None:  # fmt: skip
    robot = payroll_robot(workplace, payroll, account=wrong)
    before = logins(payroll)
    for _ in range(3):
        refused = failure(lambda each: entered(robot, workplace, loop, each), workplace.entry())
        assert (refused.type, refused.non_retryable) == ("LoginRefused", True)
        assert "himitsu" not in f"{refused!r} {caplog.text} {wrong!r} {wrong.__dict__!r}"
    assert logins(payroll) == before + 1, "accounts are locked for that"


def test_an_account_that_was_renewed_is_taken_up_without_a_new_start(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner, wrong: AccountFiles
) -> None:
    robot = payroll_robot(workplace, payroll, account=wrong)
    entry = workplace.entry()
    failure(lambda each: entered(robot, workplace, loop, each), entry)
    wrong.password_file.unlink()
    assert failure(lambda each: entered(robot, workplace, loop, each), entry).type == "LoginRefused"
    wrong.password_file.write_text(payroll.account.read().password)
    assert entered(robot, workplace, loop, entry)
    assert len(payroll.slips(entry)) == 1
    loop.run(robot.close())


def test_the_same_account_written_anew_is_tried_once_more(wrong: AccountFiles) -> None:
    """The system's own people may have unlocked it."""
    wrong.refuse(wrong.read())
    with pytest.raises(LoginRefused):
        wrong.read()
    os.utime(wrong.password_file, (1_700_000_000, 1_700_000_000))
    assert wrong.read().password == "himitsu-himitsu"


def test_a_login_page_that_was_changed_shows_no_password(
    workplace: Workplace, payroll: OldServer, loop: asyncio.Runner, caplog: pytest.LogCaptureFixture,
    wrong: AccountFiles,
) -> None:  # fmt: skip
    script = payroll_script()
    login = script.screen("login")
    moved = login.model_copy(update={"fields": {**login.fields, "password": "h1"}})
    screens = tuple(moved if each.id == "login" else each for each in script.screens)
    robot = payroll_robot(workplace, payroll, payroll_script(screens=screens), wrong)
    changed = failure(lambda each: entered(robot, workplace, loop, each), workplace.entry())
    assert changed.type == "ScreenNotExpected"
    assert "himitsu" not in f"{changed!r} {changed.__cause__!r} {changed.__context__!r} {caplog.text}"
