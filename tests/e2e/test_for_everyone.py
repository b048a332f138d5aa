"""誰にでも: every page of a resident in every state of a real town: axe-core, 320 px, 400 % zoom, keyboard, calm."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from machine.demo import visitor
from machine.layout import CLONE, Layout
from machine.visitor import Visitor
from procedures.texts import LANGUAGES, Language
from sandbox.people import HANAKO, KENJI, OFFICER
from tests.api.scenes import CERTIFICATE, PDF, certificate, delivered, screening, screening_under_review, under_review
from tests.api.scenes import unpaid as unpaid_case
from tests.e2e.conftest import window

AXE = CLONE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ABSENT = re.compile(r"\b(404|410)\b")
"""Pages that say so are among those looked at."""
FOUND = f"axe.run(document, {{runOnly: {RULES}}}).then(found => found.violations)"
WIDE = "document.documentElement.scrollWidth > innerWidth"
PUBLIC = (
    "/", "/?q=じゅうみんひょう", "/?q=zzzzzz", "/life-events/birth", "/categories/certificates",
    "/procedures/residence_certificate", "/procedures/child_allowance", "/login", "/login/complete/nobody-has-this",
    "/verify", "/verify/0000-0000-0000", "/accessibility", "/nowhere",
)  # fmt: skip
MINE = (
    "/my", "/cases", "/documents", "/points", "/account/certificates", "/account/notices", "/account/consents",
    "/account/export",
)  # fmt: skip


class States:
    """場面: one case or draft in each state, made through the API; the addresses of their pages."""

    def __init__(self, hanako: Visitor, kenji: Visitor, officer: Visitor) -> None:
        self.hanako, self.kenji, self.officer = hanako, kenji, officer
        self.addresses: dict[str, str] = {}
        self._drafts()
        self._open_cases()
        self._closed_cases()

    def _drafts(self) -> None:
        begun = self.hanako.post("/api/drafts", {"procedure": "child_allowance", "language": "ja"})["id"]
        for step in ("claimant", "spouse", "children", "claim", "account", "evidence"):
            self.addresses[f"form, {step}"] = f"/drafts/{begun}/steps/{step}"
        self.addresses["form, stopped"] = f"/drafts/{begun}/later"
        self.addresses["form, delete"] = f"/drafts/{begun}/delete"
        filled = self.hanako.fill_in(CERTIFICATE, certificate())
        self.addresses["review"] = f"/drafts/{filled}/review"
        self.addresses["review, print"] = f"/drafts/{filled}/review/print"

    def _open_cases(self) -> None:
        waiting = unpaid_case(self.hanako)["receipt_number"]
        self.addresses["unpaid"] = f"/cases/{waiting}"
        reviewed = under_review(self.hanako)
        file = {"files": ("letter.pdf", PDF)}
        self.hanako._read(
            self.hanako.http.post(f"/api/cases/{reviewed}/messages", data={"body": "いつ届きますか"}, files=file)
        )
        self.officer._read(self.officer.http.post(f"/api/inbox/cases/{reviewed}/messages", data={"body": "来週です"}))
        self.addresses |= {
            "under review, with messages": f"/cases/{reviewed}",
            "withdraw": f"/cases/{reviewed}/withdraw",
            "receipt": f"/cases/{reviewed}/receipt",
            "print": f"/cases/{reviewed}/print",
        }
        back = under_review(self.hanako)
        self.officer.decide(self.officer.task_of(back), "send_back", marks={"copies": "2通までです"}, reason="通数")
        self.hanako.await_case(back, "awaiting_correction")
        draft = self.hanako.post(f"/api/cases/{back}/correction")["id"]
        self.addresses["sent back"] = f"/cases/{back}"
        self.addresses["correction"] = f"/drafts/{draft}"

    def _closed_cases(self) -> None:
        self.addresses["delivered"] = f"/cases/{delivered(self.hanako, self.officer)['receipt_number']}"
        rejected = screening_under_review(self.hanako, **screening())
        self.officer.decide(self.officer.task_of(rejected), "reject", reason="対象ではありません。")
        self.hanako.await_case(rejected, "rejected")
        self.addresses["rejected"] = f"/cases/{rejected}"
        withdrawn = under_review(self.hanako)
        self.hanako.post(f"/api/cases/{withdrawn}/withdrawal")
        self.hanako.await_case(withdrawn, "withdrawn")
        self.addresses["withdrawn, refunded"] = f"/cases/{withdrawn}"


@pytest.fixture(scope="module")
def states(town: Layout) -> Iterator[States]:
    with ExitStack() as stack:
        people = [stack.enter_context(visitor(town, each)).log_in() for each in (HANAKO, KENJI, OFFICER)]
        yield States(*people)


def every_page(states: States) -> Mapping[str, str]:
    return {path: path for path in (*PUBLIC, *MINE)} | states.addresses


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_in_every_state_is_accessible_and_fits(
    town: Layout, browser: Browser, states: States, width: int
) -> None:
    broken: dict[str, object] = {}
    complaints: list[str] = []
    with window(browser, town, states.hanako, viewport={"width": width, "height": 900}) as page:
        page.on(
            "console",
            lambda said: complaints.append(f"{page.url}: {said.text}") if not ABSENT.search(said.text) else None,
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        for name, path in every_page(states).items():
            page.goto(town.public_url + path)
            page.evaluate(AXE.read_text())
            found = [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in page.evaluate(FOUND)]
            if page.evaluate(WIDE):
                found.append(("wider than the screen", []))
            if found:
                broken[name] = found
    assert not broken
    assert not complaints


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "ja"])
def test_no_language_is_wider_than_a_narrow_screen_or_left_in_japanese(
    town: Layout, browser: Browser, states: States, language: Language
) -> None:
    wide: list[str] = []
    with window(browser, town, states.hanako, viewport={"width": 320, "height": 900}) as page:
        for name, path in every_page(states).items():
            page.goto(f"{town.public_url}{path}{'&' if '?' in path else '?'}lang={language}")
            wide += [name] if page.evaluate(WIDE) else []
            kana = re.search(r"[ぁ-ゖ]{4,}", page.locator("h1").inner_text()) if "q=" not in path else None
            assert kana is None, f"{name} in {language}: {kana}"
    assert not wide


def test_at_four_hundred_percent_nothing_covers_what_is_read(town: Layout, browser: Browser, states: States) -> None:
    """1280 by 1024 at 400 % is 320 by 256 (WCAG 1.4.10): what has the focus must be seen (2.4.11)."""
    zoomed: dict[str, Any] = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
    hidden: list[str] = []
    with window(browser, town, states.hanako, **zoomed) as page:
        for path in ("/", "/my", states.addresses["form, claimant"], states.addresses["sent back"]):
            page.goto(town.public_url + path)
            for _ in range(25):
                page.keyboard.press("Tab")
                seen = page.evaluate(
                    """() => { const e = document.activeElement; if (e === document.body) return true;
                    const b = e.getBoundingClientRect();
                    const x = Math.min(Math.max(b.left + b.width / 2, 1), innerWidth - 2);
                    const y = Math.min(Math.max(b.top + Math.min(b.height, 40) / 2, 1), innerHeight - 2);
                    const top = document.elementFromPoint(x, y);
                    return b.bottom > 0 && b.top < innerHeight && (e.contains(top) || top.contains(e)); }"""
                )
                if not seen:
                    hidden.append(f"{path}: {page.evaluate('document.activeElement.outerHTML.slice(0, 100)')}")
    assert not hidden


def test_nothing_moves_for_who_asked_for_calm(town: Layout, browser: Browser, states: States) -> None:
    with window(browser, town, states.hanako, reduced_motion="reduce") as page:
        for path in ("/", "/my", *states.addresses.values()):
            page.goto(town.public_url + path)
            moving = page.evaluate(
                "document.getAnimations().filter(a => a.effect.getComputedTiming().activeDuration > 1)"
                ".map(a => a.animationName || a.transitionProperty)"
            )
            assert not moving, f"{path}: {moving}"


class Keyboard:
    """鍵盤だけで: a person who has no pointer. Every stop must be seen to have the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        for _ in range(120):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                outline = self.page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
                assert outline >= 2, f"{selector}: its focus cannot be seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The keyboard never came to {selector} on {self.page.url}")

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, field: str, value: str) -> None:
        """A group of radio buttons is one stop; the space bar checks, arrows go on."""
        self.to(f"input[name='{field}']")
        self.page.keyboard.press("Space")
        for _ in range(10):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{field} has no {value}")


def test_a_form_is_filed_with_the_keyboard_alone(town: Layout, browser: Browser, states: States) -> None:
    answers = screening(screening="colon")
    with window(browser, town, states.kenji, viewport={"width": 1280, "height": 900}) as page:
        keys = Keyboard(page)
        page.goto(f"{town.public_url}/procedures/cancer_screening")
        page.keyboard.press("Tab")
        expect(page.locator(".madoguchi-skip")).to_be_focused()
        page.keyboard.press("Enter")
        keys.press("form[action='/procedures/cancer_screening'] button")
        page.wait_for_url(re.compile("/steps/applicant"))
        keys.write("#name", str(answers["name"]))
        for part, text in zip(("year", "month", "day"), str(answers["birth_date"]).split("-"), strict=True):
            keys.write(f"[name='birth_date.{part}']", text)
        keys.choose("sex", "male")
        keys.write("#phone", "0792212111")
        keys.press("main .dads-actions button[value=next]")
        page.wait_for_url(re.compile("/steps/screening"))
        keys.choose("screening", "colon")
        for part, text in zip(("year", "month", "day"), str(answers["screening_date"]).split("-"), strict=True):
            keys.write(f"[name='screening_date.{part}']", text)
        keys.choose("clinic", "west")
        keys.press("main .dads-actions button[value=next]")
        page.wait_for_url(re.compile("/review"))
        keys.press("form[action$='/submit'] button")
        page.wait_for_url(re.compile("/cases/"))
        expect(page.locator("#status")).to_be_visible()
