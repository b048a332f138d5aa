"""スマートフォン用電子証明書: the anchor's policies tell whether a key lives in a card or in a smartphone."""

import pytest
from certificate_workshop import LOGIN_POLICY, SIGNING_POLICY, Authority, signed
from trust_city import City

from trust.anchors import Anchor, Use
from trust.reasons import Reason
from trust.signature import Outcome

CONTENT = b'{"nonce":"7d793037a0760186"}'
PHONE = "1.2.392.200149.8.5.1.1.40"
PHONE_LOGIN = "1.2.392.200149.8.5.1.3.40"


def accept_phones(city: City) -> None:
    media = {"signing": {SIGNING_POLICY: "card", PHONE: "smartphone"}}
    media["authentication"] = {LOGIN_POLICY: "card", PHONE_LOGIN: "smartphone"}
    for entry in city.entries:
        entry["policies"] = media[entry["use"]]


@pytest.mark.parametrize(("policy", "medium"), [(SIGNING_POLICY, "card"), (PHONE, "smartphone")])
def test_the_policy_tells_a_card_from_a_smartphone(city: City, signing: Authority, policy: str, medium: str) -> None:
    accept_phones(city)
    check = city.check(CONTENT, signed(CONTENT, signing.issue(policy=policy)))
    assert check.outcome is Outcome.VALID
    assert check.certificate is not None
    assert check.certificate.medium == medium
    assert check.person is not None


def test_a_smartphone_logs_in(city: City, login: Authority) -> None:
    accept_phones(city)
    check = city.check(CONTENT, signed(CONTENT, login.issue(policy=PHONE_LOGIN)), Use.AUTHENTICATION)
    assert check.certificate is not None
    assert check.certificate.medium == "smartphone"


def test_a_smartphones_policy_for_signing_does_not_log_in(city: City, login: Authority) -> None:
    accept_phones(city)
    check = city.check(CONTENT, signed(CONTENT, login.issue(policy=PHONE)), Use.AUTHENTICATION)
    assert check.reason is Reason.POLICY_NOT_ACCEPTED


def test_a_city_that_lists_no_smartphone_policy_takes_none(city: City, signing: Authority) -> None:
    check = city.check(CONTENT, signed(CONTENT, signing.issue(policy=PHONE)))
    assert check.reason is Reason.POLICY_NOT_ACCEPTED


def test_a_plain_list_of_policies_means_cards(signing: Authority, login: Authority) -> None:
    for authority in (signing, login):
        assert set(Anchor.model_validate(authority.anchor()).policies.values()) == {"card"}


def test_a_medium_nobody_knows_is_refused(signing: Authority) -> None:
    with pytest.raises(ValueError, match="policies"):
        Anchor.model_validate(signing.anchor(policies={SIGNING_POLICY: "watch"}))
