"""言語の選択: which of our languages a reader asks for (RFC 9110 12.5.4)."""

from procedures.texts import LANGUAGES, Language

LONGEST_HEADER = 500


def known(tag: str) -> Language | None:
    """The language of a tag, whatever its region: ja-JP is ja. None if we do not speak it."""
    primary = tag.strip().lower().replace("_", "-").split("-")[0]
    return next((language for language in LANGUAGES if language == primary), None)


def accepted(header: str) -> Language | None:
    """Of an Accept-Language header: highest quality first, ties in the order written."""
    weighted = [_weighted(part) for part in header[:LONGEST_HEADER].split(",")]
    spoken = [(quality, language) for quality, language in weighted if language and quality > 0]
    return max(spoken, key=lambda pair: pair[0])[1] if spoken else None


def _weighted(part: str) -> tuple[float, Language | None]:
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        quality = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        quality = 0.0
    return quality, known(tag)
