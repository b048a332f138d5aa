"""誤り: what is wrong in a procedure document, where, and what to write instead."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """誤り: `where` is the path in the document, `write` what to put there."""

    where: Where
    problem: str
    write: str

    def __str__(self) -> str:
        return f"{dotted(self.where)}: {self.problem}; write: {self.write}"


def dotted(where: Where) -> str:
    """位置: ("form", "sections", 0) as form.sections[0]."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return text.lstrip(".") or "the document"


def nearest(word: str, known: Collection[str]) -> str | None:
    """最も近い語: the known word most like this one, if any is."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return found[0] if found else None


def suggested(word: str, known: Collection[str]) -> str:
    """書き方: the nearest known word, or all of them."""
    return nearest(word, known) or (f"one of {', '.join(sorted(known))}" if known else "nothing: none are declared")
