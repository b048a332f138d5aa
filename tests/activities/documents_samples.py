"""見本: contexts for every template of the library, as the activity that issues documents builds them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from activities.documents.render import Renderer
from procedures.verification import Verification, new_code

LIBRARY = Path(__file__).parents[2] / "procedures" / "library"
RESIDENCE = "residence_certificate/documents/residence_certificate.html"
ISSUED_AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LANGUAGES = ("ja", "en", "zh", "ko")

HANAKO: dict[str, Any] = {
    "person_id": "20140000001",
    "name": "姫路　花子",
    "kana": "ヒメジ　ハナコ",
    "birth_date": date(1990, 4, 12),
    "sex": "2",
    "address": "兵庫県姫路市安田四丁目１番地",
    "relationship": "妻",
    "resident_since": date(2014, 4, 1),
    "moved_in_on": date(2018, 6, 20),
    "notified_on": date(2018, 6, 25),
    "previous_address": "兵庫県姫路市飾磨区細江１２番地",
    "domicile": "兵庫県たつの市龍野町富永１００５番地",
    "head_of_register": "龍野　五郎",
}
TARO = HANAKO | {"person_id": "20140000002", "name": "姫路　太郎", "kana": "ヒメジ　タロウ", "relationship": "世帯主"}
SAKURA = HANAKO | {"person_id": "20140000003", "name": "姫路　さくら", "relationship": "子", "previous_address": None}

FAMILY = {
    "name": "姫路　花子",
    "address": HANAKO["address"],
    "present_address": HANAKO["address"],
    "moving_date": "2026-12-01",
    "postal_code": "530-0005",
    "new_address": "大阪府大阪市北区中之島一丁目3番20号",
    "new_building": "中之島ハイツ203",
    "new_head": "姫路　太郎",
    "children": [
        {"name": "姫路　さくら", "birth_date": "2026-05-20"},
        {"name": "姫路　かえで", "birth_date": "2019-02-03"},
        {"name": "姫路　つばき", "birth_date": "2010-08-15"},
    ],
    "account_source": "other",
    "bank_name": "見本銀行",
    "branch_name": "姫路支店",
    "account_number": "0123456",
}
"""What 転出届 and 児童手当 ask: of several people at once."""


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(LIBRARY)


@pytest.fixture
def verification() -> Verification:
    return Verification(new_code(), "https://madoguchi.example.test")


def context(language: str = "ja", **answers: Any) -> dict[str, Any]:
    return {
        "case": {"receipt_number": "2026-1123-7K3M", "received_at": ISSUED_AT, "language": language},
        "procedure": {"title": "住民票の写しの交付請求", "department": "住民窓口センター"},
        "municipality": {"name": "姫路市", "mayor_title": "姫路市長", "mayor": "播磨　城太郎"},
        "recipient": {"name": "姫路　花子", "postal_code": "670-0955", "address": HANAKO["address"]},
        "register": {
            "person": HANAKO,
            "household": {
                "address": HANAKO["address"],
                "head_of_household": "姫路　太郎",
                "members": [TARO, HANAKO, SAKURA],
            },
        },
        "answers": {
            "kind": "individual",
            "copies": 1,
            "include_relationship": True,
            "include_domicile": True,
            "screening_date": "2027-01-14",
            "baby_name": "姫路　さくら",
            "baby_birth_date": "2026-05-20",
            "organization_name": "株式会社見本データ工房",
            "corporate_number": "5999901000011",
            "office_address": "兵庫県姫路市駅前町一丁目２番地",
            "representative_title": "代表取締役",
            "representative_name": "見本　創",
            "place": "姫路市本町６８番地",
            "start_date": "2027-01-28",
        }
        | FAMILY
        | answers,
        "labels": {
            "screening": "乳がん検診",
            "clinic": "中央保健センター",
            "cooperation_fields": "データ利活用、交通・移動",
            "account_kind": "普通",
            "kind": "建築物の新築・増築・改築・移転",
            "members": ({"name": "姫路　太郎", "relation": "夫または妻"}, {"name": "姫路　さくら", "relation": "子"}),
        },
        "decision": {"deemed_on": date(2026, 12, 28), "points": 5000, "awarded_on": date(2026, 11, 23)},
        "payment": {
            "amount": 410,
            "brand": "JCB",
            "paid_at": ISSUED_AT,
            "items": [{"title": "住民票の写し", "amount": 300}, {"title": "郵送料", "amount": 110}],
        },
    }
