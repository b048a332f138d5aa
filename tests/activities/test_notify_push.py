"""プッシュ通知: encrypted for one browser, proven by our key, and dropped where nobody listens any more."""

from collections.abc import Iterator
from typing import Any

import pytest
from post_office import PostOffice

from machine.visitor import wait_for


@pytest.fixture(scope="module", autouse=True)
def courier(office: PostOffice) -> Iterator[None]:
    office.start_courier()
    yield
    office.end_couriers()


def read(office: PostOffice, browser: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = office.push.get(f"/_sandbox/subscriptions/{browser}").json()["messages"]
    return found


def pushed(office: PostOffice, resident: Any) -> dict[str, Any]:
    return next(row for row in office.deliveries(resident) if row["channel"] == "push")


def test_a_browser_reads_what_only_it_can_read(office: PostOffice) -> None:
    resident = office.resident()
    browser = office.subscribe(resident, "ko")

    office.tell(resident, "awaiting_payment")

    [message] = wait_for(lambda: read(office, browser), bool, "the message", 60)
    assert message["title"] == "히메지시 온라인 창구"
    assert message["body"] == "수수료 납부를 부탁드립니다"
    assert message["url"].endswith(f"/cases/{resident.receipt_number}")
    assert message["tag"] == pushed(office, resident)["id"].hex
    assert {row["channel"] for row in office.deliveries(resident)} == {"mail", "push"}


def test_a_service_that_is_busy_gets_it_again(office: PostOffice) -> None:
    resident = office.resident()
    browser = office.subscribe(resident)
    office.push.post(f"/_sandbox/subscriptions/{browser}", json={"away": 429})
    office.tell(resident)
    wait_for(lambda: pushed(office, resident), lambda row: row["error"] == "busy", "an attempt", 60)

    office.push.post(f"/_sandbox/subscriptions/{browser}", json={})

    wait_for(lambda: pushed(office, resident), lambda row: row["status"] == "sent", "the next one", 60)
    assert len(read(office, browser)) == 1


def test_a_browser_that_is_gone_is_forgotten(office: PostOffice) -> None:
    resident = office.resident()
    office.push.post(f"/_sandbox/subscriptions/{office.subscribe(resident)}", json={"gone": True})
    office.tell(resident)

    wait_for(lambda: pushed(office, resident), lambda row: row["status"] == "bounced", "the service to say so", 60)

    assert office.rows("select 1 from push_subscription where account_id = %s", resident.account_id) == []
    office.tell(resident, "delivered")
    assert [row["channel"] for row in office.deliveries(resident)].count("push") == 1, "only the first"


def test_keys_that_are_none_stop_no_courier(office: PostOffice) -> None:
    broken, well = office.resident(), office.resident()
    office.subscribe(broken)
    browser = office.subscribe(well)
    office.owner.execute(
        "update push_subscription set p256dh = %s where account_id = %s", ("B" + "A" * 86, broken.account_id)
    )

    office.tell(broken)
    office.tell(well)

    wait_for(lambda: read(office, browser), bool, "the other one's message", 60)
    row = wait_for(lambda: pushed(office, broken), lambda found: found["status"] == "failed", "it to be given up", 60)
    assert row["error"] == "unwritable"
