"""文書: what the documents name is there: files, commands, decisions. And nothing of one machine is in any file."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from house import CLONE

from madoguchi import cli

PAGES = [CLONE / "README.md", CLONE / "CHANGELOG.md", *sorted((CLONE / "docs").rglob("*.md"))]
EXISTING = [page for page in PAGES if page.exists()]
MAKEFILE = (CLONE / "Makefile").read_text()
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MADE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
TYPED = re.compile(r"madoguchi ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)")
PROSE = {"sure", "it", "them", "that", "a", "the", "us"}
"""What follows "make" in a sentence of English."""
ONE_MACHINES_OWN = re.compile(r"/(?:root|home)/[a-z.]")
REGISTRIES = re.compile(r"https?://[^\s\"'<>]+(?:/simple\b|\.whl|\.tgz|\.deb)")
by_page = pytest.mark.parametrize("page", EXISTING, ids=lambda page: page.relative_to(CLONE).as_posix())


def code(text: str) -> Iterator[str]:
    """Inline code and code blocks, where commands stand."""
    blocks = re.findall(r"```(?:sh|shell|)\n(.*?)```", text, re.S)
    yield from blocks
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


def commands() -> set[str]:
    """Every command of the command line, e.g. "procedures check"."""
    found = set()
    for name, command in getattr(typer.main.get_command(cli), "commands", {}).items():
        found.add(name)
        found |= {f"{name} {below}" for below in getattr(command, "commands", {})}
    return found


def is_command(typed: str) -> bool:
    known, first = commands(), typed.split()[0]
    return typed in known or (first in known and not any(each.startswith(f"{first} ") for each in known))


def our_files() -> list[Path]:
    """Files that are, or are about to be, in version control."""
    if not (CLONE / ".git").exists():
        pytest.skip("this is no clone")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CLONE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [CLONE / name for name in listed.stdout.splitlines()]


def test_the_documents_people_expect_are_there() -> None:
    assert EXISTING == PAGES
    for name in ("LICENSE", "docs/glossary.md", "docs/security.md", "docs/operations.md", "docs/adr/README.md"):
        assert (CLONE / name).exists(), f"{name} is missing"


@by_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    dead = [link for link in links if not (page.parent / link).exists()]
    remedy = "; run `make screenshots` for pictures" if any("screenshots/" in link for link in dead) else ""
    assert not dead, f"{page.name}: {dead} lead nowhere{remedy}"


@by_page
def test_every_make_target_a_page_names_exists(page: Path) -> None:
    named = {target for text in code(page.read_text("utf-8")) for target in MADE.findall(text)} - PROSE
    missing = [target for target in named if not re.search(rf"^{target}:", MAKEFILE, re.M)]
    assert not missing, f"{page.name}: the Makefile has no {missing}"


@by_page
def test_every_command_a_page_names_exists(page: Path) -> None:
    named = {typed for text in code(page.read_text("utf-8")) for typed in TYPED.findall(text)}
    missing = [typed for typed in named if not is_command(typed)]
    assert not missing, f"{page.name}: `madoguchi --help` knows no {missing}"


def test_every_command_the_makefile_runs_exists() -> None:
    named = re.findall(r"(?:\$\(MADOGUCHI\)|bin/madoguchi) ([a-z]+)", MAKEFILE)
    missing = [typed for typed in named if not is_command(typed)]
    assert named
    assert not missing, f"the Makefile runs `madoguchi {missing[0]}`, which the command line does not know"


def test_every_decision_is_dated_weighed_and_listed() -> None:
    index = (CLONE / "docs/adr/README.md").read_text("utf-8")
    decisions = [file for file in sorted((CLONE / "docs/adr").glob("*.md")) if file.name != "README.md"]
    assert [int(file.name[:4]) for file in decisions] == list(range(1, len(decisions) + 1))
    for file in decisions:
        text = file.read_text("utf-8")
        assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: \w+", text, re.M), f"{file.name}: when, and does it hold?"
        assert file.name in index, f"{file.name} is not listed in docs/adr/README.md"
        for part in ("## Question", "## Decision"):
            assert part in text or file.name == "0011-libraries.md", f"{file.name} has no {part}"


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    found = []
    for file in our_files():
        if file.suffix in (".png", ".icc", ".onnx") or not file.is_file() or file == Path(__file__):
            continue
        text = file.read_text("utf-8", errors="replace")
        found += [f"{file.relative_to(CLONE)}: {hit[0]}" for hit in ONE_MACHINES_OWN.finditer(text)]
        found += [f"{file.relative_to(CLONE)}: {hit[0]}" for hit in REGISTRIES.finditer(text)]
    assert not found, "\n".join(found)
