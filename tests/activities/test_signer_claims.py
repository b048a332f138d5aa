"""申告との突合: what differs between an application and the certificate of the organisation that signed it."""

from datetime import date

import pytest

from activities.jpki.check_signature import signer_facts
from activities.jpki.claims import fold_organization, signer_differences
from procedures.loader import Library
from procedures.rules import Facts
from trust.organization import Organization
from trust.signature import Outcome, SignatureCheck, SignatureEvidence

LIBRARY = Library.read()
PARTNER = LIBRARY.current("smart_city_partner")
NUMBER = "5999901000011"
SIGNED = {"organization": "株式会社見本データ工房", "corporate_number": NUMBER, "representative": "見本　創"}


def differences(
    signer: dict[str, object] | None, procedure: str = "smart_city_partner", **answers: object
) -> tuple[str, ...]:
    given = {"organization_name": "株式会社見本データ工房", "corporate_number": NUMBER} | answers
    return signer_differences(LIBRARY.current(procedure), Facts(given, date(2026, 11, 23), signer))


@pytest.mark.parametrize(
    "name",
    [
        "株式会社見本データ工房",
        "株式会社 見本データ工房",
        "（株）見本データ工房",
        "㈱見本ﾃﾞｰﾀ工房",
        "(株)見本データ工房",
    ],
)
def test_another_notation_of_the_same_name_is_no_difference(name: str) -> None:
    assert differences(SIGNED, organization_name=name) == ()


@pytest.mark.parametrize("name", ["見本データ工房株式会社", "有限会社見本データ工房", "株式会社見本データ興房"])
def test_another_name_is_told(name: str) -> None:
    assert differences(SIGNED, organization_name=name) == ("name",)


def test_another_number_is_told() -> None:
    assert differences(SIGNED, corporate_number="9999905000029") == ("corporate_number",)


def test_a_number_the_certificate_does_not_say_is_told_because_nobody_confirmed_it() -> None:
    unsaid = {name: text for name, text in SIGNED.items() if name != "corporate_number"}
    assert differences(unsaid) == ("corporate_number",)


def test_an_answer_that_is_missing_differs() -> None:
    facts = Facts({}, date(2026, 11, 23), SIGNED)
    assert signer_differences(PARTNER, facts) == ("name", "corporate_number")


def test_a_person_who_signs_and_nobody_who_signs_claim_nothing() -> None:
    person = {"name": "姫路　花子", "address": "兵庫県姫路市", "birth_date": "1990-04-12", "sex": "female"}
    assert differences(person) == ()
    assert differences(None) == ()
    assert differences(SIGNED, procedure="happy_pass") == ()


def test_legal_forms_are_not_confused() -> None:
    assert fold_organization("（同）見本") == fold_organization("合同会社見本")
    assert fold_organization("（同）見本") != fold_organization("（株）見本")


def test_what_a_certificate_does_not_say_is_left_out_of_the_facts() -> None:
    evidence = SignatureEvidence(checked_at="2026-11-23T00:00:00Z")  # type: ignore[arg-type]
    said = Organization(name="見本測量合同会社", representative="測量　正")
    check = SignatureCheck(outcome=Outcome.VALID, organization=said, evidence=evidence)
    assert signer_facts(check) == {"organization": "見本測量合同会社", "representative": "測量　正"}
    assert signer_facts(SignatureCheck(outcome=Outcome.INVALID, evidence=evidence)) == {}


def test_the_procedure_says_whose_certificates_may_sign_it() -> None:
    assert PARTNER.certificates == ("business",)
    assert LIBRARY.current("happy_pass").certificates == ("individual",)
    assert LIBRARY.current("cancer_screening").certificates == ()
