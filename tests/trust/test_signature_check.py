"""電子署名の検証: what is believed, and every attack that is not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from certificate_workshop import (
    NOW,
    PERSON,
    SERIAL,
    SIGNING_POLICY,
    Authority,
    ec_key,
    other_names,
    raw_signature,
    revocation_list,
    rsa_key,
    signed,
    signed_attributes,
    usage,
    utf8,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trust_city import City

from trust.anchors import Use
from trust.cades import is_der
from trust.certificate import Sex
from trust.reasons import Reason
from trust.signature import Outcome, SignatureCheck

CONTENT = b'{"procedure":"residence_certificate","nonce":"5d41402abc4b2a76"}'


def refused(check: SignatureCheck, reason: Reason) -> bool:
    nobody = check.certificate is None and check.person is None
    return check.outcome is Outcome.INVALID and check.reason is reason and nobody


def test_a_good_signature_is_valid_and_names_its_signer(city: City, signing: Authority) -> None:
    certificate = signing.issue()
    check = city.check(CONTENT, signed(CONTENT, certificate))
    assert (check.outcome, check.reason, check.detail) == (Outcome.VALID, None, "")
    assert check.person is not None
    assert check.person.name == "姫路　花子"
    assert check.person.name_substituted == (4,)
    assert check.person.birth_date == date(1990, 4, 12)
    assert check.person.sex is Sex.FEMALE
    assert check.certificate is not None
    assert check.certificate.serial == str(SERIAL)
    assert check.certificate.policies == (SIGNING_POLICY,)


def test_the_evidence_holds_what_was_believed(city: City, signing: Authority) -> None:
    certificate = signing.issue()
    evidence = city.check(CONTENT, signed(CONTENT, certificate)).evidence
    assert evidence.anchor_id == "signing-03"
    assert evidence.certificate == certificate.public_bytes(Encoding.DER)
    assert evidence.signing_time == NOW
    (answer,) = evidence.revocation
    assert (answer.kind, answer.url) == ("ocsp", f"{city.site.base}/signing-03/ocsp")
    assert ocsp.load_der_ocsp_response(answer.body).serial_number == SERIAL


def test_a_check_survives_the_journey_through_json(city: City, signing: Authority) -> None:
    check = city.check(CONTENT, signed(CONTENT, signing.issue()))
    assert SignatureCheck.model_validate_json(check.model_dump_json()) == check


def test_a_login_is_valid_with_the_authentication_certificate(city: City, login: Authority) -> None:
    check = city.check(CONTENT, signed(CONTENT, login.issue()), Use.AUTHENTICATION)
    assert check.outcome is Outcome.VALID
    assert check.person is None


@pytest.mark.parametrize(("curve", "digest"), [("P-256", "sha256"), ("P-384", "sha384")])
def test_a_coming_card_may_sign_with_ecdsa(city: City, signing: Authority, curve: str, digest: str) -> None:
    key = ec_key("hanako", curve)
    certificate = signing.issue(public=key.public_key())
    assert city.check(CONTENT, signed(CONTENT, certificate, key, digest=digest)).outcome is Outcome.VALID


def test_both_generations_in_force_are_believed_each_by_its_own_key(city: City) -> None:
    check = city.check(CONTENT, signed(CONTENT, Authority("signing-02").issue()))
    assert (check.outcome, check.evidence.anchor_id) == (Outcome.VALID, "signing-02")


def test_a_certificate_alone_can_be_checked(city: City, signing: Authority) -> None:
    der = signing.issue().public_bytes(Encoding.DER)
    assert city.verifier.check_certificate(der, use=Use.SIGNING, at=NOW).outcome is Outcome.VALID
    later = NOW + timedelta(days=31)
    assert refused(city.verifier.check_certificate(der, use=Use.SIGNING, at=later), Reason.EXPIRED)


def test_a_receipt_time_without_a_zone_is_a_programming_error(city: City, signing: Authority) -> None:
    with pytest.raises(ValueError, match="time zone"):
        city.check(CONTENT, signed(CONTENT, signing.issue()), received_at=datetime(2026, 1, 1))  # noqa: DTZ001


# --- the content and the signature


def test_other_bytes_are_content_altered(city: City, signing: Authority) -> None:
    assert refused(
        city.check(CONTENT.replace(b"5d4", b"6d4"), signed(CONTENT, signing.issue())), Reason.CONTENT_ALTERED
    )


def test_a_signature_by_another_key_is_wrong(city: City, signing: Authority) -> None:
    assert refused(city.check(CONTENT, signed(CONTENT, signing.issue(), rsa_key("mallory"))), Reason.SIGNATURE_WRONG)


def test_a_swapped_certificate_with_the_same_number_is_refused(city: City, signing: Authority) -> None:
    """Same issuer, same serial, same key, but not the certificate bound under the signature."""
    other = signing.issue(ends=NOW + timedelta(days=3000))
    signature = signed(CONTENT, signing.issue(), carried=[other])
    assert refused(city.check(CONTENT, signature), Reason.SIGNATURE_WRONG)


def test_two_signers_are_malformed(city: City, signing: Authority) -> None:
    def twice(data: dict[str, Any]) -> None:
        data["signer_infos"] = data["signer_infos"] * 2

    assert refused(city.check(CONTENT, signed(CONTENT, signing.issue(), change=twice)), Reason.MALFORMED)


def test_no_signed_attributes_are_malformed_even_when_the_signature_is_right(city: City, signing: Authority) -> None:
    def bare(data: dict[str, Any]) -> None:
        del data["signer_infos"][0]["signed_attrs"]
        data["signer_infos"][0]["signature"] = raw_signature(rsa_key("hanako"), CONTENT, "sha256")

    assert refused(city.check(CONTENT, signed(CONTENT, signing.issue(), change=bare)), Reason.MALFORMED)


@pytest.mark.parametrize("attribute", ["content_type", "message_digest", "signing_time", "signing_certificate_v2"])
def test_each_signed_attribute_must_be_there(city: City, signing: Authority, attribute: str) -> None:
    signature = signed(CONTENT, signing.issue(), without=attribute)
    assert refused(city.check(CONTENT, signature), Reason.MALFORMED)


def test_content_inside_the_envelope_is_malformed(city: City, signing: Authority) -> None:
    def attached(data: dict[str, Any]) -> None:
        data["encap_content_info"] = {"content_type": "data", "content": CONTENT}

    assert refused(city.check(CONTENT, signed(CONTENT, signing.issue(), change=attached)), Reason.MALFORMED)


def test_sha1_is_not_accepted(city: City, signing: Authority) -> None:
    signature = signed(CONTENT, signing.issue(), digest="sha1")
    assert refused(city.check(CONTENT, signature), Reason.ALGORITHM_NOT_ACCEPTED)


def test_signed_attributes_that_are_not_der_are_malformed(city: City, signing: Authority) -> None:
    """The same attributes in another order, properly signed as such: DER allows one order only."""
    certificate = signing.issue()
    der = certificate.public_bytes(Encoding.DER)
    proper = signed_attributes(CONTENT, der, "sha256", NOW, None)
    loose = b"".join(sorted((attribute.dump() for attribute in proper), reverse=True))
    sorted_ = proper.dump()[-len(loose) :]
    key = rsa_key("hanako")
    signature = signed(CONTENT, certificate).replace(sorted_, loose)
    header = proper.dump()[: -len(loose)]
    before, after = (raw_signature(key, header + body, "sha256") for body in (sorted_, loose))
    check = city.check(CONTENT, signature.replace(before, after))
    assert refused(check, Reason.MALFORMED)
    assert "DER" in check.detail


@pytest.mark.parametrize(
    ("value", "der"),
    [
        ("3003020105", True),
        ("308103020105", False),
        ("3080020105" + "0000", False),
        ("3003020105ff", False),
        ("3005020105", False),
        ("3106020101020102", True),
        ("3106020102020101", False),
        ("1f8101", False),
        ("", False),
        ("30" * 5, False),
    ],
)
def test_der_has_one_way_to_write_a_value(value: str, der: bool) -> None:
    assert is_der(bytes.fromhex(value)) is der


@pytest.mark.parametrize("late", [timedelta(days=-2), timedelta(hours=1)])
def test_a_signing_time_far_from_the_receipt_is_refused(city: City, signing: Authority, late: timedelta) -> None:
    signature = signed(CONTENT, signing.issue(), at=NOW + late)
    assert refused(city.check(CONTENT, signature), Reason.SIGNING_TIME_WRONG)


def test_trailing_bytes_and_oversize_are_malformed(city: City, signing: Authority) -> None:
    signature = signed(CONTENT, signing.issue())
    assert refused(city.check(CONTENT, signature + b"\0"), Reason.MALFORMED)
    assert refused(city.check(CONTENT, b"0" * 70_000), Reason.MALFORMED)


# --- the certificate


def test_a_login_certificate_cannot_sign_an_application(city: City, login: Authority) -> None:
    assert refused(city.check(CONTENT, signed(CONTENT, login.issue())), Reason.WRONG_CERTIFICATE_KIND)


def test_a_signing_certificate_cannot_log_in(city: City, signing: Authority) -> None:
    check = city.check(CONTENT, signed(CONTENT, signing.issue()), Use.AUTHENTICATION)
    assert refused(check, Reason.WRONG_CERTIFICATE_KIND)


def test_key_usage_decides_even_under_the_right_authority(city: City, signing: Authority) -> None:
    certificate = signing.issue(extensions={x509.KeyUsage: (usage("digital_signature"), True)})
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.WRONG_CERTIFICATE_KIND)


def test_another_authority_under_the_same_name_is_untrusted(city: City) -> None:
    certificate = Authority("impostor").issue()
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.ISSUER_UNTRUSTED)


def test_claiming_the_key_identifier_of_a_trusted_authority_does_not_help(city: City, signing: Authority) -> None:
    stolen = x509.SubjectKeyIdentifier.from_public_key(signing.private.public_key())
    claim = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(stolen)
    certificate = Authority("impostor").issue(extensions={x509.AuthorityKeyIdentifier: (claim, False)})
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.ISSUER_UNTRUSTED)


def test_a_generation_whose_entry_has_ended_is_not_in_force(city: City) -> None:
    city.entries[0]["valid_to"] = (NOW - timedelta(days=5)).date().isoformat()
    certificate = Authority("signing-02").issue()
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.ISSUER_NOT_IN_FORCE)


def test_another_policy_is_not_accepted(city: City, signing: Authority) -> None:
    certificate = signing.issue(policy="1.2.392.200149.8.5.1.1.40")
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.POLICY_NOT_ACCEPTED)


def test_a_certificate_without_policies_is_not_accepted(city: City, signing: Authority) -> None:
    certificate = signing.issue(extensions={x509.CertificatePolicies: None})
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.POLICY_NOT_ACCEPTED)


def test_an_unknown_critical_extension_is_malformed(city: City, signing: Authority) -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    certificate = signing.issue(extensions={x509.UnrecognizedExtension: (strange, True)})
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.MALFORMED)


def test_an_expired_certificate_is_refused(city: City, signing: Authority) -> None:
    certificate = signing.issue(ends=NOW - timedelta(days=1))
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.EXPIRED)


def test_valid_when_signed_but_expired_at_receipt_is_expired(city: City, signing: Authority) -> None:
    certificate = signing.issue(ends=NOW - timedelta(minutes=1))
    signature = signed(CONTENT, certificate, at=NOW - timedelta(minutes=5))
    assert refused(city.check(CONTENT, signature), Reason.EXPIRED)


def test_a_certificate_not_yet_valid_when_signed_is_refused(city: City, signing: Authority) -> None:
    certificate = signing.issue(begins=NOW - timedelta(minutes=1))
    signature = signed(CONTENT, certificate, at=NOW - timedelta(minutes=5))
    assert refused(city.check(CONTENT, signature), Reason.NOT_YET_VALID)


def test_the_last_second_of_the_last_day_still_counts(city: City, signing: Authority) -> None:
    last = datetime(2026, 4, 11, 14, 59, 59, tzinfo=UTC)
    der = signing.issue(begins=last - timedelta(days=9), ends=last).public_bytes(Encoding.DER)
    within = city.verifier.check_certificate(der, use=Use.SIGNING, at=last + timedelta(microseconds=900_000))
    after = city.verifier.check_certificate(der, use=Use.SIGNING, at=last + timedelta(seconds=1))
    assert within.outcome is Outcome.VALID
    assert after.reason is Reason.EXPIRED


# --- revocation


def test_a_revoked_certificate_is_refused(city: City, signing: Authority) -> None:
    city.ocsp(status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(days=1))
    check = city.check(CONTENT, signed(CONTENT, signing.issue()))
    assert refused(check, Reason.REVOKED)
    assert check.revoked_at == NOW - timedelta(days=1)


def test_a_revocation_after_the_receipt_leaves_the_application_valid(city: City, signing: Authority) -> None:
    city.ocsp(status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(minutes=5))
    received = NOW - timedelta(minutes=10)
    check = city.check(CONTENT, signed(CONTENT, signing.issue(), at=received), received_at=received)
    assert (check.outcome, check.revoked_at) == (Outcome.VALID, NOW - timedelta(minutes=5))


def test_nobody_to_ask_is_unknown_and_says_nothing_of_the_signer(city: City, signing: Authority) -> None:
    city.site.paths.clear()
    check = city.check(CONTENT, signed(CONTENT, signing.issue()))
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, Reason.REVOCATION_UNKNOWN)
    assert check.person is None
    assert check.evidence.anchor_id == "signing-03"


def test_an_unknown_check_repeated_with_the_same_receipt_becomes_valid(city: City, signing: Authority) -> None:
    signature = signed(CONTENT, signing.issue())
    paths = dict(city.site.paths)
    city.site.paths.clear()
    assert city.check(CONTENT, signature).outcome is Outcome.UNKNOWN
    city.site.paths.update(paths)
    assert city.check(CONTENT, signature).outcome is Outcome.VALID


# --- what the certificate says of its holder


def test_names_unknown_to_us_are_ignored(city: City, signing: Authority) -> None:
    kana = x509.OtherName(x509.ObjectIdentifier("1.2.392.200149.8.5.5.7"), utf8("ヒメジ　ハナコ"))
    certificate = signing.issue(extensions={x509.SubjectAlternativeName: (other_names(PERSON, kana), False)})
    assert city.check(CONTENT, signed(CONTENT, certificate)).outcome is Outcome.VALID


@pytest.mark.parametrize("broken", [{4: "990230"}, {4: "319900230"}, {4: "4１９９００４１２"}, {5: None}])
def test_a_certificate_that_breaks_the_profile_is_malformed(
    city: City, signing: Authority, broken: dict[int, str | None]
) -> None:
    person = {arc: text for arc, text in {**PERSON, **broken}.items() if text is not None}
    certificate = signing.issue(extensions={x509.SubjectAlternativeName: (other_names(person), False)})
    assert refused(city.check(CONTENT, signed(CONTENT, certificate)), Reason.MALFORMED)


# --- hostile bytes


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_garbage_is_malformed_and_never_an_exception(city: City, data: bytes) -> None:
    assert refused(city.check(CONTENT, data), Reason.MALFORMED)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.data())
def test_no_damage_to_a_signature_makes_it_valid_or_raises(city: City, choices: st.DataObject) -> None:
    """Bytes changed, cut or doubled anywhere in a good signature, certificate included."""
    city.site.paths.clear()  # whatever gets as far as revocation ends as unknown: say so without a network
    whole = GOOD
    at = choices.draw(st.integers(0, len(whole) - 1))
    size = choices.draw(st.integers(0, 4))
    put = choices.draw(st.binary(max_size=4))
    check = city.check(CONTENT, whole[:at] + put + whole[at + size :])
    assert check.outcome is not Outcome.VALID


GOOD = signed(CONTENT, Authority("signing-03").issue())


def test_the_list_is_asked_when_the_responder_is_down(city: City, signing: Authority) -> None:
    city.site.paths["/signing-03/ocsp"] = 503
    check = city.check(CONTENT, signed(CONTENT, signing.issue()))
    assert check.outcome is Outcome.VALID
    assert [answer.kind for answer in check.evidence.revocation] == ["crl"]
    city.site.paths["/signing-03/himeji.crl"] = revocation_list(
        signing, {SERIAL: NOW - timedelta(days=1)}, city="Himeji-shi"
    )
    assert city.check(CONTENT, signed(CONTENT, signing.issue())).outcome is Outcome.VALID  # the list is kept
