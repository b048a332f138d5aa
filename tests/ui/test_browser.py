"""The pages in a real Chromium: accessible (axe-core), 320 pixels wide, and without a breach of our own policy."""

import re
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from ui_samples import LIBRARY, Sample, a_draft, a_step, samples

from procedures.texts import Language
from ui.assets import STATIC, Assets
from ui.security import content_policy

CLONE = STATIC.parent.parent
AXE = CLONE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = {"content-security-policy": content_policy(("http://127.0.0.1:47001", "https://pay.example"))}


@pytest.fixture(scope="module")
def axe() -> str:
    assert AXE.exists(), "axe-core is not there: run `make install`"
    return AXE.read_text()


class City:
    """A server on 127.0.0.1 with one page at every address, the real static files, and the real policy."""

    def __init__(self) -> None:
        self.html = ""
        self.sent: list[tuple[str, str]] = []
        routes = [Mount("/static", Assets()), Route("/{path:path}", self._answer, methods=["GET", "POST"])]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="warning", lifespan="off")
        self.server = uvicorn.Server(config)
        self.socket = config.bind_socket()
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()

    async def _answer(self, request: Request) -> Response:
        self.sent.append((request.method, (await request.body()).decode()))
        if request.url.path.endswith("/events"):
            return Response(": nothing happens\n\n", media_type="text/event-stream")
        if request.url.path.endswith(".js"):
            return Response("", media_type="text/javascript")
        return HTMLResponse(self.html, headers=POLICY)

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=10)


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    served = City()
    yield served
    served.close()


class Desk:
    """A browser window at the city's pages."""

    def __init__(self, browser: Browser, city: City, width: int, *, javascript: bool = True) -> None:
        self.city = city
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, sample: Sample, language: Language) -> Page:
        self.city.html = sample.render(language)
        self.page.goto(self.city.address + sample.path)
        return self.page


SMALL_TARGETS = """
    [...document.querySelectorAll('button:not([aria-hidden]), summary, header a, footer a, select, label:has(input)')]
        .filter(e => e.checkVisibility())
        .map(e => [e.innerText.trim(), e.getBoundingClientRect().height]).filter(([, height]) => height < 43.9)
"""
"""44 pixels, as the Digital Agency asks (WCAG 2.5.5); links inside sentences are free of it."""


BUILT = """
    [...document.querySelectorAll('*')].map(e => [e.parentElement, e].map(each => each &&
        [each.tagName, each.className, ...[...each.attributes].map(a => a.name)].join(' ')).join(' > '))
"""
"""Of what a page is built: every element with its attributes, within its parent. Where nothing is new axe finds nothing
new either, but it takes a fifth of a second to say so."""


def looked_over(page: Page, axe: str) -> list[tuple[str, object]]:
    """What axe-core has against a page."""
    page.evaluate(axe)
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}}).then(found => found.violations)")
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]


EACH_ITS_OWN = ("form with errors", " review", " about")
"""Of a procedure's pages those that say what only this one says; what else becomes of a draft looks alike in all."""
FULLEST = "child_allowance"
"""The procedure with lists, conditions, attachments and prefilled answers."""


def looks_its_own(sample: Sample) -> bool:
    others = tuple(f"{each.id} " for each in LIBRARY.all() if each.id != FULLEST)
    return not sample.name.startswith(others) or sample.name.endswith(EACH_ITS_OWN)


def chosen(language: Language) -> list[Sample]:
    """One of each template and state, without the many closed cases and drafts that look alike."""
    found: dict[str, Sample] = {}
    for sample in filter(looks_its_own, samples(language)):
        closed = r"(withdrawn|lapsed|recalled|received|checking|under_review|mailing)$"
        kind = re.sub(r"error \d+", "error", re.sub(closed, "closed or moving", sample.name))
        found.setdefault(kind, sample)
    return list(found.values())


def heaviest(language: Language) -> list[Sample]:
    """Of each template the sample that says most: a form's steps and a case's states share theirs."""
    most: dict[str, tuple[int, Sample]] = {}
    for sample in samples(language):
        size = len(sample.render(language))
        if size > most.get(sample.template, (0, sample))[0]:
            most[sample.template] = (size, sample)
    return [sample for _, sample in most.values()]


@pytest.mark.parametrize(("width", "part"), [(320, 0), (320, 1), (320, 2), (1280, 0)])
def test_every_page_is_accessible_and_fits(browser: Browser, city: City, axe: str, width: int, part: int) -> None:
    desk = Desk(browser, city, width)
    broken: dict[str, object] = {}
    known: set[str] = set()
    for sample in chosen("ja")[part::3] if width == 320 else heaviest("ja"):
        page = desk.open(sample, "ja")
        built = set(page.evaluate(BUILT))
        violations = [] if built <= known else looked_over(page, axe)
        known |= built
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            violations.append(("wider than the screen", []))
        violations += [("too small to touch", small) for small in page.evaluate(SMALL_TARGETS)]
        if violations:
            broken[sample.name] = violations
    desk.page.context.close()
    assert not broken
    assert not desk.complaints, "the browser complains (content security policy?)"


@pytest.mark.parametrize("language", ["en", "zh", "ko"])
def test_longer_languages_fit_a_narrow_screen(browser: Browser, city: City, language: Language) -> None:
    desk = Desk(browser, city, 320)
    wide = [
        sample.name
        for sample in (chosen(language) if language == "en" else heaviest(language))
        if desk.open(sample, language).evaluate("document.documentElement.scrollWidth > innerWidth")
    ]
    desk.page.context.close()
    assert not wide


def a_form(answers: dict[str, object], section: str) -> Sample:
    procedure = LIBRARY.current("residence_certificate")
    found = next(each for each in procedure.form.sections if each.id == section)
    return a_step("ja", procedure, a_draft(procedure, answers), found)


def test_choosing_an_answer_shows_the_question_it_asks_for(browser: Browser, city: City) -> None:
    desk = Desk(browser, city, 1280)
    page = desk.open(a_form({"purpose": "bank"}, "purpose"), "ja")
    assert page.locator("#purpose_other").count() == 0
    page.evaluate("document.querySelector('#revision').value = 'typed meanwhile'")
    city.html = a_form({"purpose": "other"}, "purpose").render("ja")
    page.get_by_label("その他").check()
    page.locator("#purpose_other").wait_for(timeout=5_000)
    method, body = city.sent[-1]
    assert method == "POST"
    assert "-action=show" in body
    assert "purpose=other" in body
    assert page.locator("h1").count() == 1
    assert page.locator("#revision").input_value() == "typed meanwhile", "more than the slot was replaced"
    desk.page.context.close()
    assert not desk.complaints


def test_the_form_is_sent_without_javascript(browser: Browser, city: City) -> None:
    desk = Desk(browser, city, 375, javascript=False)
    page = desk.open(a_form({}, "receipt"), "ja")
    page.get_by_label("郵送", exact=True).check()
    page.get_by_label(re.compile("電話番号")).fill("０７９")
    page.get_by_role("button", name="確認へ進む").click()
    method, body = city.sent[-1]
    desk.page.context.close()
    assert method == "POST"
    assert "-action=next" in body
    assert "delivery=post" in body


def test_focus_is_visible_and_the_summary_leads_to_the_fault(browser: Browser, city: City) -> None:
    desk = Desk(browser, city, 1280)
    faulty = next(sample for sample in samples("ja") if sample.name == "residence_certificate form with errors")
    page = desk.open(faulty, "ja")
    page.locator("#error-summary a").nth(1).click()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "copies"
    assert page.locator("#copies").evaluate("e => getComputedStyle(e).outlineWidth") == "4px"
    page.locator("#copies").press("Tab")
    assert page.evaluate("document.activeElement.id") == "include_relationship"
    desk.page.context.close()
