"""収集: what the counter holds of a person becomes one JSON file in the object store, case by case.

docs/my-data.md describes every key of it. A change that a reader would notice counts SCHEMA up.
"""

import asyncio
import json
import logging
import tempfile
from datetime import UTC, datetime, timedelta
from typing import IO
from uuid import UUID

from sqlalchemy import Connection
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from activities.desk import Desk
from activities.export.rows import still_wanted, wanted
from activities.export.settings import ExportSettings
from store import exports, holdings
from store.exports import ExportRow
from store.objects import Objects
from workflows import export_workflow
from workflows.contracts import ExportInput, MunicipalityRun

log = logging.getLogger(__name__)

SCHEMA = "madoguchi-my-data/1"
STARTED_BY_NOW = timedelta(minutes=1)
"""Whoever asked has started it by then, or never will."""
RPC_TIMEOUT = timedelta(seconds=10)


class DataExports:
    """個人データの書き出しの処理: database and object store; no rendering."""

    def __init__(self, desk: Desk, objects: Objects, client: Client, settings: ExportSettings) -> None:
        self._desk = desk
        self._objects = objects
        self._client = client
        self._settings = settings

    @activity.defn
    def collect_export(self, given: ExportInput) -> int:
        """収集: how many parts there are to print; 0 where nobody wants it any more. All of it is of one moment."""
        row = wanted(self._desk, given)
        if row is None:
            return 0
        with tempfile.TemporaryFile() as file:
            count = self._write(given, row, file)
            size = file.tell()
            file.seek(0)
            self._objects.put_file(row.json_key, file)
        if not still_wanted(self._desk, self._objects, row, given, json_bytes=size):
            return 0
        return max(1, -(-count // self._settings.cases_per_part))

    @activity.defn
    def fail_export(self, given: ExportInput) -> None:
        """不成立: told on the page; what was made of it is deleted."""
        with self._desk.writing(given.municipality) as connection:
            row = exports.read(connection, given.export_id)
            exports.finish(connection, given.export_id, "failed", self._settings.lifetime)
        if row is not None:
            exports.discard_files(self._objects, row)

    @activity.defn
    async def reconcile_exports(self, run: MunicipalityRun) -> int:
        """照合: starts what nobody started, deletes what ran out. How many were deleted."""
        for export_id in await asyncio.to_thread(self._unfinished, run):
            await self._begin(ExportInput(municipality=run.municipality, export_id=export_id))
        return await asyncio.to_thread(self._delete_expired, run)

    async def _begin(self, export: ExportInput) -> None:
        try:
            await export_workflow.begin(self._client, export, RPC_TIMEOUT)
        except RPCError as error:
            log.warning("Export %s is not started yet: %s", export.export_id, error.status.name)

    def _unfinished(self, run: MunicipalityRun) -> tuple[UUID, ...]:
        with self._desk.writing(run.municipality) as connection:
            return exports.unfinished(connection, STARTED_BY_NOW)

    def _delete_expired(self, run: MunicipalityRun) -> int:
        """Files first: a row is what remembers where they lie."""
        with self._desk.writing(run.municipality) as connection:
            gone = exports.expired(connection)
            for row in gone:
                exports.discard_files(self._objects, row)
                exports.forget(connection, row.id)
        return len(gone)

    def _write(self, given: ExportInput, row: ExportRow, file: IO[bytes]) -> int:
        """The file; how many cases it holds. No more than a page of them is in memory."""
        count = 0
        with self._desk.writing(given.municipality) as connection:
            holdings.freeze(connection)
            file.write(f'{_written(self._head(given, row, connection))[:-1]}, "cases": ['.encode())
            for case in holdings.cases(connection, row.account_id):
                file.write(f"{',' if count else ''}\n{_written(case)}".encode())
                count += 1
            file.write(b"\n]}\n")
        return count

    def _head(self, given: ExportInput, row: ExportRow, connection: Connection) -> dict[str, object]:
        return {
            "schema": SCHEMA,
            "municipality": given.municipality,
            "language": row.language,
            "made_at": datetime.now(UTC),
            **holdings.of_person(connection, row.account_id),
        }


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    """Dates by ISO 8601; ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export.")
