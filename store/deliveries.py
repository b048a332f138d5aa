"""配送: what the courier takes, and what became of it. Two couriers never take the same row (SKIP LOCKED, a lease)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.texts import Language
from procedures.values import MunicipalityCode, ReceiptNumber
from store.notices import CODE, Channel, DeliveryStatus
from store.tables import contact, notice_delivery, officer, push_subscription


@dataclass(frozen=True)
class Delivery:
    """配送: one mail or push message to be sent, with all that is needed to send it."""

    id: UUID
    municipality: MunicipalityCode
    account_id: UUID
    channel: Channel
    kind: str
    attempts: int
    """This one included."""
    created_at: datetime
    expired: bool
    """Too old to be tried again after this attempt."""
    receipt_number: ReceiptNumber | None
    language: Language | None
    """Of the contact; None: this account never chose one."""
    email: str | None
    pending_email: str | None
    code_salt: bytes | None
    code_valid: bool
    bounced_at: datetime | None
    endpoint: str | None
    p256dh: str | None
    auth: str | None
    push_language: Language | None
    to_officer: bool = False
    """For somebody as an officer of the city; `officer_mail` is where to."""
    officer_mail: str | None = None


_TAKE = text(
    """
    with picked as (
        select id from notice_delivery
         where status = 'waiting' and next_attempt_at <= now() and channel = any(:channels)
         order by kind <> 'code', next_attempt_at limit 1 for update skip locked),
    taken as (
        update notice_delivery d set attempts = attempts + 1, next_attempt_at = now() + :lease
          from picked where d.id = picked.id returning d.*)
    select t.id, t.municipality, t.account_id, t.channel, t.kind, t.attempts, t.created_at,
           t.created_at < now() - cast(:give_up as interval) as expired,
           n.receipt_number, c.language, c.email, c.pending_email, c.code_salt,
           coalesce(c.code_expires_at > now(), false) as code_valid, c.bounced_at,
           s.endpoint, s.p256dh, s.auth, s.language as push_language,
           t.officer_day is not null as to_officer, o.mail as officer_mail
      from taken t
      left join notice n on n.id = t.notice_id
      left join contact c on c.account_id = t.account_id
      left join push_subscription s on s.id = t.subscription_id
      left join officer o on o.account_id = t.account_id and t.officer_day is not null
    """
)


def take(connection: Connection, channels: Sequence[Channel], lease: timedelta, give_up: timedelta) -> Delivery | None:
    """引受け: the next delivery that is due, codes first. It is due again after `lease`, should its courier die."""
    given = {"channels": list(channels), "lease": lease, "give_up": give_up}
    row = connection.execute(_TAKE, given).one_or_none()
    return None if row is None else Delivery(**row._mapping)


def mark_sent(connection: Connection, delivery_id: UUID) -> None:
    """送信済み: the server took it."""
    _mark(connection, delivery_id, status="sent", sent_at=func.now(), error=None)


def try_again(connection: Connection, delivery_id: UUID, error: str, pause: timedelta) -> None:
    """再送: after `pause`; `error` is a code that pages have words for."""
    _mark(connection, delivery_id, error=error, next_attempt_at=func.now() + pause)


def give_up(connection: Connection, delivery_id: UUID, status: DeliveryStatus, error: str) -> None:
    """断念: it is not tried again."""
    _mark(connection, delivery_id, status=status, error=error)


def bounce(connection: Connection, delivery_id: UUID, error: str) -> bool:
    """返送: it came back for good, and so would the next one: nothing more is mailed there until it is verified again.

    An address that was verified after this mail was sent is another, or works again. Returns whether there is such a
    delivery (in this municipality).
    """
    returned = update(notice_delivery).where(notice_delivery.c.id == delivery_id, notice_delivery.c.channel == "mail")
    found = connection.execute(
        returned.values(status="bounced", error=error).returning(
            notice_delivery.c.account_id, notice_delivery.c.kind, notice_delivery.c.sent_at,
            notice_delivery.c.officer_day,
        )
    ).one_or_none()  # fmt: skip
    if found is not None and found.officer_day is not None:
        connection.execute(update(officer).where(officer.c.account_id == found.account_id).values(mail=None))
    elif found is not None and found.kind != CODE:
        sent_at = func.coalesce(found.sent_at, func.now())
        to = contact.c.account_id == found.account_id
        concerned = update(contact).where(to, contact.c.bounced_at.is_(None), contact.c.verified_at <= sent_at)
        connection.execute(concerned.values(bounced_at=func.now(), bounce=error))
    return found is not None


def return_late(connection: Connection, delivery_id: UUID, error: str) -> bool:
    """不達: a server further on gave up; the address itself may be right."""
    statement = update(notice_delivery).where(
        notice_delivery.c.id == delivery_id, notice_delivery.c.channel == "mail", notice_delivery.c.status != "bounced"
    )
    return connection.execute(statement.values(status="failed", error=error)).rowcount > 0


def _mark(connection: Connection, delivery_id: UUID, **values: object) -> None:
    """Only what still waits: a mail that came back meanwhile stays come back."""
    waiting = notice_delivery.c.id == delivery_id, notice_delivery.c.status == "waiting"
    connection.execute(update(notice_delivery).where(*waiting).values(**values))


# --- push subscriptions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subscription:
    """プッシュ通知の登録."""

    id: UUID
    endpoint: str
    language: Language
    created_at: datetime


def subscribe(
    connection: Connection, account_id: UUID, endpoint: str, p256dh: str, auth: str, language: Language
) -> UUID:
    """登録: this browser, for this account; whose it was before no longer hears anything on it."""
    forget_endpoint(connection, endpoint)
    held = {"account_id": account_id, "p256dh": p256dh, "auth": auth, "language": language}
    made = upsert(push_subscription).values(endpoint=endpoint, **held)
    # A double click: the same browser twice at the same moment.
    once = made.on_conflict_do_update(constraint="uq_push_subscription_municipality_endpoint", set_=held)
    found: UUID = connection.execute(once.returning(push_subscription.c.id)).scalar_one()
    return found


def unsubscribe(connection: Connection, account_id: UUID, subscription_id: UUID) -> bool:
    """登録の解除. False where this account has no such subscription."""
    mine = push_subscription.c.account_id == account_id, push_subscription.c.id == subscription_id
    return connection.execute(delete(push_subscription).where(*mine)).rowcount > 0


def forget_endpoint(connection: Connection, endpoint: str) -> None:
    """The push service says that nobody listens there any more (404, 410)."""
    connection.execute(delete(push_subscription).where(push_subscription.c.endpoint == endpoint))


def subscriptions(connection: Connection, account_id: UUID) -> tuple[Subscription, ...]:
    """登録したブラウザ, the oldest first."""
    columns = (push_subscription.c[name] for name in Subscription.__annotations__)
    statement = (
        select(*columns).where(push_subscription.c.account_id == account_id).order_by(push_subscription.c.created_at)
    )
    return tuple(Subscription(**row._mapping) for row in connection.execute(statement))
