"""配置: folders, ports and what every process is told."""

import importlib
import socket
import stat
from dataclasses import astuple
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from machine.layout import CLONE, Layout, NoPortsLeft, Ports, environment, write_once

SETTINGS = ("wiring.settings", "api.settings", "store.settings", "trust.settings", "activities.payment.settings",
            "activities.batch.settings", "activities.rpa.settings",
            "activities.registry.settings", "activities.documents.settings", "activities.jpki.settings",
            "activities.notify.settings", "activities.export.settings", "activities.audit.settings",
            "activities.retention.settings")  # fmt: skip


def fields() -> dict[str, type[BaseSettings]]:
    """Every variable the product reads, with the class that reads it."""
    for module in SETTINGS:
        importlib.import_module(module)
    product = [kind for kind in BaseSettings.__subclasses__() if kind.__module__ in SETTINGS]
    return {f"{kind.model_config['env_prefix']}{name.upper()}": kind for kind in product for name in kind.model_fields}


def test_no_room_has_settings_this_test_does_not_know() -> None:
    found = {path for path in CLONE.glob("*/**/settings.py") if ".venv" not in path.parts}
    assert found == {CLONE / f"{name.replace('.', '/')}.py" for name in SETTINGS}


def test_every_process_is_told_only_what_some_setting_reads(tmp_path: Path) -> None:
    told = {name for name in environment(Layout.ephemeral(tmp_path)) if name.startswith("MADOGUCHI_")}
    assert told - {"MADOGUCHI_MACHINE"} <= set(fields())


def test_every_setting_can_be_read_from_what_a_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(Layout.ephemeral(tmp_path)).items():
        monkeypatch.setenv(name, value)
    for kind in set(fields().values()):
        kind()


def test_the_callers_shell_does_not_leak_into_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_WEB_PORT", "1")
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    told = environment(Layout.ephemeral(tmp_path))
    assert "PYTHONPATH" not in told
    assert told["MADOGUCHI_WEB_PORT"] != "1"


def test_one_setting_shifts_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Layout.of().ports == Ports()
    assert astuple(Layout.of(ports_from=18000).ports) == tuple(range(18000, 18018))
    monkeypatch.setenv("MADOGUCHI_PORT_BASE", "19000")
    assert Layout.of().ports.web == 19000


def test_several_can_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    first = astuple(Ports.free())
    monkeypatch.setattr("machine.layout.TO_CHOOSE_FROM", (first[0], first[-1] + 1))
    with socket.create_server(("127.0.0.1", first[3])), pytest.raises(NoPortsLeft):
        Ports.free()
    assert astuple(Ports.free()) == first


def test_no_outgoing_connection_takes_the_place_of_a_server_that_is_down() -> None:
    first_for_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(astuple(Ports.free())) < first_for_outgoing
    assert max(astuple(Ports())) < first_for_outgoing


def test_nobody_else_may_look_into_what_we_keep(tmp_path: Path) -> None:
    layout = Layout.ephemeral(tmp_path / "var")
    layout.furnish()
    assert stat.S_IMODE(layout.var.stat().st_mode) == 0o700
    assert stat.S_IMODE((layout.secrets / "master_key").stat().st_mode) == 0o600


def test_a_secret_is_written_once_and_never_half(tmp_path: Path) -> None:
    secret = tmp_path / "master_key"
    secret.with_name("master_key.new").write_bytes(b"cut sho")
    write_once(secret, b"first")
    write_once(secret, b"second")
    assert secret.read_bytes() == b"first"
    assert not secret.with_name("master_key.new").exists()
