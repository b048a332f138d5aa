"""住民記録（模擬）: the running register, asked over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.gateway.process import NeighbourProcess
from sandbox.people import HANAKO, LI, PEOPLE, YUMI, Person
from sandbox.register.population import AS_OF, population
from sandbox.register.town import BLOCKS


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("register")
    with NeighbourProcess("sandbox.register", folder) as process:
        token = (folder / "token").read_text()
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=process.url, headers=headers, verify=False, timeout=30) as client:
            yield client


def attributes(person: Person, **changes: str) -> dict[str, str]:
    written = {"name": person.name, "birth_date": person.birth_date.isoformat(), "sex": person.sex}
    return {**written, "address": person.address, **changes}


def match(register: httpx.Client, asked: dict[str, str]) -> tuple[str, list[str], str | None]:
    answer = register.post("/residents/match", json=asked).raise_for_status().json()
    return answer["kind"], answer["differences"], (answer["resident"] or {}).get("person_id")


@pytest.mark.parametrize("person", [person for person in PEOPLE if person is not YUMI], ids=lambda person: person.key)
def test_every_demo_person_is_matched_exactly(register: httpx.Client, person: Person) -> None:
    assert match(register, attributes(person)) == ("exact", [], person.person_id)


def test_a_person_who_moved_since_the_certificate_differs_by_address(register: httpx.Client) -> None:
    assert match(register, attributes(YUMI)) == ("differs", ["address"], YUMI.person_id)
    record = register.get(f"/residents/{YUMI.person_id}").json()
    assert (record["address"], record["previous_address"]) == (YUMI.registered_address, YUMI.address)


def test_a_changed_name_or_sex_differs_and_a_stranger_is_none(register: httpx.Client) -> None:
    assert match(register, attributes(HANAKO, name="播磨　花子")) == ("differs", ["name"], HANAKO.person_id)
    assert match(register, attributes(HANAKO, sex="1")) == ("differs", ["sex"], HANAKO.person_id)
    assert match(register, attributes(HANAKO, name="播磨　花子", address="兵庫県姫路市本町６８番地"))[0] == "none"


def test_two_who_fit_equally_well_are_several(register: httpx.Client) -> None:
    families = (household.members for household in population(2_000, 282014))
    siblings = next(
        (first, second)
        for members in families
        for first in members
        for second in members
        if first.person_id < second.person_id and first.birth_date == second.birth_date
    )
    twin = siblings[0]
    asked = {"name": "名前　違う", "birth_date": twin.birth_date.isoformat(), "sex": twin.sex, "address": twin.address}
    kind, _, person_id = match(register, asked | {"sex": "9"})
    assert (kind, person_id) == ("several", None)


def test_a_household_lists_its_members_head_first(register: httpx.Client) -> None:
    household_id = register.get(f"/residents/{HANAKO.person_id}").json()["household_id"]
    household = register.get(f"/households/{household_id}").json()
    members = [(member["name"], member["relationship"]) for member in household["members"]]
    assert members == [("姫路　太郎", "世帯主"), ("姫路　花子", "妻"), ("姫路　さくら", "子")]
    assert household["head_person_id"] == household["members"][0]["person_id"]


def test_a_foreign_resident_has_a_residence_status_and_no_domicile(register: httpx.Client) -> None:
    record = register.get(f"/residents/{LI.person_id}").json()
    assert record["foreign"]["nationality"] == "中国"
    assert record["domicile"] is None


def test_households_are_spread_over_the_13_blocks_in_proportion(register: httpx.Client) -> None:
    summary = register.get("/_sandbox/summary").json()
    total = sum(size for size, _ in BLOCKS.values())
    assert total == 238_634  # the talk's own sum, 238,633, is one short of its parts
    assert len(summary["blocks"]) == 13
    for block, (size, _) in BLOCKS.items():
        assert abs(summary["blocks"][block] - 2_000 * size / total) < 5, block  # the demo people come on top


def test_the_same_seed_gives_the_same_residents() -> None:
    assert population(200, 7) == population(200, 7)
    assert population(200, 7) != population(200, 8)


def test_invented_residents_hang_together() -> None:
    households = population(2_000, 282014)
    residents = [resident for household in households for resident in household.members]
    assert len({household.household_id for household in households}) == len(households)
    assert len({resident.person_id for resident in residents}) == len(residents)
    for household in households:
        head = household.members[0]
        assert head.relationship == "世帯主"
        for member in household.members:
            assert (member.household_id, member.address) == (household.household_id, head.address)
            assert member.head_of_household == head.name
            assert member.birth_date <= member.resident_since <= member.notified_on <= AS_OF
            assert (member.foreign is None) == (member.domicile is not None)


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}])
def test_without_the_token_nothing_is_told(register: httpx.Client, header: dict[str, str]) -> None:
    bare = httpx.get(f"{register.base_url}/residents/{HANAKO.person_id}", headers=header)
    assert bare.status_code == 401
    assert HANAKO.name not in bare.text


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"name": 1}', b'{"name":"x","birth_date":"yesterday","sex":"1","address":"y"}']
)
def test_an_unreadable_question_is_refused(register: httpx.Client, body: bytes) -> None:
    assert register.post("/residents/match", content=body).status_code == 422


@pytest.mark.parametrize(
    ("kind", "status"), [("down", 503), ("garbage", 200), ("truncated", 200), ("wrong_shape", 200)]
)
def test_faults_happen_as_often_as_asked(register: httpx.Client, kind: str, status: int) -> None:
    fault: dict[str, Any] = {"kind": kind, "times": 1}
    register.post("/_sandbox/faults", json=fault).raise_for_status()
    spoiled, sound = (register.get(f"/residents/{HANAKO.person_id}") for _ in range(2))
    assert spoiled.status_code == status
    assert HANAKO.person_id not in spoiled.text or not spoiled.text.endswith("}")
    assert sound.json()["name"] == HANAKO.name


def test_the_token_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    with NeighbourProcess("sandbox.register", tmp_path, "--households", "1"):
        token = (tmp_path / "token").read_text()
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    with NeighbourProcess("sandbox.register", tmp_path, "--households", "1"):
        assert (tmp_path / "token").read_text() == token
