"""遠隔測定: what Temporal's client and workers of this process measure and log, and whether anything is traced."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.client import Plugin
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from wiring.settings import ObserveSettings


@dataclass(frozen=True)
class Observed:
    """監視: how a process's client of Temporal is watched; as it stands, not at all."""

    runtime: Runtime | None = None
    plugins: Sequence[Plugin] = ()


def observed(process: str) -> Observed:
    """監視を始める for this process. What traces need takes a second to load, and is only if used."""
    settings = ObserveSettings()
    if settings.traces is None:
        return Observed(engine(settings))
    from wiring.traces import trace_to

    return Observed(engine(settings), [trace_to(settings.traces, settings.sample, process)])


def engine(settings: ObserveSettings) -> Runtime:
    """処理基盤の計測: of this process; the engine's own warnings go where ours go, without the fields they carry."""
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"), append_log_fields_to_message=False)
    metrics = None
    if settings.engine is not None:
        metrics = PrometheusConfig(
            settings.engine, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
        )
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(levels, forwarding), metrics=metrics))
