"""OCSPレスポンダ: a responder the authority delegated to may itself be revoked; only its authority knows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from certificate_workshop import NOW, Authority, revocation_list
from trust_city import City

from trust.anchors import Anchor
from trust.revocation import RevocationAnswer, RevocationChecker, RevocationSettings, RevocationStatus

CRL = "/signing-03/himeji.crl"
RESPONDER = 99

Ask = Callable[[], RevocationAnswer]


@pytest.fixture
def ask(city: City, signing: Authority) -> Ask:
    """The responder's certificate does not say that it needs no check."""
    city.ocsp(certificate=signing.responder(nocheck=False))

    def asked() -> RevocationAnswer:
        with RevocationChecker(RevocationSettings(timeout=2)) as revocation:
            return revocation.check(signing.issue(), Anchor.model_validate(signing.anchor(city.site.base)))

    return asked


def test_a_responder_its_authority_does_not_list_as_revoked_is_believed(ask: Ask) -> None:
    answer = ask()
    assert (answer.status, answer.evidence[0].kind) == (RevocationStatus.GOOD, "ocsp")


def test_a_revoked_responder_is_not_believed(city: City, signing: Authority, ask: Ask) -> None:
    revoked = {RESPONDER: NOW - timedelta(days=1)}
    city.site.paths[CRL] = revocation_list(signing, revoked, city="Himeji-shi")
    answer = ask()
    assert [each.kind for each in answer.evidence] == ["crl"], "only the list itself still counts"


def test_a_responder_nobody_can_say_anything_about_is_not_believed(city: City, ask: Ask) -> None:
    city.site.paths[CRL] = 503
    answer = ask()
    assert answer.status is RevocationStatus.UNKNOWN
    assert "HTTP 503" in answer.detail


def test_a_responder_that_needs_no_check_is_believed_without_a_list(city: City, signing: Authority, ask: Ask) -> None:
    city.site.paths[CRL] = 503
    city.ocsp(certificate=signing.responder())
    assert ask().status is RevocationStatus.GOOD
    assert CRL not in city.site.asked
