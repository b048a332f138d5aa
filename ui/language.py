"""言語: which of the four languages a reader gets, and the catalogue that speaks it.

Message ids are the Japanese sentences themselves: templates read as the page reads, Japanese needs no catalogue, and a
changed sentence makes its three translations missing, which a test refuses. Catalogues are read from the `.po` files
once per process; there is nothing to compile. After changing sentences, from ui/:
`pybabel extract -F babel.cfg -k N_ -o /tmp/ui.pot . && pybabel update -i /tmp/ui.pot -d translations -N --no-wrap`
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.requests import Request

from api.language import accepted, known
from procedures.texts import Language

TRANSLATIONS = Path(__file__).parent / "translations"
COOKIE = "language"
NAMES: dict[Language, str] = {"ja": "日本語", "en": "English", "zh": "简体中文", "ko": "한국어"}
HTML_LANG: dict[Language, str] = {"ja": "ja", "en": "en", "zh": "zh-Hans", "ko": "ko"}


@cache
def catalogue(language: Language) -> NullTranslations:
    """翻訳: the catalogue of one language; the source language speaks for itself."""
    if language == "ja":
        return NullTranslations()
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def translated(language: Language, sentence: str) -> str:
    """訳: one sentence in one language."""
    return str(catalogue(language).gettext(sentence))


def asked(request: Request) -> Language | None:
    """言語の指定: what `?lang=` asks for, if it is a language we speak."""
    return known(request.query_params.get("lang", ""))


def chosen(request: Request) -> Language:
    """言語の選択: `?lang=`, then the cookie, then Accept-Language, then Japanese."""
    return (
        asked(request)
        or known(request.cookies.get(COOKIE, ""))
        or accepted(request.headers.get("accept-language", ""))
        or "ja"
    )
