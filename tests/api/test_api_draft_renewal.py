"""改定前の下書き: a draft begun before its procedure was revised goes on in the new form, and loses nothing unsaid.

The town's own library has no superseded edition, so this counter reads one of its own; all else is the town's.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

import ui.app
from api.app import create_app
from api.counter import SESSION_COOKIE, Counter
from api.settings import WebSettings
from machine.layout import Layout, environment
from procedures.document import Procedure
from procedures.form import Form, TextField
from procedures.loader import Edition, Library
from procedures.texts import Text
from store.closed_days import ClosedDays
from store.database import Database
from store.objects import Objects
from store.settings import StoreSettings
from tests.api.scenes import HAPPY_PASS, PDF, Books, happy_pass

Sit = Callable[[Library], httpx.Client]
OLD = Library.read().current(HAPPY_PASS)
GONE = {"baby_kana", "card_receipt"}
BEFORE = Library({(HAPPY_PASS, 1): Edition(OLD, Path())}, {HAPPY_PASS: 1})


def revised(old: Procedure) -> Procedure:
    """The next version: two questions fewer, one more."""
    words = Text(ja="お子さんの愛称", en="Nickname", zh="昵称", ko="애칭")
    first, *rest = old.form.sections
    kept = tuple(field for field in first.fields if field.id not in GONE)
    more = TextField(kind="text", id="nickname", label=words)
    form = Form(sections=(first.model_copy(update={"fields": (*kept, more)}), *rest))
    return old.model_copy(update={"version": 2, "form": form})


AFTER = Library(
    {(HAPPY_PASS, 1): Edition(OLD, Path()), (HAPPY_PASS, 2): Edition(revised(OLD), Path())}, {HAPPY_PASS: 2}
)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a port the OS chose."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    socket = server.config.bind_socket()
    socket.listen()  # whoever comes before the server does waits
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def sit(town: Layout, books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """`sit(BEFORE)`: a resident before a counter with that library; always the same one."""
    for name, value in environment(town).items():
        monkeypatch.setenv(name, value)
    token = books.session(books.account())
    unused: Any = None
    with ExitStack() as stack:
        settings = StoreSettings()
        database = Database(settings)
        stack.callback(database.close)

        def before(library: Library) -> httpx.Client:
            web = WebSettings()
            app = create_app(lifespan=None, upload_limit=web.upload_limit)  # type: ignore[arg-type]
            app.state.counter = Counter(
                settings=web, library=library, closed=ClosedDays(database), database=database,
                objects=Objects(settings.objects_url), keys=unused,
                dispatch=unused, anchors=unused, verifier=unused, webhook_secret="", request_key=unused,
                temporal_namespace="", notice_key=unused, engine=unused, press=unused,
            )  # fmt: skip
            ui.app.register(app)
            client = httpx.Client(base_url=stack.enter_context(served(app)), headers={"accept-language": "ja"})
            client.cookies.set(SESSION_COOKIE, token)
            return stack.enter_context(client)

        yield before


def begun(client: httpx.Client) -> str:
    draft = client.post("/api/drafts", json={"procedure": HAPPY_PASS, "language": "ja"}).json()
    answered = client.put(f"/api/drafts/{draft['id']}/answers", json={"answers": happy_pass()})
    assert answered.status_code == 200, answered.text
    attached = client.post(
        f"/api/drafts/{draft['id']}/attachments", data={"field": "card_receipt"}, files={"file": ("通知.pdf", PDF)}
    )
    assert attached.status_code == 201, attached.text
    return str(draft["id"])


def test_an_outdated_draft_says_so_and_cannot_be_filed_as_it_is(sit: Sit) -> None:
    draft_id = begun(sit(BEFORE))

    client = sit(AFTER)

    assert client.get(f"/api/drafts/{draft_id}").json()["outdated"] is True
    refused = client.post(f"/api/drafts/{draft_id}/signing-request")
    assert (refused.status_code, refused.json()["title"]) == (409, "draft_outdated")


def test_what_is_still_asked_is_kept_and_the_rest_is_named(sit: Sit, books: Books) -> None:
    draft_id = begun(sit(BEFORE))
    (file,) = books.rows("select object_key from attachment where draft_id = %s", draft_id)

    client = sit(AFTER)
    renewed = client.post(f"/api/drafts/{draft_id}/renewal").json()

    assert set(renewed["dropped"]) == GONE
    draft = renewed["draft"]
    assert (draft["version"], draft["outdated"], draft["attachments"]) == (2, False, [])
    assert draft["answers"] == {name: value for name, value in happy_pass().items() if name not in GONE}
    assert not (books.layout.objects / file["object_key"]).exists()


def test_renewing_twice_is_renewing_once(sit: Sit) -> None:
    draft_id = begun(sit(BEFORE))
    client = sit(AFTER)

    first, second = (client.post(f"/api/drafts/{draft_id}/renewal") for _ in range(2))

    assert second.json()["dropped"] == []
    assert (second.headers["etag"], second.json()["draft"]) == (first.headers["etag"], first.json()["draft"])


def test_a_page_shows_what_happened_with_one_button_that_goes_on(sit: Sit) -> None:
    draft_id = begun(sit(BEFORE))
    client = sit(AFTER)

    for path in ("", "/steps/baby", "/review", "/review/print", "/later"):
        page = client.get(f"/drafts/{draft_id}{path}")
        assert page.status_code == 200, path
        assert "手続が改定されました" in page.text, path
    assert "通知.pdf" in page.text
    assert "ヒメジ　サクラ" in page.text

    assert client.post(f"/drafts/{draft_id}/renewal").headers["location"] == f"/drafts/{draft_id}"
    assert client.get(f"/drafts/{draft_id}").headers["location"] == f"/drafts/{draft_id}/steps/baby"
    page = client.get(f"/drafts/{draft_id}/steps/baby").text
    assert "お子さんの愛称" in page
    assert "姫路　さくら" in page


def test_what_is_typed_while_the_form_changes_is_not_lost(sit: Sit) -> None:
    draft_id = begun(sit(BEFORE))
    client = sit(AFTER)

    saved = client.post(f"/drafts/{draft_id}/steps/baby", data={"baby_name": "姫路　うめ", "-action": "next"})

    assert saved.headers["location"] == f"/drafts/{draft_id}"
    assert client.get(f"/api/drafts/{draft_id}").json()["answers"]["baby_name"] == "姫路　うめ"


def test_a_double_click_on_a_chosen_file_attaches_it_once(sit: Sit) -> None:
    client = sit(BEFORE)
    draft = client.post("/api/drafts", json={"procedure": HAPPY_PASS, "language": "ja"}).json()

    for _ in range(2):
        answer = client.post(
            f"/drafts/{draft['id']}/steps/baby",
            data={"-action": "attach"},
            files={"card_receipt": ("通知.pdf", PDF)},
        )
        assert answer.status_code == 303, answer.text

    assert len(client.get(f"/api/drafts/{draft['id']}").json()["attachments"]) == 1
