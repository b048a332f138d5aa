"""カードから入力: what a card's chip says of its holder, read by the card agent, into the resident's own draft.

The answer is not signed: it is filled in as if typed, may be changed, and proves nothing. Who somebody is, a signature
proves.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.access.logins import Handback, agent_url
from api.counter import City, Counter, CounterHere, LoggedIn, token_hash
from api.filing import known
from api.filing.drafts import marks_of, owned, view
from api.problems import problem
from api.views import DraftView, Visitor
from procedures.document import Procedure
from procedures.entries import SingleField, is_empty
from procedures.form import Prefill
from procedures.values import MunicipalityCode
from store import drafts, signing
from store.drafts import DraftRow
from store.signing import SigningRequest

router = APIRouter(prefix="/api/drafts", tags=["drafts"])

ON_CARD: tuple[Prefill, ...] = ("name", "birth_date", "address", "sex")
"""四情報: what the text application of the chip holds. My Number is never asked for."""


class ReadingWanted(BaseModel):
    """読取りの求め: send the browser to `agent_url`; it comes back with a handback to redeem."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    request_url: str
    agent_url: str


class CardAttributes(BaseModel):
    """読み取った券面事項: as the card agent sends them; what the card does not know is absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=200)
    birth_date: str | None = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    address: str | None = Field(default=None, min_length=1, max_length=500)
    sex: Literal["male", "female", "not_applicable"] | None = None

    def given(self) -> dict[str, str]:
        found: dict[str, str] = self.model_dump(exclude_none=True)
        return found


class FilledDraft(BaseModel):
    """カードから入力した下書き: `filled` from the card; `kept` were typed otherwise, or do not take what it says."""

    model_config = ConfigDict(frozen=True)

    draft: DraftView
    filled: tuple[str, ...]
    kept: tuple[str, ...]


@router.post("/{draft_id}/card-reading", status_code=201)
def ask_reading(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID) -> ReadingWanted:
    """カードの読取りを求める."""
    request_id = _ask(counter, city, visitor, draft_id)
    url = f"{counter.settings.public_url}/api/signing-requests/{request_id}"
    return ReadingWanted(id=request_id, request_url=url, agent_url=agent_url(counter, request_id))


@router.post("/{draft_id}/card-answers")
def take_reading(counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, given: Handback) -> FilledDraft:
    """読み取った券面事項を入力する: with the handback the card agent's answer was given, once."""
    return fill(counter, city, visitor, draft_id, given.handback)


# --- use cases --------------------------------------------------------------------------------------------------------


def request_reading(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> str:
    """読取りを求める: the agent's address to send the browser to. Raises Problem nothing_to_read."""
    return agent_url(counter, _ask(counter, city, visitor, draft_id))


def readable(procedure: Procedure, draft: DraftView) -> tuple[Prefill, ...]:
    """読み取れる事項: what the chip can say of this draft's open questions."""
    asked = {field.prefill for field in about(procedure, draft)}
    return tuple(each for each in ON_CARD if each in asked)


def about(procedure: Procedure, draft: DraftView) -> tuple[SingleField, ...]:
    """カードから入力できる項目 of this draft; none: no button."""
    return tuple(
        field for field in known.fillable(procedure)
        if field.prefill in ON_CARD and (draft.corrects is None or field.id in draft.marks)
    )  # fmt: skip


def accept(counter: Counter, city: MunicipalityCode, request: SigningRequest, given: CardAttributes) -> str:
    """読み取った券面事項を受ける: kept until the browser that asked redeems it, minutes at most. Raises Problem."""
    attributes = given.given()
    if not attributes or not attributes.keys() <= set(json.loads(request.content)["attributes"]):
        raise problem("malformed")
    handback = secrets.token_urlsafe(24)
    with counter.database.transaction(city) as connection:
        if not signing.answer(connection, request.id, request.nonce, token_hash(handback), attributes=attributes):
            raise problem("signing_request_gone")
    return f"/drafts/{request.draft_id}/card/{handback}"


def fill(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID, handback: str) -> FilledDraft:
    """カードから入力する: empty and prefilled answers; what was typed stays, and is said. Raises Problem."""
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        read = signing.redeem_reading(connection, token_hash(handback), visitor.account_id, draft_id)
        if read is None or read.attributes is None:
            raise problem("reading_gone")
        procedure = counter.library.version(row.procedure, row.version)
        open_fields = None if row.corrects is None else frozenset(marks_of(connection, row))
        merged = _merge(procedure, row, _in_form_words(read.attributes), open_fields)
        drafts.prefill(connection, row, merged.answers, merged.prefilled)
        shown = view(counter, connection, owned(connection, visitor, draft_id))
    return FilledDraft(draft=shown, filled=merged.filled, kept=merged.kept)


# --- small things -----------------------------------------------------------------------------------------------------


def _ask(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> UUID:
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id)
        procedure = counter.library.version(row.procedure, row.version)
        wanted = readable(procedure, view(counter, connection, row))
        if not wanted:
            raise problem("nothing_to_read")
        signing.forget_readings(connection)
        nonce = secrets.token_urlsafe(24)
        content = {
            "purpose": "read", "procedure": procedure.id, "version": procedure.version, "attributes": wanted,
            "language": row.language, "nonce": nonce,
        }  # fmt: skip
        return signing.ask(
            connection,
            purpose="read",
            nonce=nonce,
            content=json.dumps(content, sort_keys=True).encode(),
            lifetime=counter.settings.signing_lifetime,
            account_id=visitor.account_id,
            draft_id=draft_id,
        )


@dataclass(frozen=True)
class _Merged:
    answers: Mapping[str, object]
    prefilled: Mapping[str, object]
    filled: tuple[str, ...]
    kept: tuple[str, ...]


def _merge(procedure: Procedure, row: DraftRow, read: Mapping[str, str], open_fields: frozenset[str] | None) -> _Merged:
    """An answer that was typed is the resident's own word: the card does not change it."""
    new, kept, untouched = known.Filled(), [], known.sources(row)
    for asked in known.fillable(procedure):
        said = read.get(str(asked.prefill))
        if said is None or (open_fields is not None and asked.id not in open_fields):
            continue
        before, value = row.answers.get(asked.id), known.accepted(asked, said)
        if value is not None and (is_empty(before) or before == value or asked.id in untouched):
            new.add(asked, value, "card")
        else:
            kept.append(asked.id)
    return _Merged(
        answers={**row.answers, **new.answers},
        prefilled={**row.prefilled, **new.sources},
        filled=tuple(new.answers),
        kept=tuple(kept),
    )


def _in_form_words(read: Mapping[str, str]) -> Mapping[str, str]:
    """Forms ask for male, female or other (procedures.form.Prefill)."""
    return {name: "other" if value == "not_applicable" and name == "sex" else value for name, value in read.items()}
