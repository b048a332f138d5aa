"""本番の形: what can be validated of docker-compose.yml where no container can run."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML
from test_layout import fields

from activities.batch import confinement
from activities.batch.settings import SheetSettings
from activities.documents.settings import DocumentSettings
from activities.rpa.settings import PayrollSettings, TerminalSettings
from api.settings import ServedSettings, TemporalSettings, WebSettings
from machine.layout import CLONE
from machine.postgres import DATABASE, Role
from machine.temporal import SEARCH_ATTRIBUTES
from store.settings import StoreSettings
from wiring.settings import TrustSettings
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE

TEXT = (CLONE / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = YAML(typ="safe").load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("madoguchi")}
EXAMPLE = (CLONE / "deploy" / "city.env.example").read_text()
CITY = dict(line.split("=", 1) for line in EXAMPLE.splitlines() if "=" in line and not line.startswith("#"))
PAPER = {"worker-sheets", "worker-robots"}
ROBOTS = (PayrollSettings, TerminalSettings)
"""Of an optional worker: its addresses are commented out in the example."""
NEEDED: dict[str, tuple[type[BaseSettings], ...]] = {
    "worker-sheets": (StoreSettings, TemporalSettings, TrustSettings, ServedSettings, SheetSettings, DocumentSettings),
    "worker-robots": (StoreSettings, TemporalSettings, TrustSettings, PayrollSettings, TerminalSettings),
}
"""What the workers of paper read; the others are told everything."""


def told(service: str) -> dict[str, str]:
    return CITY | SERVICES[service].get("environment", {})


def test_the_whole_counter_is_there() -> None:
    assert {"migrate", "worker-cases", "worker-documents", "web"} | PAPER == OURS
    started = {tuple(SERVICES[name]["command"][1:]) for name in OURS}
    assert {("worker", queue) for queue in (CASES_QUEUE, DOCUMENTS_QUEUE, SHEETS_QUEUE, ROBOTS_QUEUE)} <= started
    assert set(SERVICES) - OURS == {
        "postgres", "temporal-schema", "temporal", "temporal-namespace", "temporal-ui", "clamav", "proxy",
        "prometheus", "grafana",
    }  # fmt: skip


def test_nothing_of_the_sandbox_is() -> None:
    values = [str(value) for service in SERVICES.values() for value in (service, service.get("environment"))]
    assert not [value for value in values if "sandbox" in value]
    assert {told(name)["MADOGUCHI_ENVIRONMENT"] for name in OURS} == {"production"}
    assert "rm -rf sandbox tests" in (CLONE / "deploy" / "Dockerfile").read_text()


@pytest.mark.parametrize("service", sorted(OURS))
def test_every_variable_is_a_setting(service: str) -> None:
    assert {name for name in told(service) if name.startswith("MADOGUCHI_")} <= set(fields())


def test_every_setting_without_a_default_is_given() -> None:
    needed = {name for name, kind in fields().items() if _required(kind, name) and kind not in ROBOTS}
    assert needed <= set(told("web"))


def _required(kind: type, name: str) -> bool:
    prefix = kind.model_config["env_prefix"]  # type: ignore[attr-defined]
    return bool(kind.model_fields[name.removeprefix(prefix).lower()].is_required())  # type: ignore[attr-defined]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_secrets_come_from_files_that_are_declared_and_granted(service: str) -> None:
    granted = set(SERVICES[service].get("secrets", ()))
    used = {Path(str(value)).name for name, value in told(service).items() if str(value).startswith("/run/secrets/")}
    entry = str(SERVICES[service].get("entrypoint", ""))
    used |= set(re.findall(r"/run/secrets/(\w+)", entry))
    assert granted <= set(COMPOSE["secrets"])
    optional = {"postgres_owner"} if service != "migrate" else set()
    needs = used - optional if service in OURS and service != "migrate" else used & granted
    assert needs <= granted
    assert not re.search(r"(password|secret|key): *['\"]?\w{8,}", str(SERVICES[service].get("environment", "")), re.I)


def test_the_web_server_does_not_hold_the_owners_password() -> None:
    assert [name for name in OURS if "postgres_owner" in SERVICES[name]["secrets"]] == ["migrate"]


def test_only_the_proxy_is_open_to_the_world() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports.pop("proxy") == ["443:443", "80:80"]
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["temporal"]["networks"] == ["inside"]


@pytest.mark.parametrize("service", sorted(PAPER))
def test_the_workers_of_paper_are_told_what_they_need(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MADOGUCHI_")]:
        monkeypatch.delenv(name)
    optional = dict(re.findall(r"^# (MADOGUCHI_(?:PAYROLL|TERMINAL)_\w+)=(.+)$", EXAMPLE, re.M))
    for name, value in (optional | told(service)).items():
        monkeypatch.setenv(name, str(value))
    for kind in NEEDED[service]:
        kind()


def test_what_opens_strangers_files_reaches_and_holds_little() -> None:
    sheets, robots = SERVICES["worker-sheets"], SERVICES["worker-robots"]
    assert sheets["networks"] == ["inside"]
    assert set(sheets["secrets"]) == {"postgres_app", "master_key", "anchors"}
    for each in (sheets, robots):
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in each["security_opt"]
        assert each["mem_limit"]
        assert each["pids_limit"]
    assert not {"seal", "payment_key", "register_token"} & set(robots["secrets"])
    assert int(sheets["mem_limit"].rstrip("g")) * 1_000_000_000 >= confinement.MOST_MEMORY


def test_the_proxy_lets_through_what_the_counter_takes_and_holds_no_event_back() -> None:
    proxy = (CLONE / "deploy" / "Caddyfile").read_text()
    largest = re.search(r"max_size (\d+)MB", proxy)
    assert largest is not None
    assert int(largest[1]) * 1_000_000 > WebSettings.model_fields["upload_limit"].default
    assert re.search(r"reverse_proxy web:8000 {\s+flush_interval -1\b", proxy)
    assert "write " not in proxy, "a write timeout would end every open stream"


def test_what_is_optional_does_not_start_by_itself() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {
        "clamav", "prometheus", "grafana", *PAPER
    }  # fmt: skip
    assert "MADOGUCHI_SCAN_ADDRESS" not in CITY


def test_every_dependency_exists_and_every_condition_can_come_true() -> None:
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            assert name in SERVICES
            assert condition["condition"] != "service_healthy" or "healthcheck" in SERVICES[name]


def test_what_cannot_be_changed_later_is_right_from_the_start() -> None:
    assert SERVICES["temporal"]["environment"]["NUM_HISTORY_SHARDS"] == "512"
    assert SERVICES["temporal-ui"]["environment"]["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


def test_workers_get_longer_to_stop_than_they_need() -> None:
    ours = re.search(
        r"graceful_shutdown_timeout=timedelta\(seconds=(\d+)\)", (CLONE / "wiring" / "workers.py").read_text()
    )
    assert ours is not None
    for name in OURS:
        assert int(SERVICES[name]["stop_grace_period"].rstrip("s")) > int(ours.group(1))


def test_roles_databases_and_search_attributes_are_those_of_one_machine() -> None:
    roles = (CLONE / "deploy" / "postgres" / "roles.sh").read_text()
    assert all(str(name) in roles for name in (Role.OWNER, Role.APP, DATABASE))
    assert f"for name in {' '.join(SEARCH_ATTRIBUTES)};" in (
        CLONE / "deploy" / "temporal" / "namespace.sh"
    ).read_text().replace("; do", ";")


@pytest.mark.parametrize("script", sorted((CLONE / "deploy").glob("*/*.sh")), ids=lambda path: path.name)
def test_scripts_are_readable_by_a_plain_shell(script: Path) -> None:
    subprocess.run(["/bin/sh", "-n", script], check=True)


def test_mounted_and_copied_files_exist() -> None:
    mounts = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    copied = re.findall(r"^COPY (?!--from|\. )(.+) \S+$", (CLONE / "deploy" / "Dockerfile").read_text(), re.M)
    paths = [mount for mount in mounts if mount.startswith("./")] + [name for line in copied for name in line.split()]
    assert [path for path in paths if not (CLONE / path).exists()] == []
