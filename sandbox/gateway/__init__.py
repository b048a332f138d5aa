"""決済代行（模擬）: a payment gateway that speaks Stripe's API, for demo and tests. No money moves.

    python -m sandbox.gateway FOLDER --port N --webhook URL

FOLDER receives `api_key` (sk_test_…) and `webhook_secret` (whsec_…) on the first start, mode 0600, and
`gateway.sqlite3`: every answer and event is committed before anyone sees it, so kill -9 and a new start lose nothing.

The `stripe` library talks to it by `base_addresses={"api": url}`. JPY only, hosted page only.

**Paying without a browser** is the page's own form: POST `session.url` (path /pay/<session id>) with the form fields
`card_number`, `expiry` (MM/YY) and `cvc`. Answers:
- 303 to `success_url` ({CHECKOUT_SESSION_ID} filled in): paid. The same when it was already paid:
  nothing is charged twice.
- 303 to /pay/<id>/challenge: 3-D Secure; POST there with `answer=complete` (303 to `success_url`) or `answer=fail`
  (402, the page again).
- 422 an unreadable or unaccepted card, 402 declined (the page again, with the reason), 410 expired.

Test cards are in `cards.py`; any other number is declined, so a real card typed by mistake is never "charged".
Card numbers live only in the one request that brings them: stored and shown are brand and last four digits.

**Faults on demand**: POST /_sandbox/faults with JSON `{"kind": …, "times": 1, "seconds": 0, "path": "", "event": "",
"object": ""}`, kinds in `faults.py`; GET lists what is left, DELETE clears. `object` (an id) keeps a fault to one
visitor's own checkout while others pay at the same counter.
**Disputes**: POST /_sandbox/disputes `{"charge": "ch_…", "reason": "fraudulent"}` (or `"payment_intent": "pi_…"`);
POST /_sandbox/disputes/<id>/close `{"status": "won"|"lost"}`.
**Ledger**: GET /_sandbox/ledger (JSON, or a page for browsers) lists charges, refunds and disputes for an
independent check.
"""
