"""手数料の収納: opens the hosted payment page, asks the gateway what became of it, gives money back.

Charged once (a planned attempt fixes key, amount and expiry before the gateway is asked), never stuck (a lost webhook
is asked after), never free (only the gateway's own word makes a payment paid). Of a request on paper the counter takes
the money and gives it back: what is written down here waits for an officer.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from temporalio import activity

from activities.desk import Desk, StepAtDesk, day_in_japan
from activities.payment.gateway import Checkout, CheckoutState, PaymentGateway
from procedures.rules import Facts
from procedures.values import MunicipalityCode, StepId, Yen
from store import cases, payments
from store.payments import Money, PaymentRow
from workflows.contracts import MunicipalityRun, StepInput, StepResult, Undoing

PAGE_LIFETIME = timedelta(hours=23)
"""The gateway allows at most 24 hours; after that the resident asks for a fresh page."""
STALE_PLAN = timedelta(hours=22)
"""A plan the gateway never heard of is given up while its expiry is still far enough ahead to be accepted."""
WEBHOOK_PATIENCE = timedelta(minutes=2)
"""How long a webhook may take before the reconciler asks the gateway itself."""


class Fees:
    """手数料の処理."""

    def __init__(self, desk: Desk, gateway: PaymentGateway, public_url: str) -> None:
        self._desk = desk
        self._gateway = gateway
        self._public_url = public_url

    @activity.defn
    def collect_fee(self, given: StepInput) -> StepResult:
        """収納: open a payment page for what is still owed. After a correction only the difference is collected."""
        step = self._desk.take(given, "collect_fee")
        self._close_unusable_pages(step)
        with self._desk.writing(given.municipality) as connection:
            earlier = payments.of_case(connection, given.receipt_number)
            owed = step.procedure.fee_due(step.facts) - sum(row.kept for row in earlier)
            if owed > 0:
                planned = self._plan(connection, step, earlier, Yen(owed))
        if owed <= 0:
            return self._settle_difference(step, earlier, Yen(-owed))
        if planned.status == "planned":
            first = not any(row.session_id for row in _own(given, earlier))
            self._open(step, planned, None if step.on_paper else self._open_page(step, planned), first=first)
        until = datetime.now(UTC) + timedelta(days=step.procedure.limits.payment_days)
        return StepResult(outcome="waiting", due_at=until)

    @activity.defn
    def settle_payment(self, given: StepInput) -> StepResult:
        """照会: the term is over; whoever paid in the last moment has paid, and nobody can pay any more."""
        for row in self._of_case(given.municipality, given):
            if row.status == "open":
                self._close_page(given.municipality, row)
        settled = any(
            row.kept and (row.step, row.epoch) == (given.step, given.epoch)
            for row in self._of_case(given.municipality, given)
        )
        return StepResult(outcome="done") if settled else StepResult(outcome="refused", reason="payment_overdue")

    @activity.defn
    def refund_fee(self, undoing: Undoing) -> None:
        """返金: all the city still holds of this case. A disputed payment is the bank's already."""
        for row in self._of_case(undoing.municipality, undoing):
            if row.status in ("planned", "open"):
                self._close_page(undoing.municipality, row)
        self._give_back_up_to(undoing.municipality, self._of_case(undoing.municipality, undoing), None)

    @activity.defn
    def refund_surplus(self, undoing: Undoing) -> None:
        """過誤納の返金: money that came after the end. A delivered case keeps its fee, any other nothing."""
        with self._desk.writing(undoing.municipality) as connection:
            case = cases.read(connection, undoing.receipt_number)
            _, answers, _ = cases.newest_submission(connection, undoing.receipt_number)
            rows = payments.of_case(connection, undoing.receipt_number)
        if case is None or case.closed_at is None:
            raise StillOpen(f"Case {undoing.receipt_number} is only being closed; the surplus is known after that.")
        due = 0
        if case.status == "delivered":
            procedure = self._desk.library.version(case.procedure, case.version)
            due = procedure.fee_due(Facts(answers, day_in_japan(case.received_at)))
        surplus = Yen(max(sum(row.kept for row in rows) - due, 0))
        self._give_back_up_to(undoing.municipality, reversed(rows), surplus)

    @activity.defn
    def reconcile_payments(self, run: MunicipalityRun) -> int:
        """照合: ask after pages whose webhook is overdue; how many turned out paid or expired."""
        with self._desk.writing(run.municipality) as connection:
            silent, nameless = payments.open_for(connection, WEBHOOK_PATIENCE), payments.nameless(connection)
        for row in nameless:
            self._name_card(run.municipality, row)
        return sum(self._ask_after(run.municipality, row) for row in silent)

    # --- one payment ----------------------------------------------------------------------------------------------

    def _plan(self, connection: Connection, step: StepAtDesk, earlier: Iterable[PaymentRow], owed: Yen) -> PaymentRow:
        """The attempt in hand, or the next one where there is none that can be used."""
        given = step.given
        own = _own(given, earlier)
        usable = [row for row in own if _usable(row) and row.amount == owed]
        if usable:
            return usable[-1]
        return payments.plan(
            connection,
            given.receipt_number,
            StepId(given.step),
            given.epoch,
            len(own) + 1,
            amount=owed,
            lifetime=timedelta(days=step.procedure.limits.payment_days) if step.on_paper else PAGE_LIFETIME,
            method="in_person" if step.on_paper else "card",
        )

    def _open_page(self, step: StepAtDesk, planned: PaymentRow) -> Checkout:
        page = f"{self._public_url}/cases/{planned.receipt_number}"
        language = step.case.language
        return self._gateway.open_checkout(
            receipt_number=planned.receipt_number,
            amount=planned.amount,
            description=step.procedure.title.of(language),
            language=language,
            success_url=f"{page}?payment=done",
            cancel_url=f"{page}?payment=cancelled",
            idempotency_key=planned.key,
            expires_at=planned.expires_at,
        )

    def _open(self, step: StepAtDesk, planned: PaymentRow, page: Checkout | None, *, first: bool) -> None:
        """For the `first` one of its step and epoch the notice, too: who asks for another knows already."""
        session = {"session_id": page.session_id, "url": page.url} if page else {}
        with self._desk.writing(step.given.municipality) as connection:
            payments.opened(connection, planned, **session)
            cases.show(connection, planned.receipt_number, status="awaiting_payment", step=planned.step, reason=None)
            facts = {"amount": planned.amount, **({} if page else {"in_person": True})}
            cases.say(connection, planned.receipt_number, "payment_opened", step=planned.step, facts=facts)
            if first:
                cases.tell(connection, planned.receipt_number, "awaiting_payment")

    def _settle_difference(self, step: StepAtDesk, earlier: Iterable[PaymentRow], too_much: Yen) -> StepResult:
        """Nothing is owed (any more); a correction may even have made it cheaper."""
        self._give_back_up_to(step.given.municipality, earlier, too_much)
        return StepResult(outcome="done")

    def _close_unusable_pages(self, step: StepAtDesk) -> None:
        """Before another page is opened, nobody may be able to pay an old one (an outrun plan, an earlier epoch)."""
        given = step.given
        for row in self._of_case(given.municipality, given):
            own = (row.step, row.epoch) == (given.step, given.epoch)
            if row.status in ("planned", "open") and not (own and _usable(row)):
                self._close_page(given.municipality, row)

    def _give_back_up_to(self, municipality: MunicipalityCode, rows: Iterable[PaymentRow], amount: Yen | None) -> None:
        """Refund `amount` in all, or everything that is kept."""
        for row in rows:
            part = row.kept if amount is None else Yen(min(row.kept, amount))
            if part > 0:
                self._give_back(municipality, row, part)
                amount = None if amount is None else Yen(amount - part)

    def _close_page(self, municipality: MunicipalityCode, row: PaymentRow) -> None:
        """Nobody can pay it any more; where somebody was faster, it is paid."""
        state = None
        if row.session_id is not None:
            state = self._gateway.expire_checkout(row.session_id, f"{row.key}/expire")
        with self._desk.writing(municipality) as connection:
            if state is not None and state.status == "paid":
                payments.take(connection, _money(row, state))
            else:
                payments.expired(connection, row)

    def _give_back(self, municipality: MunicipalityCode, row: PaymentRow, amount: Yen) -> None:
        if row.method != "card":
            self._owe(municipality, row, amount)
            return
        if row.payment_intent is None:
            raise RuntimeError(f"Payment {row.key} is paid but names no payment intent.")
        key = f"{row.key}/refund/{row.refunded + amount}"
        made = self._gateway.refund(row.payment_intent, amount, key)
        if made.status not in ("succeeded", "pending"):
            raise RefundIncomplete(f"Refund {made.id} is {made.status}: an officer must settle it with the gateway.")
        with self._desk.writing(municipality) as connection:
            if payments.refund(connection, row, amount):
                facts = {"amount": amount}
                cases.say(connection, row.receipt_number, "refunded", step=row.step, facts=facts)

    def _owe(self, municipality: MunicipalityCode, row: PaymentRow, amount: Yen) -> None:
        """手渡しの返金: no gateway has this money; it waits in sight of the officers until one has given it back."""
        with self._desk.writing(municipality) as connection:
            if payments.owe(connection, row, amount):
                facts = {"amount": amount}
                cases.say(connection, row.receipt_number, "refund_due", step=row.step, facts=facts)

    def _ask_after(self, municipality: MunicipalityCode, row: PaymentRow) -> bool:
        if row.session_id is None:
            return False
        state = self._gateway.find_checkout(row.session_id)
        with self._desk.writing(municipality) as connection:
            if state.status == "paid":
                return payments.take_and_tell(connection, municipality, _money(row, state)) is not None
            if state.status == "expired":
                payments.expired(connection, row)
        return state.status == "expired"

    def _name_card(self, municipality: MunicipalityCode, row: PaymentRow) -> None:
        """The webhook says that money came, not from which card."""
        state = self._gateway.find_checkout(row.session_id) if row.session_id else None
        if state is not None and state.brand:
            with self._desk.writing(municipality) as connection:
                payments.name_card(connection, row, state.brand, state.last4)

    def _of_case(self, municipality: MunicipalityCode, named: StepInput | Undoing) -> tuple[PaymentRow, ...]:
        with self._desk.writing(municipality) as connection:
            return payments.of_case(connection, named.receipt_number)


class StillOpen(Exception):
    """未終結: tried again in a moment."""


class RefundIncomplete(Exception):
    """返金未了: the gateway could not give the money back by itself; tried again, in sight of administrators."""


def _own(given: StepInput, rows: Iterable[PaymentRow]) -> list[PaymentRow]:
    """The attempts of this step in this epoch."""
    return [row for row in rows if (row.step, row.epoch) == (given.step, given.epoch)]


def _usable(row: PaymentRow) -> bool:
    """Whether this attempt can still be paid (or opened at the gateway, with its expiry far enough ahead)."""
    now = datetime.now(UTC)
    if row.status == "planned":
        return row.opened_at > now - STALE_PLAN
    return row.status == "open" and row.expires_at > now


def _money(row: PaymentRow, state: CheckoutState) -> Money:
    if row.session_id is None or state.payment_intent is None:
        raise RuntimeError(f"The gateway calls {row.key} paid but names no payment intent.")
    return Money(row.session_id, state.payment_intent, state.brand, state.last4)
