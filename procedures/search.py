"""手続の検索: finds a procedure by how people write, say, spell or mistype it, in any of the four languages.

Built in memory once per process from the documents themselves. A word matches a term of a procedure in one of five
ways, the better first: the same, its beginning, a part of it, the same sound, nearly the same letters. What matches in
no way is not found: a wrong answer costs a resident more than none. Nothing here remembers what was asked.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA

from procedures.document import Procedure
from procedures.life_events import OCCASIONS
from procedures.readings import (
    chunks,
    fold,
    fold_latin,
    fold_romaji,
    is_japanese,
    reading,
    romaji,
    words,
)
from procedures.texts import LANGUAGES, Text

LONGEST = 100
"""Characters of a query that are looked at."""
MOST_WORDS = 8
MOST_CHUNKS = 4
SMALL_WORDS = frozenset({
    "a", "an", "and", "at", "can", "do", "for", "from", "get", "give", "how", "i", "in", "is", "me", "my", "need",
    "of", "on", "or", "please", "the", "to", "want", "what", "where", "with",
})  # fmt: skip
"""English words that say nothing of what is wanted."""


class Way(IntEnum):
    """一致のしかた: lower is better."""

    EXACT = 0
    PREFIX = 1
    CONTAINED = 2
    READING = 3
    FUZZY = 4


class Place(IntEnum):
    """一致した所: lower is better."""

    TITLE = 0
    KEYWORD = 1
    EVENT = 2
    DEPARTMENT = 3
    SUMMARY = 4


Score = tuple[int, int]
"""Way, then place."""


@dataclass(frozen=True)
class Term:
    """見出し語: one word or phrase of a procedure, in all the forms it is compared in."""

    place: Place
    folded: str
    latin: tuple[str, ...]
    """Its words, where it is written in Latin letters."""
    reading: str
    romaji: str
    part: bool
    """Of a longer phrase: the same as a part is no better than contained."""

    @classmethod
    def of(cls, place: Place, text: str, sound: str | None = None, *, part: bool = False) -> "Term":
        """`sound`: its reading, where the sentence it stands in tells it better than the word alone."""
        if not is_japanese(text):
            return cls(place, fold(text), fold_latin(text), "", "", part)
        heard = reading(text) if sound is None else sound
        return cls(place, fold(text), fold_latin(text), heard, romaji(heard), part)


@dataclass(frozen=True)
class Asked:
    """検索の語: one word of a query, folded like the terms."""

    folded: str
    latin: tuple[str, ...]
    reading: str
    romaji: str

    @classmethod
    def of(cls, word: str) -> "Asked":
        latin = fold_latin(word) if re.fullmatch(r"[\W\w]*[a-zA-Zａ-ｚＡ-Ｚ][\W\w]*", word) else ()
        is_latin = bool(latin) and not is_japanese(word)
        return cls(fold(word), latin, reading(word), fold_romaji(word) if is_latin else "")


@dataclass(frozen=True)
class Index:
    """索引: every procedure with its terms, in the order of the library."""

    entries: tuple[tuple[Procedure, tuple[Term, ...]], ...]

    @classmethod
    def of(cls, procedures: Iterable[Procedure]) -> "Index":
        """作成: a few milliseconds a procedure; the first call reads the dictionary."""
        return cls(tuple((procedure, _terms(procedure)) for procedure in procedures))

    def find(self, query: str) -> tuple[Procedure, ...]:
        """検索: the best first; empty where nothing is meant. An empty query finds nothing."""
        for wanted in filter(None, _readings_of(query[:LONGEST])):
            found = [(score, n) for n, (_, terms) in enumerate(self.entries) if (score := _score(wanted, terms))]
            if found:
                return tuple(self.entries[n][0] for _, n in sorted(found))
        return ()


def _readings_of(query: str) -> Iterator[tuple[Asked, ...]]:
    """解釈: as one phrase; as words that must all match; a Japanese sentence by its nouns, then by their parts."""
    query = unicodedata.normalize("NFKC", query).strip()
    typed = [word for word in re.split(r"[\s、,/]+", query) if fold(word) and word.lower() not in SMALL_WORDS]
    if not typed:
        return
    yield (Asked.of(" ".join(typed)),)
    if len(typed) > 1:
        yield _asked(typed)
    if is_japanese(query):
        yield _asked(chunk.text for chunk in chunks(query) if chunk.is_noun)
        yield _asked(word.text for word in words(query) if word.is_noun)


def _asked(typed: Iterable[str]) -> tuple[Asked, ...]:
    return tuple(Asked.of(word) for word in list(dict.fromkeys(typed))[:MOST_WORDS])


def _score(wanted: tuple[Asked, ...], terms: tuple[Term, ...]) -> Score | None:
    """The worst of the words' best matches: all of them must match somewhere."""
    best = [min((score for term in terms if (score := _match(word, term))), default=None) for word in wanted]
    return None if None in best else max(score for score in best if score is not None)


def _match(word: Asked, term: Term) -> Score | None:
    way = _written(word, term)
    if way is None:
        way = _sounded(word, term)
    if way is None:
        return None
    return (int(max(way, Way.CONTAINED) if term.part else way), int(term.place))


def _written(word: Asked, term: Term) -> Way | None:
    """By letters. Latin words match from their beginnings only: "art" is not in "partner"."""
    if word.folded == term.folded:
        return Way.EXACT
    if word.latin and not word.reading:
        return _spelled(word.latin, term.latin)
    if len(word.folded) < _shortest(word.folded, term.place):
        return None
    if term.folded.startswith(word.folded):
        return Way.PREFIX
    return Way.CONTAINED if word.folded in term.folded else None


def _spelled(asked: tuple[str, ...], known: tuple[str, ...]) -> Way | None:
    typed = "".join(asked)
    if len(typed) < 2:
        return None
    found = [start for start in range(len(known)) if "".join(known[start:]).startswith(typed)]
    return None if not found else Way.PREFIX if found[0] == 0 else Way.CONTAINED


def _sounded(word: Asked, term: Term) -> Way | None:
    """By sound, then by nearly the same letters; running text only by whole words: too much sounds alike."""
    if term.place == Place.SUMMARY:
        return Way.READING if word.reading and word.reading == term.reading else None
    for asked, known in ((word.reading, term.reading), (word.romaji, term.romaji)):
        if asked and known and _sounds_like(asked, known):
            return Way.READING
    if term.place == Place.DEPARTMENT:
        return None
    if any(_is_slip(*pair) for pair in ((word.reading, term.reading), (word.romaji, term.romaji))):
        return Way.FUZZY
    if word.latin and term.latin and not term.reading:
        near = all(any(each == known or _is_slip(each, known) for known in term.latin) for each in word.latin)
        return Way.FUZZY if near else None
    return Way.FUZZY if not term.reading and _is_slip(word.folded, term.folded) else None


def _sounds_like(asked: str, known: str) -> bool:
    return asked == known or (len(asked) >= 3 and known.startswith(asked)) or (len(asked) >= 4 and asked in known)


def _is_slip(asked: str, known: str) -> bool:
    """打ち間違い: one letter wrong, missing, added or swapped from four letters on, two from eight on."""
    allowed = 0 if len(asked) < 4 else 1 if len(asked) < 8 else 2
    if not known or not allowed or abs(len(asked) - len(known)) > allowed:
        return False
    return OSA.distance(asked, known, score_cutoff=allowed) <= allowed


def _shortest(text: str, place: Place) -> int:
    """One character says something only in kanji; kana alone stand in every sentence, but not as its nouns."""
    if re.search(r"[一-鿿々]", text):
        return 1
    return LONGEST if place == Place.SUMMARY and re.fullmatch(r"[ァ-ヺ]+", text) else 2


def _terms(procedure: Procedure) -> tuple[Term, ...]:
    found = [*_phrases(Place.TITLE, procedure.title)]
    for language in LANGUAGES:
        for word in getattr(procedure.keywords, language):
            found += _phrase(Place.KEYWORD, word)
    for event in procedure.life_events:
        found += _phrases(Place.EVENT, OCCASIONS[event].title)
    found += [Term.of(Place.DEPARTMENT, procedure.department.name.of(language)) for language in LANGUAGES]
    found += [Term.of(Place.SUMMARY, procedure.summary.of(language), "") for language in LANGUAGES]
    nouns = (chunk for chunk in chunks(procedure.summary.ja) if chunk.is_noun)
    found += [Term.of(Place.SUMMARY, noun.text, noun.reading, part=True) for noun in nouns]
    return tuple(dict.fromkeys(found))


def _phrases(place: Place, text: Text) -> list[Term]:
    return [term for language in LANGUAGES for term in _phrase(place, text.of(language))]


def _phrase(place: Place, text: str) -> list[Term]:
    """A phrase, and every run of its parts: 住民票の写しの交付請求 is also 住民票 and 住民票の写し."""
    if not is_japanese(text):
        apart = text.split() if re.search(r"[가-힣]", text) else ()
        return [Term.of(place, text), *(Term.of(place, each, part=True) for each in apart)]
    parts = chunks(text)
    nouns = [n for n, part in enumerate(parts) if part.is_noun]
    spans = [(first, last + 1) for first in nouns for last in nouns if first <= last < first + MOST_CHUNKS]
    runs = [("".join(p.text for p in parts[i:j]), "".join(p.reading for p in parts[i:j])) for i, j in spans]
    return [Term.of(place, text), *(Term.of(place, run, sound, part=True) for run, sound in runs if len(run) > 1)]
