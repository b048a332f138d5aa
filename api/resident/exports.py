"""個人データの書き出し: ask for a copy of what the counter holds of oneself, see how far it is, download it.

A service beside the statutory disclosure (個人情報の保護に関する法律76条), which it does not replace.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import anyio.from_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from api.counter import City, Counter, CounterHere, LoggedIn
from api.problems import Problem, problem
from api.views import View, Visitor
from procedures.texts import Language, Text
from procedures.values import MunicipalityCode
from store import credentials, exports
from store.exports import ExportRow

router = APIRouter(prefix="/api/exports", tags=["account"])

Form = Literal["json", "pdf"]
MEDIA_TYPES: dict[Form, str] = {"json": "application/json", "pdf": "application/pdf"}
MOST_A_DAY = 3
"""Each collects and prints everything there is."""
LIMIT = Text(
    ja="書き出しは1日に3回までです。すでに作成したファイルは、期限までダウンロードできます。時間をおいて、もう一度お試しください。",
    en="You can ask for three exports a day. Those already made can be downloaded until they expire. Try again later.",
    zh="每天最多可导出三次。已生成的文件在有效期内可以下载。请稍后再试。",
    ko="내보내기는 하루 3회까지 가능합니다. 이미 만든 파일은 기한까지 내려받을 수 있습니다. 나중에 다시 시도해 주세요.",
)


class ExportWanted(BaseModel):
    """書き出しの求め: the language of the readable copy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = "ja"


class ExportView(View):
    """書き出し. Sizes in bytes; once it is ready, both files can be downloaded until `expires_at`."""

    id: UUID
    status: Literal["waiting", "ready", "failed"]
    language: Language
    requested_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    json_bytes: int | None
    pdf_bytes: int | None


@router.get("")
def list_exports(counter: CounterHere, city: City, visitor: LoggedIn) -> tuple[ExportView, ...]:
    """書き出しの一覧, the newest first."""
    return listed(counter, city, visitor)


@router.post("", status_code=202)
def ask_export(counter: CounterHere, city: City, visitor: LoggedIn, wanted: ExportWanted) -> ExportView:
    """書き出しを求める: one at a time; asking again while one is being made gives the same."""
    return ask(counter, city, visitor, wanted.language)


@router.get("/{export_id}")
def read_export(counter: CounterHere, city: City, visitor: LoggedIn, export_id: UUID) -> ExportView:
    """書き出しの状況."""
    return _view(_owned(counter, city, visitor, export_id))


@router.get(
    "/{export_id}/{form}", responses={200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}}
)
def read_export_file(counter: CounterHere, city: City, visitor: LoggedIn, export_id: UUID, form: Form) -> Response:
    """書き出しをダウンロードする: `json` (docs/my-data.md) or `pdf`."""
    data, name = download(counter, city, visitor, export_id, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=MEDIA_TYPES[form], headers=headers)


# --- use cases --------------------------------------------------------------------------------------------------------


def listed(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> tuple[ExportView, ...]:
    """書き出しの一覧, the newest first; what ran out is gone."""
    with counter.database.reading(city) as connection:
        return tuple(_view(row) for row in exports.listed(connection, visitor.account_id))


def ask(counter: Counter, city: MunicipalityCode, visitor: Visitor, language: Language) -> ExportView:
    """書き出しを求める: row first, then the workflow; what is committed and not started, reconciliation starts.

    Raises Problem where this account asked too often today.
    """
    with counter.database.transaction(city) as connection:
        credentials.hold_account(connection, visitor.account_id)
        waiting = exports.waiting(connection, visitor.account_id)
        if waiting is not None:
            return _view(waiting)
        _require_few(exports.asked_within_a_day(connection, visitor.account_id))
        row = exports.ask(connection, city, visitor.account_id, language)
    anyio.from_thread.run(counter.dispatch.begin_export, city, row.id)
    return _view(row)


def download(
    counter: Counter, city: MunicipalityCode, visitor: Visitor, export_id: UUID, form: Form
) -> tuple[bytes, str]:
    """書き出し of one's own: (bytes, file name). Raises Problem where it is another's, not ready, or ran out."""
    row = _owned(counter, city, visitor, export_id)
    if row.status != "ready":
        raise problem("not_found")
    key = {"json": row.json_key, "pdf": row.pdf_key}[form]
    return counter.objects.get(key), f"my-data-{row.requested_at:%Y%m%d}.{form}"


def _owned(counter: Counter, city: MunicipalityCode, visitor: Visitor, export_id: UUID) -> ExportRow:
    with counter.database.reading(city) as connection:
        row = exports.read(connection, export_id, visitor.account_id)
    if row is None:
        raise problem("not_found")
    return row


def _require_few(asked: tuple[datetime, ...]) -> None:
    if len(asked) >= MOST_A_DAY:
        free_again = asked[-MOST_A_DAY] + timedelta(days=1) - datetime.now(UTC)
        raise Problem(429, "export_limit", LIMIT, max(1, int(free_again.total_seconds())))


def _view(row: ExportRow) -> ExportView:
    return ExportView.model_validate({name: getattr(row, name) for name in ExportView.model_fields})
