"""一括処理の場面: an order planned, begun, and followed to its end, by the API."""

from collections.abc import Iterable, Mapping
from typing import Any

from machine.visitor import Visitor
from tests.api.scenes import soon


def planned(officer: Visitor, kind: str, tasks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return dict(officer.post("/api/bulks", {"kind": kind, "tasks": [task["id"] for task in tasks]}))


def finished(officer: Visitor, bulk: Mapping[str, Any], /, **said: object) -> dict[str, Any]:
    officer.post(f"/api/bulks/{bulk['id']}/start", said)
    return ended(officer, bulk)


def ended(officer: Visitor, bulk: Mapping[str, Any], patience: float = 20.0) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        return dict(officer.get(f"/api/bulks/{bulk['id']}"))

    return dict(soon(look, lambda found: found["state"] == "finished", "the order ends", patience))
