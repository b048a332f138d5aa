"""冪等キー: a write that is sent again is done once, and only what was really done is given again."""

import io
import secrets
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from api.counter import SESSION_COOKIE
from api.idempotency import Fingerprint
from api.settings import WebSettings
from machine.layout import Layout
from machine.visitor import Visitor
from tests.api.scenes import HAPPY_PASS, PDF, SCREENING, Books, Newcomer, screening

WANTED = {"procedure": SCREENING, "language": "ja"}
KEYS = "select key, status, headers, body from idempotency_key where account_id = %s order by created_at"


def fresh() -> str:
    return secrets.token_urlsafe(12)


def post(visitor: Visitor, path: str, key: str, body: object = None, **more: object) -> httpx.Response:
    headers = {"idempotency-key": key}
    return visitor.http.post(path, json=body, headers=headers, **more)  # type: ignore[arg-type]


def account_of(books: Books, visitor: Visitor) -> str:
    return str(visitor.get("/api/session")["account_id"])


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["title"]


def fingerprint(path: str, body: bytes) -> bytes:
    found = Fingerprint("POST", f"{path}?", "application/json")
    found.add(body)
    return found.digest()


def abandoned(books: Books, visitor: Visitor, key: str, age: str) -> None:
    """What a server leaves that died, so long ago, while it answered a request for a draft."""
    sent = visitor.http.build_request("POST", "/api/drafts", json=WANTED)
    books.write(
        "insert into idempotency_key (account_id, key, fingerprint, created_at)"
        " values (%s, %s, %s, now() - %s::interval)",
        account_of(books, visitor), key, fingerprint("/api/drafts", sent.content), age,
    )  # fmt: skip


def test_the_same_write_sent_again_is_done_once_and_answered_the_same(newcomer: Newcomer, books: Books) -> None:
    resident, key = newcomer(), fresh()

    first, again = (post(resident, "/api/drafts", key, WANTED) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(resident.get("/api/drafts")) == 1


def test_without_a_key_every_write_is_a_new_one(newcomer: Newcomer) -> None:
    resident = newcomer()
    resident.post("/api/drafts", WANTED)
    resident.post("/api/drafts", WANTED)
    assert len(resident.get("/api/drafts")) == 2


def test_a_key_may_come_in_the_quotes_of_a_structured_field(newcomer: Newcomer) -> None:
    resident, key = newcomer(), fresh()
    assert post(resident, "/api/drafts", f'"{key}"', WANTED).status_code == 201
    assert post(resident, "/api/drafts", key, WANTED).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/drafts", {"procedure": HAPPY_PASS, "language": "ja"}),
        ("/api/drafts?x=1", WANTED),
        ("/api/account/sessions/close-others", WANTED),
    ],
    ids=["another body", "another query", "another address"],
)
def test_a_key_of_another_request_is_refused_and_nothing_is_done(
    newcomer: Newcomer, path: str, body: dict[str, str]
) -> None:
    resident, key = newcomer(), fresh()
    post(resident, "/api/drafts", key, WANTED)

    assert code(post(resident, path, key, body)) == (422, "idempotency_key_reused")
    assert len(resident.get("/api/drafts")) == 1


@pytest.mark.parametrize(
    "key", ["", "x" * 129, "with space", '""', "a\tb"], ids=["empty", "long", "space", "quotes", "tab"]
)
def test_a_key_that_is_none_is_refused_before_anything_happens(newcomer: Newcomer, key: str) -> None:
    resident = newcomer()
    assert code(post(resident, "/api/drafts", key, WANTED)) == (400, "idempotency_key_invalid")
    assert resident.get("/api/drafts") == []


def test_two_keys_at_once_are_none(newcomer: Newcomer) -> None:
    resident = newcomer()
    headers = [("idempotency-key", fresh()), ("idempotency-key", fresh())]
    assert code(resident.http.post("/api/drafts", json=WANTED, headers=headers)) == (400, "idempotency_key_invalid")


def test_everybody_has_keys_of_their_own(newcomer: Newcomer) -> None:
    key, mine, theirs = fresh(), newcomer(), newcomer()
    first, other = post(mine, "/api/drafts", key, WANTED), post(theirs, "/api/drafts", key, WANTED)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json()["id"] != other.json()["id"]


def test_whoever_is_not_logged_in_has_no_keys(town: Layout, books: Books) -> None:
    key = fresh()
    with httpx.Client(base_url=town.public_url, timeout=30) as anybody:
        answers = [
            anybody.post("/api/login-requests", json={"language": "ja"}, headers={"idempotency-key": key}) for _ in "ab"
        ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert books.rows("select 1 from idempotency_key where key = %s", key) == []


def test_a_hundred_times_at_once_makes_one_draft(town: Layout, newcomer: Newcomer) -> None:
    resident, key = newcomer(), fresh()
    cookies = {SESSION_COOKIE: resident.http.cookies[SESSION_COOKIE]}

    def send(_: int) -> httpx.Response:
        headers = {"idempotency-key": key}
        return httpx.post(f"{town.public_url}/api/drafts", json=WANTED, headers=headers, cookies=cookies, timeout=30)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(100)))

    done = {answer.content for answer in answers if answer.status_code == 201}
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert len(done) == 1
    assert {code(answer) for answer in waiting} <= {(409, "idempotency_in_progress")}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in waiting)
    assert len(resident.get("/api/drafts")) == 1


def test_a_request_under_way_is_waited_for(newcomer: Newcomer, books: Books) -> None:
    resident, key = newcomer(), fresh()
    abandoned(books, resident, key, "1 second")

    answer = post(resident, "/api/drafts", key, WANTED)

    assert code(answer) == (409, "idempotency_in_progress")
    assert int(answer.headers["retry-after"]) > 0
    assert resident.get("/api/drafts") == []


def test_a_request_that_died_unanswered_is_done_when_it_comes_again_and_no_other_takes_its_key(
    newcomer: Newcomer, books: Books
) -> None:
    resident, key = newcomer(), fresh()
    abandoned(books, resident, key, "2 minutes")

    other = post(resident, "/api/drafts", key, {"procedure": HAPPY_PASS, "language": "ja"})
    assert code(other) == (422, "idempotency_key_reused")
    assert post(resident, "/api/drafts", key, WANTED).status_code == 201
    assert post(resident, "/api/drafts", key, WANTED).headers["idempotent-replayed"] == "true"
    assert len(resident.get("/api/drafts")) == 1


def test_a_refused_write_leaves_its_key_free(newcomer: Newcomer, books: Books) -> None:
    """Whoever mends the form and submits again with the same key must not be told of the old mistake for a day."""
    resident, key = newcomer(), fresh()
    draft_id = resident.post("/api/drafts", WANTED)["id"]
    path = f"/api/drafts/{draft_id}/submission"
    assert code(post(resident, path, key)) == (422, "answers_incomplete")
    assert books.rows(KEYS, account_of(books, resident)) == []

    filled = resident.fill_in(SCREENING, screening())
    filed = post(resident, f"/api/drafts/{filled}/submission", key)

    assert filed.status_code == 201
    again = post(resident, f"/api/drafts/{filled}/submission", key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == filed.json()


def test_an_answer_is_forgotten_after_a_day(newcomer: Newcomer, books: Books) -> None:
    resident, old, other = newcomer(), fresh(), fresh()
    account_id = account_of(books, resident)
    for key in (old, other):
        post(resident, "/api/drafts", key, WANTED)
    books.write("update idempotency_key set created_at = now() - interval '25 hours' where account_id = %s", account_id)

    assert "idempotent-replayed" not in post(resident, "/api/drafts", old, WANTED).headers
    assert [row["key"] for row in books.rows(KEYS, account_id)] == [old], "the other was swept on the way"
    assert len(resident.get("/api/drafts")) == 3


def test_an_answer_that_hands_out_a_cookie_is_never_kept(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    account_id = account_of(books, resident)
    asked = post(resident, "/api/login-requests", fresh(), {"language": "ja"})
    left = resident.http.delete("/api/session", headers={"idempotency-key": fresh()})
    assert (asked.status_code, left.status_code) == (201, 204)
    assert "set-cookie" in asked.headers
    assert "set-cookie" in left.headers
    assert books.rows(KEYS, account_id) == []


def test_what_is_kept_names_no_cookie(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    post(resident, "/api/drafts", fresh(), WANTED)
    (kept,) = books.rows(KEYS, account_of(books, resident))
    assert kept["status"] == 201
    assert kept["headers"]["content-type"] == "application/json"
    assert not {"set-cookie", "content-length", "date"} & set(kept["headers"])


def attach(resident: Visitor, draft_id: str, key: str, data: bytes) -> httpx.Response:
    return resident.http.post(
        f"/api/drafts/{draft_id}/attachments", data={"field": "card_receipt"}, files={"file": ("a", data)},
        headers={"idempotency-key": key},
    )  # fmt: skip


def photograph() -> bytes:
    """More than a request keeps in memory."""
    out = io.BytesIO()
    Image.frombytes("RGB", (700, 700), secrets.token_bytes(700 * 700 * 3)).save(out, "PNG")
    return out.getvalue()


def test_an_upload_sent_again_is_kept_once_though_its_boundary_is_another(newcomer: Newcomer, books: Books) -> None:
    resident, key = newcomer(), fresh()
    draft_id = resident.post("/api/drafts", {"procedure": HAPPY_PASS, "language": "ja"})["id"]
    long = photograph()

    first, again = (attach(resident, draft_id, key, long) for _ in range(2))

    assert first.request.headers["content-type"] != again.request.headers["content-type"], "two random boundaries"
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.headers["idempotent-replayed"] == "true"
    assert books.of_draft(draft_id)["attachments"] == 1
    assert code(attach(resident, draft_id, key, PDF)) == (422, "idempotency_key_reused")


def test_a_body_that_is_too_large_is_refused_before_its_key_means_anything(newcomer: Newcomer, books: Books) -> None:
    resident, key = newcomer(), fresh()
    draft_id = resident.post("/api/drafts", {"procedure": HAPPY_PASS, "language": "ja"})["id"]

    def endless() -> object:
        for _ in range(WebSettings.model_fields["upload_limit"].default // 1024**2 + 1):
            yield b"x" * 1024**2

    headers = {"idempotency-key": key, "content-type": "multipart/form-data; boundary=b"}
    answer = resident.http.post(f"/api/drafts/{draft_id}/attachments", content=endless(), headers=headers)  # type: ignore[arg-type]

    assert code(answer) == (413, "too_large")
    assert books.rows(KEYS, account_of(books, resident)) == []


def parts(body: bytes, size: int, boundary: str) -> bytes:
    found = Fingerprint("POST", "/x?", f"multipart/form-data; boundary={boundary}")
    for start in range(0, len(body), size):
        found.add(body[start : start + size])
    return found.digest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_form_has_one_fingerprint_however_it_arrives_and_whatever_its_boundary(size: int) -> None:
    def form(boundary: str, value: str) -> bytes:
        return f'--{boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\n{value}\r\n--{boundary}--\r\n'.encode()

    assert parts(form("one", "x--on"), size, "one") == parts(form("two2", "x--on"), 4, "two2")
    assert parts(form("one", "x"), size, "one") != parts(form("one", "y"), size, "one")
    assert parts(form("one", "xy"), size, "one") != parts(form("one", "x--oney"), size, "one"), "a part more"
