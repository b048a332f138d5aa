"""Tesseract: lines of print, by Debian's program; handwriting it hardly reads (docs/digit-recogniser.md has numbers).

One program is started for each line, on one thread: several threads take longer than one (`reference/environment.md`).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import pytesseract
from PIL import Image

from activities.ocr.images import WHITE, Gray
from activities.ocr.readers import Alternatives
from sheets.reading import Alternative


def on_one_thread() -> None:
    """一つの糸で: for the program, which knows no other way to be told; again once the surroundings are thrown away."""
    os.environ["OMP_THREAD_LIMIT"] = "1"


on_one_thread()

_ONE_LINE = "--psm 7"
_AIR = 12
"""Pixels of white around a line: without it the program takes the first strokes for an edge."""


@dataclass(frozen=True)
class TesseractReader:
    """行の読取器: of words, or of digits only; the confidence is the program's own and not calibrated."""

    language: str = "jpn"
    only: str = ""
    """Characters that can come at all; empty: any."""

    def read(self, pictures: Sequence[Gray]) -> list[Alternatives]:
        """読む."""
        return [self._line(picture) for picture in pictures]

    def _line(self, picture: Gray) -> Alternatives:
        if picture.size == 0:
            return ()
        framed = cv2.copyMakeBorder(picture, _AIR, _AIR, _AIR, _AIR, cv2.BORDER_CONSTANT, value=WHITE)
        how = f"{_ONE_LINE} -c tessedit_char_whitelist={self.only}" if self.only else _ONE_LINE
        words = pytesseract.image_to_data(
            Image.fromarray(framed), lang=self.language, config=how, output_type=pytesseract.Output.DICT
        )
        found = [(word.strip(), float(sure)) for word, sure in zip(words["text"], words["conf"], strict=True)]
        said = [(word, sure) for word, sure in found if word and sure >= 0]
        if not said:
            return ()
        return (Alternative(text="".join(word for word, _ in said), probability=min(sure for _, sure in said) / 100),)


DIGITS_ONLY = TesseractReader(language="eng", only="0123456789")
"""数字だけ: for comparison; our own recogniser reads digits."""
