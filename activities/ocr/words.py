"""名前と文: two engines read the same line; where they agree, more is believed than where they do not.

How often they are right on handwriting was measured for digits only, so nothing here is ever sure enough to be taken
without a person: see MOST_SURE.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from activities.ocr.images import Gray
from activities.ocr.rapid import RapidReader
from activities.ocr.readers import Alternatives, Reader
from activities.ocr.tesseract import TesseractReader
from procedures.notation import fold_name
from sheets.reading import Alternative

MOST_SURE = 0.9
"""No line is called surer than this: every name and text is shown to a person."""
_ALONE, _AGAINST = 0.6, 0.25
"""By what a score is multiplied where the other engine reads something else, and where it is the worse engine's."""
_INK = 200
_EMPTY = 0.002
"""A line with a smaller share of ink than this is empty: an engine would make something of specks."""


@dataclass(frozen=True)
class WordReader:
    """名前と文の読取器."""

    better: Reader = field(default_factory=RapidReader)
    worse: Reader = field(default_factory=TesseractReader)

    def read(self, pictures: Sequence[Gray]) -> list[Alternatives]:
        """読む."""
        return [self._line(picture) for picture in pictures]

    def _line(self, picture: Gray) -> Alternatives:
        if float(np.mean(picture < _INK)) < _EMPTY:
            return (Alternative(text="", probability=MOST_SURE),)
        (first,), (second,) = self.better.read([picture]), self.worse.read([picture])
        if not first or not second:
            return tuple(_less(each, _ALONE) for each in first or second)
        if fold_name(first[0].text) == fold_name(second[0].text):
            return (_less(first[0], MOST_SURE),)
        both = (_less(first[0], _ALONE), _less(second[0], _AGAINST))
        return tuple(sorted(both, key=lambda each: -each.probability))


def _less(alternative: Alternative, share: float) -> Alternative:
    return Alternative(text=alternative.text, probability=alternative.probability * share)
