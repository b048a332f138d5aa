"""決済通知: the gateway's signed webhooks. Late, twice, out of order or forged: charged once, never free."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.counter import City, Counter, CounterHere
from api.payments.events import ForgedWebhook, PaymentEvent, read_webhook
from api.problems import problem
from procedures.values import MunicipalityCode
from store import cases, commands, payments
from store.commands import Command
from store.payments import Money

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/payment", status_code=204, include_in_schema=False)
async def receive(counter: CounterHere, city: City, request: Request) -> Response:
    """通知を受ける: 400 for a forged one; 2xx only once it is written."""
    payload = await request.body()
    try:
        event = read_webhook(payload, request.headers.get("stripe-signature", ""), counter.webhook_secret)
    except ForgedWebhook as error:
        raise problem("forged_webhook") from error
    await run_in_threadpool(take_in, counter, city, event)
    return Response(status_code=204)


def take_in(counter: Counter, city: MunicipalityCode, event: PaymentEvent) -> None:
    """Write what the event says and tell the case; a second delivery changes nothing."""
    with counter.database.transaction(city) as connection:
        if not payments.is_new_event(connection, event.id, event.kind):
            return
        command: Command | None = None
        if event.kind == "paid" and event.session_id and event.payment_intent:
            command = payments.take_and_tell(connection, city, Money(event.session_id, event.payment_intent))
        elif event.kind == "expired" and event.session_id:
            payments.expired_session(connection, event.session_id)
        elif event.kind == "disputed" and event.payment_intent:
            if not payments.knows_intent(connection, event.payment_intent):
                # Overtaken by its own payment's webhook: nothing is noted, so the gateway's next delivery is new.
                raise problem("payment_unknown")
            row = payments.dispute(connection, event.payment_intent)
            if row is not None:
                facts = {"amount": row.amount}
                cases.say(connection, row.receipt_number, "payment_disputed", actor="neighbour", facts=facts)
                command = commands.write(connection, city, row.receipt_number, "dispute", {})
    if command is not None:
        counter.tell(command)
