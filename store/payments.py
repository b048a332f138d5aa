"""支払: payment pages planned and opened, money taken and given back. Integer yen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Update, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.paper import Method
from procedures.values import MunicipalityCode, ReceiptNumber, StepId, Yen
from store import cases, commands
from store.commands import Command
from store.tables import payment, payment_event


@dataclass(frozen=True)
class PaymentRow:
    """支払: one attempt to collect a fee. `session_id` and `url` are missing while it is only planned."""

    receipt_number: ReceiptNumber
    step: StepId
    epoch: int
    attempt: int
    amount: Yen
    status: str
    session_id: str | None
    url: str | None
    payment_intent: str | None
    brand: str | None
    last4: str | None
    opened_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    refunded: Yen
    returned_at: datetime | None
    """When the resident came back from the gateway's page and said to have paid; only the gateway's word counts."""
    method: Method
    refund_due: Yen
    """What an officer has yet to give back by hand."""
    received_by: UUID | None

    @property
    def key(self) -> str:
        """冪等キー: for the gateway, the same in every retry of this attempt."""
        return f"{self.receipt_number}/{self.step}/{self.epoch}/{self.attempt}"

    @property
    def kept(self) -> Yen:
        """What the city holds of it: paid, and neither given back nor about to be."""
        return Yen(self.amount - self.refunded - self.refund_due if self.status in ("paid", "refunded") else 0)


@dataclass(frozen=True)
class Money:
    """入金: what the gateway said of a paid session."""

    session_id: str
    payment_intent: str
    brand: str | None = None
    last4: str | None = None


_COLUMNS = tuple(payment.c[name] for name in PaymentRow.__annotations__)
_BY_CARD = payment.c.method == "card"


def of_case(connection: Connection, receipt_number: ReceiptNumber) -> tuple[PaymentRow, ...]:
    """All attempts, oldest first."""
    statement = select(*_COLUMNS).where(payment.c.receipt_number == receipt_number).order_by(payment.c.opened_at)
    return tuple(PaymentRow(**row._mapping) for row in connection.execute(statement))


def plan(
    connection: Connection,
    receipt_number: ReceiptNumber,
    step: StepId,
    epoch: int,
    attempt: int,
    *,
    amount: Yen,
    lifetime: timedelta,
    method: Method = "card",
) -> PaymentRow:
    """計画: written before the gateway is asked, so that a retry asks with the same key, amount and expiry."""
    statement = (
        upsert(payment)
        .values(
            receipt_number=receipt_number,
            step=step,
            epoch=epoch,
            attempt=attempt,
            amount=amount,
            expires_at=func.now() + lifetime,
            method=method,
        )
        .on_conflict_do_update(index_elements=payment.primary_key.columns, set_={"attempt": payment.c.attempt})
        .returning(*_COLUMNS)
    )
    return PaymentRow(**connection.execute(statement).one()._mapping)


def opened(connection: Connection, row: PaymentRow, *, session_id: str | None = None, url: str | None = None) -> None:
    """The gateway's page is there; without one, the counter is ready to take it."""
    connection.execute(
        update(payment)
        .where(_is(row), payment.c.status == "planned")
        .values(status="open", session_id=session_id, url=url)
    )


def returned(connection: Connection, receipt_number: ReceiptNumber) -> bool:
    """支払いページからの戻り: noted once per page. False where nothing waits for the gateway's word (any more)."""
    statement = (
        update(payment)
        .where(
            payment.c.receipt_number == receipt_number, payment.c.status == "open", payment.c.returned_at.is_(None),
            payment.c.expires_at > func.now(),
        )
        .values(returned_at=func.now())
    )  # fmt: skip
    return _one(connection, statement) is not None


def expired(connection: Connection, row: PaymentRow) -> None:
    """The page can no longer be used."""
    connection.execute(
        update(payment).where(_is(row), payment.c.status.in_(("planned", "open"))).values(status="expired")
    )


def expired_session(connection: Connection, session_id: str) -> None:
    """As `expired`, by the gateway's own name of the page."""
    connection.execute(
        update(payment).where(payment.c.session_id == session_id, payment.c.status == "open").values(status="expired")
    )


def take(connection: Connection, money: Money) -> PaymentRow | None:
    """入金: open or expired → paid, once, with its audit line; None where it was taken in before (or is unknown)."""
    statement = (
        update(payment)
        .where(payment.c.session_id == money.session_id, payment.c.status.in_(("open", "expired")))
        .values(
            status="paid",
            payment_intent=money.payment_intent,
            brand=money.brand,
            last4=money.last4,
            paid_at=func.now(),
        )
    )
    row = _one(connection, statement)
    if row is not None:
        facts = {"amount": row.amount, "brand": row.brand}
        cases.say(connection, row.receipt_number, "payment_confirmed", actor="neighbour", step=row.step, facts=facts)
    return row


def take_and_tell(connection: Connection, municipality: MunicipalityCode, money: Money) -> Command | None:
    """入金 with the command that tells the case, in one transaction."""
    row = take(connection, money)
    if row is None:
        return None
    news: dict[str, object] = {"step": row.step, "epoch": row.epoch}
    return commands.write(connection, municipality, row.receipt_number, "confirm_payment", news)


def knows_intent(connection: Connection, payment_intent: str) -> bool:
    """Whether a payment we took in has this payment intent."""
    statement = select(payment.c.attempt).where(payment.c.payment_intent == payment_intent).limit(1)
    return connection.execute(statement).scalar_one_or_none() is not None


def dispute(connection: Connection, payment_intent: str) -> PaymentRow | None:
    """異議: the payer's bank took the money back; nothing is left to refund."""
    statement = (
        update(payment)
        .where(payment.c.payment_intent == payment_intent, payment.c.status == "paid")
        .values(status="disputed")
    )
    return _one(connection, statement)


def refund(connection: Connection, row: PaymentRow, amount: Yen) -> bool:
    """返金: part or all. False where this very refund was written before."""
    refunded = row.refunded + amount
    status = case((payment.c.amount == refunded, "refunded"), else_=payment.c.status)
    statement = update(payment).where(_is(row), payment.c.refunded == row.refunded)
    return _one(connection, statement.values(refunded=refunded, status=status)) is not None


# --- in person --------------------------------------------------------------------------------------------------------


def receive(
    connection: Connection, municipality: MunicipalityCode, row: PaymentRow, method: Method, officer: UUID, *,
    receipt_given: bool,
) -> Command | None:  # fmt: skip
    """窓口収納: paid to an officer, with the command that tells the case; None where nothing is to be paid any more."""
    statement = (
        update(payment)
        .where(_is(row), payment.c.status == "open", payment.c.method == "in_person")
        .values(status="paid", method=method, received_by=officer, paid_at=func.now())
    )
    paid = _one(connection, statement)
    if paid is None:
        return None
    facts = {"amount": paid.amount, "method": method, "receipt_given": receipt_given}
    cases.say(
        connection, paid.receipt_number, "payment_received", actor=f"officer:{officer}", step=paid.step, facts=facts
    )
    news: dict[str, object] = {"step": paid.step, "epoch": paid.epoch}
    return commands.write(connection, municipality, paid.receipt_number, "confirm_payment", news)


def owe(connection: Connection, row: PaymentRow, amount: Yen) -> bool:
    """手渡しの返金: no gateway holds this money; an officer gives it back. False where it was written before."""
    same = payment.c.refunded == row.refunded, payment.c.refund_due == row.refund_due
    changed = update(payment).where(_is(row), *same).values(refund_due=row.refund_due + amount)
    return _one(connection, changed) is not None


def pay_back(connection: Connection, row: PaymentRow) -> bool:
    """返金済み: all that was due. False where a colleague was faster."""
    refunded = row.refunded + row.refund_due
    status = case((payment.c.amount == refunded, "refunded"), else_=payment.c.status)
    same = payment.c.refunded == row.refunded, payment.c.refund_due == row.refund_due, payment.c.refund_due > 0
    changed = update(payment).where(_is(row), *same).values(refunded=refunded, refund_due=0, status=status)
    return _one(connection, changed) is not None


def is_new_event(connection: Connection, event_id: str, kind: str) -> bool:
    """Whether this webhook event is taken in for the first time."""
    statement = upsert(payment_event).values(id=event_id, kind=kind).on_conflict_do_nothing()
    return connection.execute(statement.returning(payment_event.c.id)).scalar_one_or_none() is not None


def nameless(connection: Connection, limit: int = 100) -> tuple[PaymentRow, ...]:
    """Paid, but the webhook did not say with which card."""
    statement = (
        select(*_COLUMNS)
        .where(payment.c.paid_at > func.now() - timedelta(days=1), payment.c.brand.is_(None), _BY_CARD)
        .order_by(payment.c.paid_at)
        .limit(limit)
    )
    return tuple(PaymentRow(**row._mapping) for row in connection.execute(statement))


def name_card(connection: Connection, row: PaymentRow, brand: str, last4: str | None) -> None:
    """カード: brand and last four digits, for the receipt."""
    connection.execute(update(payment).where(_is(row)).values(brand=brand, last4=last4))


def open_for(connection: Connection, age: timedelta, limit: int = 100) -> tuple[PaymentRow, ...]:
    """Payments nobody told us about for `age`, or whose payer is back already: their webhook may be lost."""
    silent = (payment.c.opened_at < func.now() - age) | payment.c.returned_at.is_not(None)
    waiting = select(*_COLUMNS).where(payment.c.status == "open", _BY_CARD, silent)
    statement = waiting.order_by(payment.c.opened_at).limit(limit)
    return tuple(PaymentRow(**row._mapping) for row in connection.execute(statement))


def _is(row: PaymentRow) -> ColumnElement[bool]:
    return (
        (payment.c.receipt_number == row.receipt_number)
        & (payment.c.step == row.step)
        & (payment.c.epoch == row.epoch)
        & (payment.c.attempt == row.attempt)
    )


def _one(connection: Connection, statement: Update) -> PaymentRow | None:
    row = connection.execute(statement.returning(*_COLUMNS)).one_or_none()
    return None if row is None else PaymentRow(**row._mapping)
