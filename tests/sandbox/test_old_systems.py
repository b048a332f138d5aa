"""旧式の庁内システム（模擬）: they are as awkward as promised: nothing is idempotent, sessions end, pages fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from machine.visitor import wait_for
from sandbox.gateway.process import NeighbourProcess
from sandbox.payroll.officers import officers

[*_, LAST] = officers(seed=1)
SLIP = f"/payroll/slips?officer={LAST.number}&month=202610"
DAY = {"start_1": "9:00", "end_1": "12:15", "rest_1": "0", "minutes_1": "195", "total": "195", "reference": "x"}


@contextmanager
def desk(folder: Path, url: str, system: str = "payroll") -> Iterator[httpx.Client]:
    """Somebody who is logged in."""
    account = {name: (folder / name).read_text() for name in ("user", "password")}
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        assert client.post(f"/{system}/login", data=account).url.path != f"/{system}/login"
        yield client


def ledger(client: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get("/_sandbox/ledger").json()["records"]
    return found


@pytest.fixture(scope="module")
def payroll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("payroll")
    with NeighbourProcess("sandbox.payroll", folder) as process, desk(folder, process.url) as client:
        yield client


def test_whoever_presses_twice_has_two_slips(payroll: httpx.Client) -> None:
    before = len(ledger(payroll))
    pages = [payroll.post(SLIP, data=DAY).text for _ in range(2)]
    assert all("登録しました" in page for page in pages)
    assert len(ledger(payroll)) == before + 2
    assert "9:00" in payroll.get("/payroll/slips/1").text


def test_its_own_check_pops_up_and_stores_nothing(payroll: httpx.Client) -> None:
    before = ledger(payroll)
    assert "alert('1日: 実働時間が一致しません。')" in payroll.post(SLIP, data=DAY | {"minutes_1": "1"}).text
    assert "alert('合計が一致しません。')" in payroll.post(SLIP, data=DAY | {"total": "1"}).text
    assert ledger(payroll) == before


def test_the_people_of_a_club_come_five_a_page(payroll: httpx.Client) -> None:
    people = [each.number for each in officers(seed=1) if each.club == "003"]
    first = payroll.get("/payroll/officers?month=202610&club=003").text
    second = payroll.get("/payroll/officers?month=202610&club=003&page=2").text
    assert [number for number in people if number in first] == people[:5]
    assert [number for number in people if number in second] == people[5:]
    assert ("次頁" in first, "次頁" in second) == (True, False)


def test_a_wrong_password_opens_nothing(payroll: httpx.Client) -> None:
    stranger = httpx.post(f"{payroll.base_url}/payroll/login", data={"user": "robot01", "password": "x"})
    assert "パスワードが違います" in stranger.text
    assert not stranger.cookies


@pytest.mark.parametrize(("kind", "stored"), [("error", 0), ("error_after", 1), ("drop", 0), ("drop_after", 1)])
def test_a_crash_tells_nothing_of_what_was_stored(payroll: httpx.Client, kind: str, stored: int) -> None:
    before = len(ledger(payroll))
    payroll.post("/_sandbox/faults", json={"kind": kind, "path": "POST /payroll/slips"})
    if kind.startswith("drop"):
        with pytest.raises(httpx.TransportError):
            payroll.post(SLIP, data=DAY)
    else:
        assert payroll.post(SLIP, data=DAY).status_code == 500
    assert len(ledger(payroll)) == before + stored
    assert payroll.get("/_sandbox/faults").json() == []


def test_what_has_arrived_is_stored_although_nobody_waits_for_it(payroll: httpx.Client) -> None:
    before = len(ledger(payroll))
    payroll.post("/_sandbox/faults", json={"kind": "slow", "path": "POST /payroll/slips", "seconds": 1})
    with pytest.raises(httpx.ReadTimeout):
        payroll.post(SLIP, data=DAY, timeout=0.5)
    assert wait_for(lambda: ledger(payroll), lambda found: len(found) > before, "the slip")


def test_an_unknown_fault_is_refused_by_name(payroll: httpx.Client) -> None:
    answer = payroll.post("/_sandbox/faults", json={"kind": "earthquake"})
    assert (answer.status_code, "session_lost" in answer.json()["error"]) == (422, True)


def test_a_session_ends_after_a_pause_and_pages_say_so(tmp_path: Path) -> None:
    with NeighbourProcess("sandbox.payroll", tmp_path, "--idle", "0") as process, desk(tmp_path, process.url) as client:
        assert "接続を切断しました" in client.get("/payroll/search").text


def test_outside_of_its_hours_it_is_closed(tmp_path: Path) -> None:
    with NeighbourProcess("sandbox.payroll", tmp_path, "--hours", "00:00-00:00:01") as process:
        assert "ただいまの時間はご利用になれません" in httpx.get(f"{process.url}/payroll/").text


def test_what_was_stored_survives_a_kill_and_sessions_do_not(tmp_path: Path) -> None:
    with NeighbourProcess("sandbox.payroll", tmp_path) as first, desk(tmp_path, first.url) as client:
        client.post(SLIP, data=DAY)
        first.kill()
    with NeighbourProcess("sandbox.payroll", tmp_path) as second, httpx.Client(base_url=second.url) as client:
        [slip] = ledger(client)
        assert (slip["officer"], slip["total"]) == (LAST.number, 195)
        assert "接続を切断しました" in client.get("/payroll/search").text


def test_the_terminal_takes_the_same_case_twice_and_checks_its_numbers(tmp_path: Path) -> None:
    case = {"receipt": "282014-261130-7K3MQ", "person": "20140000001", "procedure": "moving_out"}
    days = {"received": "20261127", "accepted": "20261130"}
    with (
        NeighbourProcess("sandbox.terminal", tmp_path) as process,
        desk(tmp_path, process.url, "terminal") as client,
    ):
        for _ in range(2):
            assert "登録完了" in client.post("/terminal/handovers", data=case | days).text
        assert "誤りがあります" in client.post("/terminal/handovers", data=case | {"received": "20261399"}).text
        assert [each["number"] for each in ledger(client)] == [1, 2]
