"""用語集: one word for one thing. docs/glossary.md is read as it stands."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from house import CLONE, defined, modules, snake, words_of_the_code

PAGE = (CLONE / "docs" / "glossary.md").read_text("utf-8")
TERMS, AVOIDED = PAGE.split("## Words we do not use")


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| 日本語", "| Not ")):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def code_terms() -> list[str]:
    return [term for row in rows(TERMS) for term in re.findall(r"`(\w+)`", row[2])]


@cache
def names() -> dict[str, list[str]]:
    """Everything the product gives a name to (in snake case, files included), and where."""
    found: dict[str, list[str]] = {}
    for file in modules():
        found.setdefault(snake(file.path.stem), []).append(file.name)
        for name, line in defined(file.tree):
            found.setdefault(snake(name), []).append(f"{file.name}:{line}")
    return found


def test_every_entry_is_complete() -> None:
    for row in rows(TERMS):
        assert len(row) == 4, f"{row}: Japanese, reading, code, meaning"
        assert row[0], f"{row}: the Japanese term is missing"
        assert re.fullmatch(r"`\w+`", row[2]), f"{row[0]}: one code term, in backquotes"
        assert row[3].endswith("."), f"{row[0]}: say what it means, in a sentence"


def test_every_code_term_is_defined_once() -> None:
    twice = [term for term, count in Counter(map(snake, code_terms())).items() if count > 1]
    assert not twice, f"docs/glossary.md defines {twice} twice: one word for one thing"
    assert len(code_terms()) > 80, "the tables are no longer found: adapt this test"


def test_every_code_term_is_used_in_the_code() -> None:
    words = words_of_the_code()
    unused = [term for term in code_terms() if snake(term) not in words]
    assert not unused, f"docs/glossary.md explains {unused}, which the code does not know: rename one of the two"


def test_words_we_do_not_use_name_nothing() -> None:
    found = []
    for word, instead, elsewhere in rows(AVOIDED):
        folders = tuple(re.findall(r"`(\w+/)`", elsewhere)) or ("\0",)
        pattern = re.compile(rf"(^|_){word}s?(_|$)")
        for name in filter(pattern.search, names()):
            found += [f"{at}: {name} (write {instead})" for at in names()[name] if not at.startswith(folders)]
    assert not found, "\n".join(found)


def test_the_search_for_names_finds_them() -> None:
    assert {"case_workflow", "receipt_number", "case_file", "answers_in_words"} <= names().keys()
