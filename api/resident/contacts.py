"""お知らせの宛先: where and about what a resident is told, in which language, and what became of each mail.

An address counts once its owner has shown that mails arrive there: six digits, half an hour, five tries. Until then a
verified one stays.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import problem
from api.views import View, Visitor
from procedures.texts import Language
from procedures.values import MunicipalityCode, ReceiptNumber
from store import deliveries, notices
from store.deliveries import Subscription
from store.notice_key import CODE_LIFETIME
from store.notices import EVERYTHING, TOPICS, Channel, Contact, DeliveryStatus, Topic

router = APIRouter(prefix="/api/account/notices", tags=["notices"])

MOST_TRIES = 5
CODES_PER_DAY, CODES_PER_HOUR, BETWEEN_CODES = 10, 5, timedelta(seconds=30)
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64
"""RFC 5321 4.5.3.1: a path of 256 with its brackets."""
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{2,59}})"
)
"""As `<input type=email>` takes it (HTML Living Standard), with a dot in the domain. Japanese mobile operators gave out
addresses with dots where RFC 5321 has none; a mail server decides, not we."""
MOST_BROWSERS = 10

Short = Annotated[str, StringConstraints(max_length=2000)]


class DeliveryView(View):
    """配送の一行: one mail or push message. `error`: why it was not taken at the last attempt."""

    id: UUID
    receipt_number: ReceiptNumber | None
    kind: str
    channel: Channel
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    error: str | None


class SubscriptionView(View):
    """登録したブラウザ. `mark`: SHA-256 of its endpoint, by which it finds itself in the list."""

    id: UUID
    mark: str
    language: Language
    created_at: datetime


class ContactView(View):
    """お知らせの宛先. `bounce`: why mail came back from `email`; it is not used until it is verified again."""

    email: str | None
    verified_at: datetime | None
    pending_email: str | None
    code_expires_at: datetime | None
    language: Language
    topics: tuple[Topic, ...]
    bounced_at: datetime | None
    bounce: str | None
    deliveries: tuple[DeliveryView, ...]
    push_key: str | None
    """What PushManager.subscribe needs; None: the city sends no push messages."""
    browsers: tuple[SubscriptionView, ...]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddressGiven(_Given):
    """メールアドレス."""

    email: Short
    language: Language = "ja"
    """Of the mail with the code, where none was chosen yet."""


class CodeGiven(_Given):
    """確認コード."""

    code: Short


class ChoiceGiven(_Given):
    """お知らせの選択."""

    language: Language
    topics: tuple[Topic, ...]


class PushKeys(_Given):
    """ブラウザの鍵 (RFC 8291), base64url."""

    p256dh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{87}=?$")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}(==)?$")]


class BrowserGiven(BaseModel):
    """ブラウザの登録: as PushSubscription.toJSON gives it, and the language of its messages."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    endpoint: Short
    keys: PushKeys
    language: Language = "ja"


@router.get("")
def read_contact(counter: CounterHere, city: City, visitor: LoggedIn) -> ContactView:
    """お知らせの宛先と配送の記録."""
    return read(counter, city, visitor)


@router.put("/address", status_code=202)
def give_address(counter: CounterHere, city: City, visitor: LoggedIn, given: AddressGiven) -> ContactView:
    """メールアドレスを届け出る: a code is mailed to it. Sent again, it asks for a new code."""
    ask_address(counter, city, visitor, given.email, given.language)
    return read(counter, city, visitor)


@router.post("/address/verification")
def verify_address(counter: CounterHere, city: City, visitor: LoggedIn, given: CodeGiven) -> ContactView:
    """メールアドレスを確認する: with the code that was mailed."""
    verify(counter, city, visitor, given.code)
    return read(counter, city, visitor)


@router.delete("/address", status_code=204)
def remove_address(counter: CounterHere, city: City, visitor: LoggedIn) -> None:
    """メールアドレスを削除する: nothing more is mailed."""
    forget(counter, city, visitor)


@router.delete("/address/change", status_code=204)
def drop_change(counter: CounterHere, city: City, visitor: LoggedIn) -> None:
    """変更を取りやめる: a verified address stays."""
    drop_pending(counter, city, visitor)


@router.put("/choices")
def choose_notices(counter: CounterHere, city: City, visitor: LoggedIn, given: ChoiceGiven) -> ContactView:
    """お知らせを選ぶ: language, and what to be told about."""
    choose(counter, city, visitor, given.language, given.topics)
    return read(counter, city, visitor)


@router.post("/browsers", status_code=201)
def add_browser(counter: CounterHere, city: City, visitor: LoggedIn, given: BrowserGiven) -> ContactView:
    """ブラウザを登録する (Web Push)."""
    subscribe(counter, city, visitor, given)
    return read(counter, city, visitor)


@router.delete("/browsers/{browser_id}", status_code=204)
def remove_browser(counter: CounterHere, city: City, visitor: LoggedIn, browser_id: UUID) -> None:
    """ブラウザの登録を解除する."""
    unsubscribe(counter, city, visitor, browser_id)


# --- use cases --------------------------------------------------------------------------------------------------------


def read(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> ContactView:
    """お知らせの宛先; who never gave one is told about everything in the portal."""
    with counter.database.reading(city) as connection:
        held = notices.contact_of(connection, visitor.account_id)
        lines = notices.deliveries(connection, visitor.account_id)
        browsers = deliveries.subscriptions(connection, visitor.account_id)
    return ContactView(
        email=held and held.email,
        verified_at=held and held.verified_at,
        pending_email=held and held.pending_email,
        code_expires_at=held and held.code_expires_at,
        language=held.language if held else "ja",
        topics=_wanted(held.muted if held else ()),
        bounced_at=held and held.bounced_at,
        bounce=held and held.bounce,
        deliveries=tuple(DeliveryView.model_validate(each, from_attributes=True) for each in lines),
        push_key=counter.push and counter.push.public_key,
        browsers=tuple(_browser(each) for each in browsers),
    )


def ask_address(counter: Counter, city: MunicipalityCode, visitor: Visitor, email: str, language: Language) -> None:
    """確認を求める. Raises Problem for what is no address, and where too many codes were asked for."""
    address = _address(email)
    with counter.database.transaction(city) as connection:
        held = notices.open_contact(connection, visitor.account_id, language)
        asked = notices.codes_asked(connection, visitor.account_id, timedelta(days=1))
        if held.pending_email == address and any(datetime.now(UTC) - each < BETWEEN_CODES for each in asked):
            return  # a double click: the code is on its way
        if wait := _wait(asked):
            raise problem("too_many_codes", retry_after=int(wait.total_seconds()) + 1)
        notices.ask_address(connection, visitor.account_id, address, secrets.token_bytes(16), CODE_LIFETIME)


def ask_again(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> None:
    """コードの再送: a new one; the older one is void. Raises Problem."""
    held = _held(counter, city, visitor)
    if held is None or held.pending_email is None:
        raise problem("code_gone")
    ask_address(counter, city, visitor, held.pending_email, held.language)


def verify(counter: Counter, city: MunicipalityCode, visitor: Visitor, code: str) -> None:
    """確認. A wrong code counts, whatever else happens. Raises Problem."""
    with counter.database.transaction(city) as connection:
        held = notices.contact_of(connection, visitor.account_id, lock=True)
        outcome = _judge(counter, held, code)
        if outcome is None:
            notices.verify_address(connection, visitor.account_id)
        elif outcome == "code_wrong":
            notices.count_attempt(connection, visitor.account_id)
    if outcome is not None:
        raise problem(outcome)


def forget(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> None:
    """削除."""
    with counter.database.transaction(city) as connection:
        notices.forget_address(connection, visitor.account_id)


def drop_pending(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> None:
    """変更の取りやめ."""
    with counter.database.transaction(city) as connection:
        notices.forget_pending(connection, visitor.account_id)


def choose(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, language: Language, topics: Collection[Topic]
) -> None:
    """お知らせの選択."""
    with counter.database.transaction(city) as connection:
        muted = [topic for topic in TOPICS if topic not in topics]
        notices.choose(connection, visitor.account_id, language, muted)


def subscribe(counter: Counter, city: MunicipalityCode, visitor: Visitor, given: BrowserGiven) -> None:
    """プッシュ通知の登録. Raises Problem where the address is no push service's."""
    if counter.push is None or not counter.push.serves(given.endpoint):
        raise problem("push_unavailable")
    with counter.database.transaction(city) as connection:
        held = deliveries.subscriptions(connection, visitor.account_id)
        for eldest in held[: max(len(held) - MOST_BROWSERS + 1, 0)]:
            deliveries.unsubscribe(connection, visitor.account_id, eldest.id)
        keys = given.keys
        deliveries.subscribe(connection, visitor.account_id, given.endpoint, keys.p256dh, keys.auth, given.language)


def unsubscribe(counter: Counter, city: MunicipalityCode, visitor: Visitor, browser_id: UUID) -> None:
    """プッシュ通知の解除. Raises Problem."""
    with counter.database.transaction(city) as connection:
        if not deliveries.unsubscribe(connection, visitor.account_id, browser_id):
            raise problem("not_found")


def topics_of(given: Collection[object]) -> tuple[Topic, ...]:
    """話題: those of ours among what a form sent."""
    return tuple(topic for topic in TOPICS if topic in given)


def stoppable(counter: Counter, city: MunicipalityCode, token: str) -> bool:
    """配信停止の札が有効か: of a mail to the address that still stands."""
    return _stopped_account(counter, city, token) is not None


def stop(counter: Counter, city: MunicipalityCode, token: str) -> None:
    """配信停止, without a login (RFC 8058). Raises Problem for a token that is none, or of a former address."""
    account_id = _stopped_account(counter, city, token)
    if account_id is None:
        raise problem("not_found")
    with counter.database.transaction(city) as connection:
        notices.mute_everything(connection, account_id)


# --- small things -----------------------------------------------------------------------------------------------------


def _browser(row: Subscription) -> SubscriptionView:
    mark = hashlib.sha256(row.endpoint.encode()).hexdigest()
    return SubscriptionView(id=row.id, mark=mark, language=row.language, created_at=row.created_at)


def _held(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> Contact | None:
    with counter.database.reading(city) as connection:
        return notices.contact_of(connection, visitor.account_id)


def _judge(counter: Counter, held: Contact | None, code: str) -> Literal["code_gone", "code_wrong"] | None:
    if held is None or held.pending_email is None or held.code_salt is None or held.code_expires_at is None:
        return "code_gone"
    if held.code_expires_at <= datetime.now(UTC) or held.code_attempts >= MOST_TRIES:
        return "code_gone"
    typed = "".join(str(int(digit)) for digit in code if digit.isdecimal())
    right = counter.notice_key.is_code(typed, held.account_id, held.pending_email, held.code_salt)
    return None if right else "code_wrong"


def _address(email: str) -> str:
    """メールアドレス, typed full-width or with spaces around it; only the domain knows no capitals."""
    plain = unicodedata.normalize("NFKC", email).strip()
    local, _, domain = plain.rpartition("@")
    if len(plain) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL_PART or not _ADDRESS.fullmatch(plain):
        raise problem("email_malformed")
    return f"{local}@{domain.lower()}"


def _wait(asked: Sequence[datetime]) -> timedelta:
    """How long until another code may be asked for; `asked`: when codes were, the newest first."""
    now, ends = datetime.now(UTC), [timedelta()]
    for most, within in ((CODES_PER_HOUR, timedelta(hours=1)), (CODES_PER_DAY, timedelta(days=1))):
        if len(asked) >= most:
            ends.append(asked[most - 1] + within - now)
    return max(ends)


def _wanted(muted: Collection[str]) -> tuple[Topic, ...]:
    return tuple(topic for topic in TOPICS if topic not in muted and EVERYTHING not in muted)


def _stopped_account(counter: Counter, city: MunicipalityCode, token: str) -> UUID | None:
    account_id = counter.notice_key.stopped_account(token)
    if account_id is None:
        return None
    with counter.database.reading(city) as connection:
        held = notices.contact_of(connection, account_id)
    if held is None or held.email is None:
        return None
    return account_id if counter.notice_key.is_stop_token(token.lower(), account_id, held.email) else None
