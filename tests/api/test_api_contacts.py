"""お知らせの宛先 over the JSON API: addresses are verified by a code in a real mail, changed, stopped and removed."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from machine.layout import Layout, url
from machine.visitor import Visitor, wait_for
from tests.api.scenes import Books, Newcomer

HERE = "/api/account/notices"
Mailbox = Callable[[str], list[dict[str, Any]]]
P256DH, AUTH = "B" + "A" * 86, "A" * 22


@pytest.fixture
def mailbox(town: Layout) -> Mailbox:
    """`mailbox("a@b.example")`: the mails that came there, the newest first."""

    def read(to: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(
            f"{url(town.ports.mailbox)}/_sandbox/mails", params={"to": to}, timeout=10
        ).json()
        return found

    return read


def address_of(resident: Visitor) -> str:
    """An address nobody else has."""
    return f"{resident.get('/api/session')['account_id'][:13]}@resident.example"


def code_in(mailbox: Mailbox, address: str, number: int = 1) -> str:
    """The code in the newest of `number` mails."""
    mails = wait_for(lambda: mailbox(address), lambda found: len(found) >= number, f"{number} mails to {address}")
    found = re.search(r"^\s+(\d{6})\s*$", mails[0]["text"], re.MULTILINE)
    assert found, mails[0]["text"]
    return found[1]


def verified(resident: Visitor, mailbox: Mailbox, language: str = "ja") -> str:
    address = address_of(resident)
    resident.put(f"{HERE}/address", {"email": address, "language": language})
    resident.post(f"{HERE}/address/verification", {"code": code_in(mailbox, address)})
    return address


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["title"]


def try_code(resident: Visitor, code: str) -> httpx.Response:
    return resident.http.post(f"{HERE}/address/verification", json={"code": code})


def test_an_address_counts_once_its_owner_has_typed_the_code(newcomer: Newcomer, mailbox: Mailbox) -> None:
    resident = newcomer()
    address = address_of(resident)

    asked = resident.put(f"{HERE}/address", {"email": f"  {address.replace('@', '＠')} ", "language": "en"})
    assert (asked["email"], asked["pending_email"]) == (None, address)

    code = code_in(mailbox, address)
    full_width = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    held = resident.post(f"{HERE}/address/verification", {"code": full_width})

    assert (held["email"], held["pending_email"], held["language"]) == (address, None, "en")
    assert [(line["kind"], line["status"]) for line in held["deliveries"]] == [("code", "sent")]
    assert mailbox(address)[0]["subject"] == "[Himeji City] Code to confirm your mail address"


def test_five_wrong_codes_void_it_and_the_right_one_too(newcomer: Newcomer, mailbox: Mailbox) -> None:
    resident = newcomer()
    address = address_of(resident)
    resident.put(f"{HERE}/address", {"email": address})
    code = code_in(mailbox, address)
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)

    for given in (wrong, "", "abc", code[:5], code + "0"):
        assert refusal(try_code(resident, given)) == (422, "code_wrong")

    assert refusal(try_code(resident, code)) == (410, "code_gone")
    assert resident.get(HERE)["email"] is None


def test_a_code_runs_out(newcomer: Newcomer, mailbox: Mailbox, books: Books) -> None:
    resident = newcomer()
    address = address_of(resident)
    resident.put(f"{HERE}/address", {"email": address})
    code = code_in(mailbox, address)
    books.write("update contact set code_expires_at = now() where pending_email = %s", address)
    assert refusal(try_code(resident, code)) == (410, "code_gone")


def test_a_change_leaves_the_old_address_until_the_new_one_is_verified(newcomer: Newcomer, mailbox: Mailbox) -> None:
    resident = newcomer()
    old = verified(resident, mailbox)
    new = f"new-{old}"

    changing = resident.put(f"{HERE}/address", {"email": new})
    assert (changing["email"], changing["pending_email"]) == (old, new)

    changed = resident.post(f"{HERE}/address/verification", {"code": code_in(mailbox, new)})
    assert (changed["email"], changed["pending_email"]) == (new, None)
    assert try_code(resident, "000000").status_code == 410, "a code works once"


def test_a_code_for_one_address_verifies_no_other(newcomer: Newcomer, mailbox: Mailbox) -> None:
    resident = newcomer()
    mine, victims = address_of(resident), f"victim-{address_of(resident)}"
    resident.put(f"{HERE}/address", {"email": mine})
    code = code_in(mailbox, mine)
    resident.put(f"{HERE}/address", {"email": victims})

    # One in a million is the same by chance.
    assert refusal(try_code(resident, code)) == (422, "code_wrong")


def test_codes_are_not_a_way_to_pester_somebody(newcomer: Newcomer, mailbox: Mailbox) -> None:
    resident = newcomer()
    address = address_of(resident)
    for _ in range(3):
        assert resident.http.put(f"{HERE}/address", json={"email": address}).status_code == 202
    code_in(mailbox, address)
    assert len(resident.get(HERE)["deliveries"]) == 1, "a double click sends one"

    for number in range(4):
        resident.put(f"{HERE}/address", {"email": f"{number}{address}"})
    refused = resident.http.put(f"{HERE}/address", json={"email": f"9{address}"})

    assert refusal(refused) == (429, "too_many_codes")
    assert 3000 < int(refused.headers["retry-after"]) <= 3601


@pytest.mark.parametrize(
    "email",
    ["", "hanako", "@a.example", "a@b", "a@b..example", "a b@c.example", "窓口@city.example", "a@b.example,c@d.example",
     "a@b.example\r\nBcc: c@d.example", "a@-b.example", f"{'a' * 65}@b.example", f"a@{'b' * 250}.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(newcomer: Newcomer, email: str) -> None:
    assert refusal(newcomer().http.put(f"{HERE}/address", json={"email": email})) == (422, "email_malformed")


def test_language_and_topics_are_kept(newcomer: Newcomer) -> None:
    resident = newcomer()
    chosen = resident.put(f"{HERE}/choices", {"language": "ko", "topics": ["payment", "correction"]})
    assert (chosen["language"], chosen["topics"]) == ("ko", ["payment", "correction"])
    assert resident.http.put(f"{HERE}/choices", json={"language": "fr", "topics": []}).status_code == 422


def test_a_removed_address_is_gone(newcomer: Newcomer, mailbox: Mailbox, books: Books) -> None:
    resident = newcomer()
    address = verified(resident, mailbox)
    assert resident.http.delete(f"{HERE}/address").status_code == 204
    assert resident.get(HERE)["email"] is None
    assert books.rows("select 1 from contact where email = %s or pending_email = %s", address, address) == []


def test_a_mail_program_stops_notices_by_itself(
    newcomer: Newcomer, mailbox: Mailbox, books: Books, town: Layout
) -> None:
    from store.notice_key import NoticeKey

    resident = newcomer()
    address = verified(resident, mailbox)
    account_id = books.rows("select account_id from contact where email = %s", address)[0]["account_id"]
    token = NoticeKey(town.secrets / "master_key").stop_token(account_id, address)
    page = f"{town.public_url}/notices/stop/{token}"
    one_click = {"List-Unsubscribe": "One-Click"}

    assert httpx.get(page).status_code == 200
    assert resident.get(HERE)["topics"] != [], "following a link changes nothing"
    guessed = httpx.post(page[:-1] + ("0" if page[-1] != "0" else "1"), data=one_click)
    assert guessed.status_code == 404
    assert resident.get(HERE)["topics"] != []

    stopped = httpx.post(page, data=one_click)

    assert (stopped.status_code, resident.get(HERE)["topics"]) == (200, [])
    resident.http.delete(f"{HERE}/address")
    assert httpx.post(page, data=one_click).status_code == 404, "an address that is gone cannot be spoken for"


def test_only_browser_makers_services_are_taken(newcomer: Newcomer, town: Layout) -> None:
    resident = newcomer()
    keys = {"p256dh": P256DH, "auth": AUTH}
    listed = {"endpoint": "http://127.0.0.1:9/push/1", "keys": keys, "expirationTime": None, "language": "en"}
    assert resident.post(f"{HERE}/browsers", listed)["browsers"][0]["language"] == "en"
    assert len(resident.post(f"{HERE}/browsers", listed)["browsers"]) == 1, "twice is once"

    for endpoint in (
        "https://attacker.example/push", "http://10.0.0.1/admin", "https://127.0.0.1.attacker.example/",
        "https://user@127.0.0.1/", "file:///etc/passwd", "https://[", "",
    ):  # fmt: skip
        answer = resident.http.post(f"{HERE}/browsers", json=listed | {"endpoint": endpoint})
        assert refusal(answer) == (422, "push_unavailable"), endpoint


def test_a_browser_is_its_owners_to_remove(newcomer: Newcomer) -> None:
    resident, stranger = newcomer(), newcomer()
    given = {"endpoint": "http://127.0.0.1:9/push/2", "keys": {"p256dh": P256DH, "auth": AUTH}}
    [browser] = resident.post(f"{HERE}/browsers", given)["browsers"]
    address = f"{HERE}/browsers/{browser['id']}"
    assert stranger.http.delete(address).status_code == 404
    assert resident.http.delete(address).status_code == 204
    assert resident.get(HERE)["browsers"] == []
