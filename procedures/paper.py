"""紙の申請: which procedures are taken on paper, when one arrived, whose it is and how that person was identified.

A request arrives when its paper reaches the office (民法97条1項, 行政手続法7条), not when somebody types it.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from procedures.calendar import JAPAN
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.steps import PostDocument, Review
from procedures.submission import PAPER_SCAN, Attachment, Submission
from procedures.texts import Text
from procedures.writing import is_legible, katakana

Arrival = Literal["online", "counter", "post"]
"""受付方法: how a request reached the city."""
PaperArrival = Literal["counter", "post"]
"""紙の受付方法: a telephone call is no request in writing."""

Method = Literal["card", "in_person", "cash", "money_order"]
"""支払方法: in_person: at the counter, not paid yet; cash or money_order (定額小為替): an officer received it."""

OLDEST = timedelta(days=60)
"""How long ago a paper may have arrived: whoever enters an older day has most likely mistyped it."""

SCAN: Final = AttachmentField(
    id=PAPER_SCAN,
    kind="attachment",
    label=Text(ja="申請書の画像", en="Scan of the paper form", zh="申请书的扫描件", ko="신청서 스캔"),
    accept=("pdf", "jpeg", "png"),
    max_bytes=20_000_000,
    max_files=20,
    max_pages=50,
    photos_as_pdf=True,
)
"""申請書の画像: asked for beside the form of the procedure; photographs of several pages become one PDF."""

Proof = Literal[
    "my_number_card",
    "driving_licence",
    "passport",
    "residence_card",
    "permanent_resident_certificate",
    "disability_certificate",
    "other_with_photo",
    "health_insurance",
    "pension",
    "care_insurance",
    "other_official",
    "employment_card",
    "student_card",
    "bank_book",
    "other_private",
]
"""本人確認書類. Their numbers are written down nowhere."""
ALONE: Final[frozenset[Proof]] = frozenset(get_args(Proof)[:7])
"""1点で足りるもの: with a photograph, by a public office (住民基本台帳法12条3項, 同事務処理要領)."""
OFFICIAL: Final[frozenset[Proof]] = frozenset(get_args(Proof)[7:11])
"""2点のうち少なくとも1点: by a public office, without a photograph. Two private ones identify nobody."""

Authority = Literal["letter_of_attorney", "family_register", "guardianship"]
"""代理権を示すもの: 委任状, 戸籍謄本など, 後見の登記事項証明書 (住民基本台帳法12条4項)."""

Sex = Literal["male", "female", "other"]


def _legible(text: str) -> str:
    if not is_legible(text, multiline=False):
        raise PydanticCustomError("illegible", "expected one line of legible text")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class StatedPerson(BaseModel):
    """申請書に書かれた本人: whose request it is, as written there; compared with the register, never believed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    name_kana: Annotated[str, StringConstraints(max_length=100)] = ""
    birth_date: date
    address: Address
    sex: Sex

    _one_line = field_validator("name", "name_kana", "address")(_legible)

    @field_validator("name_kana")
    @classmethod
    def _kana(cls, typed: str) -> str:
        return katakana(typed)

    def facts(self) -> dict[str, str]:
        """事実: as rules, register and reviewers read a signer."""
        found: dict[str, str] = self.model_dump(mode="json")
        return found


class PaperProxy(BaseModel):
    """代理人 who brought or sent the paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    authority: Authority

    _one_line = field_validator("name")(_legible)


class IdentityCheck(BaseModel):
    """本人確認: what was shown, or copied and sent, by whoever made the request: the person, or their proxy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proofs: tuple[Proof, ...] = Field(min_length=1, max_length=5)
    proxy: PaperProxy | None = None


class CardConfirmation(BaseModel):
    """カードによる確認: whoever holds the card knows its PIN, and it was not revoked; at which counter's reader, when.

    The level of assurance is `signed`. Whose card it is, its certificate does not say.
    """

    model_config = ConfigDict(frozen=True)

    counter: str
    confirmed_at: datetime


class RecordedIdentity(IdentityCheck):
    """本人確認の記録: what an officer wrote down, and what a card reader at the counter found."""

    card: CardConfirmation | None = None


def suffice(proofs: Iterable[str]) -> bool:
    """足りるか否か: one with a photograph by a public office, or two different ones, at least one of them official."""
    shown = set(proofs)
    return bool(shown & ALONE) or (len(shown) >= 2 and bool(shown & OFFICIAL))


class PaperSubmission(Submission):
    """紙の申請 as filed: the answers an officer read from it, and the picture of the paper itself, by digest."""

    arrival: PaperArrival
    received_on: date
    scans: tuple[Attachment, ...]


def counter_functions(procedure: Procedure) -> tuple[str, ...]:
    """窓口の職務: who enters a paper, takes its fee and hands its documents out: reviewers, then who posts."""
    found = [each.function for kind in (Review, PostDocument) for each in procedure.steps if isinstance(each, kind)]
    return tuple(dict.fromkeys(found))


def is_taken_on_paper(procedure: Procedure) -> bool:
    """紙で受け付けるか否か: a person's request that ends in a document.

    Points and the closing of an account are about an account, which whoever writes on paper does not have; how an
    organisation identifies itself on paper (登記事項証明書, 印鑑証明書) is not built.
    """
    of_accounts = any(step.kind in ("award_points", "close_account") for step in procedure.steps)
    is_a_persons = procedure.audience == "resident" and procedure.certificates in ((), ("individual",))
    return is_a_persons and not of_accounts and bool(counter_functions(procedure))


ReceivedOn = Literal["in_the_future", "too_long_ago"]


def wrong_day(received_on: date, today: date) -> ReceivedOn | None:
    """受付日の誤り: None where a paper may have arrived on this day."""
    if received_on > today:
        return "in_the_future"
    return "too_long_ago" if received_on < today - OLDEST else None


def arrived_at(received_on: date, now: datetime) -> datetime:
    """到達した時: now for what arrived today; of an earlier day only the day is known, so its first moment stands."""
    if received_on == now.astimezone(JAPAN).date():
        return now
    return datetime.combine(received_on, time(0), JAPAN)
