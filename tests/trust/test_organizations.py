"""事業者の電子証明書: who is believed to have signed for an organisation, by each authority's own entry."""

from datetime import timedelta
from typing import Any

import pytest
from certificate_workshop import (
    NOW,
    Answers,
    Authority,
    jpki_name,
    revocation_list,
    rsa_key,
    signed,
    usage,
    utf8,
)
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from trust_city import City

from trust.anchors import Anchor, Use
from trust.organization import Organization, check_digit
from trust.reasons import Reason
from trust.signature import Outcome, SignatureCheck

CONTENT = b'{"nonce":"5d41402abc4b2a76","procedure":"smart_city_partner"}'
POLICY = "1.2.392.100300.1.3.4"
REGISTRAR_NAME = "1.2.392.100300.1.1.2"
CORPORATION = "1.2.392.100300.1.1.3"
NUMBER = "5999901000011"
NAME = "株式会社見本データ工房"
BY_EXTENSION = {
    "name": {"within": "extension", "oid": CORPORATION, "tag": 0},
    "corporate_number": {"within": "extension", "oid": CORPORATION, "tag": 1},
    "office": {"within": "extension", "oid": CORPORATION, "tag": 2},
    "representative": {"within": "extension", "oid": CORPORATION, "tag": 3},
}
BY_SUBJECT = {
    "name": {"within": "subject", "oid": NameOID.ORGANIZATION_NAME.dotted_string},
    "corporate_number": {
        "within": "subject",
        "oid": NameOID.ORGANIZATIONAL_UNIT_NAME.dotted_string,
        "prefix": "NTRJP-",
    },
}
BY_ALTERNATIVE_NAME = {
    "name": {"within": "alternative_name", "oid": NameOID.ORGANIZATION_NAME.dotted_string},
    "representative": {"within": "alternative_name", "oid": NameOID.COMMON_NAME.dotted_string},
}
Extensions = dict[type, tuple[x509.ExtensionType, bool] | None]


def corporation(texts: dict[int, str]) -> bytes:
    """registeredCorporationInfo: a SEQUENCE of explicitly tagged texts (short ones: every length is one byte)."""
    members = b"".join(bytes([0xA0 | tag, len(utf8(text))]) + utf8(text) for tag, text in texts.items())
    assert len(members) < 128
    return bytes([0x30, len(members)]) + members


def own(oid: str, der: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), der)


def written(texts: dict[int, str] | bytes) -> Extensions:
    der = texts if isinstance(texts, bytes) else corporation(texts)
    return {x509.SubjectAlternativeName: None, x509.UnrecognizedExtension: (own(CORPORATION, der), False)}


class Registrar:
    """A business authority the city trusts; `entry` may be changed before the first check."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.authority = Authority("registrar", "business_signing", jpki_name("Commercial registration"))
        city.site.paths["/registrar/ocsp"] = Answers(self.authority)
        self.entry = self.authority.anchor(city.site.base, policies=[POLICY], subject=BY_EXTENSION)
        city.entries.append(self.entry)

    def check(
        self, extensions: Extensions, procedure: str = "smart_city_partner", key: str = "company", **issued: Any
    ) -> SignatureCheck:
        certificate = self.authority.issue(key, extensions=extensions, policy=issued.pop("policy", POLICY), **issued)
        return self.judge(signed(CONTENT, certificate, rsa_key(key)), procedure=procedure)

    def judge(self, signature: bytes, use: Any = Use.BUSINESS_SIGNING, procedure: str | None = None) -> SignatureCheck:
        return self.city.verifier.check(CONTENT, signature, use=use, received_at=NOW, procedure=procedure)


@pytest.fixture
def registrar(city: City) -> Registrar:
    return Registrar(city)


GOOD = {0: NAME, 1: NUMBER[1:], 3: "見本　創"}


def test_a_registered_company_is_read_from_its_extension(registrar: Registrar) -> None:
    check = registrar.check(written(GOOD))
    assert check.outcome is Outcome.VALID, check.detail
    assert check.organization == Organization(name=NAME, corporate_number=NUMBER, representative="見本　創")
    assert check.person is None
    assert check.certificate is not None
    assert (check.certificate.use, check.certificate.medium) == (Use.BUSINESS_SIGNING, "file")
    assert SignatureCheck.model_validate_json(check.model_dump_json()) == check


def test_another_authority_writes_the_company_into_the_subject(registrar: Registrar) -> None:
    registrar.entry["subject"] = BY_SUBJECT
    check = registrar.check({x509.SubjectAlternativeName: None}, key=f"NTRJP-{NUMBER}")
    assert check.organization == Organization(name="JPKI-TEST", corporate_number=NUMBER)


def test_a_third_writes_it_into_the_alternative_name(registrar: Registrar) -> None:
    registrar.entry["subject"] = BY_ALTERNATIVE_NAME
    parts = ((NameOID.ORGANIZATION_NAME, NAME), (NameOID.COMMON_NAME, "測量　正"))
    name = x509.DirectoryName(x509.Name([x509.NameAttribute(oid, text) for oid, text in parts]))
    check = registrar.check({x509.SubjectAlternativeName: (x509.SubjectAlternativeName([name]), False)})
    assert check.organization == Organization(name=NAME, representative="測量　正")


@pytest.mark.parametrize(
    "texts",
    [
        {1: NUMBER[1:]},
        {0: "", 1: NUMBER[1:]},
        {0: NAME, 1: "6999901000011"},
        {0: NAME, 1: "59999010000112"},
        {0: NAME, 1: "五九九九九〇一〇〇〇〇一一"},
        b"\x05\x00",
        b"\x30\x05\xa0",
        b"",
    ],
    ids=["no name", "empty name", "wrong check digit", "too long", "kanji", "no sequence", "cut", "empty"],
)
def test_a_certificate_that_breaks_its_authoritys_profile_is_malformed(
    registrar: Registrar, texts: dict[int, str] | bytes
) -> None:
    check = registrar.check(written(texts))
    assert (check.outcome, check.reason) == (Outcome.INVALID, Reason.MALFORMED)
    assert NAME not in check.detail


def test_a_name_given_twice_is_malformed(registrar: Registrar) -> None:
    twice = corporation({0: "甲社"})[2:] + corporation({0: "乙社"})[2:]
    assert registrar.check(written(bytes([0x30, len(twice)]) + twice)).reason is Reason.MALFORMED


@pytest.mark.parametrize("number", ["7000012050002", "1000020282014", NUMBER, "9000000000000"])
def test_the_check_digit_is_the_one_of_the_ordinance(number: str) -> None:
    """7000012050002 is the National Tax Agency's own number and 1000020282014 Himeji City's."""
    assert check_digit(number[1:]) == number[0]
    assert Organization(name="x", corporate_number=number).corporate_number == number


@pytest.mark.parametrize(
    "number", ["7000012050003", "8000012050002", "7000012005002", "700001205000", "７000012050002"]
)
def test_a_number_with_a_slip_of_the_finger_is_no_corporate_number(number: str) -> None:
    with pytest.raises(ValueError, match="corporate number"):
        Organization(name="x", corporate_number=number)


# --- what an entry accepts


def test_the_registrars_name_is_critical_and_understood_by_the_entry_that_says_so(registrar: Registrar) -> None:
    registrar.entry["understood"] = [REGISTRAR_NAME]
    registrar.entry["subject"] = BY_SUBJECT
    critical = {x509.UnrecognizedExtension: (own(REGISTRAR_NAME, utf8("東京法務局登記官")), True)}
    assert registrar.check(critical, key=f"NTRJP-{NUMBER}").outcome is Outcome.VALID


@pytest.mark.parametrize(("understood", "found"), [([], REGISTRAR_NAME), ([REGISTRAR_NAME], "1.2.3.4.5")])
def test_a_critical_extension_nobody_understands_is_refused(
    registrar: Registrar, understood: list[str], found: str
) -> None:
    registrar.entry |= {"understood": understood, "subject": BY_SUBJECT}
    check = registrar.check({x509.UnrecognizedExtension: (own(found, utf8("x")), True)})
    assert (check.outcome, check.reason) == (Outcome.INVALID, Reason.MALFORMED)
    assert found in check.detail


def test_what_one_authority_may_write_critically_another_may_not(registrar: Registrar, signing: Authority) -> None:
    registrar.entry["understood"] = [REGISTRAR_NAME]
    strange = {x509.UnrecognizedExtension: (own(REGISTRAR_NAME, utf8("x")), True)}
    check = registrar.judge(signed(CONTENT, signing.issue(extensions=strange)), Use.SIGNING)
    assert check.reason is Reason.MALFORMED


def test_another_policy_of_the_same_authority_is_not_accepted(registrar: Registrar) -> None:
    check = registrar.check(written(GOOD), policy="1.2.392.100300.1.3.2")
    assert check.reason is Reason.POLICY_NOT_ACCEPTED
    assert check.organization is None


def test_an_authority_bound_to_procedures_serves_no_other(registrar: Registrar) -> None:
    registrar.entry["procedures"] = ["smart_city_partner"]
    assert registrar.check(written(GOOD)).outcome is Outcome.VALID
    elsewhere = registrar.check(written(GOOD), procedure="residence_certificate")
    assert (elsewhere.outcome, elsewhere.reason) == (Outcome.INVALID, Reason.PROCEDURE_NOT_COVERED)
    nowhere = registrar.judge(signed(CONTENT, registrar.authority.issue(extensions=written(GOOD), policy=POLICY)))
    assert nowhere.reason is Reason.PROCEDURE_NOT_COVERED


def test_the_key_usages_an_entry_asks_for_are_asked(registrar: Registrar) -> None:
    bare = written(GOOD) | {x509.KeyUsage: (usage("digital_signature"), True)}
    assert registrar.check(bare).reason is Reason.WRONG_CERTIFICATE_KIND
    unsaid = written(GOOD) | {x509.KeyUsage: None}
    assert registrar.check(unsaid).reason is Reason.WRONG_CERTIFICATE_KIND


def test_an_authority_may_issue_for_non_repudiation_alone(registrar: Registrar) -> None:
    registrar.entry["key_usage"] = ["content_commitment"]
    alone = written(GOOD) | {x509.KeyUsage: (usage("content_commitment"), True)}
    assert registrar.check(alone).outcome is Outcome.VALID


# --- persons and organisations


def test_a_persons_signature_is_not_an_organisations(registrar: Registrar, signing: Authority) -> None:
    check = registrar.judge(signed(CONTENT, signing.issue()))
    assert (check.outcome, check.reason) == (Outcome.INVALID, Reason.WRONG_CERTIFICATE_KIND)
    assert check.person is None


@pytest.mark.parametrize("use", [Use.SIGNING, Use.AUTHENTICATION, Use.SEAL])
def test_an_organisations_signature_serves_no_other_use(registrar: Registrar, use: Use) -> None:
    certificate = registrar.authority.issue(extensions=written(GOOD), policy=POLICY)
    check = registrar.judge(signed(CONTENT, certificate), use)
    assert (check.outcome, check.reason) == (Outcome.INVALID, Reason.WRONG_CERTIFICATE_KIND)
    assert check.organization is None


def test_a_procedure_may_accept_either(registrar: Registrar, signing: Authority, login: Authority) -> None:
    both = (Use.SIGNING, Use.BUSINESS_SIGNING)
    company = registrar.authority.issue(extensions=written(GOOD), policy=POLICY)
    assert registrar.judge(signed(CONTENT, company), both).organization is not None
    assert registrar.judge(signed(CONTENT, signing.issue()), both).person is not None
    assert registrar.judge(signed(CONTENT, login.issue()), both).reason is Reason.WRONG_CERTIFICATE_KIND


# --- revocation


def test_a_revoked_company_is_refused(registrar: Registrar) -> None:
    revoked = Answers(registrar.authority, status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(days=1))
    registrar.city.site.paths["/registrar/ocsp"] = revoked
    check = registrar.check(written(GOOD))
    assert (check.outcome, check.reason, check.organization) == (Outcome.INVALID, Reason.REVOKED, None)


def test_a_list_is_found_by_the_address_that_the_certificate_names_and_the_registry_knows(registrar: Registrar) -> None:
    site, address = registrar.city.site, "ldap://crl.example.test/cn=all"
    site.paths["/business.crl"] = revocation_list(registrar.authority, {9: NOW - timedelta(days=1)})
    registrar.entry["revocation"] = {"ocsp": None, "crl": {address: f"{site.base}/business.crl"}}
    assert registrar.check(named(address)).outcome is Outcome.VALID
    assert registrar.check(named(address), serial=9).reason is Reason.REVOKED
    stranger = registrar.check(named(f"{site.base}/business.crl?mine"))
    assert (stranger.outcome, stranger.reason) == (Outcome.UNKNOWN, Reason.REVOCATION_UNKNOWN)


def named(address: str) -> Extensions:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
    return written(GOOD) | {x509.CRLDistributionPoints: (x509.CRLDistributionPoints([point]), False)}


# --- entries


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"subject": None}, "subject is missing"),
        ({"policies": []}, "policies is empty"),
        ({"key_usage": []}, "key_usage is empty"),
        ({"key_usage": ["crl_sign"]}, "key_usage"),
        ({"understood": ["registrar"]}, "understood"),
        ({"subject": {"name": {"within": "subject", "oid": "2.5.4.10", "tag": 1}}}, "tag 1 belongs to an extension"),
        ({"subject": {"office": BY_EXTENSION["office"]}}, "name"),
        ({"use": "signing"}, "subject is for business_signing only"),
    ],
)
def test_an_entry_that_cannot_work_is_refused(change: dict[str, Any], because: str) -> None:
    authority = Authority("registrar", "business_signing", jpki_name("Commercial registration"))
    entry = authority.anchor(policies=[POLICY], subject=BY_EXTENSION)
    assert Anchor.model_validate(entry).subject is not None
    with pytest.raises(ValueError, match=because):
        Anchor.model_validate(entry | change)
