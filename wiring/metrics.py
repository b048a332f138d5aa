"""計測値: what Prometheus reads of the web server: cases and queues from the database, and requests as they come.

Every web process tells the same figures of the database: take the greatest, not the sum. They are read when somebody
asks, and not again within FRESH seconds.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from wsgiref.simple_server import WSGIServer
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from api.requests import Answered
from procedures.values import MunicipalityCode
from store import figures
from store.database import Database

log = logging.getLogger(__name__)

FRESH = 10.0
"""Seconds."""
JAPAN = ZoneInfo("Asia/Tokyo")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """計測値: one registry per process."""

    def __init__(self, database: Database, municipalities: Iterable[MunicipalityCode]) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "madoguchi_request_seconds", "Time until an answer began.", ["method", "route", "status"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        ProcessCollector(registry=self.registry)
        self.registry.register(Figures(database, tuple(municipalities)))

    def measure(self, done: Answered) -> None:
        """要求を数える, by its kind of answer (2xx …), so that there are few series."""
        self._requests.labels(done.method, done.route, f"{done.status // 100}xx").observe(done.seconds)

    @contextmanager
    def listening(self, address: str | None) -> Iterator[None]:
        """/metrics at host:port for as long as the block lasts; on a thread of its own."""
        if address is None:
            yield
            return
        server, thread = _listen(address, self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _listen(address: str, registry: CollectorRegistry) -> tuple[WSGIServer, threading.Thread]:
    host, _, port = address.rpartition(":")
    return start_http_server(int(port), host, registry)


class Figures(Collector):
    """数値: of every municipality this installation serves."""

    def __init__(self, database: Database, municipalities: Iterable[MunicipalityCode]) -> None:
        self._database = database
        self._municipalities = tuple(municipalities)
        self._lock = threading.Lock()
        self._read_at = -FRESH
        self._last: list[Metric] = []

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when the registry is made."""
        return families().values()

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH:
                self._last = list(self._read())
                self._read_at = time.monotonic()
            return self._last

    def _read(self) -> Iterable[Metric]:
        found, up = families(), 1
        midnight = datetime.now(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            for municipality in self._municipalities:
                with self._database.reading(municipality) as connection:
                    _add_cases(found, municipality, figures.of_cases(connection, midnight))
                    _add_queues(found, municipality, figures.of_queues(connection))
        except SQLAlchemyError as error:
            log.warning("The figures cannot be read: %s.", type(error).__name__)
            found, up = families(), 0
        found["up"].add_metric([], up)
        return found.values()


Family = GaugeMetricFamily | CounterMetricFamily


def families() -> dict[str, Family]:
    """計測値の種類, empty."""

    def gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"madoguchi_{name}", meaning, labels=labels)

    city, procedure = "municipality", "procedure"
    return {
        "received": gauge("cases_received_today", "Cases received since midnight in Japan.", city, procedure),
        "closed": gauge("cases_closed_today", "Cases closed since midnight.", city, procedure, "outcome"),
        "waiting": gauge("cases_waiting", "Open cases by where they stand.", city, procedure, "step", "status"),
        "overdue": gauge("cases_overdue", "Open cases past their deadline.", city, procedure),
        "commands": gauge("commands_pending", "Commands no workflow has acknowledged.", city),
        "commands_age": gauge("commands_pending_age_seconds", "Age of the oldest of them.", city),
        "notices": gauge("notices_waiting", "Mails and push messages in the outbox.", city),
        "notices_age": gauge("notices_waiting_age_seconds", "Age of the oldest of them.", city),
        "payments": gauge("payments_open", "Payment pages that are open.", city),
        "refunds": gauge("refunds_due", "Payments of which something is to be given back by hand.", city),
        "effects": CounterMetricFamily("madoguchi_effects", "Effects written, of the whole database."),
        "up": gauge("figures_up", "1 where the database could be asked for all of these."),
    }


def _add_cases(found: dict[str, Family], city: str, rows: Iterable[figures.CaseFigure]) -> None:
    received, overdue, closed = dict[str, int](), dict[str, int](), dict[tuple[str, str], int]()
    for row in rows:
        received[row.procedure] = received.get(row.procedure, 0) + row.received
        overdue[row.procedure] = overdue.get(row.procedure, 0) + row.overdue
        if row.closed:
            key = (row.procedure, row.status)
            closed[key] = closed.get(key, 0) + row.closed
        if row.waiting:
            found["waiting"].add_metric([city, row.procedure, row.step or "", row.status], row.waiting)
    for procedure, count in received.items():
        found["received"].add_metric([city, procedure], count)
        found["overdue"].add_metric([city, procedure], overdue[procedure])
    for (procedure, outcome), count in closed.items():
        found["closed"].add_metric([city, procedure, outcome], count)


def _add_queues(found: dict[str, Family], city: str, queues: figures.QueueFigures) -> None:
    told = {
        "commands": queues.commands,
        "commands_age": queues.commands_age,
        "notices": queues.notices,
        "notices_age": queues.notices_age,
        "payments": queues.payments_open,
        "refunds": queues.refunds_due,
    }
    for name, value in told.items():
        found[name].add_metric([city], value)
    if not found["effects"].samples:
        found["effects"].add_metric([], queues.effects)
