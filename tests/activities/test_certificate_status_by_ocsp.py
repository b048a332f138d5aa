"""日次失効確認 of an authority that publishes no list: its responder is asked certificate by certificate."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.desk import Desk
from activities.jpki.status import CertificateStatus
from machine.layout import Layout
from machine.postgres import DATABASE, Role
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store.database import Database
from store.settings import StoreSettings
from tests.town.certificates import SIGNING, Registrations, a_municipality
from trust.anchors import AnchorRegistry
from trust.revocation import RevocationChecker
from workflows.contracts import StatusRound


@pytest.fixture
def town_hall(town: Layout) -> Iterator[Registrations]:
    with a_municipality(town) as found:
        yield found


@pytest.fixture
def status(town: Layout, tmp_path: Path) -> Iterator[CertificateStatus]:
    """The check, in a city whose registry of anchors names no list for the signing authority."""
    registry = json.loads((town.pki / "anchors.json").read_text())
    for anchor in registry["anchors"]:
        anchor["revocation"].pop("crl", None)
    (tmp_path / "anchors.json").write_text(json.dumps(registry))
    anchors = AnchorRegistry.load(tmp_path / "anchors.json", allow_sandbox=True)
    database = Database(
        StoreSettings(
            database_url=f"postgresql+psycopg://{Role.APP}@127.0.0.1:{town.ports.postgres}/{DATABASE}",
            password_file=town.postgres.password_file(Role.APP),
            objects_url=town.objects.as_uri(),
            master_key_file=town.secrets / "master_key",
        )
    )
    with RevocationChecker() as revocation:
        yield CertificateStatus(Desk(database, Library.read()), anchors, revocation)
    database.close()


def check(status: CertificateStatus, town_hall: Registrations) -> tuple[int, dict[str, object]]:
    """One round: how many lists are unknown afterwards, and the report on the only one."""
    run_id = f"certificate-status-{town_hall.municipality}-{secrets.token_hex(4)}"
    given = StatusRound(municipality=MunicipalityCode(town_hall.municipality), run_id=run_id)
    unknown = ActivityEnvironment().run(status.check_status_lists, given)
    (only,) = town_hall.report(run_id)["lists"]
    return unknown, only


def test_a_revoked_certificate_is_suspended_and_a_good_one_is_not(
    status: CertificateStatus, town_hall: Registrations
) -> None:
    issuer = town_hall.issuer(SIGNING)
    revoked = town_hall.register(issuer, town_hall.card("yumi").serial_number)
    good = town_hall.register(issuer, town_hall.card("hanako").serial_number)

    unknown, report = check(status, town_hall)

    assert (unknown, report["outcome"], report["suspended"]) == (0, "checked", 1)
    assert town_hall.state(revoked) == ("revoked", 0, 1)
    assert town_hall.state(good) == (None, 1, 0)


def test_a_certificate_the_responder_does_not_know_leaves_the_list_unknown(
    status: CertificateStatus, town_hall: Registrations
) -> None:
    issuer = town_hall.issuer(SIGNING)
    revoked = town_hall.register(issuer, town_hall.card("yumi").serial_number)
    stranger = town_hall.register(issuer, town_hall.card("unregistered").serial_number)

    unknown, report = check(status, town_hall)

    assert (unknown, report["outcome"]) == (1, "unknown")
    assert "does not know 1 of the registered certificates" in str(report["detail"])
    assert town_hall.state(stranger) == (None, 1, 0), "unknown is neither good nor revoked"
    assert town_hall.state(revoked) == ("revoked", 0, 1), "the others are suspended all the same"
