"""申請の内容: what each synthetic person writes into each procedure's form, and what it costs them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from machine.demo import ANSWERS
from sandbox.people import HANAKO, KENJI, LI, SAKURA, TARO, YUMI, Person

JAPAN = ZoneInfo("Asia/Tokyo")
Answers = Mapping[str, Any]
SIGNERS = (HANAKO, TARO, KENJI, LI)
PARENTS = (HANAKO, TARO)
LEAVERS = (SAKURA, YUMI)
"""Those who only delete their registration, again and again: whoever has an open case may not."""
PHONE, NEW_PHONE = "079-221-2111", "079-221-2112"
# A PDF as small as one can be: what a scanner's first page would stand for.
DRAWING = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n159\n%%EOF\n"
)
REVIEW_SHEET: Answers = {
    "first_month": "2026-06", "monthly_amount": 15000, "third_or_later": 0, "earner_checked_by": "single",
    "custody_checked_by": ["register"],
}  # fmt: skip


def _in(days: int) -> str:
    return (datetime.now(JAPAN).date() + timedelta(days=days)).isoformat()


def certificate(_: Person, variant: int) -> Answers:
    delivery = "post" if variant % 4 == 3 else "electronic"
    return {**ANSWERS, "kind": "individual", "copies": 1 + variant % 2, "delivery": delivery, "phone": PHONE}


def fee(procedure: str, answers: Answers) -> int:
    """手数料 as the city's catalogue tells it: 300 yen a copy, 110 by post."""
    if procedure != "residence_certificate":
        return 0
    return int(answers["copies"]) * 300 + (110 if answers["delivery"] == "post" else 0)


def screening(_: Person, __: int) -> Answers:
    return {
        "name": KENJI.name, "birth_date": KENJI.birth_date.isoformat(), "sex": "male", "phone": PHONE,
        "screening": "lung", "screening_date": _in(30), "clinic": "west",
    }  # fmt: skip


def landscape(person: Person, _: int) -> Answers:
    return {
        "name": person.name, "postal_code": "670-0955", "address": person.address, "phone": PHONE,
        "place": "姫路市本町６８番地", "kind": "building_new", "height": "9.8",
        "colours": [{"part": "外壁", "munsell": "5YR 7/2"}], "shortening": "after_the_period",
        "start_date": _in(60), "finish_date": _in(300), "truth": True,
    }  # fmt: skip


def moving_out(person: Person, _: int) -> Answers:
    return {
        "name": person.name, "name_kana": person.kana, "birth_date": person.birth_date.isoformat(), "phone": PHONE,
        "email": "", "present_address": person.address, "moving_date": _in(7), "postal_code": "530-0005",
        "new_address": "大阪府大阪市北区中之島一丁目3番20号", "new_head": person.name, "scope": "alone",
        "move_in_understood": "on",
    }  # fmt: skip


def allowance(person: Person, variant: int) -> Answers:
    """From three children on it takes the department head too."""
    child = {"name": SAKURA.name, "name_kana": SAKURA.kana, "birth_date": "2020-05-20", "relation": "child"}
    return {
        "name": person.name, "name_kana": person.kana, "birth_date": person.birth_date.isoformat(),
        "postal_code": "670-0955", "address": person.address, "phone": PHONE, "occupation": "self_employed",
        "has_spouse": "no", "children": [child | {"living": "together"}] * (3 if variant % 2 else 1),
        "older_children": 0, "reason": "moved_in", "event_date": _in(0), "account_source": "public",
        "enquiry_consent": True, "truth": True,
    }  # fmt: skip


def happy_pass(_: Person, __: int) -> Answers:
    return {
        "baby_name": SAKURA.name, "baby_kana": SAKURA.kana, "baby_birth_date": SAKURA.birth_date.isoformat(),
        "same_household": True,
    }  # fmt: skip


def partner(person: Person, _: int) -> Answers:
    return {
        "organization_kind": "company", "organization_name": "（株）見本データ工房",
        "corporate_number": "5999901000011",
        "office_address": "兵庫県姫路市駅前町一丁目２番地", "representative_title": "代表取締役",
        "representative_name": "見本　創", "contact_name": person.name, "contact_mail": "partner@example.jp",
        "contact_phone": "079-000-0000", "cooperation_fields": ["data", "mobility"],
        "proposal": "バスの乗降データを市と共有し、運行時刻の見直しに役立てます。", "no_organized_crime": True,
        "publication": True,
    }  # fmt: skip


def deletion(_: Person, __: int) -> Answers:
    return {"knows_deleted": True, "knows_kept": True, "agrees": True}


FORMS: Mapping[str, Callable[[Person, int], Answers]] = {
    "residence_certificate": certificate,
    "cancer_screening": screening,
    "landscape_notification": landscape,
    "moving_out": moving_out,
    "child_allowance": allowance,
    "happy_pass": happy_pass,
    "smart_city_partner": partner,
    "account_deletion": deletion,
}
SIGNED = frozenset({"residence_certificate", "moving_out", "child_allowance", "happy_pass", "smart_city_partner"})
BY_COMPANY = "smart_city_partner"
RESIDENTS: Mapping[str, tuple[Person, ...]] = {
    **dict.fromkeys(FORMS, SIGNERS), "happy_pass": PARENTS, "account_deletion": LEAVERS,
}  # fmt: skip
