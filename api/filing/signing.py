"""署名要求: what the card agent fetches, and what it brings back. The PIN never comes here."""

import base64
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from api.access import logins
from api.counter import City, Counter, CounterHere
from api.filing import prefill, submissions
from api.filing.prefill import CardAttributes
from api.filing.request_key import MEDIA_TYPE
from api.paper import reader
from api.problems import problem
from api.wording import SIGNING_TITLES, summary_of
from procedures.form import Prefill
from procedures.texts import Language
from procedures.values import MunicipalityCode, ProcedureId
from store import reader_checks, signing
from store.signing import SigningRequest

router = APIRouter(prefix="/api/signing-requests", tags=["signing"])


class SigningRequestClaims(BaseModel):
    """署名要求 as the card agent shows it in plain words; `iss`, `aud`, `iat` and `exp` come with the signature."""

    model_config = ConfigDict(frozen=True)

    jti: str
    purpose: str
    language: Language
    title: str
    summary: Sequence[tuple[str, str]]
    content: str
    """Base64 of the bytes to sign; empty where the card is only read."""
    attributes: Sequence[Prefill]
    """What of the card's text application is asked for; empty where the card signs."""
    nonce: str
    holders: Sequence[str]
    submit_url: str
    return_url: str
    cancel_url: str


class SignedContent(BaseModel):
    """署名: a detached CAdES-BES (ETSI EN 319 122) over the content, base64 DER."""

    model_config = ConfigDict(frozen=True)

    nonce: str = Field(min_length=16, max_length=200)
    cms: Base64Bytes = Field(max_length=65_536)


class ReadContent(BaseModel):
    """読み取った券面事項: what its holder has seen and let go."""

    model_config = ConfigDict(frozen=True)

    nonce: str = Field(min_length=16, max_length=200)
    attributes: CardAttributes


class Return(BaseModel):
    """Where the browser goes next."""

    model_config = ConfigDict(frozen=True)

    return_url: str


class SignedRequest(Response):
    """署名要求: a compact JWS (RFC 7515) over SigningRequestClaims, signed by this city's server."""

    media_type = MEDIA_TYPE


@router.get("/{request_id}", response_class=SignedRequest)
def read_request(counter: CounterHere, city: City, request_id: UUID) -> SignedRequest:
    """署名要求を読む: unguessable id, minutes of life; the agent needs no session, but wants our signature."""
    with counter.database.reading(city) as connection:
        request = signing.read(connection, request_id)
    if request is None:
        raise problem("signing_request_gone")
    claims = _claims(counter, request)
    return SignedRequest(
        counter.request_key.sign(counter.settings.public_url, request.expires_at, claims.model_dump(mode="json"))
    )


@router.post("/{request_id}")
def accept_answer(counter: CounterHere, city: City, request_id: UUID, answer: SignedContent | ReadContent) -> Return:
    """カードの応答を受ける, a signature or what was read: once; whatever does not fit the request is refused.

    The address given back carries the handback that the browser which asked must redeem.
    """
    return Return(return_url=counter.settings.public_url + accept(counter, city, request_id, answer))


def accept(counter: Counter, city: MunicipalityCode, request_id: UUID, answer: SignedContent | ReadContent) -> str:
    """Take the card's answer in. The path the browser goes to next. Raises Problem."""
    with counter.database.reading(city) as connection:
        request = signing.read(connection, request_id)
    if request is None or request.nonce != answer.nonce:
        raise problem("signing_request_gone")
    if isinstance(answer, ReadContent) != (request.purpose == "read"):
        raise problem("malformed")
    if isinstance(answer, ReadContent):
        return prefill.accept(counter, city, request, answer.attributes)
    if request.purpose == reader_checks.PURPOSE:
        return reader.accept(counter, city, request, answer.cms)
    if request.purpose in logins.COMPLETE:
        return logins.accept(counter, city, request, answer.cms)
    return submissions.accept(counter, city, request, answer.cms)


def _claims(counter: Counter, request: SigningRequest) -> SigningRequestClaims:
    content = json.loads(request.content)
    language: Language = content.get("language", "ja")
    public = counter.settings.public_url
    is_reading = request.purpose == "read"
    places = {"login": "/login", "register": "/account/certificates", "read": f"/drafts/{request.draft_id}"}
    places[reader_checks.PURPOSE] = "/"
    back = public + places.get(request.purpose, f"/drafts/{request.draft_id}/review")
    return SigningRequestClaims(
        jti=str(request.id),
        purpose=request.purpose,
        language=language,
        title=SIGNING_TITLES[request.purpose].of(language),
        summary=summary_of(counter.library, content, language),
        content="" if is_reading else base64.b64encode(request.content).decode(),
        attributes=content["attributes"] if is_reading else (),
        nonce=request.nonce,
        holders=_holders(counter, content),
        submit_url=f"{public}/api/signing-requests/{request.id}",
        return_url=back,
        cancel_url=back,
    )


def _holders(counter: Counter, content: Mapping[str, object]) -> Sequence[str]:
    """誰の証明書か: a person's card, unless the procedure asks for an organisation's certificate."""
    if "procedure" not in content or content.get("purpose") == "read":
        return ("individual",)
    return counter.library.version(ProcedureId(str(content["procedure"])), int(str(content["version"]))).certificates
