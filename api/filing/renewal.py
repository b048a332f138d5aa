"""改定への引継ぎ: a draft begun before its procedure was revised goes on in the version in force."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import City, Counter, CounterHere, LoggedIn
from api.filing.drafts import etag, is_outdated, owned, read, view
from api.views import DraftView, Visitor
from procedures.document import Procedure
from procedures.form import FormField, GroupField
from procedures.values import MunicipalityCode
from store import drafts

router = APIRouter(prefix="/api/drafts", tags=["drafts"])


class RenewedDraft(BaseModel):
    """引き継いだ下書き, and the questions of the old form whose answers or files were dropped with it."""

    model_config = ConfigDict(frozen=True)

    draft: DraftView
    dropped: tuple[str, ...]


@router.post("/{draft_id}/renewal")
def renew_draft(
    counter: CounterHere, city: City, visitor: LoggedIn, draft_id: UUID, response: Response
) -> RenewedDraft:
    """下書きを改定後の様式に引き継ぐ: what is still asked is kept. A draft that is up to date stays as it is."""
    renewed = renew(counter, city, visitor, draft_id)
    response.headers["etag"] = etag(renewed.draft)
    return renewed_view(renewed)


@dataclass(frozen=True)
class Renewed:
    """引継ぎの結果."""

    draft: DraftView
    dropped: tuple[FormField, ...]


def renew(counter: Counter, city: MunicipalityCode, visitor: Visitor, draft_id: UUID) -> Renewed:
    """下書きの引継ぎ. Twice is the same as once."""
    dropped: tuple[FormField, ...] = ()
    unused: list[str] = []
    with counter.database.transaction(city) as connection:
        row = owned(connection, visitor, draft_id, lock=True)
        if is_outdated(counter, row):
            old, new = counter.library.version(row.procedure, row.version), counter.library.current(row.procedure)
            gone = _gone(old, new)
            dropped = left_behind(old, new, view(counter, connection, row))
            unused = _detach(connection, draft_id, gone)
            drafts.renew(connection, draft_id, new.version, _carried(new, row.answers, gone))
    for key in unused:
        counter.objects.delete(key)
    return Renewed(read(counter, city, visitor, draft_id), dropped)


def renewed_view(renewed: Renewed) -> RenewedDraft:
    """引継ぎの結果, as the JSON API says it."""
    return RenewedDraft(draft=renewed.draft, dropped=tuple(field.id for field in renewed.dropped))


def left_behind(old: Procedure, new: Procedure, draft: DraftView) -> tuple[FormField, ...]:
    """引き継げない項目: the answered questions of the old form that the new one does not ask, or asks otherwise."""
    gone = _gone(old, new)
    answered = {name for name, value in draft.answers.items() if value not in ("", [], None, False)}
    answered |= {file.field for file in draft.attachments}
    return tuple(field for field in old.form.fields() if field.id in gone and field.id in answered)


def _gone(old: Procedure, new: Procedure) -> frozenset[str]:
    kinds = {field.id: field.kind for field in new.form.fields()}
    return frozenset(field.id for field in old.form.fields() if kinds.get(field.id) != field.kind)


def _carried(new: Procedure, answers: Mapping[str, object], gone: Collection[str]) -> dict[str, object]:
    asked = {field.id: field for field in new.form.fields()}
    return {
        name: _items(asked[name], value) for name, value in answers.items() if name in asked and name not in gone
    }  # fmt: skip


def _items(field: FormField, value: object) -> object:
    """The questions of a repeated group may have changed too."""
    if not isinstance(field, GroupField) or not isinstance(value, list):
        return value
    known = {asked.id for asked in field.fields}
    return [{k: v for k, v in item.items() if k in known} if isinstance(item, dict) else item for item in value]


def _detach(connection: Connection, draft_id: UUID, gone: Collection[str]) -> list[str]:
    """Files of questions that are gone; the keys of those no other draft names."""
    found = [each for each in drafts.attachments(connection, draft_id) if each.field in gone]
    keys = [drafts.detach(connection, draft_id, each.id) for each in found]
    return [key for key in keys if key is not None and not drafts.names_object(connection, key)]
