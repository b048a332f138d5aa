"""Every page in every language: it renders, says nothing twice wrong, and lets no hostile text become markup."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from ui_samples import HOSTILE, samples

from procedures.texts import LANGUAGES, Language
from ui.language import HTML_LANG

VOID = frozenset({"meta", "link", "input", "br", "img", "path", "circle", "line", "rect", "wbr"})


class Page(HTMLParser):
    """A page's elements, in order, with their attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.inside_label: list[str] = []
        self.unbalanced: list[str] = []
        self.source = source
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if "label" in self.open and "id" in attributes:
            self.inside_label.append(attributes["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@cache
def rendered(language: Language, hostile: bool) -> dict[str, Page]:
    """Every page of one language by number and name, rendered once."""
    found = enumerate(samples(language, hostile))
    return {f"{number} {sample.name}": Page(sample.render(language)) for number, sample in found}


NAMES = [f"{number} {sample.name}" for number, sample in enumerate(samples("ja"))]
every_page = pytest.mark.parametrize(("name", "language"), [(n, each) for each in LANGUAGES for n in NAMES])


@every_page
def test_a_page_has_one_heading_its_language_and_linked_labels(name: str, language: Language) -> None:
    page = rendered(language, False)[name]
    assert page.all("html") == [{"lang": HTML_LANG[language]}]
    assert len(page.all("h1")) == 1
    assert not page.unbalanced, f"tags that close nothing: {page.unbalanced}"
    assert not page.open, f"tags left open: {page.open}"
    repeated = {each for each in page.ids if page.ids.count(each) > 1}
    assert not repeated, f"ids used twice: {repeated}"


@every_page
def test_every_input_has_a_label_and_every_reference_a_target(name: str, language: Language) -> None:
    page = rendered(language, False)[name]
    labelled = {attributes.get("for", "") for attributes in page.all("label")} | set(page.inside_label)
    asked = [a for a in page.all("input", "select", "textarea") if a.get("type") != "hidden"]
    unlabelled = [a for a in asked if a.get("id", "") not in labelled and not _in_label(page, a)]
    assert not unlabelled
    assert {each["for"] for each in page.all("label") if "for" in each} <= set(page.ids)
    referred = [a[name] for _, a in page.elements for name in ("aria-describedby", "aria-labelledby") if name in a]
    missing = {each for ids in referred for each in ids.split()} - set(page.ids)
    assert not missing, f"aria refers to ids that are not on the page: {missing}"
    anchors = {a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")}
    assert anchors <= set(page.ids)


def _in_label(page: Page, attributes: dict[str, str]) -> bool:
    """An input without an id must stand inside its label."""
    inside = re.search(rf'<label[^>]*><input[^>]*name="{attributes["name"]}"', page.source)
    return "id" not in attributes and inside is not None


@every_page
def test_hostile_text_stays_text(name: str, language: Language) -> None:
    page = rendered(language, True)[name]
    html = page.source
    assert all(a.get("src") for a in page.all("script")), "a script came in with the text"
    assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]
    assert "alert('{{7*7}}')" not in html
    assert "49" not in re.findall(r"alert\(.*?(\d+)", html)
    assert not page.unbalanced


def test_the_hostile_text_reaches_the_pages_at_all() -> None:
    shown = [name for name, page in rendered("ja", True).items() if "&lt;script&gt;" in page.source]
    assert len(shown) > 20, f"only these pages show what people typed: {shown}"
    assert HOSTILE


@every_page
def test_a_page_holds_nothing_the_security_policy_refuses(name: str, language: Language) -> None:
    page = rendered(language, False)[name]
    assert not page.all("style")
    assert not [a for _, a in page.elements if "style" in a]
    assert all(a.get("src", "").startswith("/static/") for a in page.all("script"))


@every_page
def test_an_error_is_told_in_words_and_starts_with_a_mark(name: str, language: Language) -> None:
    page = rendered(language, False)[name]
    html = page.source
    errors = re.findall(r'class="dads-form-control-label__error-text">([^<]*)<', html)
    assert all(text.startswith("＊") for text in errors)
    invalid = [a for a in page.all("input", "select", "textarea") if a.get("aria-invalid") == "true"]
    assert bool(invalid) == bool(errors)
