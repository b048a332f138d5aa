"""ログと監視: what a whole town writes and tells while people use it, and that nobody's data is in it."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from machine.layout import Layout, url
from machine.visitor import wait_for
from sandbox.people import HANAKO, OFFICER
from tests.api.scenes import SCREENING, Newcomer, delivered, screening
from tests.conftest import Meet

OURS = ("web", "worker-cases", "worker-documents", "migrate")


def lines(town: Layout, name: str) -> list[dict[str, Any]]:
    """What one process of ours has written; a line that is no object fails here."""
    log = town.logs / f"{name}.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_every_line_of_ours_is_one_object_and_a_request_has_its_route(town: Layout, newcomer: Newcomer) -> None:
    resident = newcomer()
    number = resident.submit(resident.fill_in(SCREENING, screening()))
    resident.http.get(f"/cases/{number}?secret=hidden")
    resident.http.get("/no-such-page/hidden")
    resident.http.get("/cases/hidden")

    def asked() -> list[dict[str, Any]]:
        return [line for line in lines(town, "web") if line.get("receipt_number") == number]

    page = wait_for(lambda: [line for line in asked() if line["route"] == "/cases/{receipt}"], bool, "its line")
    assert (page[0]["method"], page[0]["status"], page[0]["logger"]) == ("GET", 200, "api.requests")
    assert page[0]["seconds"] > 0
    for name in OURS:
        assert {"at", "level", "logger", "message"} <= set.intersection(
            {"at", "level", "logger", "message"}, *(set(line) for line in lines(town, name))
        )
        assert "hidden" not in (town.logs / f"{name}.log").read_text()


def test_no_log_of_the_town_holds_what_a_resident_wrote(town: Layout, newcomer: Newcomer) -> None:
    """Names, telephone, a mail address and a message, marked; filed, refused, searched for, and a failing request."""
    marks = {
        "phone": "079-555-7391",
        "name": "標識　検査子",
        "mail": "hyoushiki-7391@example.jp",
        "text": "標識の文言七三九一",
    }
    resident, officer = newcomer(), newcomer("health_review")
    resident.put("/api/account/notices/address", {"email": marks["mail"]})
    number = resident.submit(resident.fill_in(SCREENING, screening(name=marks["name"], phone=marks["phone"])))
    resident.await_case(number, "under_review")
    assert resident.http.post(f"/api/cases/{number}/messages", data={"body": marks["text"]}).status_code == 201
    resident.http.post("/api/drafts", json={"procedure": marks["text"]})
    resident.http.post("/api/drafts", content=json.dumps({"procedure": f"{marks['text']}\x00"}))
    resident.http.get("/", params={"q": marks["name"]})
    officer.http.get("/inbox", params={"q": marks["name"]})
    officer.decide(officer.task_of(number), "approve")
    resident.await_case(number, "delivered")

    written = {log.name: log.read_text(errors="replace") for log in town.logs.glob("*.log")}
    assert set(written) > {f"{name}.log" for name in OURS if name != "migrate"}
    found = {
        (name, kind)
        for name, text in written.items()
        for kind, mark in marks.items()
        if mark in text or json.dumps(mark)[1:-1] in text
    }
    assert found == set()


def numbers(town: Layout) -> dict[str, str]:
    """/metrics of each process."""
    ports = town.ports
    asked = {
        "web": ports.metrics, "engine": ports.engine_web, "cases": ports.engine_cases,
        "documents": ports.engine_documents,
    }  # fmt: skip
    return {name: httpx.get(f"{url(port)}/metrics").text for name, port in asked.items()}


def test_cases_queues_requests_and_engine_are_told_and_nobody(town: Layout, meet: Meet, newcomer: Newcomer) -> None:
    delivered(meet(HANAKO), meet(OFFICER))
    newcomer().http.get("/cases/282014-261129-99999")

    told = numbers(town)

    assert re.search(r'^madoguchi_cases_received_today\{municipality="282014",procedure="\w+"\} \d', told["web"], re.M)
    assert "madoguchi_figures_up 1.0" in told["web"]
    assert re.search(r"^madoguchi_effects_total [1-9]", told["web"], re.M)
    assert 'route="/cases/{receipt}"' in told["web"]
    assert re.search(r'temporal_num_pollers\{[^}]*task_queue="cases"', told["cases"])
    assert re.search(
        r'temporal_activity_execution_latency_seconds_count\{[^}]*activity_type="issue_document"', told["documents"]
    )
    assert "temporal_request_total" in told["engine"]
    for text in told.values():
        assert "282014-26" not in text, "no case is named"
        assert "姫路" not in text


def test_the_counter_says_what_it_needs_and_only_to_whoever_watches(town: Layout) -> None:
    assert httpx.get(f"{town.public_url}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{town.public_url}/readyz")
    assert (ready.status_code, ready.json()) == (
        200, {"status": "ready", "database": "ok", "schema": "ok", "temporal": "ok", "disk": "ok"}
    )  # fmt: skip
    assert httpx.get(f"{town.public_url}/metrics").status_code == 404
    assert "respond @watched 404" in (Path(town.clone) / "deploy" / "Caddyfile").read_text()
