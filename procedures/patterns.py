"""書式: regular expressions of text fields, in Rust's syntax: linear time whatever a stranger types."""

import cel

_MATCH = cel.compile("text.matches(pattern)")


def matches(pattern: str, text: str) -> bool:
    """全体一致: whether the whole text matches. Raises ValueError for a pattern that cannot be read."""
    try:
        return bool(_MATCH.execute({"text": text, "pattern": rf"\A(?:{pattern})\z"}))
    except RuntimeError as error:
        reason = str(error).split("error: ")[-1].split(". Check function")[0]
        raise ValueError(f"the pattern cannot be read: {reason}") from None


def pattern_problem(pattern: str) -> str | None:
    """書式の誤り: what is wrong with the pattern, or None."""
    try:
        matches(pattern, "")
    except ValueError as error:
        return str(error)
    return None
