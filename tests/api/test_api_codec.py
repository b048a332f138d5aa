"""復号: the remote codec protocol, as Temporal's Web UI speaks it; what is decoded is written down."""

import asyncio
import base64
import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from machine.layout import Layout, url
from machine.visitor import Visitor
from tests.api.scenes import KAKOGAWA, Books, Newcomer, account, screening_under_review

DECODE = "/codec/decode"


@pytest.fixture
def administrator(newcomer: Newcomer) -> Visitor:
    return newcomer("administrator")


def payloads_of(town: Layout, workflow_id: str) -> list[Payload]:
    """What the Web UI reads of a history: as it lies there."""

    async def read() -> list[Payload]:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        started = history.events[0].workflow_execution_started_event_attributes
        return list(started.input.payloads)

    return asyncio.run(read())


def asked(visitor: Visitor, payloads: list[Payload], **headers: str) -> Any:
    body = {"payloads": [MessageToDict(each) for each in payloads]}
    return visitor.http.post(DECODE, json=body, headers=headers)


def clear(answer: Any) -> list[Any]:
    """What the UI shows."""
    return [json.loads(base64.b64decode(each["data"])) for each in answer.json()["payloads"]]


def looks(books: Books, who: Visitor) -> list[tuple[str | None, int]]:
    lines = books.rows(
        "select receipt_number, payloads from access where officer = %s and kind = 'decoding' order by id", account(who)
    )
    return [(each["receipt_number"], each["payloads"]) for each in lines]


def test_an_administrator_reads_a_case_and_it_is_written_down(
    town: Layout, administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    number = screening_under_review(newcomer())
    sealed = payloads_of(town, number)
    assert sealed[0].metadata["encoding"] == b"binary/encrypted"

    answer = asked(administrator, sealed * 3, **{"X-Namespace": town.temporal.namespace})

    assert answer.status_code == 200
    assert [each["receipt_number"] for each in clear(answer)] == [number] * 3
    assert answer.json()["payloads"][0]["metadata"]["encoding"] == base64.b64encode(b"json/plain").decode()
    assert looks(books, administrator) == [(number, 3)]
    auditor = newcomer("auditor")
    (line,) = auditor.get(f"/api/audit/accesses?officer={account(administrator)}&kind=decoding")
    assert (line["receipt_number"], line["payloads"]) == (number, 3)


def test_payloads_of_several_workflows_come_together(
    town: Layout, administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    first, second = (screening_under_review(newcomer()) for _ in range(2))
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"in clear"')
    given = [*payloads_of(town, first), plain, *payloads_of(town, second)]

    answer = asked(administrator, given)

    assert clear(answer)[1] == "in clear"
    assert [clear(answer)[at]["receipt_number"] for at in (0, 2)] == [first, second]
    assert sorted(looks(books, administrator), key=str) == sorted([(first, 1), (second, 1)], key=str)


def test_a_purged_case_and_a_strange_key_stay_sealed_and_nothing_is_noted(
    town: Layout, administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    number = screening_under_review(newcomer())
    (sealed,) = payloads_of(town, number)
    assert asked(administrator, [sealed]).status_code == 200
    books.write("delete from case_key where receipt_number = %s", number)
    strange = Payload(metadata={"encoding": b"binary/encrypted", "key": b"nobody's"}, data=b"x" * 40)
    moved = Payload(metadata=dict(sealed.metadata), data=sealed.data[:-1] + b"x")

    answer = asked(administrator, [sealed, strange, moved])

    assert answer.json()["payloads"] == [MessageToDict(each) for each in (sealed, strange, moved)]
    assert looks(books, administrator) == [(number, 1)], "of before its key was gone"


def test_another_municipalitys_key_does_not_exist(
    town: Layout, administrator: Visitor, newcomer: Newcomer, books: Books
) -> None:
    number = screening_under_review(newcomer())
    sealed = payloads_of(town, number)
    books.write("update case_key set municipality = %s where receipt_number = %s", KAKOGAWA, number)
    try:
        assert asked(administrator, sealed).json()["payloads"] == [MessageToDict(each) for each in sealed]
    finally:
        books.write("update case_key set municipality = '282014' where receipt_number = %s", number)
    assert clear(asked(administrator, sealed))[0]["receipt_number"] == number


def test_only_administrators_decode(newcomer: Newcomer, town: Layout) -> None:
    for visitor in (newcomer(), newcomer("health_review"), newcomer("auditor")):
        assert asked(visitor, []).status_code == 403
    administrator = newcomer("administrator")
    assert asked(administrator, [], **{"X-Namespace": "another"}).status_code == 404
    assert administrator.http.post(DECODE, content=b"no json").status_code == 422


def test_only_the_engines_own_pages_may_ask_from_a_browser(administrator: Visitor, town: Layout) -> None:
    ui = url(town.ports.temporal_ui)
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    allowed = administrator.http.options(DECODE, headers={"Origin": ui} | wanted)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == ui
    assert allowed.headers["access-control-allow-credentials"] == "true"
    assert asked(administrator, [], Origin=ui).headers["access-control-allow-origin"] == ui
    for origin in ("https://elsewhere.example", url(town.ports.web + 1), ui.replace("127.0.0.1", "localhost")):
        refused = administrator.http.options(DECODE, headers={"Origin": origin} | wanted)
        assert refused.status_code == 400
        assert asked(administrator, [], Origin=origin).status_code == 403
    assert administrator.http.post("/api/administration/holds", json={}, headers={"Origin": ui}).status_code == 403
    assert "access-control-allow-origin" not in administrator.http.get("/api/session", headers={"Origin": ui}).headers
