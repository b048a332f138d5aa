"""文書作成: an HTML template and its data become a PDF/A-2u, with nothing fetched and nothing left to chance.

Fonts, stylesheets and compiled templates are loaded once per process (`Renderer`). The same template and context give
the same bytes: the PDF's identifier is a digest of its content and its dates are the issue date.
"""

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.text import ffi as weasyprint_libraries
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from activities.documents.marking import Marking
from activities.documents.notation import FILTERS
from procedures.verification import Verification

VARIANT = "pdf/a-2u"  # ISO 19005-2, Unicode: text can be searched and read aloud; no attachments, so not part 3
COPY = "pdf/ua-1"  # ISO 14289-1: tagged, so that it can be read aloud in order
SEAL_ELEMENT = "seal"
FONTS = {
    "IPAexMincho": "fonts-ipaexfont-mincho",
    "IPAexGothic": "fonts-ipaexfont-gothic",
    "Noto Sans CJK KR": "fonts-noto-cjk",
}
"""書体: the families our stylesheets name, and the Debian packages that bring them."""
_POINTS_PER_PIXEL = 0.75
_INTENT = "sRGB"
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


class RenderingImpossible(RuntimeError):
    """This machine can't make documents at all: a library or font is missing. Says which package to install."""


class DocumentUnprintable(ValueError):
    """This document can't be made from this data; trying again will not help."""


@dataclass(frozen=True)
class FieldBox:
    """印影の位置: a rectangle on a page, in points from the page's lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class RenderedDocument:
    """文書: the PDF, and where its template wants the seal (an element with the id `seal`)."""

    pdf: bytes
    page_count: int
    seal_box: FieldBox | None


class _NothingFetched(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """Templates carry everything they show: a file or address in one is a mistake, or someone's attack."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:  # noqa: ARG002
        raise FatalURLFetchingError(f"a document template asked for {url[:100]}")


class Renderer:
    """文書作成器: build once per process; `library` is the folder of procedures with `_shared` inside."""

    def __init__(self, library: Path) -> None:
        if weasyprint_libraries.harfbuzz_subset is None:
            raise RenderingImpossible(
                "libharfbuzz-subset is missing: fonts would be cut by a path ten times slower. "
                "Install the package libharfbuzz-subset0."
            )
        self._library = library
        self._fonts = FontConfiguration()
        _refuse_missing_fonts(self._fonts)
        self._fetcher = _NothingFetched()
        self._colours = _Colours()
        self._stylesheets: dict[Path, CSS] = {}
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(library),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(FILTERS)

    def render(
        self,
        template: str,
        context: Mapping[str, object],
        *,
        issued_at: datetime,
        verification: Verification | None = None,
    ) -> RenderedDocument:
        """`template` is a path inside the library; it sees `context`, `issued_at` and `verification`.

        Raises DocumentUnprintable.
        """
        source = self._filled(template, {**context, "issued_at": issued_at, "verification": verification})
        return self._printed(template, source, issued_at, verification)

    def print_copy(self, template: str, context: Mapping[str, object], *, issued_at: datetime) -> bytes:
        """写し: a tagged PDF to read. It certifies nothing, so a letter no font has may show as an empty box.

        Raises DocumentUnprintable.
        """
        return self._copied(template, context, issued_at)

    def print_draft(self, template: str, context: Mapping[str, object], *, issued_at: datetime) -> bytes:
        """案: as `print_copy`, and every page says that it has no force. Raises DocumentUnprintable."""
        return self._copied(template, context, issued_at, self._stylesheet(self._library / "_shared" / "draft.css"))

    def _copied(self, template: str, context: Mapping[str, object], issued_at: datetime, *styles: CSS) -> bytes:
        source = self._filled(template, {**context, "issued_at": issued_at, "verification": None})
        document = self._laid_out(template, source, *styles, pdf_variant=COPY)
        document.metadata.created = document.metadata.modified = issued_at.isoformat(timespec="seconds")
        pdf: bytes = document.write_pdf(pdf_variant=COPY)
        return pdf

    def _filled(self, template: str, context: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(template).render(context)
        except jinja2.TemplateNotFound as absent:
            raise DocumentUnprintable(f"there is no document template {absent.name} in {self._library}") from absent
        except (jinja2.TemplateError, ValueError, TypeError) as fault:
            raise DocumentUnprintable(f"{template} can't be filled: {fault}") from fault

    def _printed(
        self, template: str, source: str, issued_at: datetime, verification: Verification | None
    ) -> RenderedDocument:
        document = self._laid_out(
            template, source, pdf_variant=VARIANT, output_intent=_INTENT, color_profiles={_INTENT: self._colours}
        )
        document.metadata.created = document.metadata.modified = issued_at.isoformat(timespec="seconds")
        pdf: bytes = document.write_pdf(pdf_variant=VARIANT, output_intent=_INTENT, finisher=Marking(verification))
        _refuse_missing_glyphs(document.fonts.values())
        return RenderedDocument(pdf, len(document.pages), _seal_box(document.pages))

    def _laid_out(self, template: str, source: str, *further: CSS, **how: object) -> Any:
        html = HTML(string=source, url_fetcher=self._fetcher)
        styles = [*(self._stylesheet(path) for path in self._style_paths(template)), *further]
        try:
            return html.render(font_config=self._fonts, stylesheets=styles, **how)
        except FatalURLFetchingError as asked:
            raise DocumentUnprintable(f"{asked}; templates carry everything inside") from None

    def _style_paths(self, template: str) -> Iterator[Path]:
        yield self._library / "_shared" / "document.css"
        own = (self._library / template).with_suffix(".css")
        if own in self._stylesheets or own.is_file():
            yield own

    def _stylesheet(self, path: Path) -> CSS:
        if path not in self._stylesheets:
            text = path.read_text(encoding="utf-8")
            self._stylesheets[path] = CSS(string=text, font_config=self._fonts, url_fetcher=self._fetcher)
        return self._stylesheets[path]


class _Colours(ColorProfile):  # type: ignore[misc]
    """WeasyPrint's own sRGB profile, read once: it would open the file for each document and never close it."""

    def __init__(self) -> None:
        name = "sRGB2014.icc"
        self._bytes = (files("weasyprint.pdf") / name).read_bytes()
        super().__init__(io.BytesIO(self._bytes), name, "relative-colorimetric", (["r"], ["g"], ["b"]))

    @property
    def content(self) -> bytes:
        """As read: the colour library writes its copy differently after the first document."""
        return self._bytes


def _refuse_missing_fonts(fonts: FontConfiguration) -> None:
    probe = "".join(f'<p style="font-family:{family}">窓' for family in FONTS)
    document = HTML(string=probe).render(font_config=fonts)
    document.write_pdf()
    found = {font.family for font in document.fonts.values()}
    for family, package in FONTS.items():
        if family not in found:
            raise RenderingImpossible(f"the font {family} is missing. Install the package {package}.")


def _refuse_missing_glyphs(fonts: Iterable[Any]) -> None:
    """An empty box instead of a letter of someone's name must never be certified."""
    points = {chr(point) for font in fonts for point in font.missing}
    missing = sorted(letter for letter in points if unicodedata.category(letter) not in _INVISIBLE)
    if missing:
        letters = " ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing)
        raise DocumentUnprintable(f"no installed font has {letters}; install fonts-ipamj-mincho or fonts-noto-cjk")


def _seal_box(pages: Sequence[Any]) -> FieldBox | None:
    for number, page in enumerate(pages):
        if SEAL_ELEMENT in page.anchors:
            left, top, right, bottom = (side * _POINTS_PER_PIXEL for side in page.anchors[SEAL_ELEMENT])
            height = page.height * _POINTS_PER_PIXEL
            return FieldBox(number, left, height - bottom, right, height - top)
    return None
