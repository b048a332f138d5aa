"""監視: dashboard and alerts ask for nothing that nobody tells, and each alert says what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from ruamel.yaml import YAML
from temporalio.bridge import temporal_sdk_bridge

from api.requests import Answered
from machine.layout import CLONE
from store.database import Database
from store.settings import StoreSettings
from wiring.metrics import Metrics

ALERTS: list[dict[str, Any]] = [
    rule
    for group in YAML(typ="safe").load(CLONE / "deploy" / "prometheus" / "alerts.yml")["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((CLONE / "deploy" / "grafana" / "madoguchi.json").read_text())
OPERATIONS = (CLONE / "docs" / "operations.md").read_text()
METRIC = re.compile(r"\b(?:madoguchi|temporal|process)_\w+")


def questions() -> list[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    variables = [each["query"]["query"] for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    return [*panels, *variables, *(alert["expr"] for alert in ALERTS)]


def asked() -> set[str]:
    return {name for question in questions() for name in METRIC.findall(question)}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every series the web server's own /metrics has."""
    password = tmp_path_factory.mktemp("secrets") / "password"
    password.write_text("none")
    settings = StoreSettings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none", password_file=password,
        objects_url=password.parent.as_uri(), master_key_file=password,
    )  # fmt: skip
    metrics = Metrics(Database(settings), ())
    metrics.measure(Answered("GET", "/", 200, 0.1))
    types = re.findall(r"^# TYPE (\S+) (\S+)$", generate_latest(metrics.registry).decode(), re.M)
    return {
        f"{name}{end}"
        for name, kind in types
        for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
    }


def test_dashboard_and_alerts_ask_for_something() -> None:
    assert len(questions()) > 30
    assert {name.split("_")[0] for name in asked()} == {"madoguchi", "temporal", "process"}


def test_every_figure_of_ours_that_is_asked_for_is_told(told: set[str]) -> None:
    assert {name for name in asked() if not name.startswith("temporal_")} - told == set()


def test_every_figure_of_the_engine_that_is_asked_for_is_one_the_sdk_knows() -> None:
    """The names stand in its binary; a running one shows them only once they have happened."""
    sdk = Path(temporal_sdk_bridge.__file__).read_bytes()
    ends = re.compile(r"_(seconds_bucket|seconds_count|seconds_sum|total)$")
    names = {ends.sub("", name.removeprefix("temporal_")) for name in asked() if name.startswith("temporal_")}
    assert {name for name in names if name.encode() not in sdk} == set()
    assert b"no_such_figure_of_the_engine" not in sdk


def test_every_figure_of_ours_is_on_the_dashboard_or_wakes_somebody(told: set[str]) -> None:
    ours = {name.removesuffix("_bucket") for name in told if name.startswith("madoguchi_") and "_created" not in name}
    ours -= {name for name in ours if name.endswith(("_sum", "_count"))}
    assert ours - {name.removesuffix("_bucket") for name in asked()} == set()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_what_happened_and_where_to_read_what_to_do(alert: dict[str, Any]) -> None:
    told, name = alert["annotations"], alert["alert"]
    assert told["summary"].endswith(".")
    assert told["runbook"] == f"docs/operations.md#{name.lower()}"
    line = re.search(rf"^#### {name}\n\n(.+)$", OPERATIONS, re.M)
    assert line, f"docs/operations.md has no heading `#### {name}`"
    assert len(line[1]) > 40
    assert alert["labels"]["severity"] in ("page", "ticket")


def test_every_runbook_line_belongs_to_an_alert() -> None:
    headings = set(re.findall(r"^#### (\w+)$", OPERATIONS, re.M))
    assert headings == {alert["alert"] for alert in ALERTS}
