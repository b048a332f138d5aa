"""まとめて行う処理: orders, exports of personal data, and what schedules do every day; what fails first."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.counter import Administrator, City, Counter, CounterHere
from api.desk.inbox import Empty
from api.problems import problem
from api.views import View, Visitor
from procedures.values import MunicipalityCode
from store import batches
from store.batches import Batch, BatchKind, BatchPlace, BatchState

router = APIRouter(prefix="/api/administration", tags=["administration"])

PAGE = 50
LONGEST_PAGE = 200


class BatchesAsked(BaseModel):
    """絞込み, as an address has it."""

    model_config = ConfigDict(frozen=True)

    kind: Annotated[BatchKind | None, Empty] = None
    state: Annotated[BatchState | None, Empty] = None
    after: Annotated[str | None, Field(max_length=160), Empty] = None
    """Where the page before ended; its answer says so."""
    limit: int = Field(default=PAGE, ge=1, le=LONGEST_PAGE)

    def address(self, path: str, **changes: object) -> str:
        """宛先: the same view with something changed, from its first page on."""
        said = self.model_dump(mode="json", exclude_defaults=True) | {"after": None} | changes
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


class BatchView(View):
    """まとめて行う処理. `workflow_id`: in Temporal; `total`, `done`, `failed`: of cases or lists, where counted."""

    id: str
    kind: BatchKind
    state: BatchState
    failing: bool
    started_at: datetime
    finished_at: datetime | None
    total: int | None
    done: int | None
    failed: int | None
    workflow_id: str


class BatchesPage(View):
    """一頁. `next_page`: where the next one begins; null: this is the last."""

    lines: tuple[BatchView, ...]
    next_page: str | None = None


@router.get("/batches")
def list_batches(
    counter: CounterHere, city: City, administrator: Administrator, response: Response,
    asked: Annotated[BatchesAsked, Query()],
) -> tuple[BatchView, ...]:  # fmt: skip
    """まとめて行う処理の一覧; the header `Link` (RFC 8288) leads to the next page."""
    found = page(counter, city, administrator, asked)
    if found.next_page is not None:
        there = asked.address("/api/administration/batches", after=found.next_page)
        response.headers["link"] = f'<{there}>; rel="next"'
    return found.lines


def page(counter: Counter, city: MunicipalityCode, _: Visitor, asked: BatchesAsked) -> BatchesPage:
    """一頁. Raises Problem for a place no page has ended at."""
    with counter.database.reading(city) as connection:
        found = batches.listed(
            connection, kind=asked.kind, state=asked.state, after=_place(asked.after), limit=asked.limit + 1
        )
    shown = found[: asked.limit]
    return BatchesPage(
        lines=tuple(_view(each) for each in shown),
        next_page=_written(shown[-1]) if len(found) > asked.limit else None,
    )


def workflow_id(batch: Batch) -> str:
    """The workflow that carries it out: a daily check's id is the workflow's own."""
    match batch.kind:
        case "certificate_check":
            return batch.id
        case "retention":
            return batch.id
        case "audit_anchor":
            return batch.id.rpartition("/")[0]
        case "data_export":
            return f"export-{batch.id}"
        case "replay":
            return f"replay-{batch.id}"
        case _:
            return f"bulk-{batch.id}"


def _view(batch: Batch) -> BatchView:
    return BatchView.model_validate(batch.__dict__ | {"workflow_id": workflow_id(batch)})


def _written(batch: Batch) -> str:
    at = batch.started_at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{int(batch.failing)}_{at}_{batch.id}"


def _place(written: str | None) -> BatchPlace | None:
    if written is None:
        return None
    try:
        failing, at, batch_id = written.split("_", 2)
        return BatchPlace(failing == "1", datetime.fromisoformat(at).replace(tzinfo=UTC), batch_id)
    except ValueError as wrong:
        raise problem("malformed") from wrong
