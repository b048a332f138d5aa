"""窓口のリーダー: a worker of its own at a counter: one card reader, its page, and its task queue.

It needs neither the database nor any key of the installation: what it is asked comes from the web server, signed.
"""

import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities.reader.confirming import SIGN_OF_LIFE, IdentityDesk, ReaderAtCounter
from api.settings import TemporalSettings
from card.agent.cities import Cities, CitiesUnreadable
from card.agent.request import CityLink
from card.agent.tray import CardTray
from card.counter.desk import CounterReader
from card.counter.pages import create_app
from card.pcsc import PcscReader
from procedures.values import MunicipalityCode
from wiring.foundation import AT_START, connected
from wiring.telemetry import observed
from workflows.reader_contracts import reader_queue

HERE = "127.0.0.1"


@dataclass(frozen=True)
class ReaderPlace:
    """窓口のリーダーの置き場: which counter it stands at, which reader it is, and where its page is.

    `tray`: the sandbox's demo cards, which lie on the reader's slot of that number.
    """

    municipality: MunicipalityCode
    counter: str
    cities: Path
    port: int
    reader: str | None = None
    tray: Path | None = None
    slot: int = 0


def reader_activities(desk: IdentityDesk) -> Sequence[Callable[..., Any]]:
    """リーダーの処理."""
    at_counter = ReaderAtCounter(desk)
    return [at_counter.confirm_identity]


def reader_worker(client: Client, place: ReaderPlace, desk: IdentityDesk) -> Worker:
    """ワーカー of one reader: one person at a time. Whoever stands there when it is ended is asked anew."""
    return Worker(
        client,
        task_queue=reader_queue(place.municipality, place.counter),
        activities=reader_activities(desk),
        max_concurrent_activities=1,
        max_heartbeat_throttle_interval=SIGN_OF_LIFE,  # or the officer who waits no more is heard ten seconds later
        graceful_shutdown_timeout=timedelta(0),
        identity=f"{place.counter}@{socket.gethostname()}",
    )


async def read_cards(place: ReaderPlace) -> None:
    """リーダーを動かす, until it is told to stop."""
    try:
        cities = Cities.read(place.cities)
    except CitiesUnreadable as error:
        sys.exit(str(error))
    client = await connected(TemporalSettings(), pydantic_data_converter, AT_START, observed("reader"))
    # trust_env: a proxy of the environment must not see who identifies themselves
    async with httpx.AsyncClient(timeout=15, trust_env=False) as link:
        tray = CardTray(place.tray, place.slot) if place.tray else None
        desk = CounterReader(PcscReader(place.reader), CityLink(link, cities), place.reader, tray)
        app = create_app(desk, place.counter, place.port)
        page = uvicorn.Server(
            uvicorn.Config(app, host=HERE, port=place.port, access_log=False, log_config=None, log_level="warning")
        )
        async with reader_worker(client, place, desk):
            await page.serve()
    if not page.started:
        sys.exit(1)
