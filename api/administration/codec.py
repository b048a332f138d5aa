"""復号: the remote codec of Temporal's Web UI, for administrators; of each case it is written down how many payloads.

The UI says of a payload nothing but the payload: the id of its key leads to the case, and which of the case's workflows
it is bound to is tried out. A purged case has no key: what it had stays as it is.
"""

from collections import Counter as Count
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from api.counter import Administrator, City, Counter, CounterHere
from api.problems import problem
from api.views import Visitor
from procedures.loader import ProcedureUnknown
from procedures.values import MunicipalityCode, ReceiptNumber
from store import accesses, cases, commands
from store.keys import INSTALLATION, StoredKey
from workflows.codec import ENCODING, PayloadUnreadable, opened

router = APIRouter(prefix="/codec", tags=["administration"], include_in_schema=False)

MOST_PAYLOADS = 2_000
LARGEST = 4 * 1024 * 1024
"""Bytes; Temporal itself sends no larger answer."""


@dataclass(frozen=True)
class Opener:
    """開ける鍵: of one key's payloads. `workflow_ids`: those it may be bound to, the likeliest first."""

    receipt_number: ReceiptNumber | None
    key: StoredKey
    workflow_ids: Sequence[str]


@router.post("/decode")
async def decode_payloads(
    counter: CounterHere, city: City, administrator: Administrator, request: Request,
    x_namespace: Annotated[str, Header(max_length=200)] = "",
) -> Response:  # fmt: skip
    """復号する, as Temporal's remote codecs do: the same payloads, those that can be read in clear."""
    if x_namespace and x_namespace != counter.temporal_namespace:
        raise problem("not_found")
    body = await request.body()
    decoded = await counter.shortly(decode, counter, city, administrator, body)
    return Response(MessageToJson(decoded), media_type="application/json", headers={"Cache-Control": "no-store"})


# --- use case ---------------------------------------------------------------------------------------------------------


def decode(counter: Counter, city: MunicipalityCode, administrator: Visitor, body: bytes) -> Payloads:
    """復号する. Raises Problem: malformed."""
    given = list(_read(body).payloads)
    openers = _openers(counter, city, {_key_id(each) for each in given} - {None})
    _note(counter, city, administrator, given, openers)
    return Payloads(payloads=[_decoded(each, openers.get(_key_id(each))) for each in given])


def _read(body: bytes) -> Payloads:
    if len(body) > LARGEST:
        raise problem("malformed")
    try:
        found = Parse(body, Payloads())
    except (ParseError, UnicodeDecodeError) as wrong:
        raise problem("malformed") from wrong
    if len(found.payloads) > MOST_PAYLOADS:
        raise problem("malformed")
    return found


def _key_id(payload: Payload) -> str | None:
    """Of an encrypted one; what is in clear has none."""
    if payload.metadata.get("encoding") != ENCODING:
        return None
    return payload.metadata.get("key", b"").decode(errors="replace")


def _openers(counter: Counter, city: MunicipalityCode, key_ids: set[str | None]) -> dict[str | None, Opener]:
    found = ((each, _opener(counter, city, each)) for each in key_ids if each is not None)
    return {key_id: opener for key_id, opener in found if opener is not None}


def _opener(counter: Counter, city: MunicipalityCode, key_id: str) -> Opener | None:
    """None: the key was destroyed, or is not this municipality's."""
    try:
        if key_id.startswith(INSTALLATION):
            return Opener(None, counter.keys.installation(key_id), ("",))
        receipt_number, key = counter.keys.by_id(city, UUID(key_id))
    except (LookupError, ValueError):
        return None
    return Opener(receipt_number, key, tuple(_workflow_ids(counter, city, receipt_number)))


def _workflow_ids(counter: Counter, city: MunicipalityCode, receipt_number: ReceiptNumber) -> Iterator[str]:
    """案件の流れ: its own, its recalls, and the drafts of its documents."""
    yield receipt_number
    with counter.database.reading(city) as connection:
        case = cases.read(connection, receipt_number)
        recalls = commands.of_kind(connection, receipt_number, "recall")
    yield from (f"{receipt_number}-recall-{each}" for each in recalls)
    if case is None:
        return
    try:
        steps = counter.library.version(case.procedure, case.version).steps
    except ProcedureUnknown:
        return
    yield from (f"{receipt_number}-draft-{step.id}" for step in steps)


def _note(
    counter: Counter, city: MunicipalityCode, administrator: Visitor, given: Sequence[Payload],
    openers: dict[str | None, Opener],
) -> None:  # fmt: skip
    """記録, before anything is given out: one line for each case, and one for what belongs to none."""
    counted: Count[ReceiptNumber | None] = Count()
    for each in given:
        if opener := openers.get(_key_id(each)):
            counted[opener.receipt_number] += 1
    with counter.database.transaction(city) as connection:
        for receipt_number, payloads in counted.items():
            accesses.note(connection, administrator.account_id, "decoding", receipt_number, payloads=payloads)


def _decoded(payload: Payload, opener: Opener | None) -> Payload:
    """As it was where it cannot be read: the UI then shows that it is encrypted."""
    if opener is None:
        return payload
    for workflow_id in opener.workflow_ids:
        with suppress(PayloadUnreadable):
            return opened(opener.key, payload, workflow_id)
    return payload
