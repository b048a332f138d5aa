"""多言語の文: every sentence a resident reads, in the city's four languages."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints

Language = Literal["ja", "en", "zh", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Model(BaseModel):
    """文書の一部: frozen, without unknown keys and without silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Text(Model):
    """多言語の文: all four languages are required and none is empty."""

    ja: Sentence
    """Japanese."""
    en: Sentence
    """English."""
    zh: Sentence
    """Chinese, simplified characters."""
    ko: Sentence
    """Korean."""

    def of(self, language: Language) -> str:
        """指定言語の文: the sentence in one language."""
        match language:
            case "ja":
                return self.ja
            case "en":
                return self.en
            case "zh":
                return self.zh
            case "ko":
                return self.ko
