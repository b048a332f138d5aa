"""書き出しの印刷: parts become one file with one structure tree; every code has words in four languages."""

import io
import re
from typing import Any, get_args

import jinja2
import pytest
from export_words import PAGE, page, words
from pypdf import PdfReader
from weasyprint import HTML

from activities.export.binding import bind
from activities.export.printing import answers_of, moment, title_of
from api.views import Action, CaseStatus
from procedures.loader import LIBRARY, Library
from procedures.texts import LANGUAGES, Language

TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(LIBRARY), autoescape=True)
HEADINGS = TEMPLATES.get_template("_shared/my_data_headings.html").module


def part(name: str, pages: int = 1) -> bytes:
    """A tagged PDF whose every page names its part."""
    text = "".join(f'<h2 style="break-before:page">{name}{page}</h2><p>text</p>' for page in range(pages))
    html = HTML(string=f'<html lang="en"><title>{name}</title><body><h1>{name}</h1>{text}')
    pdf: bytes = html.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def elements(node: Any) -> list[Any]:
    """All structure elements below one, itself included."""
    found = node.get_object()
    if not isinstance(found, dict) or "/S" not in found:
        return []
    below = found.get("/K", [])
    below = below.get_object() if hasattr(below, "get_object") else below
    return [found, *(each for one in (below if isinstance(below, list) else [below]) for each in elements(one))]


def test_one_part_stays_as_it_is() -> None:
    only = part("a")

    assert bind([only]) == only


def test_parts_are_bound_in_order_and_every_page_keeps_its_own_tags() -> None:
    reader = PdfReader(io.BytesIO(bind([part("alpha", 2), part("beta"), part("gamma", 3)])))

    said = [each.extract_text() for each in reader.pages]
    assert ["".join(re.findall("alpha|beta|gamma", text)[:1]) for text in said] == (
        ["alpha"] * 3 + ["beta"] * 2 + ["gamma"] * 4
    )
    tree: Any = reader.root_object["/StructTreeRoot"]
    numbers: list[Any] = [each["/StructParents"] for each in reader.pages]
    assert numbers == list(range(9))
    assert list(tree["/ParentTree"]["/Nums"][::2]) == numbers
    pages = {each.indirect_reference.idnum for each in reader.pages if each.indirect_reference}
    tagged = [each for root in tree["/K"] for each in elements(root)]
    placed = {each.raw_get("/Pg").idnum for each in tagged if "/Pg" in each}
    assert placed == pages, "every page is reached from the one tree, and none that is not there"
    assert all(root.get_object().raw_get("/P").get_object() == tree for root in tree["/K"])


def test_the_words_are_those_of_the_pages_and_complete() -> None:
    assert PAGE.read_text("utf-8") == page(), "run .venv/bin/python tests/activities/export_words.py"
    assert set(get_args(Action)) <= words("ja")["actions"].keys()
    assert set(get_args(CaseStatus)) <= words("ja")["statuses"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_is_there_in_every_language(language: Language) -> None:
    said: Any = vars(HEADINGS)["headings"]

    assert said[language].keys() == said["ja"].keys()
    assert all(said[language].values())


def test_answers_are_printed_with_their_questions_in_the_form_s_order() -> None:
    case = {"procedure": "cancer_screening", "version": 1}
    answers = {"clinic": "west", "name": "網干　健二", "gone": "an answer nobody asks for any more"}

    said = answers_of(Library.read(), "en", case, answers)

    assert said == [("Name", "網干　健二"), ("Place", "West Health Centre"), ("gone", answers["gone"])]


def test_a_procedure_that_left_the_library_is_still_printed() -> None:
    case = {"procedure": "unknown", "version": 7}

    assert title_of(Library.read(), "ja", case) == "unknown"
    assert answers_of(Library.read(), "ja", case, {"a": 1}) == [("a", "1")]


def test_moments_are_japan_s() -> None:
    assert moment("ja", "2026-11-23T16:00:00+00:00") == "2026年11月24日 01:00"
    assert moment("en", None) == "—"
