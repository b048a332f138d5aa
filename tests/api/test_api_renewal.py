"""カードの更新: a renewed card is the same person; where nobody can tell, nobody becomes somebody new."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate

from machine.layout import Layout
from machine.visitor import CounterRefused, Visitor
from sandbox.people import HANAKO, KENJI, YUMI
from tests.api.annex import Annex, Annexes, free_port, running
from tests.api.scenes import Books

RENEWED = "kenji_renewed"


def refused(visitor: Visitor) -> tuple[int, str]:
    with pytest.raises(CounterRefused) as refusal:
        visitor.log_in()
    return refusal.value.status, str(refusal.value.problem["title"])


def events(books: Books, account_id: str) -> list[tuple[str, str, str | None]]:
    found = books.rows(
        "select e.action, e.actor, e.reason from credential_event e join credential c on c.id = e.credential_id"
        " where c.account_id = %s order by e.id", account_id,
    )  # fmt: skip
    return [(each["action"], each["actor"], each["reason"]) for each in found]


def test_a_renewed_card_goes_on_where_the_former_one_stopped(annex_of: Annexes, books: Books) -> None:
    here = annex_of("282081")
    with here.visitor(KENJI) as former, here.visitor(KENJI, RENEWED) as renewed:
        former.log_in()
        draft_id = former.post("/api/drafts", {"procedure": "cancer_screening", "language": "ja"})["id"]
        account_id = former.get("/api/session")["account_id"]

        renewed.log_in()

        assert renewed.get(f"/api/drafts/{draft_id}")["id"] == draft_id
        assert former.get("/api/session") is None, "the former card's sessions are over"
        assert refused(former) == (422, "certificate_renewed")
        states = [(each["suspension"], each["in_use"]) for each in renewed.get("/api/account/certificates")]
        assert states == [("renewed", False), (None, True)]
    assert events(books, account_id) == [
        ("registered", "holder", None),
        ("linked", "system", None),
        ("suspended", "system", "renewed"),
    ]


def test_an_officer_keeps_the_duties_through_a_renewal(annex_of: Annexes) -> None:
    here = annex_of("282120")
    here.officers("appoint", "網干　健二", "health:health_review", "--certificate", here.certificate("kenji"))

    with here.visitor(KENJI, RENEWED) as renewed:
        found = renewed.log_in().get("/api/session")

    assert found["officer_name"] == "網干　健二"
    assert found["duties"] == [{"department": "health", "function": "health_review"}]


def test_a_renewal_is_no_way_around_the_city_stopping_a_card(annex_of: Annexes, books: Books) -> None:
    here = annex_of("282162")
    with here.visitor(KENJI) as former, here.visitor(KENJI, RENEWED) as renewed:
        account_id = former.log_in().get("/api/session")["account_id"]
        books.write(
            "update credential set suspended_at = now(), suspension = 'administrator' where account_id = %s", account_id
        )

        assert former.get("/api/session") is None
        assert refused(former) == (422, "certificate_administrator")
        assert refused(renewed) == (422, "certificate_administrator")


def test_a_card_its_holder_removed_is_not_joined_by_its_successor(annex_of: Annexes, books: Books) -> None:
    here = annex_of("282201")
    with here.visitor(KENJI) as former, here.visitor(KENJI, RENEWED) as renewed:
        account_id = former.log_in().get("/api/session")["account_id"]
        books.write(
            "update credential set suspended_at = now(), suspension = 'removed' where account_id = %s", account_id
        )

        assert renewed.log_in().get("/api/session")["account_id"] != account_id


@pytest.fixture
def annex_without_history(town: Layout, tmp_path: Path) -> Iterator[Annex]:
    """A counter whose authority does not answer."""
    port = free_port()
    unreachable = {"MADOGUCHI_HISTORY_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    with running(town, None, tmp_path, port, **unreachable) as address:
        yield Annex(town, address, "282278", {})


def test_while_nobody_can_tell_who_a_new_card_is_it_opens_no_account(
    annex_without_history: Annex, annex_of: Annexes, books: Books
) -> None:
    with annex_of("282278").visitor(HANAKO) as hanako:
        hanako.log_in()

    with annex_without_history.visitor(KENJI) as stranger, annex_without_history.visitor(HANAKO) as known:
        assert refused(stranger) == (503, "former_certificate_unknown")
        assert known.log_in().get("/api/session") is not None, "who is known needs no history"
    certificate = load_der_x509_certificate(Path(annex_without_history.certificate("kenji")).read_bytes())
    registered = "select 1 from credential where municipality = '282278' and serial = %s"
    assert books.rows(registered, str(certificate.serial_number)) == []


def test_who_moved_still_logs_in(annex_of: Annexes) -> None:
    """A move revokes the signing certificate; the login certificate carries no address and stays good."""
    with annex_of("282294").visitor(YUMI) as yumi:
        assert yumi.log_in().get("/api/session")["account_id"]
