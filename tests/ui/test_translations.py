"""The catalogues are complete: whoever changes a sentence changes its translations with it."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from procedures.texts import LANGUAGES
from ui import wording
from ui.language import TRANSLATIONS, catalogue

UI = TRANSLATIONS.parent
TARGETS = [language for language in LANGUAGES if language != "ja"]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TOO_SAME = {"Temporal"}


def used() -> set[str]:
    with (UI / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found = extract_from_dir(str(UI), methods, options, keywords=keywords)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def translated(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def strings(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


@pytest.mark.parametrize("language", TARGETS)
def test_no_sentence_is_missing_or_left_over(language: str) -> None:
    known = {strings(message.id)[0] for message in translated(language) if message.id}
    missing, idle = sorted(used() - known), sorted(known - used())
    assert not missing, f"translate these in ui/translations/{language}: {missing}"
    assert not idle, f"no page says these any more; remove them from ui/translations/{language}: {idle}"


@pytest.mark.parametrize("language", TARGETS)
def test_no_translation_is_empty_or_fuzzy_and_placeholders_agree(language: str) -> None:
    for message in translated(language):
        if not message.id:
            continue
        assert not message.fuzzy, f"{language}: check {message.id!r} and remove its fuzzy mark"
        for text in strings(message.string):
            assert text.strip(), f"{language}: {message.id!r} has no translation"
            assert PLACEHOLDER.findall(text) == PLACEHOLDER.findall(strings(message.id)[0]), message.id


@pytest.mark.parametrize("language", TARGETS)
def test_no_translation_carries_the_rest_of_a_removed_one(language: str) -> None:
    """A line left behind after an empty line goes on the entry above it: gettext sees nothing wrong."""
    text = (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").read_text()
    assert not re.findall(r'\n\n+"[^\n]*', text)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_japanese_is_left_in_a_translation(language: str) -> None:
    japanese = re.compile(r"[぀-ヿ一-鿿]")
    left = [m.id for m in translated(language) if m.id and any(japanese.search(text) for text in strings(m.string))]
    assert not left


def test_plurals_follow_the_language() -> None:
    days = "標準%(num)s開庁日"
    assert catalogue("en").ngettext(days, days, 1) != catalogue("en").ngettext(days, days, 2)
    assert catalogue("ko").ngettext(days, days, 1) == catalogue("ko").ngettext(days, days, 2)
    assert catalogue("ja").ngettext(days, days, 2) == days


def test_every_component_is_used() -> None:
    sources = [path.read_text() for path in Path(UI).rglob("*.html")]
    defined = {name for source in sources for name in re.findall(r"{% macro (\w+)", source)}
    used_somewhere = {name for source in sources for name in re.findall(r"(?<!macro )\b(\w+)\(", source)}
    assert defined <= used_somewhere, f"remove these macros: {sorted(defined - used_somewhere)}"


def test_every_import_of_a_template_is_used() -> None:
    for path in Path(UI).rglob("*.html"):
        source = path.read_text()
        for line in re.findall(r"{% from \"[^\"]+\" import ([^%]+) %}", source):
            idle = [name for name in line.split(", ") if not re.search(rf"(?<![\w.]){name.strip()}\(", source)]
            assert not idle, f"{path.relative_to(UI)} imports without use: {idle}"


def test_every_code_of_the_read_models_has_words() -> None:
    from typing import get_args

    from api.views import Action, Actor, CaseStatus, ReasonCode

    assert set(wording.STATES) == set(get_args(CaseStatus))
    assert set(wording.HAPPENINGS) == set(get_args(Action))
    assert set(wording.TURNS) == set(wording.ACTORS) == set(get_args(Actor))
    assert set(wording.REASONS) == set(get_args(ReasonCode))
