"""書いた文: what a person wrote into a box, as it is kept."""


def written(text: str, longest: int) -> str | None:
    """書いた文: without U+0000 (no database holds it) and with one kind of line break; None: empty, or too long."""
    said = text.replace("\x00", "").replace("\r\n", "\n").strip()
    return said if said and len(said) <= longest else None
