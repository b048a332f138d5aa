"""健全性: does this process live, and can it take in what residents send?

Living asks nobody else: who restarts a process because its database is away makes two failures of one. Ready asks for
all that a receipt needs. Temporal is told of and does not count: an application is received without it and begun later.
"""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from procedures.values import MunicipalityCode
from store import schema
from store.database import Database

router = APIRouter(tags=["health"])

PATIENCE = timedelta(seconds=3)
FREE_SPACE = 500_000_000
"""Bytes for the files of residents; below it nothing more is taken in."""

Found = Literal["ok", "away", "old", "full"]


@dataclass(frozen=True)
class Readiness:
    """準備: `head` is the newest migration this program knows; `files` the folder of the object store, if it is one."""

    database: Database
    municipality: MunicipalityCode
    temporal: Client
    head: str
    files: Path | None

    async def look(self) -> Mapping[str, Found]:
        """What each part says now."""
        revision, temporal = await asyncio.gather(self._revision(), self._temporal())
        return {
            "database": "away" if revision is None else "ok",
            "schema": "ok" if revision == self.head else "old",
            "temporal": temporal,
            "disk": self._disk(),
        }

    async def _revision(self) -> str | None:
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._read), PATIENCE.total_seconds())
        except (SQLAlchemyError, TimeoutError):
            return None

    def _read(self) -> str | None:
        with self.database.reading(self.municipality) as connection:
            return schema.revision(connection)

    async def _temporal(self) -> Found:
        try:
            await self.temporal.service_client.check_health(timeout=PATIENCE)
        except RPCError:
            return "away"
        return "ok"

    def _disk(self) -> Found:
        return "full" if self.files and shutil.disk_usage(self.files).free < FREE_SPACE else "ok"


@router.get("/healthz")
def healthy() -> dict[str, str]:
    """200 as long as this process answers."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def ready(request: Request, response: Response) -> dict[str, object]:
    """200 where a receipt can be given, else 503; and what each part says."""
    readiness: Readiness = request.app.state.readiness
    parts = await readiness.look()
    good = all(found == "ok" for part, found in parts.items() if part != "temporal")
    response.status_code = 200 if good else 503
    return {"status": "ready" if good else "not_ready", **parts}
