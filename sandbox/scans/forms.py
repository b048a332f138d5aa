"""申請書と受診票: what a resident writes into an application, and whoever measures into a health check sheet."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from sandbox.people import HANAKO, KENJI, LI, TARO
from sandbox.register.town import BLOCKS, MEN, SURNAMES, WOMEN
from sandbox.scans.truth import Written

_ERAS = {
    "reiwa": date(2019, 5, 1),
    "heisei": date(1989, 1, 8),
    "showa": date(1926, 12, 25),
    "taisho": date(1912, 7, 30),
}
"""元号: with their first days, the latest first."""
_PURPOSES = ("pension", "bank", "employment", "licence", "vehicle", "other")
_QUESTIONS = ("smoking", "exercise", "medicine_pressure", "medicine_sugar", "guidance")


def application(random: Random) -> Written:
    """住民票の写しの交付申請書: by one of the demo people or somebody invented."""
    surname, given = random.choice(SURNAMES), random.choice((*MEN, *WOMEN))
    known = random.choice((None, None, HANAKO, TARO, KENJI, LI))
    born = known.birth_date if known else date(1935, 1, 1) + timedelta(days=random.randrange(80 * 365))
    era, first = next((era, first) for era, first in _ERAS.items() if born >= first)
    town = random.choice([town for _, towns in BLOCKS.values() for town in towns])
    purpose, phone = random.choice(_PURPOSES), f"0{random.choice((7, 8, 9))}0{random.randrange(10**8):08}"
    cells: dict[str, str | None] = {
        "person.name": known.name if known else f"{surname[0]}　{given[0]}",
        "person.name_kana": known.kana if known else f"{surname[1]}　{given[1]}",
        "person.address": known.address if known else f"姫路市{town}{random.randint(1, 90)}番地",
        f"birth_era.{era}": "1",
        "birth.year": f"{born.year - first.year + 1:2}",
        "birth.month": f"{born.month:2}",
        "birth.day": f"{born.day:2}",
        "phone": phone,
        f"kind.{random.choice(('individual', 'household'))}": "1",
        "copies": str(random.choice((1, 1, 1, 2, 3))),
        f"purpose.{purpose}": "1",
        f"delivery.{random.choice(('counter', 'post'))}": "1",
    }
    if purpose == "other":
        cells["purpose_other"] = random.choice(("相続", "奨学金", "保育園"))
    cells |= {each: "1" for each in ("include_relationship", "include_domicile") if random.random() < 0.4}
    return Written(person="", cells=cells)


def health_check(random: Random) -> Written:
    """受診票: of somebody of ordinary measures."""
    height = random.gauss(163, 9)
    weight = height * height / 10_000 * random.gauss(23, 3)
    systolic = random.gauss(126, 15)
    number = f"{random.randrange(10**8):08}"
    cells: dict[str, str | None] = {
        "person.number": number,
        "person.name": f"{random.choice(SURNAMES)[0]}　{random.choice((*MEN, *WOMEN))[0]}",
        "examined.month": f"{random.randint(4, 12):2}",
        "examined.day": f"{random.randint(1, 28):2}",
        "height": f"{height * 10:4.0f}",
        "weight": f"{weight * 10:4.0f}",
        "waist": f"{max(60, weight * 1.1 + 12) * 10:4.0f}",
        "pulse": f"{random.gauss(70, 9):3.0f}",
        "pressure.systolic": f"{systolic:3.0f}",
        "pressure.diastolic": f"{systolic * random.uniform(0.55, 0.68):3.0f}",
        f"result.{random.choice(('normal', 'watch', 'treat'))}": "1",
    }
    cells |= {f"{question}.{random.choice(('yes', 'no'))}": "1" for question in _QUESTIONS}
    if random.random() < 0.4:
        cells["findings"] = random.choice(("特記事項なし", "血圧がやや高い", "体重の管理を"))
    return Written(person=number, cells=cells)


WRITERS: Mapping[str, Callable[[Random], Written]] = {
    "paper_residence_certificate": application,
    "health_check": health_check,
}
"""書き手: by the sheet they fill in."""
