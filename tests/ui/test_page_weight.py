"""重さ: what a first visit to each page takes over the wire, without fonts, in a real Chromium."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Request
from test_browser import City, heaviest

from ui.assets import STATIC, address

MOST = 150_000
"""Bytes of HTML, CSS, JavaScript and pictures together; fonts are apart, and what a resident attached."""
ATTACHED = "/files/"


@pytest.fixture(scope="module")
def place() -> Iterator[City]:
    served = City()
    yield served
    served.close()


def weights(browser: Browser, place: City) -> dict[str, dict[str, int]]:
    """Bytes of each template's largest page by kind, each in a window that has seen nothing before."""
    found: dict[str, dict[str, int]] = {}
    for sample in heaviest("ja"):
        context = browser.new_context(viewport={"width": 375, "height": 800})
        page = context.new_page()
        finished: list[Request] = []
        page.on("requestfinished", lambda request, into=finished: into.append(request))
        place.html = sample.render("ja")
        page.goto(place.address + sample.path)
        found[sample.name] = by_kind(finished)
        context.close()
    return found


def by_kind(finished: list[Request]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for request in finished:
        if request.resource_type != "font" and ATTACHED not in request.url:
            kinds[request.resource_type] = kinds.get(request.resource_type, 0) + request.sizes()["responseBodySize"]
    return kinds


def test_every_page_is_lighter_than_150_kilobytes_without_fonts(browser: Browser, place: City) -> None:
    found = weights(browser, place)
    assert all({"document", "stylesheet", "script"} <= kinds.keys() for kinds in found.values()), "not all was counted"
    heavy = {name: kinds for name, kinds in found.items() if sum(kinds.values()) > MOST}
    assert not heavy, "make these pages lighter: split them, or send less style"


TEXTS = sorted(
    path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".css", ".js", ".svg")
)


@pytest.mark.parametrize("path", TEXTS)
def test_static_text_is_compressed_for_whoever_reads_gzip(place: City, path: str) -> None:
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
        with httpx.stream("GET", place.address + address(path), headers={"accept-encoding": accepted}) as answer:
            sent = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert (gzip.decompress(sent) if encoding else sent) == (STATIC / path).read_bytes()


def test_a_page_is_never_compressed_since_it_may_hold_secrets_beside_what_was_typed(place: City) -> None:
    place.html = "x" * 10_000
    answer = httpx.get(place.address, headers={"accept-encoding": "gzip, br, zstd"})
    assert "content-encoding" not in answer.headers
