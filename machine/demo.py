"""実演: one certificate of residence from application to sealed PDF, through the public API with a test card."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from card.agent.cities import Cities, TrustedCity
from card.agent.tray import CardTray
from card.pcsc import PcscReader
from card.profile import Purpose
from card.transport import Transport
from machine.city import VISITORS_READER
from machine.layout import Layout, environment, url
from machine.pdf_check import Validation, validate_independently
from machine.up import City
from machine.visitor import Visitor
from sandbox import cards
from sandbox.people import HANAKO, OFFICER, PEOPLE, Person

ANSWERS = {
    "kind": "household",
    "copies": 1,
    "purpose": "bank",
    "include_relationship": True,
    "include_domicile": False,
    "delivery": "electronic",
    "phone": "079-221-2111",
}


def visitor(layout: Layout, person: Person, hold: Callable[[], Transport] | None = None) -> Visitor:
    """A demo person at the counter, with their card in the hand, or wherever `hold` finds it."""
    pins: dict[Purpose, str] = {"authentication": person.auth_pin, "signing": person.sign_pin or ""}
    return Visitor(city(layout), hold or (lambda: cards.hold(layout.pki, person.key)), pins)


def at_reader(layout: Layout, person: Person) -> Visitor:
    """The same with the card on a reader behind pcscd, as residents have it."""
    os.environ["PCSCLITE_CSOCK_NAME"] = str(layout.pcscd)  # read by libpcsclite at its first use
    tray, reader = CardTray(layout.tray, slot=1), PcscReader(VISITORS_READER)

    def hold() -> Transport:
        tray.lay(person.key)
        return reader.open()

    return visitor(layout, person, hold)


def city(layout: Layout) -> TrustedCity:
    """The counter, as a card agent knows it."""
    return Cities.read(layout.cities).by_origin[layout.public_url]


def appoint_officers(layout: Layout, people: Iterable[Person] = PEOPLE) -> None:
    """任命: the demo officers get their duties, with the product's own command."""
    officers = [_appointment(layout, person) for person in people if person.duties]
    file, wanted = layout.var / "officers.json", json.dumps(officers, ensure_ascii=False)
    if file.exists() and file.read_text() == wanted:
        return
    file.with_suffix(".new").write_text(wanted)
    command = [str(Path(sys.prefix) / "bin" / "madoguchi"), "officers", "import", str(file.with_suffix(".new"))]
    subprocess.run(command, env=environment(layout), cwd=layout.clone, check=True, capture_output=True)  # noqa: S603
    file.with_suffix(".new").rename(file)


def _appointment(layout: Layout, person: Person) -> dict[str, object]:
    """Known by the card, and at the city's identity provider."""
    certificate = layout.pki / "cards" / person.key / "authentication.der"
    digest = hashlib.sha256(certificate.read_bytes()).hexdigest()
    return {
        "certificate": str(certificate),
        "sha256": digest,
        "subject": [url(layout.ports.identity), person.key],
        "name": person.name,
        "duties": person.duties,
        "mail": f"{person.key}@city.example",
    }


def demonstrate(city: City) -> bool:
    """実演: drive the case, print its timeline, validate the PDF by tools that share no code with the sealing."""
    appoint_officers(city.layout)
    case, pdf = deliver_certificate(city.layout, at_reader)
    city.phases.lap("first delivered case")
    validation = check(city.layout, pdf)
    city.console.print(_timeline(case))
    city.console.print(str(validation), highlight=False)
    city.console.print(_addresses(city.layout))
    return case["status"] == "delivered" and validation.valid


def deliver_certificate(
    layout: Layout, come: Callable[[Layout, Person], Visitor] = visitor
) -> tuple[dict[str, Any], bytes]:
    """One certificate of residence: apply, sign, pay, review, download."""
    with come(layout, HANAKO).log_in() as hanako, come(layout, OFFICER).log_in() as officer:
        receipt_number = hanako.apply("residence_certificate", ANSWERS)
        hanako.pay(hanako.await_case(receipt_number, "awaiting_payment"))
        officer.decide(officer.task_of(receipt_number), "approve")
        case = hanako.await_case(receipt_number, "delivered", "rejected")
        return case, hanako.download(case["documents"][0]["id"])


def check(layout: Layout, pdf: bytes) -> Validation:
    """独立検証."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(pdf)
        return validate_independently(file, layout.pki / "anchors.json")


def _timeline(case: Mapping[str, Any]) -> Table:
    table = Table(title=f"案件 {case['receipt_number']}: {case['status']}", title_justify="left")
    for column in ("step", "outcome", "seconds"):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    before = datetime.fromisoformat(case["received_at"])
    for line in case["timeline"]:
        at = datetime.fromisoformat(line["at"])
        table.add_row(line["step"] or "–", line["action"], f"{(at - before).total_seconds():.2f}")
        before = at
    return table


def _addresses(layout: Layout) -> Table:
    table = Table(title="Addresses and demo cards (PINs: login / signature)", title_justify="left", show_header=False)
    ports = layout.ports
    table.add_row("窓口 (residents)", layout.public_url)
    table.add_row("受信箱 (officers)", f"{layout.public_url}/inbox")
    table.add_row("管理 (administrators)", f"{layout.public_url}/admin/cases")
    table.add_row("職員 (administrators, heads)", f"{layout.public_url}/officers")
    table.add_row("閲覧記録 (auditors)", f"{layout.public_url}/audit/accesses")
    table.add_row("証明書 (administrators)", f"{layout.public_url}/admin/certificates")
    table.add_row("Card agent", url(ports.agent))
    table.add_row("Identity provider (officers)", url(ports.identity))
    table.add_row("Temporal Web UI", url(ports.temporal_ui))
    table.add_row("Payment gateway ledger", f"{url(ports.gateway)}/_sandbox/ledger")
    for person in PEOPLE:
        table.add_row(f"card {person.key}", f"{person.name}  {person.auth_pin} / {person.sign_pin or '–'}")
    return table
