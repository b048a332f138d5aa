"""失効確認: good needs positive, fresh and authentic evidence; all else is unknown, over real HTTP."""

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from certificate_workshop import NOW, SERIAL, Answers, Authority, revocation_list
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trust_city import City

from trust.anchors import Anchor, Use
from trust.revocation import RevocationAnswer, RevocationChecker, RevocationSettings, RevocationStatus

GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
OCSP, CRL = "/signing-03/ocsp", "/signing-03/himeji.crl"

Ask = Callable[..., RevocationAnswer]


@pytest.fixture
def ask(city: City, signing: Authority) -> Ask:
    """Ask about the resident's certificate; the revocation list answers 503 unless a test puts one there."""
    city.site.paths[CRL] = 503

    def asked(**settings: Any) -> RevocationAnswer:
        with RevocationChecker(RevocationSettings(timeout=2, **settings)) as revocation:
            return revocation.check(signing.issue(), Anchor.model_validate(signing.anchor(city.site.base)))

    return asked


def test_a_good_answer_is_good_and_kept_as_evidence(ask: Ask) -> None:
    answer = ask()
    assert (answer.status, answer.evidence[0].kind) == (GOOD, "ocsp")


def test_a_revoked_answer_carries_when_and_why(city: City, ask: Ask) -> None:
    at = NOW - timedelta(days=3)
    city.ocsp(status=ocsp.OCSPCertStatus.REVOKED, revoked_at=at, reason=x509.ReasonFlags.key_compromise)
    answer = ask()
    assert (answer.status, answer.revoked_at, answer.revocation_reason) == (REVOKED, at, "keyCompromise")


def test_the_authority_may_answer_itself(city: City, signing: Authority, ask: Ask) -> None:
    city.ocsp(certificate=signing.certificate, key="signing-03")
    assert ask().status is GOOD


@pytest.mark.parametrize(
    ("lie", "because"),
    [
        ({"nonce": lambda sent: bytes(len(sent))}, "replay"),
        ({"nonce": lambda sent: None}, "no nonce"),
        ({"serial": SERIAL + 1}, "another certificate"),
        ({"this_update": NOW - timedelta(days=2), "next_update": NOW - timedelta(days=1)}, "nextUpdate"),
        ({"this_update": NOW - timedelta(days=2), "next_update": None}, "older"),
        ({"this_update": NOW + timedelta(days=1), "next_update": NOW + timedelta(days=2)}, "future"),
        ({"forged": True}, "signature"),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, "does not know"),
    ],
)
def test_a_lie_is_unknown_and_says_which(city: City, ask: Ask, lie: dict[str, Any], because: str) -> None:
    city.ocsp(**lie)
    answer = ask()
    assert answer.status is UNKNOWN
    assert answer.detail.startswith("OCSP: ")
    assert because in answer.detail
    assert "HTTP 503" in answer.detail


def test_an_answer_signed_by_the_resident_itself_is_unknown(city: City, signing: Authority, ask: Ask) -> None:
    city.ocsp(certificate=signing.issue(), key="hanako")
    assert ask().status is UNKNOWN
    login = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    city.ocsp(certificate=signing.issue(extensions={x509.ExtendedKeyUsage: (login, False)}), key="hanako")
    assert ask().status is UNKNOWN


def test_an_answer_by_another_authoritys_responder_is_unknown(city: City, ask: Ask) -> None:
    """Same names everywhere: only the key tells that this responder was not delegated by our authority."""
    city.ocsp(certificate=Authority("impostor").responder())
    assert ask().status is UNKNOWN


def test_an_authority_is_not_asked_about_certificates_it_did_not_issue(city: City, signing: Authority) -> None:
    city.site.paths[OCSP] = 503
    anchor = Anchor.model_validate(signing.anchor(city.site.base))
    assert city.revocation.check(Authority("signing-02").issue(), anchor).status is UNKNOWN
    assert not city.site.asked


def test_an_expired_responder_is_unknown(city: City, signing: Authority, ask: Ask) -> None:
    city.ocsp(certificate=signing.responder(ends=NOW - timedelta(days=1)))
    assert ask().status is UNKNOWN


def test_an_answer_without_nonce_is_accepted_only_by_setting(city: City, ask: Ask) -> None:
    city.ocsp(nonce=lambda sent: None)
    assert ask(nonce_required=False).status is GOOD
    city.ocsp(nonce=lambda sent: bytes(len(sent)))
    assert ask(nonce_required=False).status is UNKNOWN


@pytest.mark.parametrize("answer", [b"", b"<html>", 500, b"\x30\x03\x0a\x01\x06", b"0" * 100_000, 302])
def test_garbage_is_unknown(city: City, ask: Ask, answer: bytes | int) -> None:
    city.site.paths[OCSP] = answer
    assert ask().status is UNKNOWN


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.data())
def test_no_damage_to_a_revoked_answer_makes_it_good(city: City, signing: Authority, choices: st.DataObject) -> None:
    at = choices.draw(st.integers(0, 1500))
    put = choices.draw(st.binary(min_size=1, max_size=3))
    revoked = Answers(signing, ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(days=3))

    def damaged(question: bytes) -> bytes:
        whole = revoked(question)
        return whole[:at] + put + whole[at + len(put) :]

    city.site.paths.update({OCSP: damaged, CRL: 503})
    anchor = city.anchors[Use.SIGNING].anchors[1]
    assert city.revocation.check(HANAKO[0], anchor).status is not GOOD


HANAKO = [Authority("signing-03").issue()]


def test_a_responder_nobody_answers_at_is_unknown(signing: Authority) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        RevocationChecker(RevocationSettings(timeout=0.2)) as revocation,
    ):
        anchor = Anchor.model_validate(signing.anchor(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        answer = revocation.check(signing.issue(), anchor)
    assert answer.status is UNKNOWN
    assert "cannot be reached" in answer.detail


# --- revocation lists


def test_a_stale_answer_falls_to_the_list(city: City, signing: Authority, ask: Ask) -> None:
    city.ocsp(this_update=NOW - timedelta(days=2), next_update=NOW - timedelta(days=1))
    city.site.paths[CRL] = revocation_list(signing, city="Himeji-shi")
    answer = ask()
    assert (answer.status, [e.kind for e in answer.evidence]) == (GOOD, ["crl"])


def test_the_list_says_revoked_when_and_why(city: City, signing: Authority, ask: Ask) -> None:
    city.site.paths[OCSP] = 503
    city.site.paths[CRL] = revocation_list(signing, {SERIAL: NOW - timedelta(days=1)}, city="Himeji-shi")
    answer = ask()
    assert (answer.status, answer.revoked_at) == (REVOKED, NOW - timedelta(days=1))
    assert answer.revocation_reason == "keyCompromise"


def test_a_list_cannot_make_good_what_the_responder_does_not_know(city: City, signing: Authority, ask: Ask) -> None:
    city.ocsp(status=ocsp.OCSPCertStatus.UNKNOWN)
    city.site.paths[CRL] = revocation_list(signing, city="Himeji-shi")
    assert ask().status is UNKNOWN
    city.site.paths[CRL] = revocation_list(signing, {SERIAL: NOW}, city="Himeji-shi")
    assert ask().status is REVOKED


def lists(signing: Authority) -> dict[str, bytes]:
    day = timedelta(days=1)
    return {
        "another municipality's": revocation_list(signing, city="Aioi-shi"),
        "stale": revocation_list(signing, city="Himeji-shi", last=NOW - 2 * day, next_=NOW - day),
        "too old": revocation_list(signing, city="Himeji-shi", last=NOW - 9 * day, next_=NOW + day),
        "of the future": revocation_list(signing, city="Himeji-shi", last=NOW + day, next_=NOW + 2 * day),
        "by another key": revocation_list(signing, city="Himeji-shi", key="impostor"),
        "by the old generation": revocation_list(Authority("signing-02"), city="Himeji-shi"),
        "garbage": b"0" * 500,
    }


@pytest.mark.parametrize(
    "kind",
    [
        "another municipality's",
        "stale",
        "too old",
        "of the future",
        "by another key",
        "by the old generation",
        "garbage",
    ],
)
def test_a_list_that_cannot_be_believed_is_unknown(city: City, signing: Authority, ask: Ask, kind: str) -> None:
    city.site.paths[OCSP] = 503
    city.site.paths[CRL] = lists(signing)[kind]
    assert ask().status is UNKNOWN


def test_the_whole_authoritys_list_covers_a_place_the_registry_does_not_name(
    city: City, signing: Authority, ask: Ask
) -> None:
    entry = signing.anchor(city.site.base)
    entry["revocation"] = {"ocsp": None, "crl": {"*": f"{city.site.base}/signing-03/all.crl"}}
    with RevocationChecker() as revocation:
        assert revocation.check(signing.issue(), Anchor.model_validate(entry)).status is GOOD
        entry["revocation"] = {"ocsp": None, "crl": {}}
        assert revocation.check(signing.issue(), Anchor.model_validate(entry)).status is UNKNOWN


def test_an_answer_larger_than_the_limit_is_unknown(city: City, signing: Authority, ask: Ask) -> None:
    city.site.paths[OCSP] = 503
    city.site.paths[CRL] = revocation_list(signing, city="Himeji-shi")
    answer = ask(crl_maximum_bytes=100)
    assert answer.status is UNKNOWN
    assert "more than 100 bytes" in answer.detail


# --- what is remembered


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_a_list_is_fetched_once_an_hour_and_the_responder_asked_every_time(city: City, signing: Authority) -> None:
    city.site.paths[OCSP] = 503
    clock, anchor = Clock(), Anchor.model_validate(signing.anchor(city.site.base))
    with RevocationChecker(clock=clock) as revocation:
        for minutes in (0, 10, 59, 61):
            clock.now = NOW + timedelta(minutes=minutes)
            assert revocation.check(signing.issue(), anchor).status is GOOD
    assert (city.site.asked.count(CRL), city.site.asked.count(OCSP)) == (2, 4)


def test_a_kept_list_is_not_believed_past_its_next_update(city: City, signing: Authority) -> None:
    city.site.paths[OCSP] = 503
    city.site.paths[CRL] = revocation_list(signing, city="Himeji-shi", next_=NOW + timedelta(minutes=20))
    clock, anchor = Clock(), Anchor.model_validate(signing.anchor(city.site.base))
    with RevocationChecker(clock=clock) as revocation:
        assert revocation.check(signing.issue(), anchor).status is GOOD
        clock.now = NOW + timedelta(minutes=30)
        city.site.paths[CRL] = 503
        assert revocation.check(signing.issue(), anchor).status is UNKNOWN
        city.site.paths[CRL] = revocation_list(signing, city="Himeji-shi")
        assert revocation.check(signing.issue(), anchor).status is GOOD


def test_a_signature_check_asks_every_time_whatever_the_setting_says(city: City, signing: Authority) -> None:
    anchor = Anchor.model_validate(signing.anchor(city.site.base))
    with RevocationChecker(RevocationSettings(ocsp_cache_age=60)) as revocation:
        for _ in range(3):
            assert revocation.check(signing.issue(), anchor).status is GOOD
    assert city.site.asked.count(OCSP) == 3
