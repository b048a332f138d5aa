"""カードの名義: whose cards there are: every demo person, and cards wrong in one way each."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from sandbox.people import HANAKO, KENJI, PEOPLE, Person
from sandbox.pki.authorities import (
    AUTHENTICATION_POLICY,
    SIGNING_POLICY,
    SMARTPHONE_AUTHENTICATION_POLICY,
    SMARTPHONE_SIGNING_POLICY,
)
from sandbox.pki.profiles import PersonalData, Term

Kind = Literal["signing", "authentication"]


@dataclass(frozen=True)
class Holder:
    """名義: one card. `registered` false means the OCSP responder has never heard of the signing certificate.

    `own_keys`: nothing is shared with its owner's first card. `previous` is the card it renews, `label` the kind of
    token where it is no card.
    Ages count in days before the sandbox's creation; `expired` ends the certificate a month before it.
    """

    key: str
    person: Person
    authority: str = "jpki-signature-03"
    policy: str = SIGNING_POLICY
    issued: int = 400
    expired: bool = False
    substituted: bool = False
    registered: bool = True
    purpose: str = ""
    authentication_policy: str = AUTHENTICATION_POLICY
    own_keys: bool = False
    label: str = ""
    previous: str = ""

    @property
    def owner(self) -> str:
        return self.person.key

    @property
    def keyring(self) -> str:
        """利用者証明用 is the owner's own on every wrong card: only the signing certificate differs."""
        return self.key if self.own_keys else self.owner

    @property
    def signs(self) -> bool:
        return self.person.sign_pin is not None

    def term(self, created: datetime) -> Term:
        """有効期間: to the end (Japan time) of the fifth birthday after issue, the sixth after renewal."""
        birth = datetime.combine(self.person.birth_date, time(), UTC)
        issued = min(
            max(created - timedelta(days=self.issued), birth + timedelta(days=30)),
            created - timedelta(days=1),
        )
        if self.expired:
            return Term(issued, created - timedelta(days=30))
        return Term(issued, _birthday(self.person.birth_date, issued.date(), 6 if self.previous else 5))

    def personal_data(self) -> PersonalData:
        person = self.person
        flags = "0" * (len(person.name) - 1) + "1" if self.substituted else ""
        return PersonalData(person.name, person.birth_date, person.sex, person.address, flags)


def _birthday(birth: date, issued: date, nth: int) -> datetime:
    first = issued.year if (issued.month, issued.day) < (birth.month, birth.day) else issued.year + 1
    year = first + nth - 1
    day = birth.day if birth.day <= calendar.monthrange(year, birth.month)[1] else 28
    return datetime(year, birth.month, day, 14, 59, 59, tzinfo=UTC)


WRONG: Final = (
    Holder("expired", HANAKO, issued=1000, expired=True, purpose="署名用電子証明書の期限切れ"),
    Holder("old_generation", HANAKO, authority="jpki-signature-02", issued=1200, purpose="旧世代の認証局（有効）"),
    Holder("untrusted", HANAKO, authority="jpki-signature-untrusted", purpose="同名の偽認証局"),
    Holder("wrong_policy", HANAKO, policy="1.2.392.200149.8.5.1.9.99", purpose="違うポリシー"),
    Holder("substituted", HANAKO, substituted=True, purpose="代替文字を含む氏名（有効）"),
    Holder("unregistered", HANAKO, registered=False, purpose="OCSPが知らない証明書"),
)
FURTHER: Final = (
    Holder(
        "hanako_phone", HANAKO, policy=SMARTPHONE_SIGNING_POLICY, issued=90, purpose="スマートフォン",
        authentication_policy=SMARTPHONE_AUTHENTICATION_POLICY, own_keys=True, label="smartphone",
    ),
    Holder("kenji_renewed", KENJI, issued=10, purpose="更新後のカード", own_keys=True, previous="kenji"),
)  # fmt: skip
"""二枚目: further valid tokens of people who have a card already."""
HOLDERS: Final = (*(Holder(person.key, person) for person in PEOPLE), *FURTHER, *WRONG)
