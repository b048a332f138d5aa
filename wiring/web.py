"""窓口のウェブ: the JSON API, the pages over it, and what a workflow does as an officer would at the counter."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.worker import Worker

import ui.app
from activities.documents.blank_sheets import printed_apart
from api.access.history import HttpHistory
from api.access.identity_provider import IdentityProvider
from api.administration.engine import Engine
from api.administration.readers import queues_of
from api.administration.workers import QUEUES
from api.app import create_app
from api.bulk.work import BulkWork
from api.counter import Counter
from api.events import Events
from api.filing.request_key import RequestKey
from api.filing.virus_scan import VirusScan
from api.health import Readiness
from api.requests import Requests
from api.resident.push_services import PushServices
from api.sending.dispatch import Dispatch
from api.sending.relay import Relay
from api.settings import HistorySettings, IdentitySettings, PushSettings, ScanSettings, WebSettings
from sheets.loader import SheetLibrary
from store.closed_days import ClosedDays
from store.notice_key import NoticeKey
from wiring.foundation import AT_START, Foundation
from wiring.metrics import Metrics
from wiring.settings import Environment, ObserveSettings
from wiring.telemetry import observed
from workflows.contracts import COUNTER_QUEUE

CLONE = Path(__file__).resolve().parent.parent
KEEP_ALIVE = 75
"""Seconds; longer than a reverse proxy keeps an idle connection, so that it is never the one surprised."""
ORDERS_AT_ONCE = 2
"""Parts of bulk orders that one process carries out together: people at the counter come first."""


def web_app() -> FastAPI:
    """窓口のウェブ: the JSON API and the pages over it."""
    settings, foundation = WebSettings(), Foundation()
    of_history, of_identity = HistorySettings(), IdentitySettings()
    named = {"certificate_history": of_history.base_url or "", "identity_provider": of_identity.issuer or ""}
    Environment().require_real(**named)
    Environment().require_protected(**named)
    history, identity = HttpHistory.connect(of_history), IdentityProvider.connect(of_identity, settings.public_url)
    seen, metrics = observed("web"), Metrics(foundation.database, settings.municipalities)
    scan, push = VirusScan.connect(ScanSettings()), PushServices.connect(PushSettings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = await foundation.connect(seen, AT_START)
        dispatch = Dispatch(foundation.database, client, settings.update_timeout)
        app.state.counter = Counter(
            settings=settings,
            database=foundation.database,
            objects=foundation.objects,
            keys=foundation.keys,
            library=foundation.library,
            sheets=SheetLibrary.read(procedures={each.id: each for each in foundation.library.all()}),
            closed=ClosedDays(foundation.database),
            dispatch=dispatch,
            anchors=foundation.anchors,
            verifier=foundation.verifier,
            temporal_namespace=foundation.temporal.namespace,
            webhook_secret=settings.webhook_secret_file.read_text().strip(),
            request_key=RequestKey.read(settings.request_key_file),
            history=history,
            identity=identity,
            scan=scan,
            notice_key=NoticeKey(foundation.store.master_key_file),
            push=push,
            engine=Engine(client, (*QUEUES, *queues_of(settings.readers))),
            press=printed_apart,
        )
        app.state.readiness = Readiness(
            foundation.database, settings.municipality, client, newest_migration(), foundation.objects.folder
        )
        app.state.events = Events(foundation.database, foundation.store, settings.session_idle)
        relay = asyncio.create_task(Relay(foundation.database, dispatch, settings.municipalities).run())
        events = asyncio.create_task(app.state.events.run())
        _settle_memory()
        try:
            async with orders_of_officers(client, app.state.counter):
                with metrics.listening(ObserveSettings().metrics):
                    yield
        finally:
            for task in (relay, events):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            app.state.counter.darkroom.close()
            foundation.database.close()

    app = create_app(lifespan, settings.upload_limit, engine_ui=settings.temporal_ui_url)
    ui.app.register(app)
    app.add_middleware(Requests, measure=metrics.measure)
    return app


def counter_activities(counter: Counter) -> Sequence[Callable[..., Any]]:
    """Use cases that a workflow goes through in an officer's place."""
    orders = BulkWork(counter)
    return [
        orders.carry_out_bulk,
        orders.count_unanswered,
        orders.show_bulk,
    ]


def orders_of_officers(client: Client, counter: Counter) -> Worker:
    """一括処理を実行するワーカー: in this process, which has every use case at hand."""
    return Worker(
        client,
        task_queue=COUNTER_QUEUE,
        activities=counter_activities(counter),
        max_concurrent_activities=ORDERS_AT_ONCE,
        graceful_shutdown_timeout=timedelta(seconds=10),
    )


def newest_migration() -> str:
    """The one this program was written for, by its file's name: Alembic itself takes a second to load."""
    return max(file.name for file in (CLONE / "migrations" / "versions").glob("[0-9]*.py")).partition("_")[0]


def _settle_memory() -> None:
    """What was made so far stays (modules, procedures, models): no garbage collection walks it again."""
    gc.collect()
    gc.freeze()


class CounterServer(uvicorn.Server):
    """窓口のサーバー: open streams would hold a stopping server up for ever, so they are ended first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if isinstance(self.config.app, FastAPI) and hasattr(self.config.app.state, "events"):
            self.config.app.state.events.close()
        await super().shutdown(sockets)
