"""住民: one entry of the register, after the national standard (住民基本台帳, 住基法7条・30条の45)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True)
class ForeignResident:
    """外国人住民の記載事項（住基法30条の45）."""

    nationality: str  # 国籍・地域
    category: str  # 30条45規定区分
    residence_status: str  # 在留資格
    residence_period: str  # 在留期間
    residence_expires_on: date  # 在留期間の満了の日
    residence_card_number: str  # 在留カードの番号


@dataclass(frozen=True)
class Resident:
    """住民: never holds the My Number (番号法). Japanese have a domicile, foreigners a `foreign` part."""

    person_id: str  # 宛名番号
    household_id: str  # 世帯番号
    name: str  # 氏名
    name_kana: str  # フリガナ
    birth_date: date  # 生年月日
    sex: Literal["1", "2"]  # 性別（1 男、2 女）
    block: str  # 地区（13ブロック）
    postal_code: str  # 郵便番号
    address: str  # 住所
    head_of_household: str  # 世帯主の氏名
    relationship: str  # 続柄
    resident_since: date  # 住民となった日
    address_since: date  # 住所を定めた日
    notified_on: date  # 届出日
    previous_address: str | None  # 従前の住所
    domicile: str | None = None  # 本籍
    domicile_head: str | None = None  # 筆頭者
    foreign: ForeignResident | None = None


@dataclass(frozen=True)
class Household:
    """世帯: the head first."""

    household_id: str
    members: tuple[Resident, ...]


def written(resident: Resident) -> dict[str, Any]:
    """記載: the resident as JSON, dates in ISO 8601."""
    return {name: _plain(value) for name, value in asdict(resident).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value.isoformat() if isinstance(value, date) else value
