"""画面のことば: every sentence the card agent shows, in four languages. Texts of the city come from the city."""

import json
from pathlib import Path
from typing import Final

from card.agent.cities import Language
from card.agent.request import Attribute
from card.errors import CardError, WrongPin
from card.profile import PinName

_WORDS: Final[dict[str, dict[Language, str]]] = json.loads(
    (Path(__file__).parent / "templates" / "words.json").read_text(encoding="utf-8")
)


def word(language: Language, name: str) -> str:
    """ことば. Raises KeyError for a name that has none; errors are named by their `code`."""
    return _WORDS[name][language]


def sentence(language: Language, error: CardError) -> str:
    """カードのエラーを利用者のことばで: with the tries left where the card said so, and a warning before the last."""
    said = [word(language, error.code)]
    if isinstance(error, WrongPin):
        said.append(word(language, "tries_left").format(n=error.tries_left))
        said += [word(language, "last_try")] if error.tries_left == 1 else []
    return ("" if language in ("ja", "zh") else " ").join(said)


def pin_words(language: Language, purpose: PinName) -> tuple[str, str]:
    """暗証番号の呼び名と説明."""
    return word(language, f"pin_{purpose}"), word(language, f"hint_{purpose}")


def file_words(language: Language) -> tuple[str, str]:
    """電子証明書ファイルのパスワードの呼び名と説明."""
    return word(language, "file_password"), word(language, "file_password_hint")


def attribute(language: Language, name: Attribute, value: str) -> str:
    """券面事項を利用者のことばで: as its holder reads it before it is sent."""
    if not value:
        return word(language, "unread")
    if name == "sex":
        return word(language, f"sex_{value}")
    if name == "birth_date":
        year, month, day = (int(part) for part in value.split("-"))
        return word(language, "day").format(year=year, month=month, day=day)
    return value
