"""住民の生成: invented households, the same for the same seed, spread over the 13 blocks in proportion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Literal

from sandbox.people import HANAKO, LI, PEOPLE, SAKURA, TARO, Person
from sandbox.register.resident import ForeignResident, Household, Resident
from sandbox.register.town import BLOCKS, FOREIGN_NAMES, MEN, POSTAL_CODES, RESIDENCE_STATUSES, SURNAMES, WOMEN

AS_OF = date(2026, 11, 1)
"""基準日: ages are as of this day, so that a seed means the same register tomorrow."""

_CITY = "兵庫県姫路市"
_ELSEWHERE = ("兵庫県加古川市加古川町１番地", "大阪府大阪市北区中之島一丁目３番")
_Sex = Literal["1", "2"]
# 続柄, sex ("" = either) and age relative to the head, per kind of household; and how many in a hundred are of it.
_FAMILIES: tuple[tuple[int, tuple[tuple[str, str, int], ...]], ...] = (
    (34, ()),
    (22, (("妻", "2", -2),)),
    (14, (("妻", "2", -2), ("子", "", -30))),
    (13, (("妻", "2", -1), ("子", "", -29), ("子", "", -32))),
    (5, (("妻", "2", -3), ("子", "", -28), ("子", "", -31), ("子", "", -34))),
    (7, (("子", "", -29),)),
    (5, (("妻", "2", -2), ("子", "", -29), ("母", "2", 27))),
)


@dataclass(frozen=True)
class _Home:
    block: str
    address: str
    since: date


def population(households: int, seed: int) -> tuple[Household, ...]:
    """住民: the demo people first, then `households` invented ones."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose, and no secret
    blocks = [block for block, count in _shares(households) for _ in range(count)]
    made = (_family(random, number, block) for number, block in enumerate(blocks, start=1))
    return (*_demo(), *made)


def _shares(households: int) -> Iterator[tuple[str, int]]:
    """按分: households per block by largest remainder, so that the sum is exact."""
    total = sum(size for size, _ in BLOCKS.values())
    exact = {block: households * size / total for block, (size, _) in BLOCKS.items()}
    missing = households - sum(int(share) for share in exact.values())
    favoured = sorted(exact, key=lambda block: exact[block] % 1, reverse=True)[:missing]
    for block, share in exact.items():
        yield block, int(share) + (block in favoured)


def _family(random: Random, number: int, block: str) -> Household:
    home = _home(random, block)
    if random.random() < 0.025:
        return _foreigner(random, number, home)
    (others,) = random.choices([kind for _, kind in _FAMILIES], weights=[weight for weight, _ in _FAMILIES])
    oldest = 90 - max((difference for _, _, difference in others), default=0)
    age = random.randint(30, min(oldest, 78)) if others else random.randint(20, 92)
    head_sex = "1" if any(relationship == "妻" for relationship, _, _ in others) else random.choice("12")
    roles = [("世帯主", head_sex, 0), *others]
    sexes = [sex or random.choice("12") for _, sex, _ in roles]
    names = _names(random, sexes)
    members: list[Resident] = []
    for (relationship, _, difference), sex, (name, kana) in zip(roles, sexes, names, strict=True):
        born = _birthday(random, max(0, age + difference + random.randint(-1, 1)))
        if relationship == "子" == members[-1].relationship and random.random() < 0.05:
            born = members[-1].birth_date  # twins: only their names tell them apart
        since = max(born, home.since)  # children are born here; adults moved in
        head, domicile = names[0][0], home.address.split("　")[0]
        members.append(Resident(
            person_id=f"3014{number:06d}{len(members) + 1}", household_id=f"4014{number:07d}",
            name=name, name_kana=kana,
            birth_date=born, sex="1" if sex == "1" else "2", block=block, postal_code=POSTAL_CODES[block],
            address=home.address, head_of_household=head,
            relationship=relationship, resident_since=since, address_since=since,
            notified_on=min(AS_OF, since + timedelta(days=random.randint(0, 14))),
            previous_address=None if since == born else random.choice(_ELSEWHERE),
            domicile=domicile, domicile_head=head,
        ))  # fmt: skip
    return Household(members[0].household_id, tuple(members))


def _names(random: Random, sexes: list[str]) -> list[tuple[str, str]]:
    """氏名とフリガナ: one surname, and no given name twice in a household."""
    surname, surname_kana = random.choice(SURNAMES)
    men, women = random.sample(MEN, len(sexes)), random.sample(WOMEN, len(sexes))
    given = [(men if sex == "1" else women)[index] for index, sex in enumerate(sexes)]
    return [(f"{surname}　{name}", f"{surname_kana}　{kana}") for name, kana in given]


def _foreigner(random: Random, number: int, home: _Home) -> Household:
    name, kana, sex, nationality = random.choice(FOREIGN_NAMES)
    status, period = random.choice(RESIDENCE_STATUSES)
    born = _birthday(random, random.randint(20, 55))
    foreign = ForeignResident(
        nationality=nationality, category="中長期在留者", residence_status=status, residence_period=period,
        residence_expires_on=AS_OF + timedelta(days=random.randint(60, 1_500)),
        residence_card_number="".join(random.choices("ABCDEFGH", k=2)) + f"{random.randint(0, 99_999_999):08d}TS",
    )  # fmt: skip
    resident = Resident(
        person_id=f"3014{number:06d}1", household_id=f"4014{number:07d}", name=name, name_kana=kana, birth_date=born,
        sex="1" if sex == "1" else "2", block=home.block,
        postal_code=POSTAL_CODES[home.block], address=home.address, head_of_household=name,
        relationship="世帯主", resident_since=home.since, address_since=home.since, notified_on=home.since,
        previous_address=None, foreign=foreign,
    )  # fmt: skip
    return Household(resident.household_id, (resident,))


def _home(random: Random, block: str) -> _Home:
    town = random.choice(BLOCKS[block][1])
    plot = random.randint(1, 60)
    style = random.choice(("番地", "番地の", "番"))
    number = _wide(plot) + style
    if style == "番地の":
        number += _wide(random.randint(1, 20))
    elif style == "番":
        number += _wide(random.randint(1, 40)) + "号"
    building = random.choice(("姫山", "白鷺", "市川"))
    room = f"　{building}ハイツ{_wide(random.randint(101, 908))}号室" if random.random() < 0.2 else ""
    # Recent enough that every adult was born before.
    return _Home(block, f"{_CITY}{town}{number}{room}", AS_OF - timedelta(days=random.randint(40, 6_000)))


def _birthday(random: Random, age: int) -> date:
    return AS_OF - timedelta(days=age * 365 + age // 4 + random.randint(1, 364))


def _wide(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _demo() -> Iterator[Household]:
    """登場人物の世帯: 太郎, 花子 and さくら live together; everyone else alone."""
    family = (TARO, HANAKO, SAKURA)
    yield Household("50140000001", tuple(
        _person(person, "50140000001", TARO, relationship)
        for person, relationship in zip(family, ("世帯主", "妻", "子"), strict=True)
    ))  # fmt: skip
    others = (person for person in PEOPLE if person not in family)
    for number, person in enumerate(others, start=2):
        household = f"5014{number:07d}"
        yield Household(household, (_person(person, household, person, "世帯主"),))


def _person(person: Person, household: str, head: Person, relationship: str) -> Resident:
    address = person.registered_address or person.address
    block = _block(address) or person.block
    since = max(person.birth_date, date(2014, 4, 1))
    moved = date(2026, 9, 1) if person.registered_address else since
    resident = Resident(
        person_id=person.person_id, household_id=household, name=person.name, name_kana=person.kana,
        birth_date=person.birth_date, sex=person.sex, block=block, postal_code=POSTAL_CODES[block], address=address,
        head_of_household=head.name, relationship=relationship, resident_since=since, address_since=moved,
        notified_on=moved, previous_address=person.address if person.registered_address else None,
        domicile=address, domicile_head=head.name,
    )  # fmt: skip
    return replace(resident, domicile=None, domicile_head=None, foreign=_LI_FOREIGN) if person is LI else resident


def _block(address: str) -> str | None:
    towns = ((town, block) for block, (_, towns) in BLOCKS.items() for town in towns)
    return next((block for town, block in towns if address.startswith(_CITY + town)), None)


_LI_FOREIGN = ForeignResident(
    nationality="中国", category="中長期在留者", residence_status="技術・人文知識・国際業務", residence_period="３年",
    residence_expires_on=date(2028, 3, 31), residence_card_number="AB12345678CD",
)  # fmt: skip
