"""窓口のカードリーダー: a real worker with a virtual card behind a real pcscd confirms who holds it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from api.access.credentials import presented
from api.counter import Counter
from api.paper import reader as reader_desk
from api.problems import Problem
from api.settings import WebSettings
from card.cades import sign_detached
from card.jpki import JpkiCard
from machine.layout import COUNTER, Layout, environment, url
from machine.postgres import Role
from machine.visitor import CounterRefused, Visitor
from procedures.loader import Library
from procedures.values import MunicipalityCode
from sandbox import cards
from sandbox.people import AUDITOR, HANAKO, Person
from sandbox.pki import control
from store import reader_checks, signing
from store.closed_days import ClosedDays
from store.database import Database
from store.settings import StoreSettings
from store.signing import SigningRequest
from tests.api.paper_scenes import LICENCE, begin, stated
from tests.api.reader_process import AtTheReader, standing
from tests.api.scenes import HIMEJI, Books, Newcomer, soon
from trust.anchors import AnchorRegistry, Use
from trust.revocation import RevocationChecker, RevocationSettings
from trust.signature import SignatureVerifier

CITY = MunicipalityCode(HIMEJI)
OF_DRAFT = "select * from signing_request where draft_id = %s"
REVIEW = "resident_counter:certificate_review"
CARD = LICENCE | {"proofs": ["my_number_card"]}


@pytest.fixture(scope="module")
def reader(town: Layout) -> Iterator[AtTheReader]:
    with standing(town) as someone:
        yield someone


@pytest.fixture
def officer(newcomer: Newcomer) -> Visitor:
    return newcomer(REVIEW)


def address(draft: str) -> str:
    return f"/api/paper/drafts/{draft}/reader"


def asked(officer: Visitor, draft: str) -> None:
    assert officer.post(address(draft), {"counter": COUNTER})["check"]["state"] == "waiting"


def ended(officer: Visitor, draft: str) -> dict[str, Any]:
    """What became of it."""
    look = lambda: officer.get(address(draft))["check"]  # noqa: E731
    found: dict[str, Any] = soon(look, lambda check: check["state"] != "waiting", "the reader has answered", 30.0)
    return found


def confirmed_by(reader: AtTheReader, officer: Visitor, draft: str, person: Person) -> None:
    asked(officer, draft)
    assert "カードを置いてください" in reader.called()
    reader.lay(person.key)
    assert "職員には伝えないで" in reader.says("pin")
    reader.type(person.auth_pin)
    assert "本人確認が終わりました" in reader.says("confirmed")
    assert ended(officer, draft)["state"] == "confirmed"


def noted(officer: Visitor, draft: str) -> dict[str, Any]:
    """The identity check as it was recorded."""
    found = officer.put(f"/api/paper/drafts/{draft}/identity", {"stated": stated(), "identity_check": CARD})
    return dict(found["identity_check"])


async def payloads_of(town: Layout, workflow_id: str) -> list[Any]:
    """Everything a history holds, as anybody would read it."""
    client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    lists = [
        each.ListFields()[-1][1].input.payloads
        if each.ListFields()[-1][1].DESCRIPTOR.fields_by_name.get("input")
        else each.activity_task_completed_event_attributes.result.payloads
        for each in history.events
    ]
    return [json.loads(payload.data) for payloads in lists for payload in payloads]


@contextmanager
def a_counter(town: Layout, tmp_path: Path | None = None) -> Iterator[Counter]:
    """A counter in this process over the town's database; with a folder: one whose authorities nobody answers for."""
    anchors = town.pki / "anchors.json"
    if tmp_path is not None:
        silent = tmp_path / "anchors.json"
        silent.write_text(anchors.read_text().replace(url(town.ports.pki), "http://127.0.0.1:9"))
        anchors = silent
    store = StoreSettings(
        database_url=environment(town)["MADOGUCHI_STORE_DATABASE_URL"],
        password_file=town.postgres.password_file(Role.APP), objects_url=town.objects.as_uri(),
        master_key_file=town.secrets / "master_key", pool_size=2,
    )  # fmt: skip
    registry = AnchorRegistry.load(anchors, allow_sandbox=True)
    settings = WebSettings(
        public_url=town.public_url, agent_url="", webhook_secret_file=town.secrets, request_key_file=town.secrets
    )
    unconnected: Any = None
    database = Database(store)
    revocation = RevocationChecker(RevocationSettings())
    yield Counter(
        settings=settings, library=Library({}, {}), closed=ClosedDays(database), webhook_secret="",
        request_key=unconnected, temporal_namespace="", notice_key=unconnected, database=database, keys=unconnected,
        objects=unconnected, dispatch=unconnected, anchors=registry, engine=unconnected, press=unconnected,
        verifier=SignatureVerifier(registry, revocation),
    )  # fmt: skip
    database.close()
    revocation.close()


def a_request(counter: Counter, books: Books, draft: str) -> SigningRequest:
    """What a reader would be asked for this paper."""
    (row,) = books.rows("select account_id, id from draft where id = %s", draft)
    with counter.database.transaction(CITY) as connection:
        request_id = reader_checks.ask(
            connection, counter="elsewhere", nonce="n" * 32, content=b"{}", lifetime=timedelta(minutes=5),
            account_id=row["account_id"], draft_id=row["id"],
        )  # fmt: skip
    with counter.database.reading(CITY) as connection:
        request = signing.read(connection, request_id)
    assert request is not None
    return request


def signed(town: Layout, person: Person, request: SigningRequest) -> bytes:
    with JpkiCard(cards.hold(town.pki, person.key)) as card:
        return sign_detached(card.unlock("authentication", person.auth_pin), request.content, datetime.now(UTC))


def test_whoever_holds_a_card_and_knows_its_pin_is_confirmed(
    reader: AtTheReader, officer: Visitor, books: Books
) -> None:
    draft = begin(officer)
    confirmed_by(reader, officer, draft, HANAKO)
    assert noted(officer, draft)["card"]["counter"] == COUNTER
    kept = books.rows(OF_DRAFT, draft)
    assert [(row["cms"], row["credential"], row["attributes"]) for row in kept] == [(None, None, None)]


def test_neither_pin_nor_certificate_is_in_the_history(
    reader: AtTheReader, officer: Visitor, town: Layout, books: Books
) -> None:
    draft = begin(officer)
    confirmed_by(reader, officer, draft, HANAKO)
    (request_id,) = (row["id"] for row in books.rows(OF_DRAFT, draft))

    said = asyncio.run(payloads_of(town, f"identity-{request_id}"))

    url = f"{town.public_url}/api/signing-requests/{request_id}"
    asked = {"municipality": HIMEJI, "request_id": str(request_id), "counter": COUNTER, "request_url": url}
    assert said == [asked, {"request_url": url}, {"word": "handed_in"}]


def test_a_revoked_certificate_confirms_nobody(reader: AtTheReader, officer: Visitor, town: Layout) -> None:
    draft = begin(officer)
    control.revoke(town.pki, AUDITOR.key, "authentication", datetime.now(UTC) - timedelta(days=1))
    try:
        asked(officer, draft)
        reader.called()
        reader.lay(AUDITOR.key)
        reader.says("pin")
        reader.type(AUDITOR.auth_pin)
        assert "失効" in reader.says("over")
    finally:
        control.restore(town.pki, AUDITOR.key, "authentication")

    check = ended(officer, draft)
    assert (check["state"], check["reason"]) == ("refused", "certificate_revoked")
    assert noted(officer, draft)["card"] is None


def test_a_certificate_nobody_can_ask_about_confirms_nobody(
    officer: Visitor, town: Layout, books: Books, tmp_path: Path
) -> None:
    """Unknown is never good: neither now, nor when the same request is answered again."""
    with a_counter(town, tmp_path) as counter:
        request = a_request(counter, books, begin(officer))
        with pytest.raises(Problem) as refused:
            reader_desk.accept(counter, CITY, request, signed(town, HANAKO, request))
        with counter.database.reading(CITY) as connection:
            assert signing.read(connection, request.id) is None

    assert refused.value.code == "certificate_unknown"
    assert books.rows("select refused from signing_request where id = %s", request.id)[0]["refused"] == (
        "certificate_unknown"
    )


def test_a_card_that_was_reported_lost_confirms_nobody(officer: Visitor, town: Layout, books: Books) -> None:
    with a_counter(town) as counter:
        request = a_request(counter, books, begin(officer))
        cms = signed(town, AUDITOR, request)
        check = counter.verifier.check(request.content, cms, use=Use.AUTHENTICATION, received_at=datetime.now(UTC))
        key = presented(check).key
        books.write(
            "insert into credential (kind, issuer_key_id, serial, municipality, account_id, suspended_at, suspension)"
            " values (%s, %s, %s, %s, %s, now(), 'administrator')"
            " on conflict (kind, issuer_key_id, serial, municipality)"
            " do update set suspended_at = now(), suspension = 'administrator'",
            key.kind, key.issuer_key_id, key.serial, HIMEJI, books.account(),
        )  # fmt: skip
        try:
            with pytest.raises(Problem) as refused:
                reader_desk.accept(counter, CITY, request, cms)
        finally:
            books.write(
                "update credential set suspended_at = null, suspension = null where issuer_key_id = %s and serial = %s",
                key.issuer_key_id, key.serial,
            )  # fmt: skip

    assert refused.value.code == "certificate_administrator"


def test_an_officer_stops_waiting_and_the_reader_is_free(reader: AtTheReader, officer: Visitor) -> None:
    first, second = begin(officer), begin(officer)
    asked(officer, first)
    reader.called()
    with pytest.raises(CounterRefused, match="reader_in_use"):
        officer.post(address(second), {"counter": COUNTER})
    officer.http.delete(address(first)).raise_for_status()
    assert "できませんでした" in reader.says("over")
    assert ended(officer, first)["reason"] == "stopped"
    asked(officer, second)
    reader.called()
    officer.http.delete(address(second)).raise_for_status()
    reader.says("over")


def test_what_no_reader_found_is_not_recorded(officer: Visitor) -> None:
    draft = begin(officer)
    assert noted(officer, draft)["card"] is None
    claimed = CARD | {"card": {"counter": COUNTER, "confirmed_at": "2026-11-30T00:00:00Z"}}
    with pytest.raises(CounterRefused, match="malformed"):
        officer.put(f"/api/paper/drafts/{draft}/identity", {"stated": stated(), "identity_check": claimed})


def test_a_reader_waits_for_nobody_who_wrote_a_letter(officer: Visitor) -> None:
    with pytest.raises(CounterRefused, match="malformed"):
        officer.post(address(begin(officer, arrival="post")), {"counter": COUNTER})
    with pytest.raises(CounterRefused, match="reader_unknown"):
        officer.post(address(begin(officer)), {"counter": "nowhere"})


def test_the_console_shows_a_reader_that_answers_and_that_it_was_killed(
    reader: AtTheReader, officer: Visitor, newcomer: Newcomer
) -> None:
    """The last of this file: nobody stands at the reader afterwards."""
    administrator = newcomer("administrator")

    def standing_there() -> dict[str, Any]:
        """Nothing where Temporal did not answer."""
        view = administrator.get("/api/administration/workers")
        (found,) = view["readers"] if view["at"] else ({"online": None},)
        return dict(found)

    online = soon(standing_there, lambda each: each["online"], "the reader is online", 30.0)
    assert online["counter"] == COUNTER
    assert "使えます" in administrator.http.get("/admin/workers").text
    reader.kill()
    draft = begin(officer)
    asked(officer, draft)
    assert ended(officer, draft)["reason"] == "reader_offline"
    off = soon(standing_there, lambda each: each["online"] is False, "the reader is off", 120.0)
    assert off["last_seen_at"] is not None
    assert "応答していません" in administrator.http.get("/admin/workers").text
