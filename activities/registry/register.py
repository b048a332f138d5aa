"""住民記録: asking the city's resident register who somebody is. Read-only.

The register finds a candidate; whether it *is* the applicant is decided here, over folded notation, so that a careless
or broken register can never make a match.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from activities.registry.settings import RegisterSettings
from procedures.notation import fold_address, fold_name
from procedures.values import PersonId

Sex = str
"""性別: "1" male, "2" female, as on the card's chip; any other code is kept as it is and simply has to be the same."""
MatchKind = Literal["exact", "differs", "none", "several"]


class RegisterUnavailable(Exception):
    """住民記録に届かない: down, slow, or an answer that makes no sense; nothing is known. Try again."""


class RegisterRefused(Exception):
    """住民記録の拒否: final for this request, e.g. there is no such person."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ResidentAttributes(_Frozen):
    """基本4情報: as written in a signing certificate or on the chip."""

    name: str
    birth_date: date
    sex: Sex
    address: str


class ForeignResident(_Frozen):
    """外国人住民の記載事項（住基法30条の45）."""

    nationality: str
    """国籍・地域"""
    category: str
    """30条45規定区分"""
    residence_status: str
    """在留資格"""
    residence_period: str
    """在留期間"""
    residence_expires_on: date
    """在留期間の満了の日"""
    residence_card_number: str
    """在留カードの番号"""


class ResidentRecord(_Frozen):
    """住民票の記載事項（住基法7条）: without the My Number. `domicile` is empty for foreign residents."""

    person_id: PersonId
    """宛名番号"""
    household_id: str
    """世帯番号"""
    name: str
    """氏名"""
    name_kana: str
    """フリガナ"""
    birth_date: date
    """生年月日"""
    sex: Sex
    """性別"""
    block: str
    """地区"""
    postal_code: str
    """郵便番号"""
    address: str
    """住所"""
    head_of_household: str
    """世帯主の氏名"""
    relationship: str
    """続柄"""
    resident_since: date
    """住民となった日"""
    address_since: date
    """住所を定めた日"""
    notified_on: date
    """届出日"""
    previous_address: str | None
    """従前の住所"""
    domicile: str | None = None
    """本籍"""
    domicile_head: str | None = None
    """筆頭者"""
    foreign: ForeignResident | None = None
    """外国人住民の記載事項"""


@dataclass(frozen=True)
class Household:
    """世帯: `members` in the register's order, the head among them."""

    household_id: str
    head: ResidentRecord
    members: tuple[ResidentRecord, ...]


@dataclass(frozen=True)
class Match:
    """照合の結果: `person_id` for exact and differs; `differences` names what a reviewer must look at."""

    kind: MatchKind
    person_id: PersonId | None = None
    differences: tuple[str, ...] = ()


class ResidentRegister(Protocol):
    """住民記録: all methods raise RegisterUnavailable (retry) or RegisterRefused (final)."""

    def match(self, attributes: ResidentAttributes) -> Match:
        """照合: finds whose attributes these are."""

    def person(self, person_id: PersonId) -> ResidentRecord:
        """住民の記載事項."""

    def household(self, person_id: PersonId) -> Household:
        """世帯の記載事項: of the household the person lives in."""


class _MatchAnswer(_Frozen):
    kind: MatchKind
    resident: ResidentRecord | None


class _HouseholdAnswer(_Frozen):
    household_id: str
    head_person_id: PersonId
    members: tuple[ResidentRecord, ...]


_Read = TypeVar("_Read", bound=_Frozen)


class HttpRegister:
    """HTTP接続: one per process; safe to share between threads."""

    def __init__(self, base_url: str, token: str, timeout_seconds: float) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            headers={"authorization": f"Bearer {token}"},
            timeout=timeout_seconds,
            follow_redirects=False,
        )

    @classmethod
    def connect(cls, settings: RegisterSettings) -> "HttpRegister":
        """接続: reads the token's file."""
        return cls(settings.base_url, settings.token(), settings.timeout_seconds)

    def close(self) -> None:
        """切断."""
        self._client.close()

    def match(self, attributes: ResidentAttributes) -> Match:
        """照合: see ResidentRegister."""
        answer = self._ask(_MatchAnswer, "POST", "/residents/match", attributes)
        if answer.kind in {"none", "several"}:
            return Match(answer.kind)
        if answer.resident is None:
            raise RegisterUnavailable("The resident register found somebody but did not say whom; trying again.")
        differences = _differences(answer.resident, attributes)
        if len(set(differences) - {"sex"}) > 1:
            # Two of name, birth date and address make somebody a candidate; less is somebody else's record.
            raise RegisterUnavailable("The resident register answered with another person; trying again.")
        return Match("differs" if differences else "exact", answer.resident.person_id, differences)

    def person(self, person_id: PersonId) -> ResidentRecord:
        """住民の記載事項: see ResidentRegister."""
        found = self._ask(ResidentRecord, "GET", f"/residents/{quote(person_id, safe='')}")
        if found.person_id != person_id:
            raise RegisterUnavailable("The resident register answered with another person; trying again.")
        return found

    def household(self, person_id: PersonId) -> Household:
        """世帯の記載事項: see ResidentRegister."""
        household_id = self.person(person_id).household_id
        found = self._ask(_HouseholdAnswer, "GET", f"/households/{quote(household_id, safe='')}")
        by_id = {member.person_id: member for member in found.members if member.household_id == household_id}
        complete = found.household_id == household_id and len(by_id) == len(found.members)
        if not complete or person_id not in by_id or found.head_person_id not in by_id:
            raise RegisterUnavailable("The resident register's household does not fit together; trying again.")
        return Household(household_id, by_id[found.head_person_id], found.members)

    def _ask(self, kind: type[_Read], method: str, path: str, body: BaseModel | None = None) -> _Read:
        try:
            response = self._client.request(method, path, json=body.model_dump(mode="json") if body else None)
        except httpx.HTTPError as error:
            raise RegisterUnavailable(f"The resident register cannot be reached ({type(error).__name__}).") from error
        _check_status(response.status_code)
        try:
            return kind.model_validate_json(response.content)
        except ValidationError:
            # `from None`: the validation error would quote a resident's data.
            raise RegisterUnavailable("The resident register's answer could not be read; trying again.") from None


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in {401, 403}:
        raise RegisterUnavailable(f"The resident register does not accept our token ({status}); check the token file.")
    if status == 404:
        raise RegisterRefused("The resident register knows nobody under this number.")
    if 400 <= status < 500 and status not in {408, 425, 429}:
        raise RegisterRefused(f"The resident register refuses the question as it was put ({status}).")
    raise RegisterUnavailable(f"The resident register is not available ({status}).")


def _differences(resident: ResidentRecord, asked: ResidentAttributes) -> tuple[str, ...]:
    same = {
        "name": fold_name(resident.name) == fold_name(asked.name),
        "birth_date": resident.birth_date == asked.birth_date,
        "sex": resident.sex == asked.sex,
        "address": fold_address(resident.address) == fold_address(asked.address),
    }
    return tuple(name for name, equal in same.items() if not equal)
