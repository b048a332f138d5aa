"""頁: templates, one environment per language and process, and what every page gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType
from urllib.parse import urlencode

from jinja2 import BytecodeCache, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.views import Visitor
from procedures.form import Option
from procedures.texts import Language, Text
from ui import assets, municipality, notation, wording
from ui.language import COOKIE, HTML_LANG, NAMES, asked, catalogue, chosen

ROOM = Path(__file__).parent
ROOMS = ("resident", "reviewer", "admin", "sheets")
YEAR = 31_536_000


class CompiledTemplates(BytecodeCache):
    """コンパイル済みテンプレート: kept in memory, so the four environments compile each template once."""

    def __init__(self) -> None:
        self.code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.code.get(bucket.key, ("", None))
        if checksum == bucket.checksum and code is not None:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.code[bucket.key] = (bucket.checksum, bucket.code)


COMPILED = CompiledTemplates()


def said(language: Language, text: Text | Mapping[str, str] | str | None) -> str:
    """文: a text of the document, a mapping of languages, or an officer's own words, in the reader's language."""
    if isinstance(text, Text):
        return text.of(language)
    if isinstance(text, Mapping):
        return text.get(language) or text.get("ja", "")
    return text or ""


def lines(text: str) -> Markup:
    """改行: keeps the line breaks a person typed; everything is escaped."""
    return Markup("<br>").join(text.splitlines())


def labelled(language: Language, options: Iterable[Option]) -> list[tuple[str, str]]:
    """選択肢: values with their labels, as inputs want them."""
    return [(option.value, option.label.of(language)) for option in options]


@cache
def environment(language: Language) -> Environment:
    """環境: the templates in one language. Unknown names are errors, all values are escaped."""
    folders = {room: FileSystemLoader(ROOM / room / "templates") for room in ROOMS}
    folders |= {name: FileSystemLoader(ROOM / name) for name in ("components", "layouts")}
    made = Environment(
        loader=PrefixLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = catalogue(language)
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": language, "html_lang": HTML_LANG, "languages": NAMES, "asset": assets.address}
    made.globals |= {"wording": wording}
    for name in ("day", "weekday", "moment", "clock", "number", "size", "birthday", "shortly"):
        made.filters[name] = _in_language(getattr(notation, name), language)
    made.filters["said"] = _in_language(said, language)
    made.filters["lines"] = lines
    made.filters["labelled"] = _in_language(labelled, language)
    made.filters["wording"] = words.gettext
    return made


def _in_language(write: object, language: Language) -> object:
    def written(*values: object) -> object:
        return write(language, *values)  # type: ignore[operator]

    return written


@dataclass(frozen=True)
class Reader:
    """読み手: in which language, which city, on which page, and who."""

    language: Language
    city: Text
    path: str = "/"
    visitor: Visitor | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    """The city's switchboard."""

    def in_language(self, language: Language) -> str:
        """言語の切替: this page's address in another language."""
        kept = {key: value for key, value in self.query.items() if key != "lang"}
        return f"{self.path}?{urlencode({**kept, 'lang': language})}"


def render(reader: Reader, template: str, **context: object) -> str:
    """組版: one page as text."""
    return environment(reader.language).get_template(template).render(reader=reader, **context)


def reader(request: Request, visitor: Visitor | None = None) -> Reader:
    """読み手: of one request."""
    counter = request.app.state.counter
    code = counter.municipality(request)
    phone = counter.settings.phones.get(code)
    return Reader(
        chosen(request), municipality.name(code), request.url.path, visitor, dict(request.query_params), phone
    )


def page(
    request: Request, template: str, *, visitor: Visitor | None = None, status_code: int = 200, **context: object
) -> HTMLResponse:
    """頁: one page as an answer; never stored, since most carry personal data."""
    response = HTMLResponse(render(reader(request, visitor), template, **context), status_code)
    response.headers["cache-control"] = "no-store"
    response.headers["content-language"] = HTML_LANG[chosen(request)]
    if language := asked(request):
        response.set_cookie(COOKIE, language, max_age=YEAR, samesite="lax", httponly=True, path="/")
    return response
