"""住民記録: HttpRegister against the running sandbox register, and the folding of names and addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from activities.registry.register import (
    HttpRegister,
    Match,
    RegisterRefused,
    RegisterUnavailable,
    ResidentAttributes,
    ResidentRegister,
)
from activities.registry.settings import RegisterSettings
from procedures.notation import fold_address, fold_name
from procedures.values import PersonId
from sandbox.gateway.process import NeighbourProcess
from sandbox.people import HANAKO, LI, TARO, YUMI, Person

HANAKO_ID = PersonId(HANAKO.person_id)


@dataclass
class City:
    url: str
    register: ResidentRegister

    def fault(self, kind: str, **details: Any) -> None:
        httpx.post(f"{self.url}/_sandbox/faults", json={"kind": kind, **details}, verify=False).raise_for_status()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("register")
    with NeighbourProcess("sandbox.register", folder, "--households", "50") as process:
        settings = RegisterSettings(base_url=process.url, token_file=folder / "token", timeout_seconds=2)
        register = HttpRegister.connect(settings)
        yield City(process.url, register)
        register.close()


def asked(person: Person, **changes: Any) -> ResidentAttributes:
    written = {"name": person.name, "birth_date": person.birth_date, "sex": person.sex, "address": person.address}
    return ResidentAttributes(**(written | changes))


def test_a_certificates_attributes_are_matched_exactly(city: City) -> None:
    assert city.register.match(asked(HANAKO)) == Match("exact", HANAKO_ID)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "姫路花子"},
        {"name": "姫路 花子"},
        {"address": "兵庫県姫路市安田４丁目１番地"},
        {"address": "兵庫県姫路市安田4-1"},
        {"address": "兵庫県姫路市 安田四－一"},
        {"address": "兵庫県姫路市安田4の1"},
    ],
)
def test_another_notation_of_the_same_is_still_exact(city: City, changes: dict[str, str]) -> None:
    assert city.register.match(asked(HANAKO, **changes)).kind == "exact"


def test_half_width_latin_names_match_full_width_ones(city: City) -> None:
    assert city.register.match(asked(LI, name="Li Mei")) == Match("exact", PersonId(LI.person_id))


def test_what_really_differs_is_named_for_the_reviewer(city: City) -> None:
    assert city.register.match(asked(YUMI)) == Match("differs", PersonId(YUMI.person_id), ("address",))
    assert city.register.match(asked(HANAKO, sex="1")) == Match("differs", HANAKO_ID, ("sex",))
    assert city.register.match(asked(HANAKO, address="兵庫県姫路市安田41番地")).differences == ("address",)


def test_a_stranger_is_none(city: City) -> None:
    stranger = asked(HANAKO, name="播磨　花子", address="兵庫県姫路市本町６８番地")
    assert city.register.match(stranger) == Match("none")


def test_a_person_and_the_household_are_read(city: City) -> None:
    assert city.register.person(HANAKO_ID).name_kana == HANAKO.kana
    household = city.register.household(HANAKO_ID)
    assert household.head.name == TARO.name
    assert [member.relationship for member in household.members] == ["世帯主", "妻", "子"]
    foreign = city.register.person(PersonId(LI.person_id)).foreign
    assert foreign is not None
    assert foreign.residence_period == "３年"


def test_an_unknown_person_is_refused_for_good(city: City) -> None:
    for number in ("99999999999", "../_sandbox/summary", ""):
        with pytest.raises(RegisterRefused):
            city.register.person(PersonId(number))


@pytest.mark.parametrize("kind", ["down", "slow", "garbage", "truncated", "wrong_shape", "wrong_person"])
@pytest.mark.parametrize("question", ["match", "person", "household"])
def test_a_broken_register_is_unavailable_and_never_a_match(city: City, kind: str, question: str) -> None:
    city.fault(kind, seconds=3)
    ask = {
        "match": lambda: city.register.match(asked(HANAKO)),
        "person": lambda: city.register.person(HANAKO_ID),
        "household": lambda: city.register.household(HANAKO_ID),
    }[question]
    with pytest.raises(RegisterUnavailable) as error:
        ask()
    assert HANAKO.name not in repr(error.getrepr())
    ask()  # and afterwards it works again


def test_a_household_of_other_people_is_not_believed(city: City) -> None:
    city.fault("slow", seconds=0)  # the person is answered soundly, the household is not
    city.fault("wrong_person")
    with pytest.raises(RegisterUnavailable, match="does not fit"):
        city.register.household(HANAKO_ID)


def test_a_wrong_token_waits_for_an_administrator(city: City) -> None:
    stranger = HttpRegister(city.url, "wrong", 1)
    with pytest.raises(RegisterUnavailable, match="token file"):
        stranger.person(HANAKO_ID)
    stranger.close()


def test_nobody_listening_is_unavailable(tmp_path_factory: pytest.TempPathFactory) -> None:
    with NeighbourProcess("sandbox.register", tmp_path_factory.mktemp("gone"), "--households", "1") as process:
        url = process.url
    register = HttpRegister(url, "any", 1)
    with pytest.raises(RegisterUnavailable):
        register.person(HANAKO_ID)
    register.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("姫路市北条口二丁目８番地", "姫路市北条口2-8"),
        ("姫路市網干区興浜５番地の２", "姫路市網干区興浜5-2"),
        ("姫路市青山十二番二十三号", "姫路市青山12-23"),
        ("姫路市書写1番2号　姫山ハイツ１０１号室", "姫路市書写1-2姫山ハイツ101"),
        ("姫路市書写1番2号 101", "姫路市書写1-2-101"),
        ("姫路市大字白国１２番地", "姫路市白国12"),
        ("姫路市十二所前町３ー４", "姫路市12所前町３−４"),
        ("姫路市土山３丁目〇番", "姫路市土山三丁目0番"),
    ],
)
def test_two_notations_of_one_address_are_equal(one: str, other: str) -> None:
    assert fold_address(one) == fold_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("姫路市安田四丁目１番地", "姫路市安田四丁目１１番地"),
        ("姫路市安田4-1", "姫路市安田41"),
        ("姫路市安田4 1", "姫路市安田41"),
        ("姫路市安田四丁目一番地", "姫路市安田四十一番地"),
        ("姫路市書写1番地", "姫路市書写1番地の2"),
        ("姫路市書写1-2姫山ハイツ101", "姫路市書写1-2市川ハイツ101"),
        ("姫路市書写1-2姫山ハイツ101", "姫路市書写1-2"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert fold_address(one) != fold_address(other)


def test_names_are_folded_by_width_case_and_spaces_only() -> None:
    assert fold_name("ＬＩ　Ｍｅｉ") == fold_name("LI MEI")
    assert fold_name("ﾋﾒｼﾞ ﾊﾅｺ") == fold_name("ヒメジ　ハナコ")
    assert fold_name("髙橋　清") != fold_name("高橋　清")
