"""ログインの失効確認: a good answer may serve further logins for a while, where a setting says so; nothing else may."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from certificate_workshop import NOW, Answers, Authority, now
from cryptography.x509 import ocsp
from trust_city import City

from trust.anchors import Anchor
from trust.revocation import RevocationChecker, RevocationSettings, RevocationStatus

GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
OCSP, CRL = "/login-03/ocsp", "/login-03/himeji.crl"

LoginAt = Callable[..., RevocationStatus]


@pytest.fixture
def log_in(city: City, login: Authority) -> Iterator[LoginAt]:
    """`log_in(seconds)`: what the process of one counter learns about a card that many seconds after the first time."""
    anchor, begun = Anchor.model_validate(login.anchor(city.site.base)), now()
    at = begun
    city.site.paths[CRL] = 503
    checkers: dict[RevocationSettings, RevocationChecker] = {}

    def clock() -> datetime:
        return at

    def asked(seconds: int, *, serial: int = 5, **settings: float) -> RevocationStatus:
        nonlocal at
        at = begun + timedelta(seconds=seconds)
        wanted = RevocationSettings(timeout=2, **settings)  # type: ignore[arg-type]
        checker = checkers.setdefault(wanted, RevocationChecker(wanted, clock))
        return checker.check(login.issue(serial=serial), anchor).status

    yield asked
    for checker in checkers.values():
        checker.close()


def test_without_the_setting_every_login_asks(city: City, log_in: LoginAt) -> None:
    assert [log_in(seconds) for seconds in (0, 1)] == [GOOD, GOOD]
    assert city.site.asked.count(OCSP) == 2


def test_a_good_answer_serves_logins_for_as_long_as_the_setting_says(city: City, log_in: LoginAt) -> None:
    assert [log_in(seconds, ocsp_cache_age=60) for seconds in (0, 30, 59, 61)] == [GOOD] * 4
    assert city.site.asked.count(OCSP) == 2


def test_only_good_answers_are_remembered(city: City, login: Authority, log_in: LoginAt) -> None:
    city.site.paths[OCSP] = Answers(login, ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(days=1))
    assert [log_in(seconds, ocsp_cache_age=60) for seconds in (0, 1)] == [REVOKED, REVOKED]
    city.site.paths[OCSP] = 503
    assert log_in(2, ocsp_cache_age=60) is UNKNOWN
    assert city.site.asked.count(OCSP) == 3


def test_a_remembered_answer_is_not_believed_past_its_next_update(
    city: City, login: Authority, log_in: LoginAt
) -> None:
    city.site.paths[OCSP] = Answers(login, next_update=now() + timedelta(minutes=10))
    assert log_in(0, ocsp_cache_age=7200) is GOOD
    city.site.paths[OCSP] = 503
    assert log_in(14 * 60, ocsp_cache_age=7200) is GOOD, "within the clock skew"
    assert log_in(16 * 60, ocsp_cache_age=7200) is UNKNOWN


def test_the_oldest_answers_are_forgotten_beyond_the_bound(city: City, log_in: LoginAt) -> None:
    for serial in (1, 2, 3, 1):
        assert log_in(0, serial=serial, ocsp_cache_age=60, ocsp_cache_answers=2) is GOOD
    assert city.site.asked.count(OCSP) == 4
    assert log_in(0, serial=3, ocsp_cache_age=60, ocsp_cache_answers=2) is GOOD
    assert city.site.asked.count(OCSP) == 4
