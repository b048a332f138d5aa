"""お知らせの設定: what cannot work is refused at the start, in words."""

from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from activities.notify.mail import enhanced, reason
from activities.notify.settings import MailSettings
from activities.notify.texts import NEWS, SUBJECTS, news, subject
from store.notices import TOPICS
from store.officer_notices import NoticeKind

GIVEN = {"host": "smtp.city.example", "sender": "notices@city.example", "return_path": "bounces@city.example"}


def test_a_lease_shorter_than_a_mail_would_send_it_twice() -> None:
    with pytest.raises(ValidationError, match="mails go out twice"):
        MailSettings.model_validate(GIVEN | {"timeout": 60, "lease": 60})


@pytest.mark.parametrize("address", ["notices", "City <notices@city.example>", "a@b@c", "窓口@city.example", ""])
def test_a_sender_is_a_bare_address(address: str) -> None:
    with pytest.raises(ValidationError, match="no mail address"):
        MailSettings.model_validate(GIVEN | {"sender": address})


def test_pauses_double_up_to_the_longest() -> None:
    settings = MailSettings.model_validate(GIVEN)
    assert [settings.pause(n).total_seconds() for n in (1, 2, 3, 9, 99)] == [60, 120, 240, 14400, 14400]


@pytest.mark.parametrize(
    ("code", "said", "why"),
    [
        (550, "5.1.1 User unknown", "no_such_address"),
        (550, "no such user", "no_such_address"),
        (552, "5.2.2 Over quota", "mailbox_full"),
        (550, "5.7.1 Blocked by policy", "refused"),
        (554, "go away", "refused"),
        (550, "5.2.1 Mailbox disabled", "no_such_address"),
    ],
)
def test_answers_of_mail_servers_become_our_reasons(code: int, said: str, why: str) -> None:
    assert reason(code, enhanced(said)) == why


def test_every_topic_has_words() -> None:
    of_residents = {*TOPICS, "account_closing", "extended", "answer_corrected"}
    assert set(NEWS) == of_residents | set(get_args(NoticeKind))
    assert set(SUBJECTS) == {*NEWS, "code"}


def test_a_kind_with_words_of_its_own_does_not_speak_as_its_topic() -> None:
    assert news("account_closing") == NEWS["account_closing"] != news("delivered") == NEWS["result"]
    assert subject("account_closing") != subject("delivered")


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    assert MailSettings.model_validate(GIVEN | {"password_file": tmp_path / "password"}).password() == "secret"
